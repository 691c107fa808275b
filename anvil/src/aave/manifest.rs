//! What a deployed market consists of, for whoever reads it or borrows from it.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};

/// The mnemonic of Anvil, Hardhat and every tutorial. Its keys are public: nothing of value may ever lie on them.
pub const PUBLIC_TEST_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// Addresses of an Aave v3.0 market on a local chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AaveMarket {
    pub chain_id: u64,
    /// The head when the deployment was done.
    pub deployed_at_block: u64,
    pub addresses_provider_registry: Address,
    pub addresses_provider: Address,
    pub acl_manager: Address,
    pub pool: Address,
    pub pool_configurator: Address,
    pub pool_data_provider: Address,
    pub oracle: Address,
    /// 18 decimals.
    pub weth: Address,
    /// 6 decimals; anyone may mint it.
    pub usdc: Address,
    /// USD per WETH and per USDC with 8 decimals.
    pub weth_feed: Address,
    pub usdc_feed: Address,
    pub accounts: MarketAccounts,
}

/// Accounts of [`PUBLIC_TEST_MNEMONIC`], whose keys the node holds: it signs for them when asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketAccounts {
    /// Owner of the market; may list assets and change their parameters.
    pub admin: TestAccount,
    /// Supplied both assets, and borrows some WETH.
    pub supplier: TestAccount,
    /// Has WETH in the pool and a USDC debt against it.
    pub indebted: TestAccount,
    /// Hold WETH and USDC in their wallets and have nothing to do with the pool yet.
    pub wallets: Vec<TestAccount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestAccount {
    /// The last step of the derivation path `m/44'/60'/0'/0/i`.
    pub mnemonic_index: u32,
    pub address: Address,
}
