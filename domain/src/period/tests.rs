use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn term(count: u32, unit: TermUnit) -> Term {
    Term { count, unit }
}

#[test]
fn terms_hold_the_number_of_payments_that_a_year_of_52_weeks_and_12_months_gives() {
    use Frequency::{Fortnightly, Monthly, Quarterly, Weekly};
    use TermUnit::{Days, Months, Weeks, Years};
    let table = [
        (36, Months, Monthly, Some(36)),
        (12, Months, Weekly, Some(52)),
        (6, Months, Weekly, Some(26)),
        (6, Months, Fortnightly, Some(13)),
        (1, Years, Quarterly, Some(4)),
        (3, Years, Fortnightly, Some(78)),
        (18, Months, Quarterly, Some(6)),
        (52, Weeks, Monthly, Some(12)),
        (13, Weeks, Quarterly, Some(1)),
        (4, Weeks, Fortnightly, Some(2)),
        (28, Days, Weekly, Some(4)),
        (28, Days, Fortnightly, Some(2)),
        (5, Months, Weekly, None),
        (4, Months, Quarterly, None),
        (4, Weeks, Monthly, None),
        (30, Days, Monthly, None),
        (30, Days, Weekly, None),
        (3, Weeks, Fortnightly, None),
    ];
    for (count, unit, frequency, expected) in table {
        let found = term(count, unit).instalments(frequency);
        assert_eq!(found.clone().ok(), expected, "{count} {unit:?} {frequency:?}: {found:?}");
        if expected.is_none() {
            assert_eq!(found, Err(PeriodError::NotWhole { count, unit, frequency }));
        }
    }
}

#[test]
fn a_term_that_is_not_whole_is_counted_by_its_due_dates() {
    let from = date(2026, 1, 1);
    let counted = |count, unit, frequency| term(count, unit).instalments_from(from, frequency);
    // 1 January to 1 June 2026 is 151 days, 21 weeks and 4 days.
    assert_eq!(counted(5, TermUnit::Months, Frequency::Weekly), Ok(21));
    // 90 days end on 1 April, which is a due date; 89 end the day before.
    assert_eq!(counted(90, TermUnit::Days, Frequency::Monthly), Ok(3));
    assert_eq!(counted(89, TermUnit::Days, Frequency::Monthly), Ok(2));
    assert_eq!(counted(36, TermUnit::Months, Frequency::Monthly), Ok(36));
    let refused = counted(20, TermUnit::Days, Frequency::Monthly);
    assert_eq!(refused, Err(PeriodError::NoPeriod { count: 20, unit: TermUnit::Days, frequency: Frequency::Monthly }));
}

