//! Business days: which dates a market, or several together, are closed on, and where a date moves that falls on one.
//!
//! Holidays are computed from rules and from named exceptions that held once ([`Centre`]), never from lists, so every
//! year has them. They are what is known today: a holiday that is proclaimed for a later year is not among them, and a
//! rule reaches back before its time where the centre's documentation says so. Every search is bounded.

mod centre;
mod easter;
mod holidays;
mod roll;
mod rule;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::period::days_between;
use crate::spelling;

pub use centre::Centre;
pub use easter::easter_sunday;
pub use roll::{MAX_CLOSED_DAYS, Roll};

/// The most centres of one calendar.
pub const MAX_CENTRES: usize = 8;

/// The longest span that holidays are listed for: two hundred years.
pub const MAX_RANGE_DAYS: i64 = 73_050;

/// The furthest that business days are counted: about forty years.
pub const MAX_BUSINESS_DAYS: i32 = 10_000;

/// Why business days could not be told. The caller's argument is to blame in every case, and no retry helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("`{0}` is not the name of a calendar, such as TARGET or US settlement")]
    UnknownCalendar(String),
    #[error("`{0}` is not the name of a business day convention, such as modified following")]
    UnknownRoll(String),
    #[error("a calendar joins at most {MAX_CENTRES} centres, found {0}")]
    TooManyCentres(usize),
    #[error("holidays are listed from a date to a later one at most {MAX_RANGE_DAYS} days away, asked {from} to {to}")]
    Range { from: Date, to: Date },
    #[error("at most {MAX_BUSINESS_DAYS} business days are counted, asked {0}")]
    TooManyDays(i32),
    #[error("no business day within {MAX_CLOSED_DAYS} days of {0}")]
    Closed(Date),
    #[error("the business day next to {0} is outside the calendar")]
    OutsideCalendar(Date),
}

/// The centres whose holidays count, together: a day is a business day when every one of them is open. Written and read
/// as their names joined by `+`; without any, every day is a business day, which is written `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Calendar {
    centres: Vec<Centre>,
}

impl Calendar {
    /// Every day is a business day.
    pub const NONE: Self = Self { centres: Vec::new() };

    /// # Errors
    /// [`CalendarError::TooManyCentres`].
    pub fn joint(centres: &[Centre]) -> Result<Self, CalendarError> {
        if centres.len() > MAX_CENTRES {
            return Err(CalendarError::TooManyCentres(centres.len()));
        }
        Ok(Self { centres: centres.to_vec() })
    }

    #[must_use]
    pub fn centres(&self) -> &[Centre] {
        &self.centres
    }

    #[must_use]
    pub fn is_business_day(&self, date: Date) -> bool {
        self.centres.iter().all(|centre| centre.is_business_day(date))
    }

    /// The date on which what falls on `date` is done.
    ///
    /// # Errors
    /// As [`Roll::adjust`].
    pub fn adjust(&self, date: Date, roll: Roll) -> Result<Date, CalendarError> {
        roll.adjust(date, self)
    }

    /// The business day so many business days after a date, before it when negative. Zero gives the date itself, or the
    /// next business day.
    ///
    /// # Errors
    /// [`CalendarError::TooManyDays`] beyond [`MAX_BUSINESS_DAYS`], and as [`Roll::adjust`].
    pub fn add_business_days(&self, date: Date, days: i32) -> Result<Date, CalendarError> {
        if days.unsigned_abs() > MAX_BUSINESS_DAYS.unsigned_abs() {
            return Err(CalendarError::TooManyDays(days));
        }
        if days == 0 {
            return self.adjust(date, Roll::Following);
        }
        let step = if days.is_negative() { Date::yesterday } else { Date::tomorrow };
        (0..days.unsigned_abs()).try_fold(date, |date, _| roll::search(date, |date| self.is_business_day(date), step))
    }

    /// The weekdays from one date to another, both counted, on which a centre keeps a holiday.
    ///
    /// # Errors
    /// [`CalendarError::Range`] when `to` is the earlier date or more than [`MAX_RANGE_DAYS`] later.
    pub fn holidays(&self, from: Date, to: Date) -> Result<Vec<Date>, CalendarError> {
        if !(0..=MAX_RANGE_DAYS).contains(&days_between(from, to)) {
            return Err(CalendarError::Range { from, to });
        }
        let days = std::iter::successors(Some(from), |date| date.tomorrow().ok()).take_while(|date| *date <= to);
        Ok(days.filter(|date| !is_weekend(*date) && !self.is_business_day(*date)).collect())
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl From<Centre> for Calendar {
    fn from(centre: Centre) -> Self {
        Self { centres: vec![centre] }
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.centres.split_first() else {
            return f.write_str("none");
        };
        first.fmt(f)?;
        others.iter().try_for_each(|centre| write!(f, " + {centre}"))
    }
}

impl FromStr for Calendar {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        if spelling::key(text) == "none" {
            return Ok(Self::NONE);
        }
        let names = text.split('+').take(MAX_CENTRES.saturating_add(1));
        Self::joint(&names.map(str::parse).collect::<Result<Vec<_>, _>>()?)
    }
}

impl TryFrom<String> for Calendar {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<Calendar> for String {
    fn from(calendar: Calendar) -> Self {
        calendar.to_string()
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
