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

/// Years to 28 digits.
///
/// # Errors
/// [`ActusError::Overflow`].
pub(super) fn as_decimal(years: YearFraction) -> Result<Decimal, ActusError> {
    let part = |part: u128| Decimal::try_from_i128_with_scale(i128::try_from(part).ok()?, 0).ok();
    let parts = part(years.numerator()).zip(part(years.denominator()));
    parts.and_then(|(days, of_year)| days.checked_div(of_year)).ok_or(ActusError::Overflow("years"))
}
