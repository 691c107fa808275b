//! Morpho Blue with the AdaptiveCurve rate model: what a market charges after a borrow, and over a term, to the wei.
//!
//! Follows `AdaptiveCurveIrm.sol`, `ExpLib.sol`, `MathLib.sol` and `ConstantsLib.sol` of `morpho-org/morpho-blue-irm`, and
//! `Morpho.sol` and `MathLib.sol` of `@morpho-org/morpho-blue` 1.0.0. The rate is a curve through a rate at target, four
//! times as high at full utilisation and a fourth at none, and the rate at target itself grows or falls exponentially
//! while utilisation is off target. Everything is in wad (1e18) and by the second, and cut off towards zero.
//!
//! Signed numbers are `i128`: with utilisation between 0 and 1 and times below 2^64 s no product reaches 2^122, and what is
//! larger, the exponential, is never negative. A market that has lent more than it has is refused, as by the contract.

mod blue;
mod exp;

use ruint::aliases::U256;

use super::SECONDS_PER_YEAR;
use exp::w_exp;

pub use blue::{Accrual, AfterBorrow, MAX_ACCRUALS, Market, OverTerm, w_taylor_compounded};

/// 1e18: one, a whole, 100 %.
pub const WAD: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
const WAD_INT: i128 = 1_000_000_000_000_000_000;

/// `TARGET_UTILIZATION`: 90 %.
const TARGET_UTILISATION: i128 = 900_000_000_000_000_000;

/// `CURVE_STEEPNESS`: 4.
const CURVE_STEEPNESS: i128 = 4 * WAD_INT;

/// `ADJUSTMENT_SPEED`: 50 a year.
const ADJUSTMENT_SPEED: i128 = 50 * WAD_INT / SECONDS_PER_YEAR as i128;

/// `INITIAL_RATE_AT_TARGET`: 4 % a year, by the second in wad.
pub const INITIAL_RATE_AT_TARGET: u64 = 40_000_000_000_000_000 / SECONDS_PER_YEAR;

/// `MIN_RATE_AT_TARGET`: 0.1 % a year, by the second in wad.
pub const MIN_RATE_AT_TARGET: u64 = 1_000_000_000_000_000 / SECONDS_PER_YEAR;

/// `MAX_RATE_AT_TARGET`: 200 % a year, by the second in wad.
pub const MAX_RATE_AT_TARGET: u64 = 2_000_000_000_000_000_000 / SECONDS_PER_YEAR;

/// Why a rate could not be computed. The market's state or the amount is to blame; another block may answer otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    #[error("{0}: the contract's own arithmetic overflows")]
    Overflow(&'static str),
    #[error("{argument}: {found} has more than the contract's 128 bits")]
    TooWide { argument: &'static str, found: U256 },
    #[error("total borrow: {borrowed} is more than the {supplied} supplied")]
    BorrowAboveSupply { borrowed: u128, supplied: u128 },
    #[error("rate at target: {0} a second lies outside {MIN_RATE_AT_TARGET} to {MAX_RATE_AT_TARGET} and is not 0")]
    RateAtTargetOutOfBounds(u64),
    #[error("amount: {amount} is more than the {available} that the market has")]
    InsufficientLiquidity { amount: U256, available: u128 },
    #[error("time: {at} lies before the last update at {last_update}")]
    TimeBeforeUpdate { at: u64, last_update: u64 },
    #[error("accruals: {0} in one term, at most {MAX_ACCRUALS} are computed")]
    TooManyAccruals(u32),
}

/// What `_borrowRate` returns, by the second in wad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BorrowRate {
    /// The average over the time elapsed: what `borrowRateView` returns, and what that time is charged.
    pub average_per_second_wad: u64,
    /// `endRateAtTarget`: what the model stores.
    pub rate_at_target_wad: u64,
}

/// `_borrowRate` with its arguments already read: the utilisation in wad, at most 1e18, and the stored rate at target, 0
/// where the model has never seen the market.
fn borrow_rate(utilisation: i128, start: u64, elapsed_s: u64) -> Result<BorrowRate, CurveError> {
    let (average, end) = if start == 0 {
        (INITIAL_RATE_AT_TARGET, INITIAL_RATE_AT_TARGET)
    } else {
        let speed = w_mul_to_zero(ADJUSTMENT_SPEED, error_from_target(utilisation)?, "speed")?;
        let adaptation = speed.checked_mul(i128::from(elapsed_s)).ok_or(CurveError::Overflow("adaptation"))?;
        let end = new_rate_at_target(start, adaptation)?;
        let middle = new_rate_at_target(start, adaptation / 2)?;
        // The trapezoidal rule over two halves.
        let sum = [start, end, middle, middle].into_iter().try_fold(0u64, u64::checked_add);
        (sum.ok_or(CurveError::Overflow("average rate at target"))? / 4, end)
    };
    Ok(BorrowRate { average_per_second_wad: curve(average, utilisation)?, rate_at_target_wad: end })
}

/// How far utilisation is from target: -1 where nothing is borrowed, 1 where all is.
fn error_from_target(utilisation: i128) -> Result<i128, CurveError> {
    let norm = if utilisation > TARGET_UTILISATION { WAD_INT - TARGET_UTILISATION } else { TARGET_UTILISATION };
    let scaled = utilisation.checked_sub(TARGET_UTILISATION).and_then(|distance| distance.checked_mul(WAD_INT));
    scaled.and_then(|scaled| scaled.checked_div(norm)).ok_or(CurveError::Overflow("error from target"))
}

/// `_curve`: (1 + coefficient·error)·rate at target, the coefficient 1 - 1/4 below target and 4 - 1 above.
fn curve(rate_at_target: u64, utilisation: i128) -> Result<u64, CurveError> {
    let error = error_from_target(utilisation)?;
    let coefficient = if error < 0 { WAD_INT - WAD_INT * WAD_INT / CURVE_STEEPNESS } else { CURVE_STEEPNESS - WAD_INT };
    let factor = w_mul_to_zero(coefficient, error, "curve")?.checked_add(WAD_INT);
    let rate = w_mul_to_zero(factor.ok_or(CurveError::Overflow("curve"))?, i128::from(rate_at_target), "curve")?;
    u64::try_from(rate).map_err(|_| CurveError::Overflow("borrow rate"))
}

/// `_newRateAtTarget`: start·e^adaptation, held between the least and the highest rate at target.
fn new_rate_at_target(start: u64, adaptation: i128) -> Result<u64, CurveError> {
    let overflow = CurveError::Overflow("rate at target");
    let grown = U256::from(start).checked_mul(w_exp(adaptation)).and_then(|product| product.checked_div(WAD));
    let grown = grown.ok_or(overflow)?.min(U256::from(MAX_RATE_AT_TARGET));
    u64::try_from(grown.max(U256::from(MIN_RATE_AT_TARGET))).map_err(|_| overflow)
}

/// `wMulToZero`: x·y / 1e18, cut off towards zero.
fn w_mul_to_zero(x: i128, y: i128, name: &'static str) -> Result<i128, CurveError> {
    x.checked_mul(y).map(|product| product / WAD_INT).ok_or(CurveError::Overflow(name))
}

#[cfg(test)]
mod tests;
