//! Yearly rates and what they become per payment period.
//!
//! A rate is a decimal fraction (0.0799 is 7.99 %), never a float. A lender quotes it with a compounding, or as an
//! effective annual rate; a schedule needs the rate of one payment period. Where that period rate is rational it is
//! kept as the exact ratio (see [`PeriodicRate`]); where it is a root it is computed to 192 binary places.

mod compounding;
mod conversion;
mod fixed;
mod periodic;
mod root;
mod yields;

use std::fmt;

use ruint::aliases::U256;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::period::Term;

pub use compounding::Compounding;
pub use conversion::{effective_annual, effective_from_nominal, nominal_annual, nominal_from_effective};
pub(crate) use fixed::{FRACTION_BITS, Fixed, half_even, mul_div_half_even};
pub use periodic::PeriodicRate;
pub use yields::{annual_percentage_yield, compound_v2_apy, three_term_effective};

/// Why a rate could not be read or converted. The caller's argument is to blame in every case, and no retry helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    #[error("a yearly rate lies above -1 and at or below 30000 (3,000,000 %), found {0}")]
    OutOfRange(Decimal),
    #[error("this rate cannot be negative, found {0}")]
    Negative(Decimal),
    #[error("the rate {0} compounds beyond 30000 (3,000,000 %) a year or a period")]
    Overflow(Decimal),
    #[error("a ratio needs a denominator above zero")]
    ZeroDenominator,
    #[error("{argument}: must be above zero")]
    NotPositive { argument: &'static str },
    #[error("the yield lies above 30000 (3,000,000 %) a year")]
    YieldOverflow,
    #[error("the rate {0} of this amount does not fit in 78 digits")]
    AmountOverflow(Decimal),
}

/// A yearly rate as a decimal fraction, above -1 and at most 30000 (3,000,000 %). What kind of rate it is (nominal,
/// effective, APR) is told by the field that holds it. Written as a string on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Rate(Decimal);

impl Rate {
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The largest rate that is held: 3,000,000 %, above every published payday figure.
    pub const MAX: Self = Self(Decimal::from_parts(30_000, 0, 0, false, 0));

    /// # Errors
    /// [`RateError::OutOfRange`] at or below -1 (more than everything is lost) and above [`Rate::MAX`].
    pub fn try_new(fraction: Decimal) -> Result<Self, RateError> {
        if fraction <= Decimal::NEGATIVE_ONE || fraction > Self::MAX.0 {
            return Err(RateError::OutOfRange(fraction));
        }
        Ok(Self(fraction.normalize()))
    }

    /// A rate that is known to lie above -1 and at most at [`Rate::MAX`], without zeros at its end.
    pub(crate) const fn of_known(fraction: Decimal) -> Self {
        Self(fraction)
    }

    /// # Errors
    /// [`RateError::OutOfRange`] above 300,000,000 basis points.
    pub fn from_bps(bps: Bps) -> Result<Self, RateError> {
        Self::try_new(bps.fraction())
    }

    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }

    /// The rate in percent with `places` decimals, a half going up: how Directive 2008/48/EC Annex I, remark (d),
    /// and common US disclosures round what is shown. At most 20 places.
    #[must_use]
    pub fn percent(self, places: u32) -> Decimal {
        let percent = self.0.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(self.0);
        percent.round_dp_with_strategy(places.min(20), RoundingStrategy::MidpointAwayFromZero)
    }

    /// This fraction of an amount, rounded to the nearest unit, a half to even: a factor rate of 1.15 or a share.
    ///
    /// # Errors
    /// [`RateError::Negative`], [`RateError::AmountOverflow`].
    pub fn of(self, amount: U256) -> Result<U256, RateError> {
        self.times(amount, 1, 1)
    }

    /// Interest at a flat ("add-on") rate: the rate of the original principal for the years of the term, whatever has
    /// been repaid. Months are 1/12, weeks 1/52 and days 1/365 of a year. Rounded once, a half to even.
    ///
    /// # Errors
    /// [`RateError::Negative`], [`RateError::AmountOverflow`].
    pub fn flat_interest(self, principal: U256, term: Term) -> Result<U256, RateError> {
        self.times(principal, term.count, term.unit.per_year())
    }

    fn times(self, amount: U256, count: u32, per_year: u32) -> Result<U256, RateError> {
        if self.is_negative() {
            return Err(RateError::Negative(self.0));
        }
        let mantissa = U256::from(self.0.mantissa().unsigned_abs());
        let scale = 10u128.checked_pow(self.0.scale()).map(U256::from);
        let multiplier = mantissa.checked_mul(U256::from(count));
        let divisor = scale.and_then(|scale| scale.checked_mul(U256::from(per_year)));
        let product = multiplier.zip(divisor).and_then(|(times, over)| mul_div_half_even(amount, times, over));
        product.ok_or(RateError::AmountOverflow(self.0))
    }

    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }
}

impl TryFrom<Decimal> for Rate {
    type Error = RateError;

    fn try_from(fraction: Decimal) -> Result<Self, RateError> {
        Self::try_new(fraction)
    }
}

impl From<Rate> for Decimal {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Hundredths of a percent: 25 is 0.25 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bps(pub u32);

impl Bps {
    /// As a fraction: 25 bps is 0.0025.
    #[must_use]
    pub fn fraction(self) -> Decimal {
        Decimal::from_parts(self.0, 0, 0, false, 4)
    }
}

impl fmt::Display for Bps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bps", self.0)
    }
}

#[cfg(test)]
mod tests;
