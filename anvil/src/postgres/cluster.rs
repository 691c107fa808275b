//! The data of a cluster: making it, and what its files and log say about the server.

use std::{fs, path::PathBuf, time::Duration};

use super::{Binaries, Home, PostgresError};
use crate::{
    account::Account,
    leash::{Leash, LeashError, PATIENCE, Program, Signal},
};

const INITDB_WITHIN: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(10);

/// Runs initdb unless there is a cluster. The returned leash keeps the scratch folder from outliving us until the
/// server's own leash does.
///
/// The cluster is made under another name and renamed at the end, so that one which exists is complete.
pub(super) async fn initialise(
    binaries: &Binaries,
    home: &mut Home,
    account: Option<&Account>,
) -> Result<Option<Leash>, PostgresError> {
    let cluster = home.cluster();
    if cluster.join("PG_VERSION").exists() {
        return Ok(None);
    }
    let unfinished = home.folder.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|source| io_error(&unfinished, source))?;
    }
    let options = ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=scram-sha-256"];
    let mut arguments: Vec<_> = options.map(Into::into).to_vec();
    arguments.push(format!("--username={}", super::SUPERUSER).into());
    arguments.extend(["--pwfile".into(), home.password_file().into()]);
    arguments.extend(["-D".into(), unfinished.clone().into()]);
    let initdb = Leash::start(Program {
        path: binaries.bin.join("initdb"),
        arguments,
        folder: home.folder.clone(),
        log: home.log(),
        stop_signal: Signal::Terminate,
        patience: PATIENCE,
        scratch: home.scratch(),
        account: account.cloned(),
    })?;
    home.is_leashed();
    let code = tokio::time::timeout(INITDB_WITHIN, initdb.ended()).await.unwrap_or(-1);
    if code != 0 {
        let log = initdb.log_tail();
        return Err(PostgresError::Initdb { code, log });
    }
    fs::rename(&unfinished, &cluster).map_err(|source| io_error(&cluster, source))?;
    Ok(Some(initdb))
}

/// Waits until the server takes connections, the way `pg_ctl` does: by the eighth line of `postmaster.pid`.
///
/// Connecting would need a client library, and a port that answers may be another process's.
pub(super) async fn accepts(home: &Home, leash: &Leash) {
    let Some(pid) = leash.pid().await else {
        // It has ended; whoever waits for readiness also waits for that.
        return std::future::pending().await;
    };
    let file = home.cluster().join("postmaster.pid");
    loop {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let mut lines = text.lines();
        let ours = lines.next().is_some_and(|line| line == pid.to_string());
        if ours && lines.nth(6).is_some_and(|line| line.trim() == "ready") {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Whether the server ended because someone else took its port first.
pub(super) fn lost_port(error: &LeashError) -> bool {
    log_says(error, &["Address already in use"])
}

/// Whether what is left of the killed server keeps the new one from starting.
pub(super) fn in_the_way(error: &LeashError) -> bool {
    let signs =
        ["pre-existing shared memory block", "lock file \"postmaster.pid\" already exists", "Address already in use"];
    log_says(error, &signs)
}

/// The messages are in English: the cluster is made with `--no-locale`.
fn log_says(error: &LeashError, signs: &[&str]) -> bool {
    matches!(error, LeashError::EndedEarly { log, .. } if signs.iter().any(|sign| log.contains(sign)))
}

fn io_error(path: &std::path::Path, source: std::io::Error) -> PostgresError {
    let path = PathBuf::from(path);
    PostgresError::Io { path, source }
}
