//! Day counts: what part of a year lies between two dates, by the conventions that contracts name.
//!
//! Every fraction is an exact ratio of integers ([`YearFraction`]), so that interest is computed exactly and rounded
//! once. The first day of an accrual counts and the last does not, unless the convention says otherwise. Dates out of
//! order are refused: the sources define no negative accrual. A name that means different things to different people
//! ("30/360", "Act/Act", "Act/365") is no name here; see [`DayCount`] for those that are.
//!
//! Time in the equation of an annual percentage rate is not a day count: see [`crate::apr`].

mod actual;
mod fraction;
mod icma;
mod name;
mod thirty;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use fraction::YearFraction;
pub use icma::ReferencePeriod;
use thirty::Thirty;

/// Why days or a fraction of a year could not be told. The caller's argument is to blame in every case, and no retry
/// helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayCountError {
    #[error("`{0}` is not the name of one day count convention, such as 30E/360 or Act/365F")]
    Unknown(String),
    #[error("an accrual from {start} to {end} ends before it starts")]
    OutOfOrder { start: Date, end: Date },
    #[error("30E/360 ISDA counts the end of February by the contract's termination date, which is not given")]
    NoTermination,
    #[error("Act/Act ICMA counts by a regular coupon period, which is not given")]
    NoReference,
    #[error("coupon periods are 1, 2, 3, 4, 6 or 12 a year, found {0}")]
    Frequency(u32),
    #[error("the coupon period from {start} to {end} is not a number of months that divides a year")]
    Irregular { start: Date, end: Date },
    #[error("a fraction needs a denominator above zero")]
    ZeroDenominator,
    #[error("the accrual from {start} to {end} reaches outside the calendar")]
    OutsideCalendar { start: Date, end: Date },
}

/// A day count convention, written and read by its name. ISDA sections are those of the 2006 ISDA Definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DayCount {
    /// `30/360 Bond Basis`, ISDA 4.16(f).
    Thirty360BondBasis,
    /// `30/360 US`, the bond basis with both ends of February as 30ths (Mayle, Standard Securities Calculation Methods,
    /// 1993, for securities that follow the end-of-month rule).
    Thirty360Us,
    /// `30/360 PSA`, Public Securities Association 1990, later BMA and SIFMA.
    Thirty360Psa,
    /// `30E/360`, Eurobond basis: ISDA 4.16(g), ICMA rule 251.1(ii).
    ThirtyE360,
    /// `30E/360 ISDA`, German: ISDA 4.16(h). Needs the termination date.
    ThirtyE360Isda,
    /// `Act/360`, ISDA 4.16(e).
    Act360,
    /// `Act/364`: 52 weeks of seven days.
    Act364,
    /// `Act/365F`, fixed: ISDA 4.16(d).
    Act365Fixed,
    /// `Act/365.25`.
    Act36525,
    /// `NL/365`: days other than 29 February, the first not counted and the last counted, over 365.
    Nl365,
    /// `Act/Act ISDA`, ISDA 4.16(b).
    ActActIsda,
    /// `Act/Act ICMA`, ICMA rule 251.1(iii), ISDA 4.16(c). Needs a [`ReferencePeriod`].
    ActActIcma,
    /// `Act/Act AFB`, Association française des banques 1994, "exact/exact".
    ActActAfb,
}

/// The days that interest accrues for, and what some conventions ask of the contract beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrual {
    start: Date,
    end: Date,
    termination: Option<Date>,
    reference: Option<ReferencePeriod>,
}

impl Accrual {
    /// # Errors
    /// [`DayCountError::OutOfOrder`] when the end is the earlier date.
    pub fn try_new(start: Date, end: Date) -> Result<Self, DayCountError> {
        if end < start {
            return Err(DayCountError::OutOfOrder { start, end });
        }
        Ok(Self { start, end, termination: None, reference: None })
    }

