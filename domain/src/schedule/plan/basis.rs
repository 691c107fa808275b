//! What part of a yearly rate a stretch of a period bears.
//!
//! Day counts that contracts name are [`DayCount`]'s. Beside them stand two that schedules are published in and that
//! are no day counts, since they look at the period and not only at the dates: the unit period (a regular period is
//! the same part of a year whatever its days) and the nominal period (a period is its months' days over the year's).

use std::num::NonZeroU32;

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::day_count::{Accrual, DayCount, DayCountError, ReferencePeriod, YearFraction};
use crate::period::{TermUnit, days_between};
use crate::rate::{PeriodicRate, Rate, RateError};

use super::PlanError;
use super::dates::Interval;

/// How yearly interest becomes that of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    Days(DayCount),
    /// A whole interval is 1/12 of a year a month, 1/52 a week, 1/365 a day, and a part of it is pro rata by days. A
    /// period that is no whole interval counts all its actual days over `stub`, or is taken for a whole one (spreadsheet
    /// formulas, Regulation Z's unit periods as commercial engines charge them).
    UnitPeriod {
        interval: Interval,
        stub: Option<NonZeroU32>,
    },
    /// Days of a nominal month, week or day, times the interval, over those of a year; a part is pro rata by days
    /// (Apache Fineract's progressive loans). An actual year is the one in which the stretch begins; a stretch that
    /// crosses into another counts the days to 31 December over the one and those from it over the other.
    Nominal {
        interval: Interval,
        year: YearLength,
        month: MonthLength,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum YearLength {
    Actual,
    Fixed(NonZeroU32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MonthLength {
    /// Those of the month in which the stretch begins.
    Actual,
    Thirty,
}

/// A stretch of a period: from the first day to before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Date,
    pub to: Date,
    /// The period that holds it.
    pub start: Date,
    pub due: Date,
    /// The last due date of all, which 30E/360 ISDA asks for.
    pub termination: Date,
}

impl Stretch {
    /// A whole period, the last of its contract.
    #[must_use]
    pub fn whole(start: Date, due: Date) -> Self {
        Self { from: start, to: due, start, due, termination: due }
    }

    fn share(self) -> Option<YearFraction> {
        fraction(days_between(self.from, self.to), days_between(self.start, self.due))
    }
}

impl Basis {
    /// Years of a stretch; none of an empty one.
    ///
    /// # Errors
    /// [`PlanError::DayCount`], [`PlanError::Overflow`], [`PlanError::NoNominalYear`].
    pub fn years(self, stretch: Stretch) -> Result<YearFraction, PlanError> {
        if stretch.from == stretch.to {
            return Ok(YearFraction::ZERO);
        }
        let overflow = PlanError::Overflow("years");
        match self {
            Self::Days(count) => day_count(count, stretch).map_err(PlanError::DayCount),
            Self::UnitPeriod { interval, stub } => {
                let regular = interval.separates(stretch.start, stretch.due);
                match stub.filter(|_| !regular) {
                    Some(year) => fraction(days_between(stretch.from, stretch.to), i64::from(year.get())),
                    None => {
                        let whole = fraction(i64::from(interval.every()), i64::from(interval.unit().per_year()));
                        whole.zip(stretch.share()).and_then(|(whole, share)| whole.checked_mul(share))
                    }
                }
                .ok_or(overflow)
            }
            Self::Nominal { interval, year, month } => {
                let each = nominal(interval.unit(), year, month, stretch)?;
                each.checked_mul(YearFraction::from(interval.every())).ok_or(overflow)
            }
        }
    }

    /// The exact rate of a stretch.
    ///
    /// # Errors
    /// As [`Basis::years`], [`PlanError::Rate`] for a rate below zero.
    pub fn rate(self, yearly: Rate, stretch: Stretch) -> Result<PeriodicRate, PlanError> {
        let fraction = yearly.value();
        if yearly.is_negative() {
            return Err(RateError::Negative(fraction).into());
        }
        let years = self.years(stretch)?;
        let scale = 10u128.checked_pow(fraction.scale()).map(U256::from);
        let numerator = U256::from(fraction.mantissa().unsigned_abs()).checked_mul(U256::from(years.numerator()));
        let denominator = scale.and_then(|scale| scale.checked_mul(U256::from(years.denominator())));
        let (numerator, denominator) = numerator.zip(denominator).ok_or(PlanError::Overflow("rate"))?;
        Ok(PeriodicRate::from_ratio(numerator, denominator)?)
    }
}

/// The period is the regular coupon period where the convention asks for one.
fn day_count(count: DayCount, stretch: Stretch) -> Result<YearFraction, DayCountError> {
    let accrual = Accrual::try_new(stretch.from, stretch.to)?;
    let accrual = match count {
        DayCount::ActActIcma => accrual.by(ReferencePeriod::from_dates(stretch.start, stretch.due)?),
        DayCount::ThirtyE360Isda => accrual.terminating_on(stretch.termination),
        _ => accrual,
    };
    count.year_fraction_of(&accrual)
}

fn nominal(unit: TermUnit, year: YearLength, month: MonthLength, stretch: Stretch) -> Result<YearFraction, PlanError> {
    let overflow = PlanError::Overflow("years");
    let (from, to) = (stretch.from, stretch.to);
    if year == YearLength::Actual && to.year() > from.year() {
        return across_years(from, to).ok_or(overflow);
    }
    let days = match (unit, month) {
        (TermUnit::Days, _) => 1,
        (TermUnit::Weeks, _) => 7,
        (TermUnit::Months, MonthLength::Thirty) => 30,
        (TermUnit::Months, MonthLength::Actual) => i64::from(from.days_in_month()),
        (TermUnit::Years, _) => return Err(PlanError::NoNominalYear),
    };
    let of = match year {
        YearLength::Actual => i64::from(from.days_in_year()),
        YearLength::Fixed(days) => i64::from(days.get()),
    };
    let both = fraction(days, of).zip(stretch.share());
    both.and_then(|(whole, share)| whole.checked_mul(share)).ok_or(overflow)
}

/// Days to each 31 December over the length of the year that ends then, and the rest over that of the last.
fn across_years(from: Date, to: Date) -> Option<YearFraction> {
    let (mut total, mut at) = (YearFraction::ZERO, from);
    for year in from.year()..=to.year() {
        let end = if year == to.year() { to } else { Date::new(year, 12, 31).ok()? };
        total = total.checked_add(fraction(days_between(at, end), i64::from(end.days_in_year()))?)?;
        at = end;
    }
    Some(total)
}

fn fraction(numerator: i64, denominator: i64) -> Option<YearFraction> {
    YearFraction::try_new(u128::try_from(numerator).ok()?, u128::try_from(denominator).ok()?).ok()
}
