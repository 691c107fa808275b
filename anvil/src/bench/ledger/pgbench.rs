//! pgbench as its makers ship it.

use std::time::Duration;

use tokio::process::Command;

use super::stage::Stage;
use super::{LedgerBenchError, TASKS};

/// Threads of pgbench itself: as many as there are processors here.
const THREADS: &str = "2";

/// Transactions a second of TPC-B, in pgbench's own way of sending statements.
pub(super) async fn tpc_b(stage: &Stage, time: Duration) -> Result<f64, LedgerBenchError> {
    let tasks = TASKS.to_string();
    run(stage, &["--initialize", "--quiet", "--scale", &tasks]).await?;
    let time = time.as_secs().to_string();
    let said = run(stage, &["--client", &tasks, "--jobs", THREADS, "--time", &time, "--no-vacuum"]).await?;
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| LedgerBenchError::Pgbench(format!("it named no rate: {said}")))
}

async fn run(stage: &Stage, arguments: &[&str]) -> Result<String, LedgerBenchError> {
    let program = std::env::var_os("AGIO_PGBENCH").unwrap_or_else(|| "pgbench".into());
    let libraries = stage.libraries();
    let output = Command::new(program)
        .args(arguments)
        .arg(stage.pgbench_url())
        .env("LD_LIBRARY_PATH", libraries)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| LedgerBenchError::Pgbench(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(LedgerBenchError::Pgbench(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}
