//! The annual percentage rate of charge of the European Union: Directive 2008/48/EC Annex I (consumer credit), whose
//! equation Directives 2014/17/EU and (EU) 2023/2225 keep.
//!
//! X solves Σ C (1 + X)^-t = Σ D (1 + X)^-s, in years from the first drawdown. A year has 12 equal months or 52 weeks.
//! An interval that is not whole is whole periods counted backwards from the later date and the days that remain,
//! over 365 or 366: 366 when 29 February lies in the year that ends on the date where the days end.

use jiff::ToSpan;
use jiff::civil::Date;
use ruint::aliases::U256;

use crate::day_count::YearFraction;
use crate::period::{Anchor, days_between, months_and_days, months_before, whole_months};
use crate::rate::Rate;

use super::{AprError, DatedFlow, Equation, MAX_RATE, Side, distinct_dates, to_rate, without_zeros};

/// No flow lies further from the first drawdown.
const MAX_YEARS: f64 = 1_000.0;

/// An amount in base units, years after the first drawdown; before it when negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearFlow {
    pub amount: U256,
    pub years: f64,
}

/// The result under the directive: an effective annual rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EuApr {
    /// To 12 decimal places. Shown with 1 in percent.
    pub apr: Rate,
}

/// The APR of flows whose times in years are already counted.
///
/// # Errors
/// When a time is not finite or beyond 1000 years, or the equation has no single root.
pub fn from_times(drawdowns: &[YearFlow], payments: &[YearFlow]) -> Result<EuApr, AprError> {
    let mut equation = Equation::with_capacity(drawdowns.len().saturating_add(payments.len()));
    for (side, flows) in [(Side::Advance, drawdowns), (Side::Payment, payments)] {
        for flow in flows {
            equation.push(side, flow.amount, checked_years(flow.years)?, 0.0);
        }
    }
    apr(equation)
}

/// The APR of dated flows.
///
/// # Errors
/// When nothing is drawn or paid, or the equation has no single root.
pub fn from_dates(drawdowns: &[DatedFlow], payments: &[DatedFlow]) -> Result<EuApr, AprError> {
    let (drawdowns, payments) = (without_zeros(drawdowns), without_zeros(payments));
    let (drawdown_dates, payment_dates) = (distinct_dates(&drawdowns), distinct_dates(&payments));
    let zero = *drawdown_dates.first().ok_or(AprError::NoAdvance)?;
    let unit = TimeUnit::of(zero, &payment_dates);
    let sides = [
        (Side::Advance, &drawdowns, Anchor::of(&drawdown_dates)),
        (Side::Payment, &payments, Anchor::of(&payment_dates)),
    ];
    let mut equation = Equation::with_capacity(drawdowns.len().saturating_add(payments.len()));
    for (side, dated, anchor) in sides {
        for flow in dated.iter() {
            let years = if flow.on >= zero {
                unit.between(zero, flow.on, anchor).map(Interval::in_years)
            } else {
                unit.between(flow.on, zero, Anchor::of(&drawdown_dates)).map(|interval| -interval.in_years())
            };
            let years = years.ok_or(AprError::Time("a date is outside the calendar"))?;
            equation.push(side, flow.amount, checked_years(years)?, 0.0);
        }
    }
    apr(equation)
}

fn checked_years(years: f64) -> Result<f64, AprError> {
    if !(-MAX_YEARS..=MAX_YEARS).contains(&years) {
        return Err(AprError::Time("a flow lies at most 1,000 years from the first drawdown"));
    }
    Ok(years)
}

fn apr(equation: Equation) -> Result<EuApr, AprError> {
    let apr = equation.solve(MAX_RATE, to_rate)?.ok_or(AprError::AboveRange)?;
    Ok(EuApr { apr })
}

/// The time between two dates in years, as the Annex counts it in this period. `to` alone tells on which day its periods
/// stand: 28 February of a common year is a month's end.
///
/// # Errors
/// [`AprError::Time`] when `to` is the earlier date or the time reaches outside the calendar.
pub fn years_between(unit: TimeUnit, from: Date, to: Date) -> Result<YearFraction, AprError> {
    let interval = unit.between(from, to, Anchor::of(&[to]));
    let years = interval.and_then(|interval| interval.as_fraction());
    years.ok_or(AprError::Time("the later date comes first, or a date is outside the calendar"))
}

/// The period that the intervals of one agreement are counted in: the one that its payments follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    Weeks,
    Months,
    Years,
}

/// Whole periods and the days that remain.
#[derive(Debug, Clone, Copy)]
struct Interval {
    periods: u32,
    per_year: u32,
    days: u32,
    days_in_year: u32,
}

impl Interval {
    fn in_years(self) -> f64 {
        f64::from(self.periods) / f64::from(self.per_year) + f64::from(self.days) / f64::from(self.days_in_year)
    }

    fn as_fraction(self) -> Option<YearFraction> {
        let part = |count: u32, of: u32| YearFraction::try_new(u128::from(count), u128::from(of)).ok();
        part(self.periods, self.per_year)?.checked_add(part(self.days, self.days_in_year)?)
    }
}

impl TimeUnit {
    fn of(zero: Date, payments: &[Date]) -> Self {
        let (mut weeks, mut months, mut years) = (0_usize, 0_usize, 0_usize);
        let mut count = |from: Date, to: Date| {
            let whole = whole_months(from, to);
            weeks = weeks.saturating_add(usize::from(days_between(from, to) % 7 == 0));
            months = months.saturating_add(usize::from(whole.is_some()));
            years = years.saturating_add(usize::from(whole.is_some_and(|months| months % 12 == 0)));
        };
        let mut later = payments.iter().copied().filter(|date| *date != zero);
        if let Some(first) = later.next() {
            match later.next() {
                None => count(zero.min(first), zero.max(first)),
                Some(second) => {
                    count(first, second);
                    later.fold(second, |before, date| {
                        count(before, date);
                        date
                    });
                }
            }
        }
        if weeks > months {
            Self::Weeks
        } else if years > 0 && years == months {
            Self::Years
        } else {
            Self::Months
        }
    }

    /// From the earlier date to the later one, whole periods counted backwards from the later.
    fn between(self, from: Date, to: Date, anchor: Anchor) -> Option<Interval> {
        let (periods, per_year, days) = match self {
            Self::Weeks => {
                let days = u32::try_from(days_between(from, to)).ok()?;
                (days.checked_div(7)?, 52, days.checked_rem(7)?)
            }
            Self::Months => {
                let (months, days) = months_and_days(from, to, anchor)?;
                (months, 12, days)
            }
            Self::Years => {
                let (months, _) = months_and_days(from, to, anchor)?;
                let years = months.checked_div(12)?;
                let start = months_before(to, years.checked_mul(12)?, anchor)?;
                (years, 1, u32::try_from(days_between(from, start)).ok()?)
            }
        };
        if days == 0 {
            return Some(Interval { periods, per_year, days, days_in_year: 365 });
        }
        let days_end = from.checked_add(i64::from(days).days()).ok()?;
        let days_in_year = u32::try_from(days_between(days_end.checked_sub(1.year()).ok()?, days_end)).ok()?;
        Some(Interval { periods, per_year, days, days_in_year })
    }
}
