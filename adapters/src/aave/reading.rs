//! One consistent picture of a market for one question: two batches at one block.

use alloy::primitives::{Address, U256};
use domain::curve::aave_v3::{ReserveState, Strategy};

use super::abi::{
    IDataProvider, IERC20, IPool, IPoolAddressesProvider, IPriceOracle, IStableDebtToken, IStrategy,
    IVariableDebtToken, ReserveData,
};
use super::reader::{Pin, PinnedBatch, ReadError, Reader};

/// Where the market lives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Market {
    pub addresses_provider: Address,
    pub data_provider: Address,
}

/// What to read.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub debt_asset: Address,
    /// Offered and accepted, with the amounts.
    pub collateral: Vec<(Address, U256)>,
    pub wallet: Option<Address>,
    /// The token that the oracle prices the chain's own coin by.
    pub wrapped_native: Option<Address>,
}

/// The state of a reserve that decides whether it can be used at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gates {
    pub active: bool,
    pub frozen: bool,
    pub paused: bool,
    pub borrowing_enabled: bool,
    pub collateral_enabled: bool,
    /// Above zero where the asset is only collateral in isolation mode.
    pub debt_ceiling: U256,
    pub ltv_bps: U256,
    pub liquidation_threshold_bps: U256,
    /// In whole units of the asset; 0 for none.
    pub borrow_cap: U256,
    pub supply_cap: U256,
    /// In the oracle's base currency.
    pub price: U256,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct CollateralReading {
    pub offered: U256,
    pub gates: Gates,
    pub total_supplied: U256,
    /// The wallet's balance and its allowance to the pool.
    pub balance: Option<(U256, U256)>,
}

/// What the wallet already has in the pool, in the oracle's base currency.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Account {
    pub collateral: U256,
    pub debt: U256,
    pub ltv_bps: U256,
    pub liquidation_threshold_bps: U256,
    pub e_mode: U256,
}

#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub pin: Pin,
    pub gas_price_wei: u128,
    pub pool: Address,
    pub oracle: Address,
    pub debt: Gates,
    pub siloed: bool,
    pub e_mode_category: U256,
    pub total_debt: U256,
    pub reserve: ReserveState,
    pub strategy: Strategy,
    pub collateral: Vec<CollateralReading>,
    pub account: Account,
    pub native_price: Option<U256>,
}

/// Narrows a figure of the contracts, whose own bound is given in the interface.
fn narrow<T: TryFrom<U256>>(value: U256, what: &'static str) -> Result<T, ReadError> {
    T::try_from(value).map_err(|_| ReadError::Range(what))
}

/// Adds the reads that decide whether a reserve can be used.
fn gates(
    batch: &mut PinnedBatch<'_>,
    market: Market,
    oracle: Address,
    asset: Address,
) -> Result<impl Future<Output = Result<(Gates, U256), ReadError>> + use<>, ReadError> {
    let to = market.data_provider;
    let configuration = batch.call(to, &IDataProvider::getReserveConfigurationDataCall { asset })?;
    let caps = batch.call(to, &IDataProvider::getReserveCapsCall { asset })?;
    let paused = batch.call(to, &IDataProvider::getPausedCall { asset })?;
    let debt_ceiling = batch.call(to, &IDataProvider::getDebtCeilingCall { asset })?;
    let price = batch.call(oracle, &IPriceOracle::getAssetPriceCall { asset })?;
    Ok(async move {
        let (configuration, caps) = (configuration.await?, caps.await?);
        let gates = Gates {
            active: configuration.isActive,
            frozen: configuration.isFrozen,
            paused: paused.await?,
            borrowing_enabled: configuration.borrowingEnabled,
            collateral_enabled: configuration.usageAsCollateralEnabled,
            debt_ceiling: debt_ceiling.await?,
            ltv_bps: configuration.ltv,
            liquidation_threshold_bps: configuration.liquidationThreshold,
            borrow_cap: caps.borrowCap,
            supply_cap: caps.supplyCap,
            price: price.await?,
        };
        Ok((gates, configuration.reserveFactor))
    })
}

