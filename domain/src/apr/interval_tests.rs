//! The time between two dates under each regime.

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::day_count::{DayCount, YearFraction};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn ratio(numerator: u128, denominator: u128) -> YearFraction {
    YearFraction::try_new(numerator, denominator).unwrap()
}

fn plus(left: YearFraction, right: YearFraction) -> YearFraction {
    left.checked_add(right).unwrap()
}

/// curo's tests of Directive 2008/48/EC (MIT), which follow the European Commission's guidelines.
#[test]
fn eu_intervals_are_whole_periods_counted_back_and_days_of_the_year_before() {
    use eu_ccd::TimeUnit::{Months, Weeks, Years};
    let table = [
        (Months, "2012-01-12", "2012-02-15", plus(ratio(1, 12), ratio(3, 365))),
        (Months, "2013-01-12", "2013-02-15", plus(ratio(1, 12), ratio(3, 366))),
        (Months, "2013-02-26", "2013-03-29", plus(ratio(1, 12), ratio(2, 366))),
        (Months, "2019-01-31", "2019-03-01", plus(ratio(1, 12), ratio(1, 365))),
        (Months, "2020-12-31", "2021-03-01", plus(ratio(2, 12), ratio(1, 366))),
        (Months, "2020-03-01", "2021-08-15", plus(ratio(17, 12), ratio(14, 366))),
        (Months, "2024-01-31", "2025-02-28", ratio(13, 12)),
        (Years, "2024-02-29", "2025-03-31", plus(ratio(1, 1), ratio(31, 366))),
        (Years, "2024-02-29", "2025-02-28", ratio(1, 1)),
        (Years, "2019-01-01", "2020-01-01", ratio(1, 1)),
        (Weeks, "2012-01-12", "2013-01-10", ratio(1, 1)),
        (Weeks, "2012-01-12", "2012-01-27", plus(ratio(2, 52), ratio(1, 365))),
        (Months, "2012-01-12", "2012-01-12", YearFraction::ZERO),
    ];
    for (unit, from, to, expected) in table {
        assert_eq!(eu_ccd::years_between(unit, day(from), day(to)), Ok(expected), "{unit:?} {from} to {to}");
        if from != to {
            assert!(matches!(eu_ccd::years_between(unit, day(to), day(from)), Err(AprError::Time(_))));
        }
    }
}

/// curo's tests of CONC App 1 (MIT). The two times that cross into a leap year count every day, which the figures of
/// that source do not: they lose the last day of the old year or the first of the new.
#[test]
fn uk_intervals_are_whole_periods_counted_on_and_days_of_the_years_that_they_lie_in() {
    use uk_conc::TimeUnit::{Months, Weeks, Years};
    let table = [
        (Months, "2025-01-12", "2025-02-15", plus(ratio(1, 12), ratio(3, 365))),
        (Months, "2025-01-31", "2025-02-28", ratio(1, 12)),
        (Months, "2025-01-31", "2031-02-28", ratio(73, 12)),
        (Months, "2023-12-15", "2024-02-29", plus(ratio(2, 12), ratio(14, 366))),
        (Months, "2025-02-28", "2025-03-31", plus(ratio(1, 12), ratio(3, 365))),
        (Months, "2023-11-20", "2024-01-15", plus(ratio(1, 12), plus(ratio(11, 365), ratio(15, 366)))),
        (Months, "2024-12-10", "2025-01-09", plus(ratio(21, 366), ratio(9, 365))),
        (Weeks, "2020-01-01", "2020-01-22", ratio(3, 52)),
        (Weeks, "2020-01-01", "2020-01-23", plus(ratio(3, 52), ratio(1, 366))),
        (Weeks, "2023-01-01", "2024-01-14", ratio(54, 52)),
        (Weeks, "2024-01-12", "2024-01-30", plus(ratio(2, 52), ratio(4, 366))),
        (Weeks, "2023-12-02", "2024-01-05", plus(ratio(4, 52), plus(ratio(1, 365), ratio(5, 366)))),
        (Years, "2024-02-29", "2025-02-28", ratio(1, 1)),
        (Years, "2023-03-15", "2025-03-14", plus(ratio(1, 1), plus(ratio(291, 366), ratio(73, 365)))),
        (Months, "2025-01-12", "2025-01-12", YearFraction::ZERO),
    ];
    for (unit, from, to, expected) in table {
        assert_eq!(uk_conc::years_between(unit, day(from), day(to)), Ok(expected), "{unit:?} {from} to {to}");
        if from != to {
            assert!(matches!(uk_conc::years_between(unit, day(to), day(from)), Err(AprError::Time(_))));
        }
    }
}

