//! A length of time in years as a ratio of integers.

use std::cmp::Ordering;
use std::fmt;

use ruint::aliases::U256;
use rust_decimal::Decimal;

use crate::rate::half_even;

use super::DayCountError;

/// Places that a decimal view may have: with them every span of the calendar fits a `Decimal`.
const MAX_PLACES: u32 = 20;

/// Years, zero or above: numerator / denominator in lowest terms, so that equal fractions are equal values. Interest is
/// computed with both integers and rounded once; the views are for showing and comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct YearFraction {
    numerator: u128,
    denominator: u128,
}

impl YearFraction {
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// # Errors
    /// [`DayCountError::ZeroDenominator`].
    pub fn try_new(numerator: u128, denominator: u128) -> Result<Self, DayCountError> {
        if denominator == 0 {
            return Err(DayCountError::ZeroDenominator);
        }
        let common = gcd(numerator, denominator);
        let reduced = numerator.checked_div(common).zip(denominator.checked_div(common));
        let (numerator, denominator) = reduced.ok_or(DayCountError::ZeroDenominator)?;
        Ok(Self { numerator, denominator })
    }

    #[must_use]
    pub fn numerator(self) -> u128 {
        self.numerator
    }

    /// Above zero.
    #[must_use]
    pub fn denominator(self) -> u128 {
        self.denominator
    }

    /// `None` when a part of the sum does not fit in 128 bits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (left, right, denominator) = self.over_common(other)?;
        Self::try_new(left.checked_add(right)?, denominator).ok()
    }

    /// `None` when `other` is the larger, or a part does not fit in 128 bits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (left, right, denominator) = self.over_common(other)?;
        Self::try_new(left.checked_sub(right)?, denominator).ok()
    }

    /// `None` when a part of the product does not fit in 128 bits.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        // Reduced crosswise first, which keeps the products small and in lowest terms.
        let first = Self::try_new(self.numerator, other.denominator).ok()?;
        let second = Self::try_new(other.numerator, self.denominator).ok()?;
        let numerator = first.numerator.checked_mul(second.numerator)?;
        Self::try_new(numerator, first.denominator.checked_mul(second.denominator)?).ok()
    }

    /// With `places` decimals (at most 20), a half going to even. `None` when the value has too many digits for a
    /// `Decimal`: no span of the calendar does.
    #[must_use]
    pub fn rounded(self, places: u32) -> Option<Decimal> {
        let places = places.min(MAX_PLACES);
        let scaled = U256::from(self.numerator).checked_mul(U256::from(10u128.checked_pow(places)?))?;
        let rounded = half_even(scaled, U256::from(self.denominator))?;
        Decimal::try_from_i128_with_scale(i128::try_from(rounded).ok()?, places).ok()
    }

    /// The nearest double while both parts are below 2^53, as those of every span of a few centuries are.
    #[must_use]
    #[expect(clippy::float_arithmetic, reason = "a view for showing and for rates; no amount is computed with it")]
    pub fn to_f64(self) -> f64 {
        f64::from(U256::from(self.numerator)) / f64::from(U256::from(self.denominator))
    }

    /// Both numerators over the least common denominator.
    fn over_common(self, other: Self) -> Option<(u128, u128, u128)> {
        let common = gcd(self.denominator, other.denominator);
        let (scale, other_scale) = (other.denominator.checked_div(common)?, self.denominator.checked_div(common)?);
        let (left, right) = (self.numerator.checked_mul(scale)?, other.numerator.checked_mul(other_scale)?);
        Some((left, right, self.denominator.checked_mul(scale)?))
    }
}

impl From<u32> for YearFraction {
    fn from(years: u32) -> Self {
        Self { numerator: u128::from(years), denominator: 1 }
    }
}

impl Ord for YearFraction {
    fn cmp(&self, other: &Self) -> Ordering {
        // A product of two 128-bit numbers always fits in 256 bits.
        let product = |a: u128, b: u128| U256::from(a).saturating_mul(U256::from(b));
        product(self.numerator, other.denominator).cmp(&product(other.numerator, self.denominator))
    }
}

impl PartialOrd for YearFraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for YearFraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// At least one of the two is above zero.
fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}
