//! Foreign programs that cannot outlive us.
//!
//! A test that is killed, a demo that is interrupted or a crash of our own must leave no Postgres and no Anvil behind.
//! `Drop` does not run on SIGKILL, and asking the kernel for a signal at the parent's death needs `unsafe` and exists on
//! Linux only. So each program is started by a small shell script (`supervisor.sh`) that reads a pipe held open by us.
//! However we end, the pipe closes: the script then stops the program, waits for it, and removes its scratch folder.
//!
//! - The script and its program have a process group of their own: Ctrl-C in the terminal reaches us alone, and the
//!   program is stopped in the order that we choose.
//! - A program that does not heed its stop signal within its [`Program::patience`] is killed.
//! - A program that ends early is noticed at once; the error carries the end of its log.
//! - Nothing here is tied to one async runtime: a leash may be shared by tests that each have their own.

use std::{
    ffi::OsString,
    fs::OpenOptions,
    io::{self, BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    account::{Account, run_as},
    log_tail::log_tail,
};

const SUPERVISOR: &str = include_str!("supervisor.sh");

/// Enough for a checkpoint of a test's data on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// After the program was killed at the latest, its folder is removed; past this, something is wrong with the script.
const CLEAN_UP_WITHIN: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum LeashError {
    #[error("cannot open the log {path}: {source}")]
    Log { path: PathBuf, source: io::Error },
    #[error("cannot start `sh` to supervise {program}: {source}")]
    Supervisor { program: PathBuf, source: io::Error },
    #[error("cannot pass a signal to {program}: {source}")]
    Signal { program: PathBuf, source: io::Error },
    #[error("{program} ended with code {code} before it was ready; its log ends with:\n{log}")]
    EndedEarly { program: PathBuf, code: i32, log: String },
    #[error("{program} was not ready within {within:?}; its log ends with:\n{log}")]
    NotReady { program: PathBuf, within: Duration, log: String },
    #[error("{program} is still there {within:?} after it was stopped")]
    StillThere { program: PathBuf, within: Duration },
}

/// Signals by the names that `kill -s` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Postgres: roll back what is open, write a checkpoint, end.
    Interrupt,
    Terminate,
    /// The program learns nothing of it: a crash.
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// What to run, and how it is to end.
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    pub arguments: Vec<OsString>,
    /// Its working folder.
    pub folder: PathBuf,
    /// Its standard output and error are appended here.
    pub log: PathBuf,
    pub stop_signal: Signal,
    /// How long it may take to stop before it is killed.
    pub patience: Duration,
    /// Removed after the program has ended and the leash was let go.
    pub scratch: Option<PathBuf>,
    /// `None`: the caller's own.
    pub account: Option<Account>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Running {
        pid: u32,
    },
    Ended {
        code: i32,
    },
    /// Neither the program nor its supervisor runs any more.
    Gone,
}

/// A running program. Dropping the leash stops the program in the background; [`Leash::stop`] also waits for it.
#[derive(Debug)]
pub struct Leash {
    program: PathBuf,
    log: PathBuf,
    /// An appended log may hold the words of earlier runs.
    log_from: u64,
    patience: Duration,
    lifeline: Mutex<Option<ChildStdin>>,
    state: watch::Receiver<State>,
}

