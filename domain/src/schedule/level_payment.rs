//! The level payment of an annuity, correctly rounded.
//!
//! A = P (1 + ik) i / ((1 + i)(1 - v^n)), v = 1 / (1 + i), brings P(1 + ik) to zero after the first payment and n - 1
//! regular ones; k is the length of the first period in regular ones. With k = 1 it is the annuity of any textbook.
//!
//! Two ways give the same integer. The narrow one has 128 binary places and knows how far it can be off: where every
//! value that near rounds to one integer, that integer is the answer. Otherwise, and for amounts or rates that the
//! narrow one does not take, the wide way decides: one exact ratio but for v^n, which has 256 binary places.

use ruint::Uint;
use ruint::aliases::{U256, U512, U1024};

use crate::rate::{FRACTION_BITS, Fixed, PeriodicRate, half_even};

use super::{FirstPeriod, MAX_INSTALMENTS, ScheduleError};

/// Binary places of the narrow way's payment: far more than decide most roundings.
const NARROW_PLACES: usize = 32;

/// The principal of the narrow way stays below 2^94, so that P·i·2^32 fits in 256 bits and the payment in 128.
const NARROW_PRINCIPAL_BITS: u32 = 94;

/// Neither the rate nor 1 - v^n is below 2^-28 in the narrow way: 100 of the 128 places count.
const NARROW_LEAST: u128 = 1 << 100;

/// The narrow payment is right to one part in 2^86: v is off by 2 last places, v^n by less than 3n with the rounding of
/// the products, i by 1; over [`NARROW_LEAST`] that is below (3 · 4000 + 5) / 2^100.
const NARROW_ERROR_SHIFT: usize = 86;

/// # Errors
/// [`ScheduleError::Overflow`], [`ScheduleError::Count`].
pub(super) fn level_payment(
    principal: U256,
    rate: &PeriodicRate,
    first: FirstPeriod,
    count: usize,
) -> Result<U256, ScheduleError> {
    let n = u32::try_from(count).map_err(|_| ScheduleError::Count(count))?;
    match narrow(principal, rate, first, n) {
        Some(payment) => Ok(payment),
        None => wide(principal, rate, first, n),
    }
}

pub(super) fn narrow(principal: U256, rate: &PeriodicRate, first: FirstPeriod, n: u32) -> Option<U256> {
    let fits = principal.bit_len() <= usize::try_from(NARROW_PRINCIPAL_BITS).ok()?;
    let i = rate.binary_fraction().filter(|i| fits && *i >= NARROW_LEAST && (1..=MAX_INSTALMENTS).contains(&n))?;
    let growth = U256::from(i).checked_add(U256::ONE << 128)?;
    let v = u128::try_from(U256::MAX.checked_div(growth)?).ok()?;
    // 2^128 less v^n; one last place off where v^n vanishes.
    let repaid = match power(v, n) {
        0 => u128::MAX,
        discount => discount.wrapping_neg(),
    };
    if repaid < NARROW_LEAST {
        return None;
    }
    let numerator = U256::from(i).checked_mul(principal)?.checked_shl(NARROW_PLACES)?;
    let (days, regular_days) = first.ratio();
    let payment = if days == regular_days {
        u128::try_from(numerator.checked_div(U256::from(repaid))?).ok()?
    } else {
        let regular =
            (U512::from(regular_days) << 128usize).checked_add(U512::from(i).checked_mul(U512::from(days))?)?;
        let numerator = U512::from(numerator).checked_mul(regular)?;
        let divisor = U512::from(repaid).checked_mul(U512::from(growth))?.checked_mul(U512::from(regular_days))?;
        u128::try_from(numerator.checked_div(divisor)?).ok()?
    };
    let slack = (payment >> NARROW_ERROR_SHIFT).checked_add(4)?;
    let doubtful = payment.checked_add(1 << (NARROW_PLACES - 1))?;
    let (low, high) = (doubtful.checked_sub(slack)? >> NARROW_PLACES, doubtful.checked_add(slack)? >> NARROW_PLACES);
    (low == high).then(|| U256::from(low))
}

/// base^n / 2^(128(n - 1)), each product rounded down.
fn power(base: u128, n: u32) -> u128 {
    let product = |a: u128, b: u128| a.carrying_mul(b, 0).1;
    let (mut result, mut base, mut left) = (None, base, n);
    while left > 0 {
        if left & 1 == 1 {
            result = Some(result.map_or(base, |result| product(result, base)));
        }
        left >>= 1;
        base = product(base, base);
    }
    result.unwrap_or(u128::MAX)
}

