//! Checked sums and products of decimals, named for the error that they may end in.

use rust_decimal::Decimal;

use crate::day_count::YearFraction;

use super::ActusError;

/// # Errors
/// [`ActusError::Overflow`].
pub(super) fn sum<const N: usize>(name: &'static str, parts: [Decimal; N]) -> Result<Decimal, ActusError> {
    let total = parts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add);
    total.ok_or(ActusError::Overflow(name))
}

/// # Errors
/// [`ActusError::Overflow`].
pub(super) fn product<const N: usize>(name: &'static str, factors: [Decimal; N]) -> Result<Decimal, ActusError> {
    let total = factors.into_iter().try_fold(Decimal::ONE, Decimal::checked_mul);
    total.ok_or(ActusError::Overflow(name))
}

/// # Errors
/// [`ActusError::Overflow`], for a divisor of zero as well.
pub(super) fn ratio(name: &'static str, part: Decimal, whole: Decimal) -> Result<Decimal, ActusError> {
    part.checked_div(whole).ok_or(ActusError::Overflow(name))
}

/// A yearly fraction of an amount for some years, divided last so that a whole result comes out whole.
///
/// # Errors
/// [`ActusError::Overflow`].
pub(super) fn simple_interest(
    name: &'static str,
    amount: Decimal,
    rate: Decimal,
    years: YearFraction,
) -> Result<Decimal, ActusError> {
    let (part, whole) = (integer(years.numerator())?, integer(years.denominator())?);
    ratio(name, product(name, [amount, rate, part])?, whole)
}

/// Years to 28 digits.
///
/// # Errors
/// [`ActusError::Overflow`].
pub(super) fn as_decimal(years: YearFraction) -> Result<Decimal, ActusError> {
    ratio("years", integer(years.numerator())?, integer(years.denominator())?)
}

fn integer(number: u128) -> Result<Decimal, ActusError> {
    let number = i128::try_from(number).ok().and_then(|number| Decimal::try_from_i128_with_scale(number, 0).ok());
    number.ok_or(ActusError::Overflow("years"))
}
