//! Time in the annual percentage rate of the United Kingdom: FCA Handbook, CONC App 1.1 (secured on land) and App 1.2
//! (other credit). The equation is that of [`super::eu_ccd`], whose `from_times` takes these years.
//!
//! A year has 12 equal months or 52 weeks. Whole periods are counted forwards from the earlier date, a month ending on
//! the same day of the next month or on its last day. Each day that remains, the first not counted and the last counted,
//! is 1/365 of a year, or 1/366 when it lies in a leap year. The rules also allow 1/365.25 for each day of a time that
//! is no whole number of periods: that is [`crate::day_count::DayCount::Act36525`].

use jiff::civil::Date;

use crate::day_count::YearFraction;
use crate::period::{days_between, months_after, months_apart};

use super::AprError;

/// The period that a time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    Weeks,
    Months,
    Years,
}

impl TimeUnit {
    /// How the time to a single repayment is counted: in months when it is a whole number of them, else in weeks when
    /// it is a whole number of those, else in years and days (CONC App 1.1.10R).
    ///
    /// # Errors
    /// As [`years_between`].
    pub fn of_single_repayment(from: Date, to: Date) -> Result<Self, AprError> {
        let (_, end) = whole_months(from, to, 1).ok_or(OUTSIDE)?;
        if end == to {
            Ok(Self::Months)
        } else if days_between(from, to) % 7 == 0 {
            Ok(Self::Weeks)
        } else {
            Ok(Self::Years)
        }
    }
}

const OUTSIDE: AprError = AprError::Time("the later date comes first, or a date is outside the calendar");

/// The time between two dates in years.
///
/// # Errors
/// [`AprError::Time`] when `to` is the earlier date or the time reaches outside the calendar.
pub fn years_between(unit: TimeUnit, from: Date, to: Date) -> Result<YearFraction, AprError> {
    exact_years(unit, from, to).ok_or(OUTSIDE)
}

fn exact_years(unit: TimeUnit, from: Date, to: Date) -> Option<YearFraction> {
    let (periods, per_year, days_start) = match unit {
        TimeUnit::Weeks => {
            let days = u32::try_from(days_between(from, to)).ok()?;
            let rest = days.checked_rem(7)?;
            (days.checked_div(7)?, 52, to.checked_sub(jiff::Span::new().try_days(rest).ok()?).ok()?)
        }
        TimeUnit::Months => {
            let (months, end) = whole_months(from, to, 1)?;
            (months, 12, end)
        }
        TimeUnit::Years => {
            let (years, end) = whole_months(from, to, 12)?;
            (years, 1, end)
        }
    };
    let part = |count: u32, of: u32| YearFraction::try_new(u128::from(count), u128::from(of)).ok();
    part(periods, per_year)?.checked_add(remaining_days(days_start, to)?)
}

/// How many periods of some months end by `to`, and when the last of them does. A later end is never before an earlier
/// one, so the count is the number of months between the two or one period less.
fn whole_months(from: Date, to: Date, size: u32) -> Option<(u32, Date)> {
    if to < from {
        return None;
    }
    let most = months_apart(from, to)?.checked_div(size)?;
    let end_of = |periods: u32| months_after(from, periods.checked_mul(size)?);
    match end_of(most)? {
        end if end <= to => Some((most, end)),
        _ => most.checked_sub(1).and_then(|periods| Some((periods, end_of(periods)?))),
    }
}

/// The days after `from` and up to `to`, less than a year of them, each by the length of the year that it lies in.
fn remaining_days(from: Date, to: Date) -> Option<YearFraction> {
    let days = |from: Date, to: Date| {
        let days = u128::try_from(days_between(from, to)).ok()?;
        YearFraction::try_new(days, u128::try_from(to.days_in_year()).ok()?).ok()
    };
    if from.year() == to.year() {
        return days(from, to);
    }
    let year_end = from.last_of_year();
    // The last day of the old year to a day of the new one counts days of the new one alone.
    days(from, year_end)?.checked_add(days(year_end, to)?)
}
