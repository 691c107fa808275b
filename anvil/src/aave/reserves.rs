//! The two reserves and their risk parameters, close to those of Aave v3 on Ethereum. The caps are scaled to the
//! seeded liquidity, so that a request can meet them.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolValue,
};

use super::{
    AaveError,
    contracts::Contracts,
    deployer::Deployer,
    interfaces::IPoolConfigurator::{self, InitReserveInput},
    manifest::AaveMarket,
};

struct Reserve {
    symbol: &'static str,
    decimals: u8,
    ltv_bps: u16,
    liquidation_threshold_bps: u16,
    /// 10,000 is none.
    liquidation_bonus_bps: u16,
    liquidation_protocol_fee_bps: u16,
    reserve_factor_bps: u16,
    /// Whole tokens, as the protocol counts them.
    supply_cap: u64,
    borrow_cap: u64,
    rates: Rates,
}

/// The kinked curve: `base` at no usage, plus `slope_1` at the optimum, plus `slope_2` at full usage.
struct Rates {
    optimal_usage_bps: u16,
    base_bps: u16,
    slope_1_bps: u16,
    slope_2_bps: u16,
}

const WETH: Reserve = Reserve {
    symbol: "WETH",
    decimals: 18,
    ltv_bps: 8_000,
    liquidation_threshold_bps: 8_250,
    liquidation_bonus_bps: 10_500,
    liquidation_protocol_fee_bps: 1_000,
    reserve_factor_bps: 1_500,
    supply_cap: 10_000,
    borrow_cap: 5_000,
    rates: Rates { optimal_usage_bps: 8_000, base_bps: 100, slope_1_bps: 380, slope_2_bps: 8_000 },
};

const USDC: Reserve = Reserve {
    symbol: "USDC",
    decimals: 6,
    ltv_bps: 7_700,
    liquidation_threshold_bps: 8_000,
    liquidation_bonus_bps: 10_500,
    liquidation_protocol_fee_bps: 1_000,
    reserve_factor_bps: 1_000,
    supply_cap: 10_000_000,
    borrow_cap: 4_000_000,
    rates: Rates { optimal_usage_bps: 9_000, base_bps: 0, slope_1_bps: 400, slope_2_bps: 6_000 },
};

/// Implementations that every reserve's tokens share.
struct Tokens {
    supplied: Address,
    stable_debt: Address,
    variable_debt: Address,
    treasury: Address,
}

pub(super) async fn list(deployer: &Deployer, contracts: &Contracts, treasury: Address) -> Result<(), AaveError> {
    let tokens = tokens(deployer, contracts.pool, treasury).await?;
    for (asset, reserve) in [(contracts.weth, &WETH), (contracts.usdc, &USDC)] {
        add(deployer, contracts.provider, contracts.configurator, &tokens, (asset, reserve)).await?;
    }
    Ok(())
}

/// One more asset of 18 decimals, on a market that stands, with the parameters of WETH.
pub(super) async fn list_another(deployer: &Deployer, market: &AaveMarket, asset: Address) -> Result<(), AaveError> {
    let tokens = tokens(deployer, market.pool, market.accounts.admin.address).await?;
    add(deployer, market.addresses_provider, market.pool_configurator, &tokens, (asset, &WETH)).await
}

async fn tokens(deployer: &Deployer, pool: Address, treasury: Address) -> Result<Tokens, AaveError> {
    let pool = pool.abi_encode();
    Ok(Tokens {
        supplied: deployer.deploy("protocol/tokenization/AToken", &pool).await?,
        stable_debt: deployer.deploy("protocol/tokenization/StableDebtToken", &pool).await?,
        variable_debt: deployer.deploy("protocol/tokenization/VariableDebtToken", &pool).await?,
        treasury,
    })
}

