//! Cycles: dates that recur from an anchor.
//!
//! Each date is counted from the anchor itself and never from the date before it, so that the anchor's day returns
//! after a short month. What happens when the last period comes out shorter than the others is the cycle's [`Stub`].

use jiff::civil::{Date, DateTime, Time};

use super::interval::{days_from, is_month_end, months_from};
use super::{Frequency, MAX_INSTALMENTS, PeriodError, TermUnit};

/// A last period that is shorter than the cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stub {
    /// It stays a period of its own.
    Short,
    /// It is joined to the period before it.
    Long,
}

/// The day that a cycle of months keeps when its anchor is the last day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MonthEnd {
    /// The anchor's day of the month, or the last day of a shorter month: 30 April, 30 May, 28 February.
    SameDay,
    /// The last day of every month: 30 April, 31 May, 28 February. A cycle of days or weeks has no use for it.
    LastDay,
}

/// The distance between two dates of a cycle; at least a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Days(u32),
    Months(u32),
}

/// A distance that recurs, and what is done at its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cycle {
    step: Step,
    stub: Stub,
    month_end: MonthEnd,
}

impl Cycle {
    /// `count` days, weeks, months or years, with a short last period and on the anchor's day.
    ///
    /// # Errors
    /// [`PeriodError::NoStep`] for a count of zero, [`PeriodError::LongStep`] above what a count of days or months holds.
    pub fn try_new(count: u32, unit: TermUnit) -> Result<Self, PeriodError> {
        if count == 0 {
            return Err(PeriodError::NoStep);
        }
        let step = match unit {
            TermUnit::Days => Some(Step::Days(count)),
            TermUnit::Weeks => count.checked_mul(7).map(Step::Days),
            TermUnit::Months => Some(Step::Months(count)),
            TermUnit::Years => count.checked_mul(12).map(Step::Months),
        };
        let step = step.ok_or(PeriodError::LongStep { count, unit })?;
        Ok(Self { step, stub: Stub::Short, month_end: MonthEnd::SameDay })
    }

    #[must_use]
    pub fn with_stub(self, stub: Stub) -> Self {
        Self { stub, ..self }
    }

    #[must_use]
    pub fn with_month_end(self, month_end: MonthEnd) -> Self {
        Self { month_end, ..self }
    }

    /// The date `index` steps after `anchor`, before it for a negative index; `None` outside the calendar.
    #[must_use]
    pub fn nth(self, anchor: Date, index: i32) -> Option<Date> {
        let times = |count: u32| i64::from(count).checked_mul(i64::from(index));
        match self.step {
            Step::Days(days) => days_from(anchor, times(days)?),
            Step::Months(months) => {
                let day = match self.month_end {
                    MonthEnd::LastDay if is_month_end(anchor) => 31,
                    _ => anchor.day(),
                };
                months_from(anchor, i32::try_from(times(months)?).ok()?, day)
            }
        }
    }

    /// As [`Cycle::nth`], at the anchor's time of day.
    #[must_use]
    pub fn nth_time(self, anchor: DateTime, index: i32) -> Option<DateTime> {
        Some(self.nth(anchor.date(), index)?.to_datetime(anchor.time()))
    }

    /// The dates from `anchor` on that lie before `end`, none when the anchor does not. A long last period takes the
    /// last of them away unless a date falls on `end` itself; the anchor always stays.
    ///
    /// # Errors
    /// [`PeriodError::TooManyDates`] for more than [`MAX_INSTALMENTS`].
    pub fn dates_before(self, anchor: Date, end: Date) -> Result<Vec<Date>, PeriodError> {
        let midnight = |date: Date| date.to_datetime(Time::midnight());
        Ok(self.times_before(midnight(anchor), midnight(end))?.into_iter().map(DateTime::date).collect())
    }

    /// As [`Cycle::dates_before`] for dates with a time of day: the last second of a day is before the next midnight and
    /// not equal to it.
    ///
    /// # Errors
    /// As [`Cycle::dates_before`].
    pub fn times_before(self, anchor: DateTime, end: DateTime) -> Result<Vec<DateTime>, PeriodError> {
        let mut times = Vec::new();
        let mut next = Some(anchor);
        for index in 1i32.. {
            let Some(time) = next.filter(|time| *time < end) else { break };
            if i64::from(index) > i64::from(MAX_INSTALMENTS) {
                return Err(PeriodError::TooManyDates);
            }
            times.push(time);
            next = self.nth_time(anchor, index);
        }
        if self.stub == Stub::Long && next != Some(end) && times.len() > 1 {
            times.pop();
        }
        Ok(times)
    }
}

impl From<Frequency> for Cycle {
    fn from(frequency: Frequency) -> Self {
        let step = match frequency.step() {
            (months, TermUnit::Months) => Step::Months(months),
            (weeks, _) => Step::Days(weeks.saturating_mul(7)),
        };
        Self { step, stub: Stub::Short, month_end: MonthEnd::SameDay }
    }
}