#[test]
fn an_end_of_month_anchor_returns_after_february() {
    let days =
        |dates: Result<Vec<Date>, PeriodError>| dates.map(|all| all.iter().map(Date::to_string).collect::<Vec<_>>());
    assert_eq!(
        days(Frequency::Monthly.due_dates(date(2027, 1, 31), 4)),
        Ok(["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        days(Frequency::Monthly.due_dates_after(date(2028, 1, 31), 2)),
        Ok(["2028-02-29", "2028-03-31"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        days(Frequency::Quarterly.due_dates_after(date(2026, 11, 30), 2)),
        Ok(["2027-02-28", "2027-05-30"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        days(Frequency::Fortnightly.due_dates(date(2026, 12, 24), 3)),
        Ok(["2026-12-24", "2027-01-07", "2027-01-21"].map(str::to_owned).to_vec())
    );
}

#[test]
fn dates_beyond_the_calendar_and_counts_beyond_the_limit_are_errors() {
    let late = date(9999, 12, 1);
    assert_eq!(Frequency::Monthly.due_dates(late, 1), Ok(vec![late]));
    assert!(matches!(Frequency::Monthly.due_dates(late, 2), Err(PeriodError::DateOverflow { .. })));
    assert!(matches!(term(u32::MAX, TermUnit::Years).end_from(late), Err(PeriodError::DateOverflow { .. })));
    assert!(matches!(Frequency::Quarterly.date_after(late, u32::MAX), Err(PeriodError::DateOverflow { .. })));
    let first = date(2026, 1, 1);
    assert_eq!(Frequency::Weekly.due_dates(first, 0), Err(PeriodError::Count(0)));
    assert_eq!(Frequency::Weekly.due_dates(first, MAX_INSTALMENTS + 1), Err(PeriodError::Count(4_001)));
    assert_eq!(Frequency::Weekly.due_dates(first, MAX_INSTALMENTS).map(|dates| dates.len()), Ok(4_000));
    assert_eq!(term(0, TermUnit::Months).instalments(Frequency::Monthly), Err(PeriodError::Count(0)));
    assert_eq!(term(100, TermUnit::Years).instalments(Frequency::Weekly), Err(PeriodError::Count(5_200)));
    assert_eq!(term(36_501, TermUnit::Days).instalments_from(first, Frequency::Weekly), Err(PeriodError::Count(4_001)));
}

#[test]
fn days_are_counted_across_leap_days_and_backwards() {
    assert_eq!(days_between(date(2024, 2, 28), date(2024, 3, 1)), 2);
    assert_eq!(days_between(date(2023, 3, 1), date(2023, 2, 28)), -1);
}

#[test]
fn months_are_counted_backwards_with_month_ends_kept() {
    // daycount.json of this project's reference figures: curo's Appendix J and Directive 2008/48/EC tests.
    let table = [
        (date(2026, 4, 27), date(2026, 10, 31), Some((6, 3))),
        (date(2028, 1, 31), date(2028, 2, 29), Some((1, 0))),
        (date(2026, 1, 10), date(2027, 3, 15), Some((14, 5))),
        (date(2024, 2, 15), date(2025, 2, 28), Some((12, 14))),
        (date(1978, 2, 10), date(1978, 4, 1), Some((1, 19))),
        (date(1979, 4, 10), date(1979, 9, 18), Some((5, 8))),
        (date(2013, 2, 26), date(2013, 3, 29), Some((1, 2))),
        (date(2024, 2, 29), date(2024, 3, 31), Some((1, 0))),
        (date(2024, 1, 31), date(2025, 2, 28), Some((13, 0))),
        (date(2026, 1, 30), date(2026, 2, 28), Some((1, 0))),
        (date(2026, 1, 28), date(2026, 2, 28), Some((1, 0))),
        (date(2026, 1, 10), date(2026, 1, 10), Some((0, 0))),
        (date(2026, 1, 11), date(2026, 1, 10), None),
    ];
    for (from, to, expected) in table {
        assert_eq!(months_and_days(from, to, Anchor::of(&[to])), expected, "{from} to {to}");
    }
}

#[test]
fn an_end_of_month_answers_for_each_later_day_and_no_date_is_a_month_from_itself() {
    let table = [
        (date(2024, 2, 29), date(2024, 3, 31), Some(1)),
        (date(2024, 4, 30), date(2025, 5, 31), Some(13)),
        (date(2024, 1, 31), date(2024, 2, 29), Some(1)),
        (date(2024, 1, 15), date(2024, 2, 15), Some(1)),
        (date(2024, 2, 28), date(2024, 3, 31), None),
        (date(2024, 4, 29), date(2024, 5, 31), None),
        (date(2024, 1, 30), date(2024, 2, 28), None),
        (date(2024, 2, 29), date(2024, 2, 29), None),
        (date(2024, 3, 31), date(2024, 2, 29), None),
    ];
    for (from, to, expected) in table {
        assert_eq!(whole_months(from, to), expected, "{from} to {to}");
    }
}

#[test]
fn a_series_on_the_28th_is_not_taken_for_a_series_on_month_ends() {
    let (from, february) = (date(2026, 1, 27), date(2026, 2, 28));
    let on_the_28th = [february, date(2026, 3, 28)];
    assert_eq!(months_and_days(from, february, Anchor::of(&on_the_28th)), Some((1, 1)));
    let on_month_ends = [february, date(2026, 3, 31)];
    assert_eq!(months_and_days(from, february, Anchor::of(&on_month_ends)), Some((1, 4)));
    let on_the_30th = [february, date(2026, 3, 30)];
    assert_eq!(months_and_days(from, february, Anchor::of(&on_the_30th)), Some((1, 3)));
}

fn cycle(count: u32, unit: TermUnit) -> Cycle {
    Cycle::try_new(count, unit).unwrap()
}

#[test]
fn a_long_last_period_takes_the_date_before_it_away_unless_the_end_is_a_date_of_the_cycle() {
    let monthly = cycle(1, TermUnit::Months);
    let (anchor, third) = (date(2013, 1, 31), date(2013, 3, 31));
    let dates = |cycle: Cycle, end| cycle.dates_before(anchor, end).unwrap();
    let two = vec![anchor, date(2013, 2, 28)];
    // The end on a date of the cycle, a day before it, and a day after it.
    assert_eq!(dates(monthly.with_stub(Stub::Long), third), two);
    assert_eq!(dates(monthly.with_stub(Stub::Long), date(2013, 3, 30)), [anchor]);
    assert_eq!(dates(monthly.with_stub(Stub::Long), date(2013, 4, 1)), two);
    assert_eq!(dates(monthly, third), two);
    assert_eq!(dates(monthly, date(2013, 3, 30)), two);
    assert_eq!(dates(monthly, date(2013, 4, 1)), [anchor, date(2013, 2, 28), third]);
    // The anchor stays when it is the only date, and is none when the end does not lie after it.
    assert_eq!(dates(monthly.with_stub(Stub::Long), date(2013, 2, 1)), [anchor]);
    assert!(dates(monthly, anchor).is_empty());
    assert!(dates(monthly.with_stub(Stub::Long), date(2012, 1, 1)).is_empty());
}

#[test]
fn the_last_second_of_a_day_comes_before_the_midnight_that_ends_it() {
    let monthly = cycle(1, TermUnit::Months);
    let (anchor, end) = (date(2013, 11, 1).at(0, 0, 0, 0), date(2013, 12, 31).at(23, 59, 59, 0));
    let december = date(2013, 12, 1).at(0, 0, 0, 0);
    assert_eq!(monthly.times_before(anchor, end), Ok(vec![anchor, december]));
    assert_eq!(monthly.with_stub(Stub::Long).times_before(anchor, end), Ok(vec![anchor]));
    let noon = date(2013, 11, 1).at(12, 0, 0, 0);
    assert_eq!(monthly.nth_time(noon, 1), Some(date(2013, 12, 1).at(12, 0, 0, 0)));
}

#[test]
fn month_ends_are_kept_only_from_a_month_end_and_only_by_months() {
    let last = |count, unit| cycle(count, unit).with_month_end(MonthEnd::LastDay);
    let table = [
        (last(1, TermUnit::Months), date(2013, 4, 30), 1, date(2013, 5, 31)),
        (cycle(1, TermUnit::Months), date(2013, 4, 30), 1, date(2013, 5, 30)),
        (last(1, TermUnit::Months), date(2013, 1, 30), 1, date(2013, 2, 28)),
        (last(1, TermUnit::Months), date(2013, 1, 30), 2, date(2013, 3, 30)),
        (last(1, TermUnit::Years), date(2012, 2, 29), 1, date(2013, 2, 28)),
        (cycle(1, TermUnit::Years), date(2012, 2, 29), 4, date(2016, 2, 29)),
        (last(2, TermUnit::Weeks), date(2013, 1, 31), 1, date(2013, 2, 14)),
        (last(3, TermUnit::Months), date(2013, 2, 28), -1, date(2012, 11, 30)),
        (cycle(3, TermUnit::Months), date(2013, 2, 28), -1, date(2012, 11, 28)),
        (cycle(9, TermUnit::Days), date(2013, 3, 1), -1, date(2013, 2, 20)),
    ];
    for (cycle, anchor, index, expected) in table {
        assert_eq!(cycle.nth(anchor, index), Some(expected), "{cycle:?} {anchor} {index}");
    }
}

#[test]
fn a_cycle_without_a_step_or_beyond_the_calendar_is_none() {
    assert_eq!(Cycle::try_new(0, TermUnit::Months), Err(PeriodError::NoStep));
    let long = PeriodError::LongStep { count: u32::MAX, unit: TermUnit::Weeks };
    assert_eq!(Cycle::try_new(u32::MAX, TermUnit::Weeks), Err(long));
    assert!(Cycle::try_new(u32::MAX, TermUnit::Years).is_err());
    assert_eq!(cycle(u32::MAX, TermUnit::Months).nth(date(2026, 1, 1), i32::MAX), None);
    assert_eq!(cycle(u32::MAX, TermUnit::Days).nth(date(2026, 1, 1), i32::MIN), None);
    // The calendar ends before the cycle's end: what lies in it is there.
    let late = date(9999, 12, 1);
    assert_eq!(cycle(1, TermUnit::Months).dates_before(late, date(9999, 12, 31)), Ok(vec![late]));
    let (first, daily) = (date(2026, 1, 1), cycle(1, TermUnit::Days));
    let end = |days: u32| daily.nth(first, i32::try_from(days).unwrap()).unwrap();
    assert_eq!(daily.dates_before(first, end(MAX_INSTALMENTS)).map(|dates| dates.len()), Ok(4_000));
    assert_eq!(daily.dates_before(first, end(MAX_INSTALMENTS + 1)), Err(PeriodError::TooManyDates));
}

fn any_date() -> impl Strategy<Value = Date> {
    (-9_999i16..=9_999, 1i8..=12, 1i8..=31).prop_map(|(year, month, day)| {
        let first = Date::new(year, month, 1).unwrap();
        Date::new(year, month, day.min(first.days_in_month())).unwrap()
    })
}

proptest! {
    /// The calendar's own arithmetic is the measure: months keep the day, weeks are seven days.
    #[test]
    fn dates_after_are_those_of_the_calendar(from in any_date(), periods in 0u32..300_000) {
        let calendar = |span: Result<Span, jiff::Error>| span.ok().and_then(|span| from.checked_add(span).ok());
        let count = i64::from(periods);
        let table = [
            (Frequency::Monthly, calendar(0.seconds().try_months(count))),
            (Frequency::Quarterly, calendar(0.seconds().try_months(count * 3))),
            (Frequency::Weekly, calendar(0.seconds().try_weeks(count))),
            (Frequency::Fortnightly, calendar(0.seconds().try_weeks(count * 2))),
        ];
        for (frequency, expected) in table {
            prop_assert_eq!(frequency.date_after(from, periods).ok(), expected);
        }
    }

    #[test]
    fn months_before_are_those_of_the_calendar(to in any_date(), months in 0u32..300_000) {
        let back = 0.seconds().try_months(i64::from(months)).ok();
        let month = back.and_then(|back| to.first_of_month().checked_sub(back).ok());
        let day = if to.day() == to.days_in_month() { 31 } else { to.day() };
        let expected = month.and_then(|first| Date::new(first.year(), first.month(), day.min(first.days_in_month())).ok());
        let expected = if months == 0 { Some(to) } else { expected };
        prop_assert_eq!(months_before(to, months, Anchor::of(&[to])), expected);
    }

    /// The due dates of a loan are the dates of its cycle: both are counted from the anchor alone.
    #[test]
    fn due_dates_are_those_of_the_cycle(first in any_date(), count in 1u32..200, f in 0usize..4) {
        let frequency = [Frequency::Weekly, Frequency::Fortnightly, Frequency::Monthly, Frequency::Quarterly][f];
        if let Ok(due) = frequency.due_dates(first, count + 1) {
            let (end, before) = due.split_last().unwrap();
            let found = Cycle::from(frequency).with_stub(Stub::Long).dates_before(first, *end);
            prop_assert_eq!(found.as_deref(), Ok(before));
        }
    }
}
