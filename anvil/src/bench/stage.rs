//! What stands ready while one number of lenders is measured. All of it is new each time, so that no comparison finds
//! fuller tables than another.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::bare::{Book, LISTENS_ON};
use super::load::{Target, install_tls};
use super::{BenchError, BenchOptions, question};
use crate::leash::{Leash, PATIENCE, Program, Signal};
use crate::postgres::{Postgres, PostgresOptions};
use crate::sandbox::{self, RunningLender, SandboxOptions};
use crate::toolchain::Toolchain;
use crate::world::{self, Agio, Configuration, Roles};

/// Both sides are posted to on the same path.
pub(super) const PATH: &str = "/v1/credit-requests";
const READY_WITHIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// Calls a second to one lender, far above what a machine can do: it is not the limit that is measured.
const LENDER_RATE: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Bare,
    Gateway,
}

#[derive(Debug)]
pub(super) struct Stage {
    options: BenchOptions,
    lenders: Vec<RunningLender>,
    postgres: Postgres,
    agio: Agio,
    api_key: String,
    bare: Leash,
    bare_url: String,
}

impl Stage {
    pub(super) async fn start(toolchain: &Toolchain, options: BenchOptions) -> Result<Self, BenchError> {
        install_tls();
        let secret = sandbox::generate_secret();
        let sandbox_options = SandboxOptions { secret: Some(secret.clone()), ..SandboxOptions::default() };
        let lenders = sandbox::start_many(options.lenders, &sandbox_options).await?;
        let book = Book {
            secret: secret.expose_secret().to_owned(),
            base_urls: lenders.iter().map(RunningLender::base_url).collect(),
        };
        let (bare, bare_url) = start_bare(&book).await?;
        // The gateway promises that what it stored survives a crash of the machine, and pays for it here too.
        let postgres =
            Postgres::start(toolchain, PostgresOptions { fsync: true, ..PostgresOptions::default() }).await?;
        let roles = Roles::prepare(&postgres).await?;
        let mut configuration = Configuration::new(&roles, None);
        for lender in &lenders {
            configuration.add(&sandbox::provider_toml(lender)?);
            let places = options.connections.saturating_mul(2);
            configuration.add(&format!(
                "[providers.limits]\ncalls_per_second = {LENDER_RATE}\nburst = {LENDER_RATE}\nconcurrency = {places}\n"
            ));
        }
        let (agio, api_key) = world::start_gateway(&postgres, &roles, &configuration).await?;
        Ok(Self { options, lenders, postgres, agio, api_key, bare, bare_url })
    }

    pub(super) fn target(&self, side: Side) -> Target {
        let (name, url, mark) = match side {
            Side::Bare => ("the bare fan-out", self.bare_url.as_str(), r#""decision":"offered""#),
            Side::Gateway => ("the gateway", self.agio.url(), r#""outcome":"answered""#),
        };
        Target {
            side: name,
            url: format!("{url}{PATH}"),
            body: question::credit_request().into(),
            api_key: self.api_key.clone(),
            mark,
            lenders: self.options.lenders,
        }
    }

    /// Stops everything and waits until it is gone.
    pub(super) async fn stop(self) -> Result<(), BenchError> {
        self.agio.stop().await?;
        self.bare.stop().await?;
        for lender in self.lenders {
            lender.stop().await;
        }
        Ok(self.postgres.stop().await?)
    }
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> BenchError {
    let path = path.to_owned();
    move |source| BenchError::Io { path, source }
}

/// Starts this same program as the bare fan-out. The list of lenders holds a secret: only its owner can read it.
async fn start_bare(book: &Book) -> Result<(Leash, String), BenchError> {
    let program = std::env::current_exe().map_err(io_error(Path::new("this program")))?;
    let scratch = tempfile::Builder::new().prefix("agio-bare-").tempdir().map_err(io_error(&std::env::temp_dir()))?;
    let (list, log) = (scratch.path().join("lenders.toml"), scratch.path().join("log"));
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&list);
    let text = toml::to_string(book)?;
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(io_error(&list))?;
    let folder = scratch.path().to_owned();
    let leash = Leash::start(Program {
        path: program,
        arguments: vec!["bare-fan-out".into(), "--lenders".into(), list.into()],
        folder: folder.clone(),
        log: log.clone(),
        stop_signal: Signal::Terminate,
        patience: PATIENCE,
        scratch: Some(folder),
        account: None,
    })?;
    // From here on the folder is the leash's to remove.
    let _ = scratch.keep();
    let url = leash.ready(READY_WITHIN, address_in(&log)).await?;
    Ok((leash, url))
}

async fn address_in(log: &Path) -> String {
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        if let Some((url, _)) = text.split_once(LISTENS_ON).and_then(|(_, rest)| rest.split_once('\n')) {
            return url.trim().to_owned();
        }
        tokio::time::sleep(POLL).await;
    }
}