#[test]
fn a_single_uk_repayment_is_counted_in_months_before_weeks_and_in_days_otherwise() {
    use uk_conc::TimeUnit::{self, Months, Weeks, Years};
    let table = [
        ("2020-02-01", "2020-03-01", Months),
        ("2025-01-31", "2025-02-28", Months),
        ("2025-02-01", "2025-03-01", Months),
        ("2025-01-30", "2025-02-27", Weeks),
        ("2025-01-30", "2025-02-26", Years),
    ];
    for (from, to, unit) in table {
        assert_eq!(TimeUnit::of_single_repayment(day(from), day(to)), Ok(unit), "{from} to {to}");
    }
    assert!(TimeUnit::of_single_repayment(day("2025-03-01"), day("2025-02-01")).is_err());
}

/// Regulation Z Appendix J and curo's tests of it (MIT).
#[test]
fn us_unit_periods_are_counted_back_with_odd_days_over_the_days_of_one() {
    let count = |whole, odd, of| Some(UnitPeriodCount { whole, odd, of });
    let table = [
        (UnitPeriod::Months(1), "2028-01-31", "2028-02-29", count(1, 0, 30)),
        (UnitPeriod::Months(1), "1978-02-10", "1978-04-01", count(1, 19, 30)),
        (UnitPeriod::Months(2), "1978-01-10", "1978-03-01", count(0, 52, 60)),
        (UnitPeriod::Months(3), "1978-05-23", "1978-10-01", count(1, 39, 90)),
        (UnitPeriod::Months(6), "2026-01-10", "2026-08-01", count(1, 22, 180)),
        (UnitPeriod::Semimonth, "1978-02-23", "1978-03-01", count(0, 6, 15)),
        (UnitPeriod::Weeks(1), "1978-03-20", "1978-04-21", count(4, 4, 7)),
        (UnitPeriod::Weeks(4), "1978-03-18", "1978-04-20", count(1, 5, 28)),
        (UnitPeriod::Days(1), "2025-12-06", "2026-01-17", count(42, 0, 1)),
        (UnitPeriod::Year, "2024-02-15", "2025-02-28", count(1, 14, 365)),
        (UnitPeriod::Year, "2026-01-01", "2027-01-01", count(1, 0, 365)),
        (UnitPeriod::Year, "2026-01-01", "2027-04-01", count(1, 3, 12)),
        (UnitPeriod::Days(0), "2026-01-01", "2027-04-01", None),
        (UnitPeriod::Weeks(1), "2026-01-02", "2026-01-01", None),
    ];
    for (unit, from, to, expected) in table {
        assert_eq!(unit.count_between(day(from), day(to)), expected, "{unit:?} {from} to {to}");
    }
}

proptest! {
    /// Every regime gives a time within a few days of the calendar's.
    #[test]
    fn regimes_agree_but_for_the_lengths_of_months_and_years(start in 0i32..60_000, days in 0i32..20_000) {
        let from = day("1950-01-01").checked_add(jiff::Span::new().days(start)).unwrap();
        let to = from.checked_add(jiff::Span::new().days(days)).unwrap();
        let calendar = DayCount::Act36525.year_fraction(from, to).unwrap().to_f64();
        let mut found = vec![];
        for unit in [eu_ccd::TimeUnit::Weeks, eu_ccd::TimeUnit::Months, eu_ccd::TimeUnit::Years] {
            found.push(eu_ccd::years_between(unit, from, to).unwrap());
        }
        for unit in [uk_conc::TimeUnit::Weeks, uk_conc::TimeUnit::Months, uk_conc::TimeUnit::Years] {
            found.push(uk_conc::years_between(unit, from, to).unwrap());
        }
        for years in found {
            // A year of 52 weeks is a day and a quarter short.
            prop_assert!((years.to_f64() - calendar).abs() < 0.011 + calendar * 0.0036);
        }
    }
}
