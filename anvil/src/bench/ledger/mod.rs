//! What the ledger does on a Postgres, beside what pgbench does on the same one in the same run.
//!
//! pgbench runs its own TPC-B over as many clients as the ledger has tasks, and over as many branches, so that they do not
//! wait for one another. The ledger runs in this process as it does in the gateway; after each measurement the whole of it
//! is verified. Postgres writes through to the disk.

mod load;
mod pgbench;
mod report;
mod stage;

use std::sync::Arc;
use std::time::Duration;

use ledger::{LedgerError, PostError};

use crate::bench::BenchError;
use crate::bench::lap::Lap;
use crate::postgres::PostgresError;
use crate::toolchain::Toolchain;

use stage::Stage;

/// Tasks that post, and clients of pgbench.
const TASKS: usize = 64;
const ACCOUNTS: usize = 10_000;
/// Batches under way at once: while one is written to the disk and one holds the lock, others write their rows.
const BATCHES_AT_ONCE: usize = 4;
const BATCH: usize = 1_000;

/// Offered rates, as shares of what the ledger did at full load.
const OFFERED: [f64; 3] = [0.25, 0.5, 0.75];

#[derive(Debug, Clone)]
pub struct LedgerBenchOptions {
    /// Length of each measurement.
    pub time: Duration,
    /// How many transfers there are when the growth is measured, ascending.
    pub history: Vec<u64>,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum LedgerBenchError {
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] gateway::db::MigrateError),
    #[error("the ledger: {0}")]
    Ledger(#[from] LedgerError),
    #[error("the ledger: {0}")]
    Post(#[from] PostError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("pgbench: {0}")]
    Pgbench(String),
    #[error("a batch was refused: {0}")]
    Refused(#[from] ledger::Refused),
    #[error("after {after} the ledger does not verify: {fault}")]
    Fault { after: String, fault: ledger::Fault },
    #[error("a task of the load ended: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Postings of one kind, and how long each took.
#[derive(Debug)]
pub(crate) struct Measured {
    name: String,
    /// A lap of calls.
    lap: Lap,
    /// Transfers of one call.
    each: usize,
}

impl Measured {
    fn postings_per_second(&self) -> f64 {
        self.lap.per_second() * f64::from(u32::try_from(self.each).unwrap_or(u32::MAX))
    }
}

/// All figures of a run.
#[derive(Debug)]
pub struct LedgerFigures {
    pgbench_per_second: f64,
    uniform: Measured,
    hot: Measured,
    batches: Measured,
    offered: Vec<(f64, Measured)>,
    /// With how many transfers before.
    growth: Vec<(u64, Measured, Measured)>,
    verified: ledger::Verified,
    verified_in: Duration,
}

/// Measures all of it; `say` hears what is done next.
///
/// # Errors
/// [`LedgerBenchError`].
pub async fn measure_ledger(
    toolchain: &Toolchain,
    options: &LedgerBenchOptions,
    mut say: impl FnMut(&str),
) -> Result<LedgerFigures, LedgerBenchError> {
    let stage = Arc::new(Stage::start(toolchain).await?);
    say("pgbench TPC-B");
    let pgbench_per_second = pgbench::tpc_b(&stage, options.time).await?;
    say("single postings over all accounts");
    let uniform = stage.singles("uniform", options.time, load::Accounts::Uniform).await?;
    say("single postings with one hot account");
    let hot = stage.singles("one hot account", options.time, load::Accounts::OneHot).await?;
    say("batches of 1,000");
    let batches = stage.batches("batches of 1,000", options.time).await?;
    let mut offered = Vec::new();
    for share in OFFERED {
        let rate = uniform.postings_per_second() * share;
        say(&format!("offered {rate:.0} postings a second"));
        offered.push((rate, stage.offered(rate, options.time).await?));
    }
    let mut growth = Vec::new();
    for history in &options.history {
        say(&format!("growing to {history} transfers"));
        stage.grow_to(*history).await?;
        let batches = stage.batches(&format!("batches at {history}"), options.time).await?;
        let singles = stage.singles(&format!("uniform at {history}"), options.time, load::Accounts::Uniform).await?;
        growth.push((*history, batches, singles));
    }
    say("verifying all of it");
    let (verified, verified_in) = stage.verified("growth").await?;
    if let Some(stage) = Arc::into_inner(stage) {
        stage.stop().await?;
    }
    Ok(LedgerFigures { pgbench_per_second, uniform, hot, batches, offered, growth, verified, verified_in })
}
