//! Aave v3: the variable borrow rate that a pool has after a borrow, to the wei.
//!
//! Follows `@aave/core-v3` 1.19: `WadRayMath`, `PercentageMath` and `MathUtils`, the two-slope
//! `DefaultReserveInterestRateStrategy.calculateInterestRates`, and the order of `BorrowLogic.executeBorrow`: accrue
//! the index to the block's time, mint scaled debt, then price what is left. Rates and indices are rays (1e27), yearly
//! rates are simple, a year has 31,536,000 seconds. Whatever the contracts revert on is an error here.

mod math;

use ruint::aliases::U256;

pub use math::{RAY, compounded_interest, linear_interest, ray_div, ray_mul};

/// The chain's `uint128`: rates and indices beyond it revert.
const UINT128_BITS: usize = 128;

/// A whole in hundredths of a percent.
const PERCENTAGE_FACTOR: u16 = 10_000;

/// 10^9 rays to the wad.
const WAD_RAY_RATIO: u64 = 1_000_000_000;

/// Why a rate could not be computed. The reserve's state or the amount is to blame; another block may answer otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    #[error("{0}: the pool's own arithmetic overflows")]
    Overflow(&'static str),
    #[error("{0}: the pool divides by zero")]
    DivisionByZero(&'static str),
    #[error("amount: too small to be worth one unit of scaled debt")]
    AmountTooSmall,
    #[error("amount: {amount} is more than the {available} that the pool has")]
    InsufficientLiquidity { amount: U256, available: U256 },
    #[error("time: {at} lies before the last update at {last_update}")]
    TimeBeforeUpdate { at: u64, last_update: u64 },
    #[error("{0}: above 100 %")]
    AboveWhole(&'static str),
}

/// The strategy's immutables, all in ray (1e27 is 100 %).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strategy {
    pub optimal_usage_ratio: U256,
    pub base_variable_borrow_rate: U256,
    pub variable_rate_slope1: U256,
    pub variable_rate_slope2: U256,
    pub stable_rate_slope1: U256,
    pub stable_rate_slope2: U256,
    pub base_stable_rate_offset: U256,
    pub stable_rate_excess_offset: U256,
    pub optimal_stable_to_total_debt_ratio: U256,
}

/// A reserve as one block leaves it: everything that the rate after a borrow depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReserveState {
    /// `scaledTotalSupply()` of the variable debt token.
    pub scaled_variable_debt: U256,
    pub variable_borrow_index_ray: U256,
    /// `currentVariableBorrowRate`, at which the index grows until the next update.
    pub variable_borrow_rate_ray: U256,
    /// Principal, average rate and time of last update of the stable debt token's `getSupplyData()`.
    pub stable_debt_principal: U256,
    pub average_stable_rate_ray: U256,
    pub stable_debt_last_update: u64,
    /// What the aToken holds of the underlying.
    pub available_liquidity: U256,
    pub unbacked: U256,
    pub reserve_factor_bps: u16,
    /// Unix seconds.
    pub last_update: u64,
}

/// What `calculateInterestRates` is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub available_liquidity: U256,
    pub unbacked: U256,
    pub total_stable_debt: U256,
    pub total_variable_debt: U256,
    pub average_stable_rate_ray: U256,
    pub reserve_factor_bps: u16,
}

/// What it answers, and the usage that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub liquidity_rate_ray: U256,
    pub stable_borrow_rate_ray: U256,
    pub variable_borrow_rate_ray: U256,
    pub borrow_usage_ratio_ray: U256,
}

/// The reserve after the borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterBorrow {
    /// `currentVariableBorrowRate`: a yearly rate, not compounded.
    pub rate_ray: U256,
    /// `variableBorrowIndex`: the new debt grows by what this one grows.
    pub index_ray: U256,
    pub utilisation_ray: U256,
}

/// The state of the reserve's variable side once `amount` is borrowed in a block of time `at` (Unix seconds).
///
/// # Errors
/// Where the pool would revert, or when `at` lies before the reserve's last update.
pub fn variable_rate_after_borrow(
    state: &ReserveState,
    strategy: &Strategy,
    amount: U256,
    at: u64,
) -> Result<AfterBorrow, CurveError> {
    let index_ray = index_at(state, at)?;
    let minted = ray_div(amount, index_ray)?;
    if minted.is_zero() {
        return Err(CurveError::AmountTooSmall);
    }
    let scaled = state.scaled_variable_debt.checked_add(minted).ok_or(CurveError::Overflow("scaled debt"))?;
    let left = state.available_liquidity.checked_sub(amount);
    let available_liquidity =
        left.ok_or(CurveError::InsufficientLiquidity { amount, available: state.available_liquidity })?;
    let usage = Usage {
        available_liquidity,
        unbacked: state.unbacked,
        total_stable_debt: stable_debt_at(state, at)?,
        total_variable_debt: ray_mul(scaled, index_ray)?,
        average_stable_rate_ray: state.average_stable_rate_ray,
        reserve_factor_bps: state.reserve_factor_bps,
    };
    let rates = interest_rates(strategy, &usage)?;
    Ok(AfterBorrow {
        rate_ray: rates.variable_borrow_rate_ray,
        index_ray,
        utilisation_ray: rates.borrow_usage_ratio_ray,
    })
}

/// What `amount` has grown to after `seconds` at a rate that does not change, by the contract's own approximation.
///
/// # Errors
/// [`CurveError::Overflow`].
pub fn debt_after(amount: U256, rate_ray: U256, seconds: u64) -> Result<U256, CurveError> {
    ray_mul(amount, compounded_interest(rate_ray, seconds)?)
}