    /// In a contract that terminates on this date.
    #[must_use]
    pub fn terminating_on(self, termination: Date) -> Self {
        Self { termination: Some(termination), ..self }
    }

    /// Counted by this regular coupon period. The accrual may lie beside it or span several of its kind.
    #[must_use]
    pub fn by(self, reference: ReferencePeriod) -> Self {
        Self { reference: Some(reference), ..self }
    }

    #[must_use]
    pub fn start(&self) -> Date {
        self.start
    }

    #[must_use]
    pub fn end(&self) -> Date {
        self.end
    }

    fn outside(&self) -> DayCountError {
        DayCountError::OutsideCalendar { start: self.start, end: self.end }
    }
}

impl DayCount {
    /// Days from one date to another as the convention counts them.
    ///
    /// # Errors
    /// [`DayCountError::OutOfOrder`], and as [`DayCount::days_of`].
    pub fn days(self, start: Date, end: Date) -> Result<u32, DayCountError> {
        self.days_of(&Accrual::try_new(start, end)?)
    }

    /// The part of a year between two dates.
    ///
    /// # Errors
    /// [`DayCountError::OutOfOrder`], and as [`DayCount::year_fraction_of`].
    pub fn year_fraction(self, start: Date, end: Date) -> Result<YearFraction, DayCountError> {
        self.year_fraction_of(&Accrual::try_new(start, end)?)
    }

    /// Days of an accrual as the convention counts them: those of the 30/360 family on its own calendar, without leap
    /// days for NL/365, otherwise calendar days.
    ///
    /// # Errors
    /// [`DayCountError::NoTermination`].
    pub fn days_of(self, accrual: &Accrual) -> Result<u32, DayCountError> {
        let (start, end) = (accrual.start, accrual.end);
        let thirty = |rule| thirty::days(rule, start, end);
        let days = match self {
            Self::Thirty360BondBasis => thirty(Thirty::BondBasis),
            Self::Thirty360Us => thirty(Thirty::Us),
            Self::Thirty360Psa => thirty(Thirty::Psa),
            Self::ThirtyE360 => thirty(Thirty::European),
            Self::ThirtyE360Isda => {
                let termination = accrual.termination.ok_or(DayCountError::NoTermination)?;
                thirty(Thirty::EuropeanIsda { termination })
            }
            Self::Nl365 => actual::days_without_leap_days(start, end),
            _ => actual::days(start, end),
        };
        days.ok_or_else(|| accrual.outside())
    }

    /// The part of a year that an accrual lasts; above one when it lasts longer.
    ///
    /// # Errors
    /// [`DayCountError::NoTermination`], [`DayCountError::NoReference`], and [`DayCountError::OutsideCalendar`] when a
    /// notional coupon period would begin or end outside the years -9999 to 9999.
    pub fn year_fraction_of(self, accrual: &Accrual) -> Result<YearFraction, DayCountError> {
        let (start, end) = (accrual.start, accrual.end);
        let over = |numerator: u128, denominator: u128| {
            let days = u128::from(self.days_of(accrual)?);
            YearFraction::try_new(days.saturating_mul(numerator), denominator)
        };
        match self {
            Self::Thirty360BondBasis
            | Self::Thirty360Us
            | Self::Thirty360Psa
            | Self::ThirtyE360
            | Self::ThirtyE360Isda
            | Self::Act360 => over(1, 360),
            Self::Act364 => over(1, 364),
            Self::Act365Fixed | Self::Nl365 => over(1, 365),
            Self::Act36525 => over(4, 1_461),
            Self::ActActIsda => actual::isda(start, end).ok_or_else(|| accrual.outside()),
            Self::ActActIcma => {
                let reference = accrual.reference.ok_or(DayCountError::NoReference)?;
                reference.fraction(start, end).ok_or_else(|| accrual.outside())
            }
            Self::ActActAfb => actual::afb(start, end).ok_or_else(|| accrual.outside()),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
