//! The rate of one payment period as a ratio of integers, so that interest on any amount is an integer computation
//! that is rounded once.
//!
//! A nominal rate compounded as often as it is paid is rational and its ratio is exact: 7.99 % monthly is
//! 799 / 120000. Any other rate is a root; it is kept to the nearest 2^-192 (57 decimal places), which leaves interest
//! on amounts below 10^50 base units the correctly rounded one, and every larger amount right to 57 digits.

use std::num::NonZeroU32;

use ruint::aliases::{U256, U512, U1024};
use rust_decimal::Decimal;

use super::compounding::{gcd, growth};
use super::fixed::{FRACTION_BITS, Fixed, ratio_decimal};
use super::{Compounding, Rate, RateError};
use crate::period::Frequency;

/// Binary places of a rate that is not rational.
const IRRATIONAL_BITS: usize = 192;

/// No period grows by more than a year may: [`Rate::MAX`].
const PERIOD_MAX: u32 = 30_000;

/// The rate of one payment period, zero or above: numerator / denominator in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeriodicRate {
    numerator: U256,
    denominator: U256,
}

impl PeriodicRate {
    pub const ZERO: Self = Self { numerator: U256::ZERO, denominator: U256::ONE };

    /// The period rate of a nominal yearly rate: r / f when it compounds as often as it is paid, otherwise through the
    /// growth that both have in common, (1 + r/c)^(c/f) - 1.
    ///
    /// # Errors
    /// [`RateError::Negative`], and [`RateError::Overflow`] when a period would grow by more than [`Rate::MAX`].
    pub fn from_nominal(nominal: Rate, compounding: Compounding, frequency: Frequency) -> Result<Self, RateError> {
        let fraction = nominal.value();
        if nominal.is_negative() {
            return Err(RateError::Negative(fraction));
        }
        let parts = frequency.periods_per_year();
        if compounding.periods_per_year() == Some(parts) {
            return Self::from_decimal_over(fraction, parts);
        }
        Self::from_growth(growth(nominal, compounding, parts)?, fraction)
    }

    /// The period rate of an effective annual rate: (1 + X)^(1/f) - 1.
    ///
    /// # Errors
    /// [`RateError::Negative`].
    pub fn from_effective(effective: Rate, frequency: Frequency) -> Result<Self, RateError> {
        Self::from_nominal(effective, Compounding::Annual, frequency)
    }

    /// The rate of one of `periods_per_year` periods of a nominal yearly rate: r / c, exactly.
    ///
    /// # Errors
    /// [`RateError::Negative`].
    pub fn nominal_over(nominal: Rate, periods_per_year: NonZeroU32) -> Result<Self, RateError> {
        if nominal.is_negative() {
            return Err(RateError::Negative(nominal.value()));
        }
        Self::from_decimal_over(nominal.value(), periods_per_year.get())
    }

    /// The rate of one of `periods_per_year` periods of an effective annual rate: (1 + X)^(1/c) - 1, to 192 binary places.
    ///
    /// # Errors
    /// [`RateError::Negative`].
    pub fn effective_over(effective: Rate, periods_per_year: NonZeroU32) -> Result<Self, RateError> {
        if effective.is_negative() {
            return Err(RateError::Negative(effective.value()));
        }
        Self::from_growth(growth(effective, Compounding::Annual, periods_per_year.get())?, effective.value())
    }

    /// The nominal rate that `periods` of this period are: i·periods, to 20 decimal places, a half going to even.
    ///
    /// # Errors
    /// [`RateError::YieldOverflow`] above [`Rate::MAX`].
    pub fn added_up(self, periods: u32) -> Result<Rate, RateError> {
        let scaled = U1024::from(self.numerator).checked_mul(U1024::from(periods));
        let fraction = scaled
            .and_then(|scaled| ratio_decimal(scaled, U1024::from(self.denominator)))
            .ok_or(RateError::YieldOverflow)?;
        Rate::try_new(fraction).map_err(|_| RateError::YieldOverflow)
    }

