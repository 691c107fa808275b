//! Intervals between dates in whole months and days, counted backwards from the later date: the way of both APR
//! regimes (Regulation Z Appendix J (b)(5)(ii), Directive 2014/17/EU Annex I remark (c)).

use jiff::Span;
use jiff::civil::Date;

/// The most months that one date lies from another: from the first month of the year -9999 to the last of 9998.
const MAX_MONTHS: u32 = 239_976;

/// Days from one date to another, negative when the second is the earlier one.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    // A civil day has 24 hours: the quotient is exact.
    from.duration_until(to).as_hours() / 24
}

/// The day of the month that a series of dates keeps where the month has it. 28 February alone does not tell
/// whether its series stands on the 28th, the 30th or the month's end: its companions do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    day: i8,
}

impl Anchor {
    /// The anchor of a series: the end of the month when every date is one, otherwise the latest day seen.
    pub(crate) fn of(series: &[Date]) -> Self {
        if series.iter().all(|date| is_month_end(*date)) {
            return Self { day: 31 };
        }
        Self { day: series.iter().map(|date| date.day()).max().unwrap_or(31) }
    }

    /// The day that `date` stands for: the anchor when `date` is what a shorter month leaves of it, else its own.
    fn day_of(self, date: Date) -> i8 {
        if is_month_end(date) && self.day > date.day() { self.day } else { date.day() }
    }
}

/// The number of months between two dates that lie a whole number of months apart, a month's end answering for each
/// later day. `None` for any other pair and when `to` is not the later one.
pub(crate) fn whole_months(from: Date, to: Date) -> Option<u32> {
    let same_day = from.day() == to.day()
        || (is_month_end(from) && to.day() > from.day())
        || (is_month_end(to) && from.day() > to.day());
    let months = month_number(to).checked_sub(month_number(from))?;
    if same_day { u32::try_from(months).ok().filter(|months| *months > 0) } else { None }
}

/// Whole months counted back from `to`, and the days from `from` to the first of them. `None` when `to` is the
/// earlier date.
pub(crate) fn months_and_days(from: Date, to: Date, anchor: Anchor) -> Option<(u32, u32)> {
    if let Some(months) = whole_months(from, to) {
        return Some((months, 0));
    }
    let apart = u32::try_from(month_number(to).checked_sub(month_number(from))?).ok()?;
    for months in [apart, apart.saturating_sub(1)] {
        let start = months_before(to, months, anchor)?;
        if start >= from {
            return Some((months, u32::try_from(days_between(from, start)).ok()?));
        }
    }
    None
}

/// The date a number of months before `to`, on the day that `to` stands for.
pub(crate) fn months_before(to: Date, months: u32, anchor: Anchor) -> Option<Date> {
    if months == 0 {
        return Some(to);
    }
    let back = i32::try_from(months).ok().filter(|_| months <= MAX_MONTHS)?;
    on_day(month_number(to).checked_sub(back)?, anchor.day_of(to))
}

/// The date a number of months after `from`, on its day or on the last day of a shorter month.
pub(crate) fn months_after(from: Date, months: u32) -> Option<Date> {
    months_from(from, i32::try_from(months).ok()?, from.day())
}

/// The date a number of months from `from`, earlier for a negative one, on `day` or on the last day of a shorter month.
pub(super) fn months_from(from: Date, months: i32, day: i8) -> Option<Date> {
    on_day(month_number(from).checked_add(months)?, day)
}

/// The date a number of days from `from`, earlier for a negative one.
pub(super) fn days_from(from: Date, days: i64) -> Option<Date> {
    from.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// The date a number of months after `from`, on the day that `from` stands for.
pub(crate) fn months_past(from: Date, months: u32, anchor: Anchor) -> Option<Date> {
    if months == 0 {
        return Some(from);
    }
    let ahead = i32::try_from(months).ok().filter(|_| months <= MAX_MONTHS)?;
    on_day(month_number(from).checked_add(ahead)?, anchor.day_of(from))
}

/// How many months lie between the month of one date and that of a later one, whatever their days.
pub(crate) fn months_apart(from: Date, to: Date) -> Option<u32> {
    u32::try_from(month_number(to).checked_sub(month_number(from))?).ok()
}

/// The day of a month counted by [`month_number`], or the last day of a month that is shorter.
fn on_day(number: i32, day: i8) -> Option<Date> {
    let before = number.checked_sub(1)?;
    let year = i16::try_from(before.div_euclid(12)).ok()?;
    let month = i8::try_from(before.rem_euclid(12)).ok()?.checked_add(1)?;
    if day <= 28 {
        return Date::new(year, month, day).ok();
    }
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.min(first.days_in_month())).ok()
}

fn month_number(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month())
}

pub(super) fn is_month_end(date: Date) -> bool {
    date.day() == date.days_in_month()
}