/// `ReserveLogic._updateIndexes`: a reserve without variable debt keeps its index whatever its rate.
fn index_at(state: &ReserveState, at: u64) -> Result<U256, CurveError> {
    let elapsed = elapsed(state.last_update, at)?;
    if elapsed == 0 || state.scaled_variable_debt.is_zero() {
        return Ok(state.variable_borrow_index_ray);
    }
    let growth = compounded_interest(state.variable_borrow_rate_ray, elapsed)?;
    fits_uint128(ray_mul(growth, state.variable_borrow_index_ray)?, "variable borrow index")
}

/// `StableDebtToken._calcTotalSupply`.
fn stable_debt_at(state: &ReserveState, at: u64) -> Result<U256, CurveError> {
    if state.stable_debt_principal.is_zero() {
        return Ok(U256::ZERO);
    }
    let growth = compounded_interest(state.average_stable_rate_ray, elapsed(state.stable_debt_last_update, at)?)?;
    ray_mul(state.stable_debt_principal, growth)
}

fn elapsed(last_update: u64, at: u64) -> Result<u64, CurveError> {
    at.checked_sub(last_update).ok_or(CurveError::TimeBeforeUpdate { at, last_update })
}

/// `DefaultReserveInterestRateStrategy.calculateInterestRates`, liquidity added and taken already in `usage`.
///
/// # Errors
/// Where the contract reverts.
pub fn interest_rates(strategy: &Strategy, usage: &Usage) -> Result<Rates, CurveError> {
    let total_debt = add(usage.total_stable_debt, usage.total_variable_debt, "total debt")?;
    let (mut borrow_usage, mut supply_usage, mut stable_share) = (U256::ZERO, U256::ZERO, U256::ZERO);
    if !total_debt.is_zero() {
        stable_share = ray_div(usage.total_stable_debt, total_debt)?;
        let liquidity_and_debt = add(usage.available_liquidity, total_debt, "liquidity and debt")?;
        borrow_usage = ray_div(total_debt, liquidity_and_debt)?;
        supply_usage = ray_div(total_debt, add(liquidity_and_debt, usage.unbacked, "unbacked")?)?;
    }

    let mut stable = add(strategy.variable_rate_slope1, strategy.base_stable_rate_offset, "stable rate")?;
    let mut variable = strategy.base_variable_borrow_rate;
    if borrow_usage > strategy.optimal_usage_ratio {
        let excess = excess(borrow_usage, strategy.optimal_usage_ratio, "optimal usage ratio")?;
        stable = above_kink(stable, strategy.stable_rate_slope1, strategy.stable_rate_slope2, excess)?;
        variable = above_kink(variable, strategy.variable_rate_slope1, strategy.variable_rate_slope2, excess)?;
    } else {
        let below = |slope| ray_div(ray_mul(slope, borrow_usage)?, strategy.optimal_usage_ratio);
        stable = add(stable, below(strategy.stable_rate_slope1)?, "stable rate")?;
        variable = add(variable, below(strategy.variable_rate_slope1)?, "variable rate")?;
    }
    if stable_share > strategy.optimal_stable_to_total_debt_ratio {
        let excess = excess(stable_share, strategy.optimal_stable_to_total_debt_ratio, "optimal stable ratio")?;
        stable = add(stable, ray_mul(strategy.stable_rate_excess_offset, excess)?, "stable rate")?;
    }

    let overall = overall_borrow_rate(usage, total_debt, variable)?;
    let kept = PERCENTAGE_FACTOR.checked_sub(usage.reserve_factor_bps);
    let kept = kept.ok_or(CurveError::AboveWhole("reserve factor"))?;
    let liquidity = math::percent_mul(ray_mul(overall, supply_usage)?, kept)?;
    Ok(Rates {
        liquidity_rate_ray: fits_uint128(liquidity, "liquidity rate")?,
        stable_borrow_rate_ray: fits_uint128(stable, "stable rate")?,
        variable_borrow_rate_ray: fits_uint128(variable, "variable rate")?,
        borrow_usage_ratio_ray: borrow_usage,
    })
}

/// The part of a ratio above its optimum, as a share of the room above the optimum.
fn excess(ratio: U256, optimal: U256, name: &'static str) -> Result<U256, CurveError> {
    let room = RAY.checked_sub(optimal).ok_or(CurveError::AboveWhole(name))?;
    ray_div(ratio.saturating_sub(optimal), room)
}

fn above_kink(base: U256, slope1: U256, slope2: U256, excess: U256) -> Result<U256, CurveError> {
    add(base, add(slope1, ray_mul(slope2, excess)?, "rate")?, "rate")
}

/// Variable and stable rate weighted by the debt that bears them.
fn overall_borrow_rate(usage: &Usage, total_debt: U256, variable_rate: U256) -> Result<U256, CurveError> {
    if total_debt.is_zero() {
        return Ok(U256::ZERO);
    }
    let variable = ray_mul(wad_to_ray(usage.total_variable_debt)?, variable_rate)?;
    let stable = ray_mul(wad_to_ray(usage.total_stable_debt)?, usage.average_stable_rate_ray)?;
    ray_div(add(variable, stable, "overall rate")?, wad_to_ray(total_debt)?)
}

fn wad_to_ray(wad: U256) -> Result<U256, CurveError> {
    wad.checked_mul(U256::from(WAD_RAY_RATIO)).ok_or(CurveError::Overflow("wad to ray"))
}

fn add(a: U256, b: U256, name: &'static str) -> Result<U256, CurveError> {
    a.checked_add(b).ok_or(CurveError::Overflow(name))
}

fn fits_uint128(value: U256, name: &'static str) -> Result<U256, CurveError> {
    if value.bit_len() > UINT128_BITS { Err(CurveError::Overflow(name)) } else { Ok(value) }
}

#[cfg(test)]
mod tests;
