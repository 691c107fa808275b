//! A first period that is not regular.
//!
//! Its interest is simple: the rate of a regular period times the regular periods in it and the odd days over the
//! days of a regular one. Periods are counted backwards from the first due date and a month counts 30 days, as
//! Regulation Z Appendix J (b)(5)(ii) to (iv) counts them, so that a loan without fees has an APR that is its nominal
//! rate but for the compounding inside the odd period.

use jiff::civil::Date;

use crate::period::{Anchor, Frequency, TermUnit, days_between, months_and_days};

use super::ScheduleError;

/// The length of the first period in days over the days of a regular one: 35 / 30 is a month and five days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPeriod {
    days: u32,
    regular_days: u32,
}

impl FirstPeriod {
    pub const REGULAR: Self = Self { days: 1, regular_days: 1 };

    /// The first period between the drawing and the first of the due dates. The other dates tell whether the first
    /// stands on a month's end.
    ///
    /// # Errors
    /// [`ScheduleError::DatesOutOfOrder`] when the first due date is not after the drawing, [`ScheduleError::Count`]
    /// without due dates.
    pub fn from_dates(drawn_on: Date, due_dates: &[Date], frequency: Frequency) -> Result<Self, ScheduleError> {
        let first = *due_dates.first().ok_or(ScheduleError::Count(0))?;
        let days = match frequency.step() {
            (_, TermUnit::Months) => months_and_days(drawn_on, first, Anchor::of(due_dates))
                .and_then(|(months, days)| months.checked_mul(30)?.checked_add(days)),
            _ => u32::try_from(days_between(drawn_on, first)).ok(),
        };
        match days {
            Some(days) if days > 0 => Ok(Self { days, regular_days: frequency.days_per_period() }),
            _ => Err(ScheduleError::DatesOutOfOrder { number: 1, due: first, before: drawn_on }),
        }
    }

    /// (days, days of a regular period).
    #[must_use]
    pub fn ratio(self) -> (u32, u32) {
        (self.days, self.regular_days)
    }
}
