use jiff::ToSpan;
use jiff::civil::date;

use super::*;

#[test]
fn no_unit_period_is_longer_than_a_year() {
    let table = [
        (UnitPeriod::Days(2), UnitPeriod::Days(1)),
        (UnitPeriod::Days(365), UnitPeriod::Days(1)),
        (UnitPeriod::Days(366), UnitPeriod::Year),
        (UnitPeriod::Weeks(52), UnitPeriod::Weeks(52)),
        (UnitPeriod::Weeks(53), UnitPeriod::Year),
        (UnitPeriod::Months(11), UnitPeriod::Months(11)),
        (UnitPeriod::Months(12), UnitPeriod::Year),
        (UnitPeriod::Semimonth, UnitPeriod::Semimonth),
    ];
    for (unit, standard) in table {
        assert_eq!(unit.standard(), standard, "{unit:?}");
    }
}

#[test]
fn unit_periods_of_a_year_are_those_of_the_appendix_over_the_multiple() {
    let table = [
        (UnitPeriod::Days(1), Decimal::from(365)),
        (UnitPeriod::Days(73), Decimal::from(5)),
        (UnitPeriod::Weeks(4), Decimal::from(13)),
        (UnitPeriod::Semimonth, Decimal::from(24)),
        (UnitPeriod::Months(3), Decimal::from(4)),
        (UnitPeriod::Year, Decimal::ONE),
    ];
    for (unit, count) in table {
        assert_eq!(unit.per_year(), count, "{unit:?}");
        assert_eq!(Decimal::try_from(unit.per_year_f64()), Ok(count), "{unit:?}");
    }
}

fn of(advances: &[Date], payments: &[Date]) -> UnitPeriod {
    unit_period(advances, payments).unwrap()
}

#[test]
fn the_most_common_interval_is_the_unit_period_and_the_shorter_of_two() {
    let start = date(2026, 1, 1);
    let later = |days: i64| start.checked_add(days.days()).unwrap();
    let each = |days: i64, count: i64| -> Vec<_> { (1..=count).map(|index| later(days * index)).collect() };
    assert_eq!(of(&[start], &each(14, 5)), UnitPeriod::Weeks(2));
    assert_eq!(of(&[start], &each(20, 5)), UnitPeriod::Days(1));
    assert_eq!(of(&[start], &each(366, 3)), UnitPeriod::Year);
    // Two of 14 days and two of 7.
    assert_eq!(of(&[start], &[14, 28, 35, 42].map(later)), UnitPeriod::Weeks(1));
    // Advances count as payments do, and so does the wait for the first payment.
    assert_eq!(of(&[start, later(21), later(42)], &[later(100)]), UnitPeriod::Weeks(3));
    assert_eq!(of(&[start], &[later(21), later(42)]), UnitPeriod::Weeks(3));
    // A charge on the first day makes no period, and advances alone have theirs.
    assert_eq!(of(&[start, later(21), later(42)], &[start]), UnitPeriod::Weeks(3));
}

#[test]
fn half_months_are_told_from_other_days_by_the_month_that_two_of_them_make() {
    let dates = [date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 1), date(2026, 2, 16), date(2026, 3, 1)];
    assert_eq!(of(&dates[..1], &dates[1..]), UnitPeriod::Semimonth);
    // 12 and 19 days make a month but are no halves of it.
    let uneven = [date(2026, 1, 13), date(2026, 2, 1), date(2026, 2, 13), date(2026, 3, 1), date(2026, 3, 13)];
    assert_eq!(of(&dates[..1], &uneven), UnitPeriod::Days(1));
    // Nor are 16 and 12, or 8 and 23: 12 days are common in the first, and nothing is in the second.
    let (sixteen, eight) =
        ([date(2026, 2, 13), date(2026, 3, 1), date(2026, 3, 13)], [1, 9].map(|day| date(2026, 3, day)));
    assert_eq!(of(&[date(2026, 2, 1)], &sixteen), UnitPeriod::Days(1));
    assert_eq!(of(&[date(2026, 2, 1)], &[eight[0], eight[1], date(2026, 4, 1)]), UnitPeriod::Weeks(3));
}

#[test]
fn one_advance_and_one_payment_are_a_term_of_whole_months_or_days_up_to_a_year() {
    let from = date(2026, 1, 10);
    let table = [
        (date(2026, 1, 11), UnitPeriod::Days(1)),
        (date(2026, 2, 10), UnitPeriod::Months(1)),
        (date(2026, 12, 10), UnitPeriod::Months(11)),
        (date(2027, 1, 9), UnitPeriod::Days(364)),
        (date(2027, 1, 10), UnitPeriod::Year),
        (date(2028, 1, 11), UnitPeriod::Year),
    ];
    for (to, unit) in table {
        assert_eq!(of(&[from], &[to]), unit, "{to}");
    }
    assert_eq!(unit_period(&[from], &[from]), Err(AprError::NoTerm));
}

#[test]
fn the_average_is_the_nearest_standard_interval_and_the_lower_of_two() {
    let table = [
        (1, 0, UnitPeriod::Days(1)),
        (1, 4, UnitPeriod::Days(1)),
        (1, 5, UnitPeriod::Weeks(1)),
        (1, 11, UnitPeriod::Weeks(2)),
        (2, 29, UnitPeriod::Weeks(2)),
        (1, 15, UnitPeriod::Semimonth),
        (2, 59, UnitPeriod::Months(1)),
        (3, 1_071, UnitPeriod::Weeks(51)),
        (1, 5_000, UnitPeriod::Year),
    ];
    for (count, total, unit) in table {
        assert_eq!(average(count, total), Ok(unit), "{total} over {count}");
    }
}
