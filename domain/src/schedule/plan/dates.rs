//! Lists of due dates at intervals that the four payment frequencies of an offer do not name.

use std::num::NonZeroU32;

use jiff::Span;
use jiff::civil::Date;

use crate::period::{MAX_INSTALMENTS, Term, TermUnit};

use super::PlanError;

/// Every so many days, weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    every: NonZeroU32,
    unit: TermUnit,
}

/// The day of the month on which instalments are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DueDay {
    /// That of the first due date, or the last of a shorter month. It is counted from the first, so a 31st comes back.
    #[default]
    Anchor,
    MonthEnd,
    /// The first day of the month after.
    NextMonthStart,
}

impl Interval {
    /// One month.
    pub const MONTH: Self = Self { every: NonZeroU32::MIN, unit: TermUnit::Months };

    /// # Errors
    /// [`PlanError::Zero`].
    pub fn try_new(every: u32, unit: TermUnit) -> Result<Self, PlanError> {
        let every = NonZeroU32::new(every).ok_or(PlanError::Zero("interval"))?;
        Ok(Self { every, unit })
    }

    #[must_use]
    pub fn every(self) -> u32 {
        self.every.get()
    }

    #[must_use]
    pub fn unit(self) -> TermUnit {
        self.unit
    }

    /// The date so many intervals after `from`, counted from `from` itself.
    ///
    /// # Errors
    /// [`PlanError::Calendar`] after the year 9999.
    pub fn after(self, from: Date, steps: u32) -> Result<Date, PlanError> {
        let count = u64::from(self.every.get()).saturating_mul(u64::from(steps));
        let end = u32::try_from(count).ok().and_then(|count| Term { count, unit: self.unit }.end_from(from).ok());
        end.ok_or(PlanError::Calendar { argument: "due dates", from, count })
    }

    /// Whether one interval lies between the dates, counted from either of them: from 31 January to 28 February, and
    /// from 28 February to 31 March where the 31st is the anchor.
    pub(super) fn separates(self, start: Date, due: Date) -> bool {
        let back = match self.unit {
            TermUnit::Months => i32::try_from(self.every.get()).ok(),
            TermUnit::Years => i32::try_from(self.every.get()).ok().and_then(|years| years.checked_mul(12)),
            TermUnit::Days | TermUnit::Weeks => None,
        };
        self.after(start, 1) == Ok(due)
            || back.and_then(|months| due.checked_sub(Span::new().try_months(months).ok()?).ok()) == Some(start)
    }

    /// `count` due dates, the first on `first` (or in its month).
    ///
    /// # Errors
    /// [`PlanError::Zero`], [`PlanError::TooManyDueDates`], [`PlanError::NotMonthly`], [`PlanError::Calendar`].
    pub fn due_dates(self, first: Date, count: u32, day: DueDay) -> Result<Vec<Date>, PlanError> {
        if count == 0 {
            return Err(PlanError::Zero("due dates"));
        }
        if count > MAX_INSTALMENTS {
            return Err(PlanError::TooManyDueDates(u64::from(count)));
        }
        let monthly = matches!(self.unit, TermUnit::Months | TermUnit::Years);
        if day != DueDay::Anchor && !monthly {
            return Err(PlanError::NotMonthly);
        }
        let anchor = if day == DueDay::Anchor { first } else { first.first_of_month() };
        let dates = (0..count).map(|index| {
            let date = self.after(anchor, index)?;
            match day {
                DueDay::Anchor => Ok(date),
                DueDay::MonthEnd => Ok(date.last_of_month()),
                DueDay::NextMonthStart => date.last_of_month().tomorrow().map_err(|_| PlanError::Calendar {
                    argument: "due dates",
                    from: date,
                    count: 1,
                }),
            }
        });
        dates.collect()
    }

    /// `count` due dates, the first one interval after `start`.
    ///
    /// # Errors
    /// As [`Interval::due_dates`].
    pub fn due_dates_after(self, start: Date, count: u32) -> Result<Vec<Date>, PlanError> {
        if count == 0 {
            return Err(PlanError::Zero("due dates"));
        }
        if count > MAX_INSTALMENTS {
            return Err(PlanError::TooManyDueDates(u64::from(count)));
        }
        (1..=count).map(|index| self.after(start, index)).collect()
    }
}
