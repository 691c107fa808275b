//! Terms, payment frequencies and due dates.
//!
//! Dates are civil dates of the proleptic Gregorian calendar. Due dates are counted from an anchor, each from the
//! anchor itself and never from the one before, so that a 31st survives February. All date arithmetic is checked.

mod cycle;
mod interval;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

pub use cycle::{Cycle, MonthEnd, Stub};
pub(crate) use interval::{
    Anchor, days_between, months_after, months_and_days, months_apart, months_before, months_past, whole_months,
};

/// The most instalments that one schedule may have: weekly for almost eighty years.
pub const MAX_INSTALMENTS: u32 = 4_000;

/// Why a term or a list of dates could not be computed. The caller's argument is to blame, and no retry helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("a term of {count} {unit:?} is not a whole number of {frequency:?} periods")]
    NotWhole { count: u32, unit: TermUnit, frequency: Frequency },
    #[error("a term of {count} {unit:?} holds no {frequency:?} period")]
    NoPeriod { count: u32, unit: TermUnit, frequency: Frequency },
    #[error("at least one and at most {MAX_INSTALMENTS} instalments, found {0}")]
    Count(u64),
    #[error("{from} plus {periods} {unit:?} is outside the calendar")]
    DateOverflow { from: Date, periods: u32, unit: TermUnit },
    #[error("a cycle has at most {MAX_INSTALMENTS} dates before its end")]
    TooManyDates,
    #[error("a cycle has a step of at least one day, week, month or year")]
    NoStep,
    #[error("a cycle of {count} {unit:?} is longer than can be counted")]
    LongStep { count: u32, unit: TermUnit },
}

/// How often a payment is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Weekly,
    Fortnightly,
    Monthly,
    Quarterly,
}

impl Frequency {
    /// 52, 26, 12 or 4: a year has 52 weeks or 12 equal months in both APR regimes (Regulation Z Appendix J (b)(5),
    /// Directive 2008/48/EC Annex I remark (c)).
    #[must_use]
    pub fn periods_per_year(self) -> u32 {
        match self {
            Self::Weekly => 52,
            Self::Fortnightly => 26,
            Self::Monthly => 12,
            Self::Quarterly => 4,
        }
    }

    /// One period as a number of weeks or months.
    #[must_use]
    pub fn step(self) -> (u32, TermUnit) {
        match self {
            Self::Weekly => (1, TermUnit::Weeks),
            Self::Fortnightly => (2, TermUnit::Weeks),
            Self::Monthly => (1, TermUnit::Months),
            Self::Quarterly => (3, TermUnit::Months),
        }
    }

    /// The date one period after `date`.
    ///
    /// # Errors
    /// [`PeriodError::DateOverflow`] after the year 9999.
    pub fn after(self, date: Date) -> Result<Date, PeriodError> {
        self.date_after(date, 1)
    }

    /// `count` due dates, the first on `first` and the others on its day of the month (or week): a 31st returns after
    /// a short month.
    ///
    /// # Errors
    /// [`PeriodError::Count`] for none or too many, [`PeriodError::DateOverflow`] after the year 9999.
    pub fn due_dates(self, first: Date, count: u32) -> Result<Vec<Date>, PeriodError> {
        let count = checked_count(u64::from(count))?;
        (0..count).map(|index| self.date_after(first, index)).collect()
    }

    /// `count` due dates, one period after `drawn_on` and every period after that, on the day of `drawn_on`: drawn on
    /// 31 January they are 28 or 29 February, 31 March, 30 April.
    ///
    /// # Errors
    /// As [`Frequency::due_dates`].
    pub fn due_dates_after(self, drawn_on: Date, count: u32) -> Result<Vec<Date>, PeriodError> {
        let count = checked_count(u64::from(count))?;
        (1..=count).map(|index| self.date_after(drawn_on, index)).collect()
    }

    /// Days of a regular period where odd days are set against it: 7 a week, 30 a month (Appendix J (b)(5)(ii)-(iv)).
    #[must_use]
    pub fn days_per_period(self) -> u32 {
        match self {
            Self::Weekly => 7,
            Self::Fortnightly => 14,
            Self::Monthly => 30,
            Self::Quarterly => 90,
        }
    }

    /// The date `periods` periods after `anchor`, on the anchor's day or on the last day of a shorter month.
    ///
    /// # Errors
    /// [`PeriodError::DateOverflow`] after the year 9999.
    pub fn date_after(self, anchor: Date, periods: u32) -> Result<Date, PeriodError> {
        let (_, unit) = self.step();
        let overflow = || PeriodError::DateOverflow { from: anchor, periods, unit };
        let index = i32::try_from(periods).map_err(|_| overflow())?;
        Cycle::from(self).nth(anchor, index).ok_or_else(overflow)
    }
}

