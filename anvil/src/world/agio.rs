//! The program `agio`: its commands, and its service as a process on a leash.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

use super::WorldError;
use crate::leash::{Leash, Program, Signal};

const READY_WITHIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// It drains for fifteen seconds at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// A configuration on disk, and the program to use it with.
#[derive(Debug)]
pub struct Prepared {
    program: PathBuf,
    folder: TempDir,
    configuration: PathBuf,
}

/// A gateway that answers.
#[derive(Debug)]
pub struct Agio {
    leash: Leash,
    program: PathBuf,
    configuration: PathBuf,
    url: String,
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> WorldError {
    let path = path.to_owned();
    move |source| WorldError::Io { path, source }
}

/// `AGIO_BIN`, or the program that was built beside this one (a test runs one folder deeper).
fn find_program() -> Result<PathBuf, WorldError> {
    if let Some(given) = std::env::var_os("AGIO_BIN") {
        return Ok(PathBuf::from(given));
    }
    let here = std::env::current_exe().map_err(io(Path::new("this program")))?;
    let beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("agio"));
    beside.into_iter().find(|path| path.is_file()).ok_or(WorldError::NoAgio)
}

impl Prepared {
    /// Writes the configuration where only its owner can read it.
    ///
    /// # Errors
    /// When the program is missing or the file cannot be written.
    pub fn new(configuration: &str) -> Result<Self, WorldError> {
        let program = find_program()?;
        let folder = tempfile::Builder::new().prefix("agio-world-").tempdir().map_err(io(&std::env::temp_dir()))?;
        let path = folder.path().join("agio.toml");
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(configuration.as_bytes())).map_err(io(&path))?;
        Ok(Self { program, folder, configuration: path })
    }

    /// Runs one command to its end and returns what it printed.
    ///
    /// # Errors
    /// When it fails, with what it said.
    pub async fn command(&self, arguments: &[&str]) -> Result<String, WorldError> {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.configuration).args(arguments).kill_on_drop(true);
        let output = command.output().await.map_err(io(&self.program))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(WorldError::Command {
            command: arguments.first().map(ToString::to_string).unwrap_or_default(),
            output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// Starts the service; returns when it answers that it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time.
    pub async fn serve(self) -> Result<Agio, WorldError> {
        let folder = self.folder.keep();
        let log = folder.join("log");
        let leash = Leash::start(Program {
            path: self.program.clone(),
            arguments: vec!["--config".into(), self.configuration.clone().into(), "serve".into()],
            folder: folder.clone(),
            log: log.clone(),
            stop_signal: Signal::Terminate,
            patience: PATIENCE,
            scratch: Some(folder),
            account: None,
        })?;
        let url = leash.ready(READY_WITHIN, ready(&log)).await?;
        Ok(Agio { leash, program: self.program, configuration: self.configuration, url })
    }
}

/// Waits for the line that names the address, then for the service to say that it is ready.
async fn ready(log: &Path) -> String {
    let url = loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        if let Some((url, _)) = text.split_once("agio listens on ").and_then(|(_, rest)| rest.split_once('\n')) {
            break url.trim().to_owned();
        }
        tokio::time::sleep(POLL).await;
    };
    while !reqwest::get(format!("{url}/readyz")).await.is_ok_and(|answer| answer.status().is_success()) {
        tokio::time::sleep(POLL).await;
    }
    url
}

impl Agio {
    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The program itself, for its other commands.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The file that it was configured with; it holds secrets.
    #[must_use]
    pub fn configuration(&self) -> &Path {
        &self.configuration
    }

    /// The end of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.leash.log_tail()
    }

    /// Resolves when the service has ended by itself.
    pub async fn ended(&self) -> i32 {
        self.leash.ended().await
    }

    /// Lets it drain, and waits until it is gone.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&self) -> Result<(), WorldError> {
        Ok(self.leash.stop().await?)
    }
}
