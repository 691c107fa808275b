//! Liquidity and debt, so that rates are those of a market in use, and wallets that can borrow.

use alloy::primitives::{Address, U256};

use super::{
    AaveError,
    contracts::Contracts,
    deployer::Deployer,
    interfaces::{IMintableToken, IPool, IWeth},
    manifest::MarketAccounts,
};

const SUPPLIED_USDC: u64 = 5_000_000;
const SUPPLIED_WETH: u64 = 2_000;
/// Worth 4,800,000 USD: the debt below is at 52 % of it, well under the threshold of 82.5 %.
const COLLATERAL_WETH: u64 = 1_200;
const BORROWED_USDC: u64 = 2_500_000;
const BORROWED_WETH: u64 = 500;
const WALLET_WETH: u64 = 100;
const WALLET_USDC: u64 = 100_000;

/// `interestRateMode` of the pool; stable rates are off.
const VARIABLE_RATE: u64 = 2;

pub(super) async fn seed(
    deployer: &Deployer,
    contracts: &Contracts,
    accounts: &MarketAccounts,
) -> Result<(), AaveError> {
    let market = Market { deployer, contracts };
    let supplier = accounts.supplier.address;
    market.give_usdc(supplier, usdc(SUPPLIED_USDC)).await?;
    market.supply(supplier, contracts.usdc, usdc(SUPPLIED_USDC)).await?;
    market.give_weth(supplier, weth(SUPPLIED_WETH)).await?;
    market.supply(supplier, contracts.weth, weth(SUPPLIED_WETH)).await?;

    let indebted = accounts.indebted.address;
    market.give_weth(indebted, weth(COLLATERAL_WETH)).await?;
    market.supply(indebted, contracts.weth, weth(COLLATERAL_WETH)).await?;
    market.borrow(indebted, contracts.usdc, usdc(BORROWED_USDC)).await?;
    market.borrow(supplier, contracts.weth, weth(BORROWED_WETH)).await?;

    for wallet in &accounts.wallets {
        market.give_weth(wallet.address, weth(WALLET_WETH)).await?;
        market.give_usdc(wallet.address, usdc(WALLET_USDC)).await?;
    }
    Ok(())
}

struct Market<'a> {
    deployer: &'a Deployer,
    contracts: &'a Contracts,
}

impl Market<'_> {
    async fn give_usdc(&self, account: Address, value: U256) -> Result<(), AaveError> {
        let mint = IMintableToken::mintCall { account, value };
        self.deployer.call(self.contracts.usdc, &mint).await
    }

    /// Wraps the account's own ether, of which Anvil gives each 10,000.
    async fn give_weth(&self, account: Address, value: U256) -> Result<(), AaveError> {
        let deposit = IWeth::depositCall {};
        let weth = self.contracts.weth;
        self.deployer.call_as(account, weth, value, &deposit).await
    }

    async fn supply(&self, account: Address, asset: Address, amount: U256) -> Result<(), AaveError> {
        let (deployer, pool) = (self.deployer, self.contracts.pool);
        let approve = IMintableToken::approveCall { spender: pool, amount };
        deployer.call_as(account, asset, U256::ZERO, &approve).await?;
        let supply = IPool::supplyCall { asset, amount, onBehalfOf: account, referralCode: 0 };
        deployer.call_as(account, pool, U256::ZERO, &supply).await
    }

    async fn borrow(&self, account: Address, asset: Address, amount: U256) -> Result<(), AaveError> {
        let borrow = IPool::borrowCall {
            asset,
            amount,
            interestRateMode: U256::from(VARIABLE_RATE),
            referralCode: 0,
            onBehalfOf: account,
        };
        let pool = self.contracts.pool;
        self.deployer.call_as(account, pool, U256::ZERO, &borrow).await
    }
}

fn usdc(whole: u64) -> U256 {
    U256::from(whole) * U256::from(1_000_000)
}

fn weth(whole: u64) -> U256 {
    U256::from(whole) * U256::from(1_000_000_000_000_000_000_u64)
}
