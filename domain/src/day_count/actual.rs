//! Counts of calendar days, and the two Act/Act conventions that need no schedule.

use jiff::civil::Date;

use crate::period::days_between;

use super::YearFraction;

/// Calendar days, the first included and the last not.
pub(super) fn days(start: Date, end: Date) -> Option<u32> {
    u32::try_from(days_between(start, end)).ok()
}

/// Calendar days without the 29ths of February after `start` and up to `end`.
pub(super) fn days_without_leap_days(start: Date, end: Date) -> Option<u32> {
    let through = |date: Date| leap_days_before(date.tomorrow().unwrap_or(date));
    days(start, end)?.checked_sub(u32::try_from(through(end).checked_sub(through(start))?).ok()?)
}

/// ISDA 2006, 4.16(b): the days in leap years over 366 and those in other years over 365. Written as the difference of
/// two places on a line on which each year is one long.
pub(super) fn isda(start: Date, end: Date) -> Option<YearFraction> {
    let place = |date: Date| {
        let passed = u128::try_from(date.day_of_year()).ok()?.checked_sub(1)?;
        YearFraction::try_new(passed, u128::try_from(date.days_in_year()).ok()?).ok()
    };
    let years = u32::try_from(i32::from(end.year()).checked_sub(i32::from(start.year()))?).ok()?;
    YearFraction::from(years).checked_add(place(end)?)?.checked_sub(place(start)?)
}

/// AFB 1994, "exact/exact": whole years counted backwards from the end, and the days that remain before them over 366
/// when a 29 February is among those days (the first included, the last not), else over 365. A year before 29 February
/// is 28 February. The rule that ISDA added in 1999, by which a period that ends on 28 February is counted back to the
/// 29th of a leap year, is not in the French text; it gives one day two days of interest and the next none.
pub(super) fn afb(start: Date, end: Date) -> Option<YearFraction> {
    let mut years = end.year().checked_sub(start.year())?;
    let mut stub_end = years_before(end, years)?;
    if stub_end < start {
        years = years.checked_sub(1)?;
        stub_end = years_before(end, years)?;
    }
    let leap = leap_days_before(stub_end) > leap_days_before(start);
    let rest = YearFraction::try_new(u128::from(days(start, stub_end)?), if leap { 366 } else { 365 }).ok()?;
    YearFraction::from(u32::try_from(years).ok()?).checked_add(rest)
}

/// The same day of an earlier year, 28 February for a 29th that is missing.
fn years_before(date: Date, years: i16) -> Option<Date> {
    let year = date.year().checked_sub(years)?;
    Date::new(year, date.month(), date.day()).or_else(|_| Date::new(year, date.month(), 28)).ok()
}

/// How many 29ths of February lie before a date, counted from a point that cancels in differences.
fn leap_days_before(date: Date) -> i32 {
    let last_past = i32::from(date.year()).saturating_sub(i32::from(date.month() <= 2));
    let every = |years: i32| last_past.div_euclid(years);
    every(4).saturating_sub(every(100)).saturating_add(every(400))
}
