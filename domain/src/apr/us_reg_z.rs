//! The annual percentage rate of the United States: 12 CFR 1026 (Regulation Z) Appendix J, actuarial method.
//!
//! APR = i times unit-periods a year, where the rate i per unit-period solves
//! Σ A / ((1 + f·i)(1 + i)^t) = Σ P / ((1 + f·i)(1 + i)^t)
//! with t whole unit-periods and f a fraction of one: simple inside the fraction, compound outside. Time zero is the
//! earlier of the first advance and the first payment.

use ruint::aliases::U256;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::period::Anchor;
use crate::rate::Rate;

use super::monthly::Monthly;
use super::series::Run;
use super::unit_period::{UnitPeriod, unit_period};
use super::{AprError, DatedFlow, Equation, MAX_RATE, OUTSIDE, Side, distinct_dates, to_rate, without_zeros};

/// A thousand years of days.
const MAX_UNIT_PERIODS: u32 = 365_250;

/// An amount in base units at `whole` unit-periods and a `fraction` of one (0 to 1) after time zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitPeriodFlow {
    pub amount: U256,
    pub whole: u32,
    pub fraction: f64,
}

/// The result under Regulation Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsApr {
    /// To 12 decimal places. Shown with 2 in percent.
    pub apr: Rate,
    /// (1 + i)^n - 1 for n unit-periods a year; `None` above [`Rate::MAX`], where only the nominal rate can be stated.
    pub effective_annual_rate: Option<Rate>,
    /// `None` when the caller counted the unit-periods.
    pub unit_period: Option<UnitPeriod>,
    pub unit_periods_per_year: Decimal,
}

/// The APR of flows whose unit-periods are already counted.
///
/// # Errors
/// When a fraction lies outside 0 to 1, `unit_periods_per_year` outside 1 to 365, or the equation has no single root.
pub fn from_times(
    advances: &[UnitPeriodFlow],
    payments: &[UnitPeriodFlow],
    unit_periods_per_year: Decimal,
) -> Result<UsApr, AprError> {
    let per_year = unit_periods_per_year.to_f64().filter(|per_year| (1.0..=365.0).contains(per_year));
    let per_year = per_year.ok_or(AprError::Time("there are 1 to 365 unit-periods in a year"))?;
    let mut equation = Equation::new();
    for (side, flows) in [(Side::Advance, advances), (Side::Payment, payments)] {
        for flow in flows {
            check_time(flow)?;
            equation.push(side, flow.amount, f64::from(flow.whole), flow.fraction);
        }
    }
    apr(equation, per_year, unit_periods_per_year, None)
}

/// The APR of dated flows, with the unit-period that Appendix J (b)(4) finds in the dates.
///
/// # Errors
/// When nothing is advanced or paid, all of it happens on one day, or the equation has no single root.
pub fn from_dates(advances: &[DatedFlow], payments: &[DatedFlow]) -> Result<UsApr, AprError> {
    match Monthly::of(advances, payments) {
        Some(monthly) => from_monthly(monthly, payments),
        None => from_any_dates(advances, payments),
    }
}

/// Each payment is one unit-period after the one before, so the first one's time tells all.
fn from_monthly(monthly: Monthly<'_>, payments: &[DatedFlow]) -> Result<UsApr, AprError> {
    let unit = UnitPeriod::Months(monthly.months);
    let time = unit.between(monthly.advance.on, monthly.first, Anchor::of(&[monthly.first]));
    let (mut first, fraction) = time.ok_or(OUTSIDE)?;
    let mut equation = Equation::new();
    equation.push(Side::Advance, monthly.advance.amount, 0.0, 0.0);
    for level in payments.chunk_by(|payment, next| payment.amount == next.amount) {
        let [DatedFlow { amount, .. }, ..] = *level else { continue };
        let count = u32::try_from(level.len()).map_err(|_| AprError::TooManyFlows(payments.len()))?;
        equation.push_run(
            Run { side: Side::Payment, amount, first: f64::from(first), step: 1.0, fraction, count },
            level.len(),
        );
        first = first.saturating_add(count);
    }
    apr(equation, unit.per_year_f64(), unit.per_year(), Some(unit))
}

pub(super) fn from_any_dates(advances: &[DatedFlow], payments: &[DatedFlow]) -> Result<UsApr, AprError> {
    let (advances, payments) = (without_zeros(advances), without_zeros(payments));
    let (advance_dates, payment_dates) = (distinct_dates(&advances), distinct_dates(&payments));
    let first_advance = advance_dates.first().ok_or(AprError::NoAdvance)?;
    let zero = *first_advance.min(payment_dates.first().ok_or(AprError::NoPayment)?);
    let unit = unit_period(&advance_dates, &payment_dates)?;

    let sides = [
        (Side::Advance, &advances, Anchor::of(&advance_dates)),
        (Side::Payment, &payments, Anchor::of(&payment_dates)),
    ];
    let mut equation = Equation::new();
    for (side, dated, anchor) in sides {
        for flow in dated.iter() {
            let time = unit.between(zero, flow.on, anchor);
            let (whole, fraction) = time.ok_or(OUTSIDE)?;
            equation.push(side, flow.amount, f64::from(whole), fraction);
        }
    }
    apr(equation, unit.per_year_f64(), unit.per_year(), Some(unit))
}

fn check_time(flow: &UnitPeriodFlow) -> Result<(), AprError> {
    if !(0.0..=1.0).contains(&flow.fraction) {
        return Err(AprError::Time("a fraction of a unit-period lies between 0 and 1"));
    }
    if flow.whole > MAX_UNIT_PERIODS {
        return Err(AprError::Time("no flow lies more than 365,250 unit-periods away"));
    }
    Ok(())
}

fn apr(
    equation: Equation,
    per_year: f64,
    unit_periods_per_year: Decimal,
    unit_period: Option<UnitPeriod>,
) -> Result<UsApr, AprError> {
    let (apr, effective_annual_rate) =
        equation.solve(MAX_RATE / per_year, |u| (to_rate(u.exp_m1() * per_year), to_rate((u * per_year).exp_m1())))?;
    let apr = apr.ok_or(AprError::AboveRange)?;
    Ok(UsApr { apr, effective_annual_rate, unit_period, unit_periods_per_year })
}
