//! What becomes of a date on which business is closed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::spelling;

use super::{Calendar, CalendarError};

/// Days that are searched for one on which business is open. No calendar here is closed for so long.
pub const MAX_CLOSED_DAYS: u32 = 60;

/// A business day convention (2006 ISDA Definitions, 4.12; FpML `businessDayConventionEnum`). A date that is a business
/// day never moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// The date stays.
    None,
    /// The next business day.
    Following,
    /// The next business day, or the one before when that lies in the next month.
    ModifiedFollowing,
    /// The business day before.
    Preceding,
    /// The business day before, or the next when that lies in the month before.
    ModifiedPreceding,
    /// The next business day for a Sunday or Monday, the one before for any other day.
    Nearest,
}

impl Roll {
    /// Every convention there is.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Following, Self::ModifiedFollowing, Self::Preceding, Self::ModifiedPreceding, Self::Nearest];

    /// The name that it is shown by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Following => "following",
            Self::ModifiedFollowing => "modified following",
            Self::Preceding => "preceding",
            Self::ModifiedPreceding => "modified preceding",
            Self::Nearest => "nearest",
        }
    }

    fn other_names(self) -> &'static [&'static str] {
        match self {
            Self::None => &["unadjusted"],
            Self::ModifiedFollowing => &["modfollowing"],
            Self::ModifiedPreceding => &["modpreceding"],
            Self::Following | Self::Preceding | Self::Nearest => &[],
        }
    }

    /// The date on which what falls on `date` is done.
    ///
    /// # Errors
    /// [`CalendarError::Closed`] when no business day is within [`MAX_CLOSED_DAYS`], [`CalendarError::OutsideCalendar`].
    pub fn adjust(self, date: Date, calendar: &Calendar) -> Result<Date, CalendarError> {
        if self == Self::None || calendar.is_business_day(date) {
            return Ok(date);
        }
        let open = |date| calendar.is_business_day(date);
        let next = || search(date, open, Date::tomorrow);
        let before = || search(date, open, Date::yesterday);
        let same_month = |found: Date| (found.year(), found.month()) == (date.year(), date.month());
        match self {
            Self::None => Ok(date),
            Self::Following => next(),
            Self::Preceding => before(),
            Self::ModifiedFollowing => match next() {
                Ok(found) if same_month(found) => Ok(found),
                _ => before(),
            },
            Self::ModifiedPreceding => match before() {
                Ok(found) if same_month(found) => Ok(found),
                _ => next(),
            },
            Self::Nearest if matches!(date.weekday(), Weekday::Sunday | Weekday::Monday) => next(),
            Self::Nearest => before(),
        }
    }
}

/// The first business day that steps of one day lead to.
pub(super) fn search(
    from: Date,
    mut is_business_day: impl FnMut(Date) -> bool,
    step: fn(Date) -> Result<Date, jiff::Error>,
) -> Result<Date, CalendarError> {
    let mut date = from;
    for _ in 0..MAX_CLOSED_DAYS {
        date = step(date).map_err(|_| CalendarError::OutsideCalendar(from))?;
        if is_business_day(date) {
            return Ok(date);
        }
    }
    Err(CalendarError::Closed(from))
}

impl fmt::Display for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Roll {
    type Err = CalendarError;

    /// Capitals, spaces and hyphens do not matter.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let key = spelling::key(text);
        let means = |name: &&str| spelling::key(name) == key;
        let found = Self::ALL.into_iter().find(|known| means(&known.name()) || known.other_names().iter().any(means));
        found.ok_or_else(|| CalendarError::UnknownRoll(spelling::shown(text)))
    }
}
