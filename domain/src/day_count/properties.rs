//! What holds for all dates, on random ones.
#![expect(clippy::float_arithmetic, reason = "bounds on the views of exact fractions")]

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn any_date() -> impl Strategy<Value = Date> {
    (1_900i16..=2_199, 1i8..=12, 1i8..=31).prop_map(|(year, month, day)| {
        let first = date(year, month, 1);
        date(year, month, day.min(first.days_in_month()))
    })
}

fn in_order() -> impl Strategy<Value = [Date; 3]> {
    [any_date(), any_date(), any_date()].prop_map(|mut dates| {
        dates.sort_unstable();
        dates
    })
}

fn any_reference() -> impl Strategy<Value = ReferencePeriod> {
    (any_date(), prop::sample::select(vec![1u32, 2, 3, 4, 6, 12])).prop_map(|(start, per_year)| {
        let end = start.checked_add(i64::from(12 / per_year).months()).unwrap();
        ReferencePeriod::try_new(start, end, per_year).unwrap()
    })
}

fn of(convention: DayCount, start: Date, end: Date, reference: ReferencePeriod) -> (u32, YearFraction) {
    let accrual = Accrual::try_new(start, end).unwrap().terminating_on(date(2_200, 1, 1)).by(reference);
    (convention.days_of(&accrual).unwrap(), convention.year_fraction_of(&accrual).unwrap())
}

/// Conventions whose days and fractions of neighbouring accruals add up to those of both together.
const ADDITIVE: [DayCount; 7] = [
    DayCount::Act360,
    DayCount::Act364,
    DayCount::Act365Fixed,
    DayCount::Act36525,
    DayCount::Nl365,
    DayCount::ActActIsda,
    DayCount::ActActIcma,
];

proptest! {
    #[test]
    fn neighbouring_accruals_add_up([start, middle, end] in in_order(), reference in any_reference()) {
        for convention in ADDITIVE {
            let (first, second) = (of(convention, start, middle, reference), of(convention, middle, end, reference));
            let both = of(convention, start, end, reference);
            prop_assert_eq!(first.0 + second.0, both.0, "{}", convention);
            prop_assert_eq!(first.1.checked_add(second.1), Some(both.1), "{}", convention);
        }
    }

    #[test]
    fn a_later_end_never_shortens_an_accrual([start, middle, end] in in_order(), reference in any_reference()) {
        for convention in DayCount::ALL {
            let (shorter, longer) = (of(convention, start, middle, reference), of(convention, start, end, reference));
            prop_assert!(shorter.0 <= longer.0 && shorter.1 <= longer.1, "{}", convention);
            prop_assert_eq!(of(convention, start, start, reference), (0, YearFraction::ZERO));
        }
    }

    /// No convention is off by more than the days that its year or its months leave out or add.
    #[test]
    fn a_fraction_is_near_the_days_over_an_average_year(start in any_date(), days in 0i32..4_000, reference in any_reference()) {
        let end = start.checked_add(days.days()).unwrap();
        let average = f64::from(days) / 365.2425;
        for convention in DayCount::ALL {
            let found = of(convention, start, end, reference).1.to_f64();
            prop_assert!((found - average).abs() < 0.011 + 0.015 * average, "{} {} {}", convention, found, average);
        }
    }

    #[test]
    fn a_whole_number_of_years_is_that_number_in_the_conventions_that_have_years(start in any_date(), years in 1u32..50) {
        prop_assume!(start.day() <= 27 || start.month() != 2);
        let end = start.checked_add(i64::from(years).years()).unwrap();
        let whole = YearFraction::from(years);
        for convention in [DayCount::Thirty360BondBasis, DayCount::Thirty360Us, DayCount::Thirty360Psa, DayCount::ThirtyE360, DayCount::ThirtyE360Isda, DayCount::Nl365, DayCount::ActActAfb] {
            prop_assert_eq!(of(convention, start, end, ReferencePeriod::try_new(start, end, 1).unwrap()).1, whole, "{}", convention);
        }
    }

    /// Every notional period is 1 / frequency long, wherever the reference period lies.
    #[test]
    fn every_notional_period_is_one_coupon(reference in any_reference(), shift in -60i32..60) {
        let months = i64::from(12 / reference.per_year());
        // A day that every month has: the reference period of a 31st has its own steps.
        prop_assume!(reference.start().day() <= 28 && reference.start().day() != reference.start().days_in_month());
        let start = reference.start().checked_add((months * i64::from(shift)).months()).unwrap();
        let end = start.checked_add(months.months()).unwrap();
        let found = of(DayCount::ActActIcma, start, end, reference).1;
        prop_assert_eq!(found, YearFraction::try_new(1, u128::from(reference.per_year())).unwrap());
    }

    #[test]
    fn fractions_order_and_round_as_their_values(a in 0u64..1_000_000, b in 1u64..1_000, c in 0u64..1_000_000, d in 1u64..1_000) {
        let (left, right) = (YearFraction::try_new(a.into(), b.into()).unwrap(), YearFraction::try_new(c.into(), d.into()).unwrap());
        prop_assert_eq!(left.cmp(&right), (u128::from(a) * u128::from(d)).cmp(&(u128::from(c) * u128::from(b))));
        let sum = left.checked_add(right).unwrap();
        prop_assert_eq!(sum.checked_sub(right), Some(left));
        let off = (left.to_f64() - left.rounded(12).unwrap().to_string().parse::<f64>().unwrap()).abs();
        prop_assert!(off <= 1e-9);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,100}") {
        if let Ok(found) = text.parse::<DayCount>() {
            prop_assert_eq!(found.name().parse::<DayCount>(), Ok(found));
        }
    }
}