impl Leash {
    /// Starts `program`. It runs when this returns, but need not be ready: see [`Leash::ready`].
    pub fn start(program: Program) -> Result<Self, LeashError> {
        let opened = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&program.log)
            .and_then(|log| Ok((log.metadata()?.len(), log)));
        let (log_from, log) = opened.map_err(|source| LeashError::Log { path: program.log.clone(), source })?;
        let mut command = Command::new("sh");
        command
            .args(["-c", &script(), "leash", program.stop_signal.name()])
            .arg((program.patience.as_millis() / 100).to_string())
            .arg(program.scratch.unwrap_or_default())
            .arg(&program.path)
            .args(&program.arguments)
            .current_dir(&program.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0);
        run_as(&mut command, program.account.as_ref());
        let supervisor_error = |source| LeashError::Supervisor { program: program.path.clone(), source };
        let mut supervisor = command.spawn().map_err(supervisor_error)?;
        let lifeline = supervisor.stdin.take();
        let (sender, state) = watch::channel(State::Starting);
        thread::Builder::new()
            .name("leash".to_owned())
            .spawn(move || follow(supervisor, &sender))
            .map_err(supervisor_error)?;
        Ok(Self {
            program: program.path,
            log: program.log,
            log_from,
            patience: program.patience,
            lifeline: Mutex::new(lifeline),
            state,
        })
    }

    /// The program's process id; `None` if it has ended.
    pub async fn pid(&self) -> Option<u32> {
        match self.reach(|state| *state != State::Starting).await {
            State::Running { pid } => Some(pid),
            State::Starting | State::Ended { .. } | State::Gone => None,
        }
    }

    /// Waits until the program has ended. The code is the shell's: 128 and more is a signal.
    pub async fn ended(&self) -> i32 {
        let ended = |state: &State| matches!(state, State::Ended { .. } | State::Gone);
        match self.reach(ended).await {
            State::Ended { code } => code,
            State::Starting | State::Running { .. } | State::Gone => -1,
        }
    }

    /// Waits for `ready`, but no longer than `within` and no longer than the program runs.
    pub async fn ready<T>(&self, within: Duration, ready: impl Future<Output = T>) -> Result<T, LeashError> {
        tokio::select! {
            biased;
            value = ready => Ok(value),
            code = self.ended() => Err(LeashError::EndedEarly {
                program: self.program.clone(),
                code,
                log: self.log_tail(),
            }),
            () = tokio::time::sleep(within) => Err(LeashError::NotReady {
                program: self.program.clone(),
                within,
                log: self.log_tail(),
            }),
        }
    }

    pub fn signal(&self, signal: Signal) -> Result<(), LeashError> {
        self.tell(signal.name())
    }

    /// Stops the program and waits until it, its supervisor and its scratch folder are gone.
    pub async fn stop(&self) -> Result<(), LeashError> {
        drop(self.lifeline().take());
        let gone = self.reach(|state| *state == State::Gone);
        let within = self.patience + CLEAN_UP_WITHIN;
        match tokio::time::timeout(within, gone).await {
            Ok(_) => Ok(()),
            Err(_) => Err(LeashError::StillThere { program: self.program.clone(), within }),
        }
    }

    /// Ends the leash of a program that has ended, and leaves its scratch folder to whoever uses it now.
    pub async fn hand_over(&self) -> Result<(), LeashError> {
        self.ended().await;
        self.tell("keep")?;
        self.stop().await
    }

    /// The end of what the program has said.
    #[must_use]
    pub fn log_tail(&self) -> String {
        log_tail(&self.log, self.log_from)
    }

    fn tell(&self, line: &str) -> Result<(), LeashError> {
        let Some(lifeline) = &mut *self.lifeline() else {
            return Ok(());
        };
        writeln!(lifeline, "{line}").map_err(|source| LeashError::Signal { program: self.program.clone(), source })
    }

    fn lifeline(&self) -> std::sync::MutexGuard<'_, Option<ChildStdin>> {
        // The value is replaced whole, so a panic elsewhere cannot have left it half-changed.
        self.lifeline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reach(&self, wanted: impl FnMut(&State) -> bool) -> State {
        match self.state.clone().wait_for(wanted).await {
            Ok(state) => *state,
            // The sender is dropped only after the supervisor was waited for.
            Err(_) => State::Gone,
        }
    }
}

/// The supervisor without its comments, which would fill the listings of `ps`.
fn script() -> String {
    let lines = SUPERVISOR.lines();
    let code = lines.filter(|line| !line.trim_start().starts_with('#'));
    code.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Reads what the supervisor tells until it is gone.
fn follow(mut supervisor: Child, state: &watch::Sender<State>) {
    if let Some(events) = supervisor.stdout.take() {
        for line in BufReader::new(events).lines().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("started", pid)) => {
                    if let Ok(pid) = pid.parse() {
                        state.send_replace(State::Running { pid });
                    }
                }
                Some(("ended", code)) => {
                    let code = code.parse().unwrap_or(-1);
                    state.send_replace(State::Ended { code });
                }
                _ => {}
            }
        }
    }
    // An error here means that someone else has reaped it: gone as well.
    let _ = supervisor.wait();
    state.send_replace(State::Gone);
}