    /// What `periods` of this period compound to: (1 + i)^periods - 1, to 20 decimal places, a half going to even; the
    /// effective annual rate where they are a year's.
    ///
    /// # Errors
    /// [`RateError::YieldOverflow`] above [`Rate::MAX`].
    pub fn compounded(self, periods: u32) -> Result<Rate, RateError> {
        let fraction = self.growth(periods).and_then(Fixed::minus_one).ok_or(RateError::YieldOverflow)?;
        Rate::try_new(fraction).map_err(|_| RateError::YieldOverflow)
    }

    fn growth(self, periods: u32) -> Option<Fixed> {
        Fixed::from_ratio(self.numerator, self.denominator)?.checked_add(Fixed::ONE)?.pow(periods)
    }

    /// Any ratio, brought to lowest terms.
    ///
    /// # Errors
    /// [`RateError::ZeroDenominator`].
    pub fn from_ratio(numerator: U256, denominator: U256) -> Result<Self, RateError> {
        if denominator.is_power_of_two() {
            let common = numerator.trailing_zeros().min(denominator.trailing_zeros());
            return Ok(Self { numerator: numerator >> common, denominator: denominator >> common });
        }
        if let (Ok(small), Ok(below)) = (u64::try_from(numerator), u64::try_from(denominator)) {
            let common = gcd(small, below);
            let reduced = small.checked_div(common).zip(below.checked_div(common));
            let (small, below) = reduced.filter(|(_, below)| *below > 0).ok_or(RateError::ZeroDenominator)?;
            return Ok(Self { numerator: U256::from(small), denominator: U256::from(below) });
        }
        let common = numerator.gcd(denominator);
        let reduced = numerator.checked_div(common).zip(denominator.checked_div(common));
        match reduced {
            Some((numerator, denominator)) if !denominator.is_zero() => Ok(Self { numerator, denominator }),
            _ => Err(RateError::ZeroDenominator),
        }
    }

    fn from_decimal_over(fraction: Decimal, parts: u32) -> Result<Self, RateError> {
        let scale = 10u128.checked_pow(fraction.scale()).map(U256::from);
        let denominator = scale.and_then(|scale| scale.checked_mul(U256::from(parts)));
        let denominator = denominator.ok_or(RateError::Overflow(fraction))?;
        Self::from_ratio(U256::from(fraction.mantissa().unsigned_abs()), denominator)
    }

    fn from_growth(growth: Fixed, yearly: Decimal) -> Result<Self, RateError> {
        let overflow = || RateError::Overflow(yearly);
        let interest = growth.checked_sub(Fixed::ONE).ok_or_else(overflow)?;
        if interest.bits() > U512::from(PERIOD_MAX) << FRACTION_BITS {
            return Err(overflow());
        }
        let numerator = interest.rounded_to_192().ok_or_else(overflow)?;
        Self::from_ratio(numerator, U256::ONE << IRRATIONAL_BITS)
    }

    #[must_use]
    pub fn numerator(self) -> U256 {
        self.numerator
    }

    #[must_use]
    pub fn denominator(self) -> U256 {
        self.denominator
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.numerator.is_zero()
    }

    /// The rate times 2^128, rounded down, for a rate below one that this can be told of in 256 bits.
    pub(crate) fn binary_fraction(self) -> Option<u128> {
        if self.numerator >= self.denominator {
            return None;
        }
        if self.denominator.is_power_of_two() && self.denominator.trailing_zeros() >= 128 {
            return u128::try_from(self.numerator >> (self.denominator.trailing_zeros() - 128)).ok();
        }
        u128::try_from(self.numerator.checked_shl(128)?.checked_div(self.denominator)?).ok()
    }

    /// The rate as a decimal fraction of 20 places, to be shown; `None` above what a decimal holds.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        ratio_decimal(U1024::from(self.numerator), U1024::from(self.denominator))
    }
}
