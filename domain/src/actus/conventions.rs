//! The conventions of a contract by their names in the ACTUS dictionary: the side that keeps the record, business days,
//! and how years are counted.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Centre, Roll};
use crate::day_count::{Accrual, DayCount, YearFraction};

use super::ActusError;

/// Which side of the contract keeps the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Owed to, as a lender is.
    Asset,
    /// Owing.
    Liability,
}

impl Side {
    /// # Errors
    /// [`ActusError::Unsupported`] for a role without a sign.
    pub(super) fn by_role(role: &str) -> Result<Self, ActusError> {
        match role {
            "RPA" | "LG" | "BUY" | "RFL" | "RF" | "COL" | "CNO" | "OBL" | "UDL" | "UDLP" => Ok(Self::Asset),
            "RPL" | "ST" | "SEL" | "PFL" | "PF" | "GUA" | "UDLM" => Ok(Self::Liability),
            _ => Err(unsupported("contractRole", role)),
        }
    }

    /// An amount with the side's sign; twice gives it back.
    pub(super) fn signed(self, amount: Decimal) -> Decimal {
        match self {
            Self::Asset => amount,
            Self::Liability => -amount,
        }
    }
}

/// Where an event is placed: the day that is shown, and the time that amounts are computed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) shown: DateTime,
    pub(super) at: DateTime,
}

impl Place {
    pub(super) fn fixed(at: DateTime) -> Self {
        Self { shown: at, at }
    }
}

/// Business days and day count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conventions {
    calendar: Calendar,
    roll: Roll,
    /// Amounts are computed for the date before it is moved.
    calculate_first: bool,
    day_count: DayCount,
}

impl Conventions {
    /// # Errors
    /// [`ActusError::Unsupported`].
    pub(super) fn try_new(
        business_days: Option<&str>,
        calendar: Option<&str>,
        day_count: &str,
    ) -> Result<Self, ActusError> {
        let business_days = business_days.unwrap_or("NOS");
        let calculate_first = business_days.starts_with("CS");
        let roll = match business_days.strip_prefix("SC").or_else(|| business_days.strip_prefix("CS")) {
            Some("F") => Roll::Following,
            Some("MF") => Roll::ModifiedFollowing,
            Some("P") => Roll::Preceding,
            Some("MP") => Roll::ModifiedPreceding,
            None if business_days == "NOS" => Roll::None,
            _ => return Err(unsupported("businessDayConvention", business_days)),
        };
        let calendar = match calendar {
            None | Some("NC" | "NoCalendar") => Calendar::NONE,
            Some("MF" | "MondayToFriday") => Calendar::from(Centre::WeekendsOnly),
            Some(name) => name.parse().map_err(|_| unsupported("calendar", name))?,
        };
        Ok(Self { calendar, roll, calculate_first, day_count: count(day_count)? })
    }

    /// # Errors
    /// [`ActusError::Rule`] at the edges of the calendar.
    pub(super) fn place(&self, at: DateTime) -> Result<Place, ActusError> {
        let moved = self.calendar.adjust(at.date(), self.roll);
        let moved =
            moved.map_err(|_| ActusError::Rule { term: "calendar", rule: "has no business day near a date" })?;
        let shown = moved.to_datetime(at.time());
        Ok(Place { shown, at: if self.calculate_first { at } else { shown } })
    }

    /// Years between two times, none when the second is not the later one. Where the contract's end is not known yet, no
    /// date is taken for it.
    ///
    /// # Errors
    /// [`ActusError::Overflow`], which no span of the calendar has.
    pub(super) fn years(
        &self,
        from: DateTime,
        to: DateTime,
        maturity: Option<DateTime>,
    ) -> Result<YearFraction, ActusError> {
        let Ok(accrual) = Accrual::try_new(day(from), day(to)) else { return Ok(YearFraction::ZERO) };
        let accrual = accrual.terminating_on(maturity.map_or(Date::MAX, day));
        self.day_count.year_fraction_of(&accrual).map_err(|_| ActusError::Overflow("years"))
    }
}

/// The last minute of a day is the midnight that ends it: the reference tests write the end of a day as 23:59:59 and
/// count the day.
fn day(time: DateTime) -> Date {
    let last_minute = time.hour() == 23 && time.minute() == 59;
    if last_minute { time.date().tomorrow().unwrap_or(Date::MAX) } else { time.date() }
}

/// The dictionary's names, with or without the strokes.
fn count(name: &str) -> Result<DayCount, ActusError> {
    match name.replace('/', "").as_str() {
        "AA" | "AAISDA" => Ok(DayCount::ActActIsda),
        "A360" => Ok(DayCount::Act360),
        "A365" => Ok(DayCount::Act365Fixed),
        "30E360" => Ok(DayCount::ThirtyE360),
        "30E360ISDA" => Ok(DayCount::ThirtyE360Isda),
        "30360" => Ok(DayCount::Thirty360BondBasis),
        _ => Err(unsupported("dayCountConvention", name)),
    }
}

fn unsupported(term: &str, found: &str) -> ActusError {
    ActusError::Unsupported { term: term.to_owned(), found: found.to_owned() }
}
