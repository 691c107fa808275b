//! What several tests observe.

use std::{
    error::Error,
    fs,
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub(crate) type TestResult = Result<(), Box<dyn Error>>;

/// Only a failing test waits this long.
const DEADLINE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) -> TestResult {
    let started = Instant::now();
    while !condition() {
        if started.elapsed() > DEADLINE {
            return Err(format!("{DEADLINE:?} passed and still not: {what}").into());
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// A temporary folder that the account which Postgres runs under can enter too.
pub(crate) fn open_folder() -> Result<TempDir, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
    Ok(folder)
}

pub(crate) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

pub(crate) fn is_running(pid: u32) -> bool {
    let mut probe = Command::new("kill");
    probe.args(["-s", "0", &pid.to_string()]).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

pub(crate) fn is_listening(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}
