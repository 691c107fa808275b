//! Compound III (Comet): the rates of a market and what its debt grows to, to the wei.
//!
//! Follows `Comet.sol`, `CometCore.sol` and `CometMath.sol` of `compound-finance/comet`, in the form that has a curve
//! each for suppliers and borrowers: `getUtilization`, `getSupplyRate`, `getBorrowRate`, `accruedInterestIndices` and
//! the order of `withdrawBase`: accrue, turn the amount into principal rounded up, add it, price what is left. Factors
//! and rates are wads (1e18), indices count from 1e15, every product is cut off. Whatever the contract reverts on is an
//! error here. Rewards are apart from interest and not told of.

mod market;

use ruint::aliases::U256;

use super::SECONDS_PER_YEAR;

pub use market::{AfterBorrow, Curves, Market, borrow_principal, index_after, present_value, supply_principal};

/// `FACTOR_SCALE`: 100 % in factors, utilisation and rates.
pub const FACTOR_SCALE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// Why a rate could not be computed. The market's state or the amount is to blame; another block may answer otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    #[error("{0}: the contract's own arithmetic overflows")]
    Overflow(&'static str),
    #[error("{argument}: {found} has more than the contract's {bits} bits")]
    TooWide { argument: &'static str, bits: usize, found: U256 },
    #[error("{0}: the contract divides by an index of zero")]
    ZeroIndex(&'static str),
    #[error("time: {at} lies before the last accrual at {last_accrual}")]
    TimeBeforeAccrual { at: u64, last_accrual: u64 },
}

/// The part of a market's `Configuration` that sets one curve, as governance writes it: wads (1e18 is 100 %), the three
/// rates by the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearlyCurve {
    pub kink_wad: u64,
    pub base_wad: u64,
    pub slope_low_wad: u64,
    pub slope_high_wad: u64,
}

/// One curve as the contract keeps it and its getters return it: wads, the three rates by the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curve {
    /// The utilisation up to which `slope_low` holds.
    pub kink_wad: u64,
    pub base_per_second_wad: u64,
    pub slope_low_per_second_wad: u64,
    pub slope_high_per_second_wad: u64,
}

impl Curve {
    /// As the constructor does: each yearly rate over 31,536,000, cut off.
    #[must_use]
    pub const fn from_yearly(yearly: YearlyCurve) -> Self {
        Self {
            kink_wad: yearly.kink_wad,
            base_per_second_wad: yearly.base_wad / SECONDS_PER_YEAR,
            slope_low_per_second_wad: yearly.slope_low_wad / SECONDS_PER_YEAR,
            slope_high_per_second_wad: yearly.slope_high_wad / SECONDS_PER_YEAR,
        }
    }

    /// `getBorrowRate` or `getSupplyRate`: wads a second at a utilisation in wad, which may be above 1e18.
    ///
    /// # Errors
    /// [`CurveError::Overflow`] and [`CurveError::TooWide`] where the contract reverts.
    pub fn rate_per_second(&self, utilisation_wad: U256) -> Result<u64, CurveError> {
        let kink = U256::from(self.kink_wad);
        let low = mul_factor(U256::from(self.slope_low_per_second_wad), utilisation_wad.min(kink), "low slope")?;
        let above = utilisation_wad.saturating_sub(kink);
        let high = mul_factor(U256::from(self.slope_high_per_second_wad), above, "high slope")?;
        let sum = U256::from(self.base_per_second_wad).checked_add(low).and_then(|sum| sum.checked_add(high));
        safe64(sum.ok_or(CurveError::Overflow("rate"))?, "rate per second")
    }

    /// The borrow rate once `amount` is borrowed too, of totals as `totalBorrow()` and `totalSupply()` return them.
    /// [`Market::after_borrow`] is this from the stored state, with the rounding of the new principal.
    ///
    /// # Errors
    /// [`CurveError::Overflow`] and [`CurveError::TooWide`].
    pub fn rate_after_borrow(&self, total_borrow: U256, total_supply: U256, amount: U256) -> Result<u64, CurveError> {
        let borrowed = total_borrow.checked_add(amount).ok_or(CurveError::Overflow("total borrow"))?;
        self.rate_per_second(utilisation(borrowed, total_supply)?)
    }
}

/// `getUtilization` of present values: borrowed·1e18 / supplied, cut off; zero where nothing is supplied.
///
/// # Errors
/// [`CurveError::Overflow`].
pub fn utilisation(total_borrow: U256, total_supply: U256) -> Result<U256, CurveError> {
    if total_supply.is_zero() {
        return Ok(U256::ZERO);
    }
    let scaled = total_borrow.checked_mul(FACTOR_SCALE);
    scaled.and_then(|scaled| scaled.checked_div(total_supply)).ok_or(CurveError::Overflow("utilisation"))
}

/// `mulFactor`: n·factor / 1e18, cut off.
fn mul_factor(n: U256, factor: U256, name: &'static str) -> Result<U256, CurveError> {
    let product = n.checked_mul(factor).and_then(|product| product.checked_div(FACTOR_SCALE));
    product.ok_or(CurveError::Overflow(name))
}

fn safe64(value: U256, argument: &'static str) -> Result<u64, CurveError> {
    u64::try_from(value).map_err(|_| CurveError::TooWide { argument, bits: 64, found: value })
}

#[cfg(test)]
mod tests;