pub(super) fn wide(principal: U256, rate: &PeriodicRate, first: FirstPeriod, n: u32) -> Result<U256, ScheduleError> {
    let overflow = || ScheduleError::Overflow("level payment");
    let growth = rate.denominator().checked_add(rate.numerator()).ok_or_else(overflow)?;
    let discount = Fixed::from_ratio(rate.denominator(), growth).and_then(|v| v.pow(n)).ok_or_else(overflow)?;
    let repaid = Fixed::ONE.checked_sub(discount).ok_or_else(overflow)?;
    let level = if rate.is_zero() || repaid.bits().is_zero() {
        half_even(Uint::<1024, 16>::from(principal), U1024::from(n))
    } else {
        level_ratio(principal, rate, first, growth)
            .zip(level_divisor(rate, first, growth, repaid))
            .and_then(|(numerator, denominator)| half_even(numerator, denominator))
    };
    level.and_then(|wide| U256::checked_from_limbs_slice(wide.as_limbs())).ok_or_else(overflow)
}

fn level_ratio(principal: U256, rate: &PeriodicRate, first: FirstPeriod, growth: U256) -> Option<U1024> {
    let (days, regular_days) = first.ratio();
    let mut numerator = U1024::from(principal).checked_mul(U1024::from(rate.numerator()))?;
    if days != regular_days {
        let first_growth = rate
            .denominator()
            .checked_mul(U256::from(regular_days))?
            .checked_add(rate.numerator().checked_mul(U256::from(days))?)?;
        numerator = numerator.checked_mul(U1024::from(first_growth))?;
    } else {
        numerator = numerator.checked_mul(U1024::from(growth))?;
    }
    numerator.checked_shl(FRACTION_BITS)
}

fn level_divisor(rate: &PeriodicRate, first: FirstPeriod, growth: U256, repaid: Fixed) -> Option<U1024> {
    let (days, regular_days) = first.ratio();
    let regular = if days == regular_days { 1 } else { regular_days };
    U1024::from(growth)
        .checked_mul(U1024::from(rate.denominator()))?
        .checked_mul(U1024::from(regular))?
        .checked_mul(U1024::from(repaid.bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(numerator: u64, denominator: u64) -> PeriodicRate {
        PeriodicRate::from_ratio(U256::from(numerator), U256::from(denominator)).unwrap()
    }

    #[test]
    fn the_narrow_way_decides_nearly_every_usual_loan() {
        let mut told = 0;
        for case in 1..=400_u64 {
            let (principal, count) = (U256::from(1_000_000 + case * 997), 12 + u32::try_from(case).unwrap() % 349);
            let own = rate(case, 12_000);
            let found = narrow(principal, &own, FirstPeriod::REGULAR, count);
            if let Some(found) = found {
                assert_eq!(wide(principal, &own, FirstPeriod::REGULAR, count), Ok(found), "case {case}");
                told += 1;
            }
        }
        assert!(told >= 398, "{told} of 400");
    }

    #[test]
    fn the_narrow_way_leaves_what_it_has_no_places_for() {
        let month = rate(1, 100);
        let found =
            |principal: U256, rate: &PeriodicRate, n| narrow(principal, rate, FirstPeriod::REGULAR, n).is_some();
        assert!(found(U256::ONE << 70, &month, 36));
        assert!(!found(U256::ONE << 95, &month, 36));
        assert!(!found(U256::from(100_000), &month, 0));
        assert!(!found(U256::from(100_000), &month, MAX_INSTALMENTS + 1));
        assert!(found(U256::from(100_000), &rate(1, 1 << 27), 36));
        assert!(!found(U256::from(100_000), &rate(1, 1 << 29), 36));
        // One payment at the least rate repays a little less of one than that.
        assert!(!found(U256::from(100_000), &rate(1, 1 << 28), 1));
        assert!(!found(U256::from(100_000), &PeriodicRate::ZERO, 36));
    }

    /// 1/2 in 128 places: its square, its cube, and a power that vanishes.
    #[test]
    fn powers_are_those_of_a_fraction() {
        let half = 1_u128 << 127;
        assert_eq!([1, 2, 3, 5, 128].map(|n| power(half, n)), [half, half >> 1, half >> 2, half >> 4, 1]);
        assert_eq!(power(half, 129), 0);
    }
}