async fn add(
    deployer: &Deployer,
    provider: Address,
    configurator: Address,
    tokens: &Tokens,
    (asset, reserve): (Address, &Reserve),
) -> Result<(), AaveError> {
    let strategy = strategy(deployer, provider, &reserve.rates).await?;
    let input = vec![input(tokens, asset, strategy, reserve)];
    let init = IPoolConfigurator::initReservesCall { input };
    deployer.call(configurator, &init).await?;
    configure(deployer, configurator, asset, reserve).await
}

async fn strategy(deployer: &Deployer, provider: Address, rates: &Rates) -> Result<Address, AaveError> {
    // Stable-rate borrowing is off; its parameters only have to pass the constructor's checks.
    let (none, stable_share) = (U256::ZERO, ray(2_000));
    let arguments = (
        provider,
        ray(rates.optimal_usage_bps),
        ray(rates.base_bps),
        ray(rates.slope_1_bps),
        ray(rates.slope_2_bps),
        none,
        none,
        none,
        none,
        stable_share,
    );
    deployer.deploy("protocol/pool/DefaultReserveInterestRateStrategy", &arguments.abi_encode_params()).await
}

fn input(tokens: &Tokens, asset: Address, strategy: Address, reserve: &Reserve) -> InitReserveInput {
    let symbol = reserve.symbol;
    InitReserveInput {
        aTokenImpl: tokens.supplied,
        stableDebtTokenImpl: tokens.stable_debt,
        variableDebtTokenImpl: tokens.variable_debt,
        underlyingAssetDecimals: reserve.decimals,
        interestRateStrategyAddress: strategy,
        underlyingAsset: asset,
        treasury: tokens.treasury,
        incentivesController: Address::ZERO,
        aTokenName: format!("Aave local {symbol}"),
        aTokenSymbol: format!("aLoc{symbol}"),
        variableDebtTokenName: format!("Aave local variable debt {symbol}"),
        variableDebtTokenSymbol: format!("variableDebtLoc{symbol}"),
        stableDebtTokenName: format!("Aave local stable debt {symbol}"),
        stableDebtTokenSymbol: format!("stableDebtLoc{symbol}"),
        params: Bytes::new(),
    }
}

async fn configure(
    deployer: &Deployer,
    configurator: Address,
    asset: Address,
    reserve: &Reserve,
) -> Result<(), AaveError> {
    let collateral = IPoolConfigurator::configureReserveAsCollateralCall {
        asset,
        ltv: U256::from(reserve.ltv_bps),
        liquidationThreshold: U256::from(reserve.liquidation_threshold_bps),
        liquidationBonus: U256::from(reserve.liquidation_bonus_bps),
    };
    deployer.call(configurator, &collateral).await?;
    let borrowing = IPoolConfigurator::setReserveBorrowingCall { asset, enabled: true };
    deployer.call(configurator, &borrowing).await?;
    let flash_loans = IPoolConfigurator::setReserveFlashLoaningCall { asset, enabled: true };
    deployer.call(configurator, &flash_loans).await?;
    let factor =
        IPoolConfigurator::setReserveFactorCall { asset, newReserveFactor: U256::from(reserve.reserve_factor_bps) };
    deployer.call(configurator, &factor).await?;
    let fee = IPoolConfigurator::setLiquidationProtocolFeeCall {
        asset,
        newFee: U256::from(reserve.liquidation_protocol_fee_bps),
    };
    deployer.call(configurator, &fee).await?;
    let supply_cap = IPoolConfigurator::setSupplyCapCall { asset, newSupplyCap: U256::from(reserve.supply_cap) };
    deployer.call(configurator, &supply_cap).await?;
    let borrow_cap = IPoolConfigurator::setBorrowCapCall { asset, newBorrowCap: U256::from(reserve.borrow_cap) };
    deployer.call(configurator, &borrow_cap).await
}

/// Aave counts rates in rays: 10^27 is 100 %.
fn ray(bps: u16) -> U256 {
    U256::from(bps) * U256::from(10).pow(U256::from(23))
}