/// Adds the reads of one collateral asset.
fn collateral(
    batch: &mut PinnedBatch<'_>,
    market: Market,
    (pool, oracle): (Address, Address),
    (asset, offered): (Address, U256),
    wallet: Option<Address>,
) -> Result<impl Future<Output = Result<CollateralReading, ReadError>> + use<>, ReadError> {
    let gates = gates(batch, market, oracle, asset)?;
    let supplied = batch.call(market.data_provider, &IDataProvider::getATokenTotalSupplyCall { asset })?;
    let balance = match wallet {
        Some(account) => Some((
            batch.call(asset, &IERC20::balanceOfCall { account })?,
            batch.call(asset, &IERC20::allowanceCall { owner: account, spender: pool })?,
        )),
        None => None,
    };
    Ok(async move {
        let (gates, _) = gates.await?;
        let total_supplied = supplied.await?;
        let balance = match balance {
            Some((balance, allowance)) => Some((balance.await?, allowance.await?)),
            None => None,
        };
        Ok(CollateralReading { offered, gates, total_supplied, balance })
    })
}

/// Adds the reads of the wallet's position; nothing where there is no wallet.
fn account(
    batch: &mut PinnedBatch<'_>,
    pool: Address,
    wallet: Option<Address>,
) -> Result<impl Future<Output = Result<Account, ReadError>> + use<>, ReadError> {
    let calls = match wallet {
        Some(user) => Some((
            batch.call(pool, &IPool::getUserAccountDataCall { user })?,
            batch.call(pool, &IPool::getUserEModeCall { user })?,
        )),
        None => None,
    };
    Ok(async move {
        let Some((data, e_mode)) = calls else { return Ok(Account::default()) };
        let data = data.await?;
        Ok(Account {
            collateral: data.totalCollateralBase,
            debt: data.totalDebtBase,
            ltv_bps: data.ltv,
            liquidation_threshold_bps: data.currentLiquidationThreshold,
            e_mode: e_mode.await?,
        })
    })
}

/// Adds the reads of the rate strategy.
fn strategy(
    batch: &mut PinnedBatch<'_>,
    at: Address,
) -> Result<impl Future<Output = Result<Strategy, ReadError>> + use<>, ReadError> {
    let optimal = batch.call(at, &IStrategy::OPTIMAL_USAGE_RATIOCall {})?;
    let optimal_stable = batch.call(at, &IStrategy::OPTIMAL_STABLE_TO_TOTAL_DEBT_RATIOCall {})?;
    let variable1 = batch.call(at, &IStrategy::getVariableRateSlope1Call {})?;
    let variable2 = batch.call(at, &IStrategy::getVariableRateSlope2Call {})?;
    let stable1 = batch.call(at, &IStrategy::getStableRateSlope1Call {})?;
    let stable2 = batch.call(at, &IStrategy::getStableRateSlope2Call {})?;
    let excess = batch.call(at, &IStrategy::getStableRateExcessOffsetCall {})?;
    let base_stable = batch.call(at, &IStrategy::getBaseStableBorrowRateCall {})?;
    let base = batch.call(at, &IStrategy::getBaseVariableBorrowRateCall {})?;
    Ok(async move {
        let variable_rate_slope1 = variable1.await?;
        let base_stable_rate: U256 = base_stable.await?;
        Ok(Strategy {
            optimal_usage_ratio: optimal.await?,
            base_variable_borrow_rate: base.await?,
            variable_rate_slope1,
            variable_rate_slope2: variable2.await?,
            stable_rate_slope1: stable1.await?,
            stable_rate_slope2: stable2.await?,
            // The base stable rate is the first variable slope plus the offset.
            base_stable_rate_offset: base_stable_rate
                .checked_sub(variable_rate_slope1)
                .ok_or(ReadError::Range("base stable rate"))?,
            stable_rate_excess_offset: excess.await?,
            optimal_stable_to_total_debt_ratio: optimal_stable.await?,
        })
    })
}

