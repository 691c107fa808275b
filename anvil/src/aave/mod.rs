//! A real Aave v3.0 market on Anvil: the protocol's own bytecode from `@aave/core-v3`, with two reserves in use.
//!
//! Deploying takes over seventy transactions, so it is done once per version of the programs, of this code and per chain
//! id. The chain's state and the market's addresses are kept in a cache and loaded after: every test that loads them sees
//! the same addresses.

mod admin;
mod artifacts;
mod cache;
mod contracts;
mod deployer;
mod interfaces;
mod manifest;
mod reserves;
mod seed;

use std::{
    io,
    path::{Path, PathBuf},
};

use alloy::{
    primitives::{Address, B256},
    providers::Provider,
    transports::{RpcError, TransportErrorKind},
};

pub(crate) use admin::Admin;
pub use cache::{CachedMarket, market, market_in};
pub use contracts::WETH_PRICE_USD;
pub use manifest::{AaveMarket, MarketAccounts, PUBLIC_TEST_MNEMONIC, TestAccount};

use crate::{
    anvil::{Anvil, AnvilError, AnvilOptions},
    toolchain::{Toolchain, ToolchainError},
};
use deployer::Deployer;

/// Which accounts of the public mnemonic do what. Anvil makes ten.
const ADMIN: u32 = 0;
const SUPPLIER: u32 = 1;
const INDEBTED: u32 = 2;
const WALLETS: [u32; 6] = [3, 4, 5, 6, 7, 8];
const TREASURY: u32 = 9;

#[derive(Debug, thiserror::Error)]
pub enum AaveError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Anvil(#[from] AnvilError),
    #[error("{path}: {source}; set AGIO_CACHE_DIR to a writable folder if this one is not")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not the JSON it should be: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{path} needs the library {library}, which is not deployed yet")]
    NotDeployed { path: PathBuf, library: String },
    #[error("{0} holds bytecode that its own link references do not fit")]
    Bytecode(PathBuf),
    #[error("deploying {0} made no contract")]
    NoContract(String),
    #[error("{what} reverted in {transaction}")]
    Reverted { what: String, transaction: B256 },
    #[error("{what}: {source}")]
    Rpc { what: String, source: RpcError<TransportErrorKind> },
    #[error("{call} answered what its interface does not allow: {source}")]
    Answer { call: &'static str, source: alloy::sol_types::Error },
    #[error("the node has no test account {0}; start it with ten")]
    NoAccount(u32),
}

impl AaveError {
    fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { path, source }
    }

    fn rpc(what: &str) -> impl FnOnce(RpcError<TransportErrorKind>) -> Self {
        let what = what.to_owned();
        |source| Self::Rpc { what, source }
    }
}

/// Starts a chain with the market on it. `load_state` of the options is set here.
///
/// A loaded chain's head is as old as the cache; one block is mined so that the head has the time of now. The interest
/// of the meantime is due in it, as on any chain.
pub async fn start(toolchain: &Toolchain, options: AnvilOptions) -> Result<(Anvil, AaveMarket), AaveError> {
    let cached = market(toolchain, options.chain_id).await?;
    let options = AnvilOptions { load_state: Some(cached.state), ..options };
    let anvil = Anvil::start(toolchain, options).await?;
    anvil.mine().await?;
    Ok((anvil, cached.market))
}

/// Deploys a market on `anvil`, which mines each transaction at once and has nothing on it yet.
pub(crate) async fn deploy(toolchain: &Toolchain, anvil: &Anvil) -> Result<AaveMarket, AaveError> {
    let provider = anvil.provider().clone();
    let addresses = provider.get_accounts().await;
    let addresses = addresses.map_err(AaveError::rpc("eth_accounts"))?;
    let accounts = MarketAccounts {
        admin: account(&addresses, ADMIN)?,
        supplier: account(&addresses, SUPPLIER)?,
        indebted: account(&addresses, INDEBTED)?,
        wallets: WALLETS.into_iter().map(|index| account(&addresses, index)).collect::<Result<_, _>>()?,
    };
    let treasury = account(&addresses, TREASURY)?.address;
    let artifacts = toolchain.aave_artifacts().await?;
    let mut deployer = Deployer::new(provider, artifacts, accounts.admin.address);
    let contracts = contracts::deploy(&mut deployer).await?;
    reserves::list(&deployer, &contracts, treasury).await?;
    seed::seed(&deployer, &contracts, &accounts).await?;
    let head = deployer.provider.get_block_number().await;
    Ok(AaveMarket {
        chain_id: anvil.chain_id(),
        deployed_at_block: head.map_err(AaveError::rpc("eth_blockNumber"))?,
        addresses_provider_registry: contracts.registry,
        addresses_provider: contracts.provider,
        acl_manager: contracts.acl_manager,
        pool: contracts.pool,
        pool_configurator: contracts.configurator,
        pool_data_provider: contracts.data_provider,
        oracle: contracts.oracle,
        weth: contracts.weth,
        usdc: contracts.usdc,
        weth_feed: contracts.weth_feed,
        usdc_feed: contracts.usdc_feed,
        accounts,
    })
}

fn account(addresses: &[Address], mnemonic_index: u32) -> Result<TestAccount, AaveError> {
    let address = usize::try_from(mnemonic_index).ok().and_then(|index| addresses.get(index));
    match address {
        Some(&address) => Ok(TestAccount { mnemonic_index, address }),
        None => Err(AaveError::NoAccount(mnemonic_index)),
    }
}
