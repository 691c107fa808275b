//! What is added to a market that stands.

use alloy::{
    primitives::{Address, U256},
    sol_types::SolValue,
};

use super::{AaveError, AaveMarket, deployer::Deployer, interfaces::IAaveOracle, reserves};
use crate::{anvil::Anvil, toolchain::Toolchain};

/// Sends from the account that owns the market.
#[derive(Debug)]
pub(crate) struct Admin<'a> {
    deployer: Deployer,
    market: &'a AaveMarket,
}

impl<'a> Admin<'a> {
    pub(crate) async fn new(toolchain: &Toolchain, anvil: &Anvil, market: &'a AaveMarket) -> Result<Self, AaveError> {
        let artifacts = toolchain.aave_artifacts().await?;
        let deployer = Deployer::new(anvil.provider().clone(), artifacts, market.accounts.admin.address);
        Ok(Self { deployer, market })
    }

    /// A token of 18 decimals with the bytecode of the market's USDC; anyone may mint it.
    pub(crate) async fn deploy_token(&self, symbol: &str) -> Result<Address, AaveError> {
        let arguments = (symbol.to_owned(), symbol.to_owned(), U256::from(18)).abi_encode_params();
        self.deployer.deploy("mocks/tokens/MintableERC20", &arguments).await
    }

    /// Lists an asset of 18 decimals with the parameters of WETH.
    pub(crate) async fn list(&self, asset: Address, feed: Address) -> Result<(), AaveError> {
        self.price(asset, feed).await?;
        reserves::list_another(&self.deployer, self.market, asset).await
    }

    /// Has the price of a listed asset read from another feed.
    pub(crate) async fn price(&self, asset: Address, feed: Address) -> Result<(), AaveError> {
        let sources = IAaveOracle::setAssetSourcesCall { assets: vec![asset], sources: vec![feed] };
        self.deployer.call(self.market.oracle, &sources).await
    }
}