impl Reading {
    /// Reads everything at the head of the chain.
    pub(super) async fn take(reader: &Reader, market: Market, subject: &Subject) -> Result<Self, ReadError> {
        let (pin, gas_price_wei) = reader.head().await?;
        let mut batch = reader.at(pin);
        let pool = batch.call(market.addresses_provider, &IPoolAddressesProvider::getPoolCall {})?;
        let oracle = batch.call(market.addresses_provider, &IPoolAddressesProvider::getPriceOracleCall {})?;
        batch.send().await?;
        let (pool, oracle) = (pool.await?, oracle.await?);

        let asset = subject.debt_asset;
        let mut batch = reader.at(pin);
        let data = batch.call(pool, &IPool::getReserveDataCall { asset })?;
        let debt = gates(&mut batch, market, oracle, asset)?;
        let siloed = batch.call(market.data_provider, &IDataProvider::getSiloedBorrowingCall { asset })?;
        let category = batch.call(market.data_provider, &IDataProvider::getReserveEModeCategoryCall { asset })?;
        let total_debt = batch.call(market.data_provider, &IDataProvider::getTotalDebtCall { asset })?;
        let account = account(&mut batch, pool, subject.wallet)?;
        let native = match subject.wrapped_native {
            Some(asset) => Some(batch.call(oracle, &IPriceOracle::getAssetPriceCall { asset })?),
            None => None,
        };
        let collateral: Vec<_> = subject
            .collateral
            .iter()
            .map(|offered| collateral(&mut batch, market, (pool, oracle), *offered, subject.wallet))
            .collect::<Result<_, _>>()?;
        batch.send().await?;

        let data = data.await?;
        let (debt, reserve_factor) = debt.await?;
        let (reserve, strategy) = reserve(reader, pin, asset, &data, reserve_factor).await?;
        let mut read = Vec::with_capacity(collateral.len());
        for one in collateral {
            read.push(one.await?);
        }
        Ok(Self {
            pin,
            gas_price_wei,
            pool,
            oracle,
            debt,
            siloed: siloed.await?,
            e_mode_category: category.await?,
            total_debt: total_debt.await?,
            reserve,
            strategy,
            collateral: read,
            account: account.await?,
            native_price: match native {
                Some(price) => Some(price.await?),
                None => None,
            },
        })
    }
}

/// The debt reserve's tokens and strategy, whose addresses the first batch brought.
async fn reserve(
    reader: &Reader,
    pin: Pin,
    asset: Address,
    data: &ReserveData,
    reserve_factor: U256,
) -> Result<(ReserveState, Strategy), ReadError> {
    let mut batch = reader.at(pin);
    let scaled = batch.call(data.variableDebtTokenAddress, &IVariableDebtToken::scaledTotalSupplyCall {})?;
    let stable = batch.call(data.stableDebtTokenAddress, &IStableDebtToken::getSupplyDataCall {})?;
    let available = batch.call(asset, &IERC20::balanceOfCall { account: data.aTokenAddress })?;
    let strategy = strategy(&mut batch, data.interestRateStrategyAddress)?;
    batch.send().await?;
    let stable = stable.await?;
    let seconds = |value: alloy::primitives::Uint<40, 1>| value.to::<u64>();
    let state = ReserveState {
        scaled_variable_debt: scaled.await?,
        variable_borrow_index_ray: U256::from(data.variableBorrowIndex),
        variable_borrow_rate_ray: U256::from(data.currentVariableBorrowRate),
        stable_debt_principal: stable.principal,
        average_stable_rate_ray: stable.averageRate,
        stable_debt_last_update: seconds(stable.lastUpdate),
        available_liquidity: available.await?,
        unbacked: U256::from(data.unbacked),
        reserve_factor_bps: narrow(reserve_factor, "reserve factor")?,
        last_update: seconds(data.lastUpdateTimestamp),
    };
    Ok((state, strategy.await?))
}