/// The unit that a term is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermUnit {
    Days,
    Weeks,
    Months,
    Years,
}

impl TermUnit {
    /// How many make a year where time is counted in parts of one: 365 days, 52 weeks, 12 months.
    #[must_use]
    pub fn per_year(self) -> u32 {
        match self {
            Self::Days => 365,
            Self::Weeks => 52,
            Self::Months => 12,
            Self::Years => 1,
        }
    }

    fn span(self, count: u32) -> Option<Span> {
        let count = i64::from(count);
        match self {
            Self::Days => 0.seconds().try_days(count),
            Self::Weeks => 0.seconds().try_weeks(count),
            Self::Months => 0.seconds().try_months(count),
            Self::Years => 0.seconds().try_years(count),
        }
        .ok()
    }
}

/// How long credit runs: a count of days, weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub count: u32,
    pub unit: TermUnit,
}

impl Term {
    /// The date on which a term that begins on `from` ends; a missing day becomes the last of its month.
    ///
    /// # Errors
    /// [`PeriodError::DateOverflow`] after the year 9999.
    pub fn end_from(self, from: Date) -> Result<Date, PeriodError> {
        let overflow = || PeriodError::DateOverflow { from, periods: self.count, unit: self.unit };
        self.unit.span(self.count).and_then(|span| from.checked_add(span).ok()).ok_or_else(overflow)
    }

    /// The number of payments in the term when it is a whole number of periods: 36 months hold 36 monthly ones.
    /// Weeks and months meet through the year of 52 weeks and 12 months, so 6 months are 26 weeks. Days are whole
    /// weeks or nothing: no number of days is a month.
    ///
    /// # Errors
    /// [`PeriodError::NotWhole`] when a part of a period is left, [`PeriodError::Count`] above [`MAX_INSTALMENTS`].
    pub fn instalments(self, frequency: Frequency) -> Result<u32, PeriodError> {
        let count = u64::from(self.count);
        let (part, whole) = match (self.unit, frequency.step()) {
            (TermUnit::Days, (weeks, TermUnit::Weeks)) => (count, u64::from(weeks).saturating_mul(7)),
            (TermUnit::Days, _) => return Err(self.not_whole(frequency)),
            (unit, _) => (count.saturating_mul(u64::from(frequency.periods_per_year())), u64::from(unit.per_year())),
        };
        if part.checked_rem(whole) != Some(0) {
            return Err(self.not_whole(frequency));
        }
        checked_count(part.checked_div(whole).unwrap_or(0))
    }

    /// The number of payments in a term that begins on `from`: as [`Term::instalments`] where that is whole,
    /// otherwise the due dates, counted from `from`, that do not lie after the end of the term.
    ///
    /// # Errors
    /// [`PeriodError::NoPeriod`] when the term ends before the first due date, and those of the date arithmetic.
    pub fn instalments_from(self, from: Date, frequency: Frequency) -> Result<u32, PeriodError> {
        match self.instalments(frequency) {
            Err(PeriodError::NotWhole { .. }) => {}
            known => return known,
        }
        let end = self.end_from(from)?;
        let beyond = MAX_INSTALMENTS.saturating_add(1);
        if frequency.date_after(from, beyond).is_ok_and(|date| date <= end) {
            return Err(PeriodError::Count(u64::from(beyond)));
        }
        let (mut held, mut beyond) = (0, beyond);
        // Due dates only rise, so the last one inside is found by halving.
        while beyond.saturating_sub(held) > 1 {
            let middle = held.midpoint(beyond);
            match frequency.date_after(from, middle) {
                Ok(date) if date <= end => held = middle,
                _ => beyond = middle,
            }
        }
        if held == 0 {
            return Err(PeriodError::NoPeriod { count: self.count, unit: self.unit, frequency });
        }
        Ok(held)
    }

    fn not_whole(self, frequency: Frequency) -> PeriodError {
        PeriodError::NotWhole { count: self.count, unit: self.unit, frequency }
    }
}

fn checked_count(count: u64) -> Result<u32, PeriodError> {
    match u32::try_from(count) {
        Ok(small) if (1..=MAX_INSTALMENTS).contains(&small) => Ok(small),
        _ => Err(PeriodError::Count(count)),
    }
}

#[cfg(test)]
mod tests;
