//! The level payment over periods of any length.
//!
//! [`super::level_payment`] is for periods that are all alike and rounds to the asset's unit. This one is for periods
//! that a day count measures, each with a length of its own, and rounds to the places of a [`Decimal`].

use rust_decimal::Decimal;

use super::ScheduleError;

/// The payment that brings a debt to zero when it is made on each of a list of dates, interest settled with it.
///
/// `owed` is the debt on the first of the dates, its interest up to then included; `fractions` are the years from each
/// date to the next, so that there is one payment more than there are fractions. `rate` is a yearly fraction, simple
/// within a period. A debt below zero has a payment below zero.
///
/// A = owed / (1 + 1/g₁ + 1/(g₁ g₂) + …), g = 1 + rate · fraction: the present value of the payments at the first of
/// the dates is the debt (any text on annuities).
///
/// # Errors
/// [`ScheduleError::Overflow`] when a period's growth is zero or below, or a number leaves what a decimal holds.
pub fn annuity_amount(owed: Decimal, rate: Decimal, fractions: &[Decimal]) -> Result<Decimal, ScheduleError> {
    let overflow = || ScheduleError::Overflow("level payment");
    let mut payments = Decimal::ONE;
    // From the last payment to the first: each step discounts what follows it by one period.
    for fraction in fractions.iter().rev() {
        let growth = rate.checked_mul(*fraction).and_then(|interest| interest.checked_add(Decimal::ONE));
        let growth = growth.filter(Decimal::is_sign_positive).ok_or_else(overflow)?;
        let discounted = payments.checked_div(growth).and_then(|later| later.checked_add(Decimal::ONE));
        payments = discounted.ok_or_else(overflow)?;
    }
    owed.checked_div(payments).ok_or_else(overflow)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;
    use ruint::aliases::U256;

    use super::super::{FirstPeriod, level_payment};
    use super::*;
    use crate::period::Frequency;
    use crate::rate::{Bps, Compounding, PeriodicRate, Rate};

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    /// The debt after each payment: what the amount is defined by.
    fn left(owed: Decimal, rate: Decimal, fractions: &[Decimal], payment: Decimal) -> Decimal {
        fractions.iter().fold(owed - payment, |debt, fraction| debt * (Decimal::ONE + rate * fraction) - payment)
    }

    /// 5,000 at 8 % over the months of 2013, actual days over 365: the payment of reference contract ann01 (ACTUS,
    /// actus-tests, CC BY-SA 4.0), stated there with 12 places.
    #[test]
    fn months_of_unequal_length_have_the_published_payment() {
        let year = |days: i64| Decimal::from(days) / Decimal::from(365);
        let fractions = [28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map(year);
        let (principal, rate) = (Decimal::from(5_000), decimal("0.08"));
        let owed = principal * (Decimal::ONE + rate * year(31));
        let found = annuity_amount(owed, rate, &fractions).unwrap();
        assert_eq!(found.round_dp(12), decimal("434.866594118346"));
        assert!(left(owed, rate, &fractions, found).abs() < Decimal::new(1, 22));
    }

    #[test]
    fn without_interest_the_payment_is_a_share_and_alone_it_is_the_debt() {
        assert_eq!(annuity_amount(Decimal::from(900), Decimal::ZERO, &[Decimal::ONE; 2]), Ok(Decimal::from(300)));
        assert_eq!(annuity_amount(Decimal::from(-900), Decimal::ZERO, &[Decimal::ONE; 2]), Ok(Decimal::from(-300)));
        assert_eq!(annuity_amount(Decimal::from(7), Decimal::ONE, &[]), Ok(Decimal::from(7)));
        // 100 owed, half of it lost in the year before the second payment: 100 = A + 2 A.
        let halved = annuity_amount(Decimal::ONE_HUNDRED, decimal("-0.5"), &[Decimal::ONE]).unwrap();
        assert_eq!(halved.round_dp(20), decimal("33.33333333333333333333"));
    }

    #[test]
    fn a_debt_that_a_period_wipes_out_and_one_beyond_a_decimal_have_no_level_payment() {
        let overflow = Err(ScheduleError::Overflow("level payment"));
        assert_eq!(annuity_amount(Decimal::ONE, Decimal::NEGATIVE_ONE, &[Decimal::ONE]), overflow);
        assert_eq!(annuity_amount(Decimal::ONE, decimal("-2"), &[Decimal::ONE]), overflow);
        assert_eq!(annuity_amount(Decimal::ONE, Decimal::MAX, &[Decimal::TWO]), overflow);
        assert_eq!(annuity_amount(Decimal::ONE, decimal("-0.9999999999"), &[Decimal::ONE; 4]), overflow);
    }

    proptest! {
        /// Two ways to one amount: this one rounds to the unit that the other finds in integers.
        #[test]
        fn equal_periods_have_the_level_payment_of_a_schedule(principal in 1u64..1 << 53, bps in 1u32..20_000, count in 1u32..480, days in 1u32..60) {
            let nominal = Rate::from_bps(Bps(bps)).unwrap();
            let rate = PeriodicRate::from_nominal(nominal, Compounding::Monthly, Frequency::Monthly).unwrap();
            let drawn = jiff::civil::date(2026, 1, 1);
            let due = [drawn.checked_add(jiff::Span::new().days(days)).unwrap()];
            let first = FirstPeriod::from_dates(drawn, &due, Frequency::Monthly).unwrap();
            let expected = level_payment::level_payment(U256::from(principal), &rate, first, count as usize).unwrap();
            let month = Decimal::ONE / Decimal::from(12);
            let (days, regular) = first.ratio();
            let length = month * Decimal::from(days) / Decimal::from(regular);
            let owed = Decimal::from(principal) * (Decimal::ONE + nominal.value() * length);
            let found = annuity_amount(owed, nominal.value(), &vec![month; count as usize - 1]).unwrap();
            let expected = Decimal::from(u64::try_from(expected).unwrap());
            prop_assert!((found - expected).abs() <= decimal("0.5000001"), "{} {}", found, expected);
        }

        #[test]
        fn the_last_payment_leaves_nothing(owed in 1u64..1_000_000_000_000, bps in -5_000i64..20_000, days in prop::collection::vec(0u32..400, 0..24)) {
            let (owed, rate) = (Decimal::from(owed), Decimal::new(bps, 4));
            let fractions: Vec<_> = days.into_iter().map(|days| Decimal::from(days) / Decimal::from(365)).collect();
            let payment = annuity_amount(owed, rate, &fractions).unwrap();
            // What rounding leaves grows with the debt as the debt itself would.
            let growth = fractions.iter().fold(Decimal::ONE, |growth, fraction| growth * (Decimal::ONE + rate * fraction).max(Decimal::ONE));
            let bound = (owed * growth).max(Decimal::ONE) * Decimal::new(1, 24);
            prop_assert!(left(owed, rate, &fractions, payment).abs() <= bound);
        }

        #[test]
        fn no_argument_makes_it_panic(owed in any::<i128>(), rate in any::<i64>(), scale in 0u32..=28, parts in prop::collection::vec(any::<i64>(), 0..6)) {
            let owed = Decimal::from_i128_with_scale(owed >> 33, scale);
            let fractions: Vec<_> = parts.into_iter().map(|part| Decimal::new(part, scale)).collect();
            let _ = annuity_amount(owed, Decimal::new(rate, scale), &fractions);
        }
    }
}
