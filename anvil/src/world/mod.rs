//! The whole local world: Postgres, a chain with Aave on it, the sandbox lenders, and the gateway in front of them.
//!
//! The gateway is the real program, started as an operator would start it: a configuration file, migrations run by the
//! owner, a login role that row-level security binds, and an API key made by its own command. It is a process of its
//! own, so this crate needs the program and not its code.

mod agio;
mod configuration;
mod database;

use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::aave::{self, AaveError, AaveMarket, WETH_PRICE_USD};
use crate::anvil::{Anvil, AnvilError, AnvilOptions};
use crate::credit::{self, Collateral, CreditError, Deployed, Parties};
use crate::leash::LeashError;
use crate::postgres::{Data, Postgres, PostgresError, PostgresOptions};
use crate::sandbox::{self, RunningLender, SandboxError, SandboxOptions};
use crate::toolchain::{Toolchain, ToolchainError};

pub use agio::Agio;
pub use configuration::{Configuration, aave_toml};
pub use database::Roles;

#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Anvil(#[from] AnvilError),
    #[error(transparent)]
    Aave(#[from] AaveError),
    #[error(transparent)]
    Credit(#[from] CreditError),
    #[error("the market has {0} wallets, too few for those who govern")]
    Wallets(usize),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error("the database could not be prepared: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the configuration could not be written: {0}")]
    Configuration(#[from] toml::ser::Error),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the program `agio` is not beside this one; build it with `cargo build --bin agio`, or set AGIO_BIN")]
    NoAgio,
    #[error("`agio {command}` failed:\n{output}")]
    Command { command: String, output: String },
    #[error("the gateway did not become ready; its log ends with:\n{log}")]
    NotReady { log: String },
}

/// How the world is to be.
#[derive(Debug, Clone, Default)]
pub struct WorldOptions {
    /// Keep the database in this folder; thrown away without one.
    pub data: Option<PathBuf>,
    /// Where the gateway listens; a free port unless given.
    pub port: Option<u16>,
}

/// Everything that runs. It stops when it is stopped or dropped, and when this process ends.
#[derive(Debug)]
pub struct World {
    pub agio: Agio,
    pub market: AaveMarket,
    pub contracts: LocalContracts,
    pub api_key: String,
    lenders: Vec<RunningLender>,
    anvil: Anvil,
    postgres: Postgres,
}

/// Our contracts on the world's chain, with the files that `agio contracts` takes.
#[derive(Debug)]
pub struct LocalContracts {
    pub deployed: Deployed,
    folder: TempDir,
}

impl LocalContracts {
    /// The market's admin deploys; wallets of the market that the demonstration does not use govern.
    async fn deploy(anvil: &Anvil, market: &AaveMarket) -> Result<Self, WorldError> {
        let folder = tempfile::Builder::new().prefix("agio-contracts-").tempdir();
        let folder = folder.map_err(|source| WorldError::Io { path: std::env::temp_dir(), source })?;
        let wallets: Vec<_> = market.accounts.wallets.iter().map(|wallet| wallet.address).collect();
        let &[_, guardian, multisig, first, second, third] = wallets.as_slice() else {
            return Err(WorldError::Wallets(wallets.len()));
        };
        let deployer = market.accounts.admin.address;
        let signers = vec![first, second, third];
        let parties = Parties { deployer, guardian, multisig, gateway: deployer, signers };
        let weth = Collateral { token: market.weth, price: WETH_PRICE_USD, cap: WETH_CAP };
        let deployed = credit::deploy_on(anvil, &parties, &[weth], folder.path()).await?;
        let path = folder.path().join(MANIFEST);
        std::fs::write(&path, &deployed.manifest_toml).map_err(|source| WorldError::Io { path, source })?;
        Ok(Self { deployed, folder })
    }

    /// What the deployment is to be.
    #[must_use]
    pub fn manifest(&self) -> PathBuf {
        self.folder.path().join(MANIFEST)
    }

    /// The folder with the record.
    #[must_use]
    pub fn deployments(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

const MANIFEST: &str = "manifest.toml";
/// 100,000 of them.
const WETH_CAP: u128 = 100_000 * 10_u128.pow(18);

/// Brings the database up to date and starts the gateway; returns when it is ready, with an API key for it.
pub(crate) async fn start_gateway(
    postgres: &Postgres,
    roles: &Roles,
    configuration: &Configuration,
) -> Result<(Agio, String), WorldError> {
    let prepared = agio::Prepared::new(&configuration.text())?;
    prepared.command(&["migrate"]).await?;
    roles.let_in(postgres).await?;
    let key = ["key", "create", "--tenant", "local", "--name", "local world"];
    let api_key = prepared.command(&key).await?.trim().to_owned();
    Ok((prepared.serve().await?, api_key))
}

impl World {
    /// Starts all of it; returns when the gateway is ready.
    ///
    /// # Errors
    /// When a part does not start. What had started is stopped.
    pub async fn start(toolchain: &Toolchain, options: WorldOptions) -> Result<Self, WorldError> {
        toolchain.install().await?;
        let postgres = Postgres::start(
            toolchain,
            PostgresOptions {
                fsync: options.data.is_some(),
                data: options.data.map_or(Data::Scratch, Data::Folder),
                ..PostgresOptions::default()
            },
        );
        let sandbox_options = SandboxOptions::default();
        let (postgres, chain, lenders) = tokio::join!(
            postgres,
            aave::start(toolchain, AnvilOptions::default()),
            sandbox::start_all(&sandbox_options),
        );
        let (postgres, (anvil, market), lenders) = (postgres?, chain?, lenders?);
        let contracts = LocalContracts::deploy(&anvil, &market).await?;
        let roles = Roles::prepare(&postgres).await?;
        let mut configuration = Configuration::new(&roles, options.port);
        for lender in &lenders {
            configuration.add(&sandbox::provider_toml(lender)?);
        }
        configuration.add(&aave_toml(&market, &anvil.rpc_url())?);
        let (agio, api_key) = start_gateway(&postgres, &roles, &configuration).await?;
        Ok(Self { agio, market, contracts, api_key, lenders, anvil, postgres })
    }

    #[must_use]
    pub fn lenders(&self) -> &[RunningLender] {
        &self.lenders
    }

    #[must_use]
    pub fn rpc_url(&self) -> String {
        self.anvil.rpc_url()
    }

    #[must_use]
    pub fn database_url(&self) -> String {
        self.postgres.url(database::NAME)
    }

    /// Stops everything, the gateway first, and waits until it is gone.
    ///
    /// # Errors
    /// When a part does not end.
    pub async fn stop(self) -> Result<(), WorldError> {
        self.agio.stop().await?;
        for lender in self.lenders {
            lender.stop().await;
        }
        self.anvil.stop().await?;
        self.postgres.stop().await?;
        Ok(())
    }
}
