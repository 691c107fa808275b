//! A private Postgres cluster: its own port, its own data, its own password, gone when we are.
//!
//! For tests and the local world, never for production. It listens on 127.0.0.1 only and asks for a random password
//! (scram-sha-256), so that other users of the machine stay out. A committed transaction survives [`Postgres::kill`]
//! whatever [`PostgresOptions::fsync`] says; only a crash of the whole machine needs `fsync`.

mod binaries;
mod cluster;
mod home;

use std::{ffi::OsString, io, net::TcpListener, path::PathBuf, time::Duration};

pub use binaries::{Binaries, BinariesError};
use home::Home;

use crate::{
    account::{Account, AccountError},
    leash::{Leash, LeashError, PATIENCE, Program, Signal},
    toolchain::Toolchain,
};

/// Crash recovery of a test's data takes well under a second; a machine busy compiling may need many.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A port that was free may be taken before Postgres binds it. Losing that race this often in a row has another reason.
const PORT_ATTEMPTS: usize = 8;

/// After a kill, the old server's children hold its shared memory until they notice.
const RESTART_ATTEMPTS: usize = 100;
const RESTART_PAUSE: Duration = Duration::from_millis(100);

const SUPERUSER: &str = "postgres";

#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("no free port on 127.0.0.1: {0}")]
    Port(io::Error),
    #[error(
        "account `{account}`, which Postgres runs as because root may not, cannot use {folder}; choose a folder it can reach, such as one under /tmp or /var/tmp"
    )]
    Unreachable { folder: PathBuf, account: String },
    #[error("none of {tried:?} can hold a scratch folder for Postgres; set TMPDIR to a writable folder")]
    NoScratch { tried: Vec<PathBuf> },
    #[error("initdb failed with code {code}; it said:\n{log}")]
    Initdb { code: i32, log: String },
}

/// Where the cluster lives.
#[derive(Debug, Clone, Default)]
pub enum Data {
    /// A new folder under the system's temporary one, removed at the end.
    #[default]
    Scratch,
    /// This folder, made if it is missing, used again if it holds a cluster, and kept.
    Folder(PathBuf),
}

#[derive(Debug, Clone)]
pub struct PostgresOptions {
    pub data: Data,
    /// `None`: a free one.
    pub port: Option<u16>,
    /// Whether data must survive a crash of the machine.
    pub fsync: bool,
    pub max_connections: u16,
    /// Further settings, by the names of `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { data: Data::Scratch, port: None, fsync: false, max_connections: 100, settings: Vec::new() }
    }
}

/// A running cluster. Dropping it stops it in the background; [`Postgres::stop`] also waits for that.
#[derive(Debug)]
pub struct Postgres {
    binaries: Binaries,
    account: Option<Account>,
    options: PostgresOptions,
    home: Home,
    port: u16,
    leash: Leash,
}

impl Postgres {
    /// Makes a cluster unless the folder holds one, starts it, and returns once it takes connections.
    pub async fn start(toolchain: &Toolchain, options: PostgresOptions) -> Result<Self, PostgresError> {
        let account = Account::unprivileged()?;
        let binaries = Binaries::find(toolchain, account.as_ref()).await?;
        let mut home = Home::open(&options.data, account.as_ref())?;
        let initdb = cluster::initialise(&binaries, &mut home, account.as_ref()).await?;
        let (port, leash) = serve_on_a_port(&binaries, account.as_ref(), &options, &home).await?;
        if let Some(initdb) = initdb {
            initdb.hand_over().await?;
        }
        Ok(Self { binaries, account, options, home, port, leash })
    }

    /// The superuser's URL of the database `name`.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let (password, port) = (&self.home.password, self.port);
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{name}")
    }

    /// The superuser's URL of the database `postgres`, which is always there.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url("postgres")
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the cluster, its log and its password are.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.home.folder
    }

    #[must_use]
    pub fn bin(&self) -> &std::path::Path {
        &self.binaries.bin
    }

    /// The server's process id; `None` after [`Postgres::kill`].
    pub async fn pid(&self) -> Option<u32> {
        self.leash.pid().await
    }

    /// Kills the server as a crash would: no checkpoint, no farewell to its clients. The data stays.
    pub async fn kill(&self) -> Result<(), PostgresError> {
        self.leash.signal(Signal::Kill)?;
        self.leash.ended().await;
        Ok(())
    }

    /// Starts the killed server again, on the same port and data.
    pub async fn start_again(&mut self) -> Result<(), PostgresError> {
        self.leash.ended().await;
        let mut attempt = 1;
        let leash = loop {
            let (account, home) = (self.account.as_ref(), &self.home);
            let leash = serve(&self.binaries, account, &self.options, home, self.port)?;
            let ready = leash.ready(READY_WITHIN, cluster::accepts(home, &leash));
            match ready.await {
                Ok(()) => break leash,
                Err(error) if attempt < RESTART_ATTEMPTS && cluster::in_the_way(&error) => {
                    leash.hand_over().await?;
                    tokio::time::sleep(RESTART_PAUSE).await;
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let old = std::mem::replace(&mut self.leash, leash);
        Ok(old.hand_over().await?)
    }

    /// Stops the server and waits until it and its scratch folder are gone.
    pub async fn stop(self) -> Result<(), PostgresError> {
        Ok(self.leash.stop().await?)
    }
}

async fn serve_on_a_port(
    binaries: &Binaries,
    account: Option<&Account>,
    options: &PostgresOptions,
    home: &Home,
) -> Result<(u16, Leash), PostgresError> {
    let mut attempt = 1;
    loop {
        let port = match options.port {
            Some(port) => port,
            None => free_port().map_err(PostgresError::Port)?,
        };
        let leash = serve(binaries, account, options, home, port)?;
        match leash.ready(READY_WITHIN, cluster::accepts(home, &leash)).await {
            Ok(()) => return Ok((port, leash)),
            Err(error) => {
                let may_retry = options.port.is_none() && attempt < PORT_ATTEMPTS;
                if !may_retry || !cluster::lost_port(&error) {
                    return Err(error.into());
                }
            }
        }
        leash.hand_over().await?;
        attempt += 1;
    }
}

fn serve(
    binaries: &Binaries,
    account: Option<&Account>,
    options: &PostgresOptions,
    home: &Home,
    port: u16,
) -> Result<Leash, LeashError> {
    let mut settings = vec![
        ("listen_addresses".to_owned(), "127.0.0.1".to_owned()),
        ("port".to_owned(), port.to_string()),
        ("unix_socket_directories".to_owned(), String::new()),
        ("max_connections".to_owned(), options.max_connections.to_string()),
        ("timezone".to_owned(), "UTC".to_owned()),
        ("log_timezone".to_owned(), "UTC".to_owned()),
    ];
    if !options.fsync {
        // Not `synchronous_commit`: what was committed must survive `kill`.
        for name in ["fsync", "full_page_writes"] {
            settings.push((name.to_owned(), "off".to_owned()));
        }
    }
    settings.extend(options.settings.iter().cloned());
    let mut arguments: Vec<OsString> = vec!["-D".into(), home.cluster().into()];
    for (name, value) in settings {
        arguments.push("-c".into());
        arguments.push(format!("{name}={value}").into());
    }
    Leash::start(Program {
        path: binaries.bin.join("postgres"),
        arguments,
        folder: home.folder.clone(),
        log: home.log(),
        stop_signal: Signal::Interrupt,
        patience: PATIENCE,
        scratch: home.scratch(),
        account: account.cloned(),
    })
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
