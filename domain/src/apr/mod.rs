//! Annual percentage rates: what credit costs a year, by the equation of the law that applies.
//!
//! The regimes are separate modules with results of their own and are never compared with each other: [`us_reg_z`]
//! (Regulation Z Appendix J, a yearly nominal rate) and [`eu_ccd`] (Directive 2008/48/EC, an effective annual rate).
//! Both find the times of the flows from dates or take them as given, and share one solver. Rates are computed in
//! floating point: no amount is, and the equation balances to 1e-10 of the amount advanced or the answer is an error.
#![expect(
    clippy::float_arithmetic,
    reason = "rates are computed in floating point and proven to balance; no amount is"
)]

pub mod eu_ccd;
mod solver;
mod unit_period;
pub mod us_reg_z;

use jiff::civil::Date;
use ruint::aliases::U256;
use rust_decimal::Decimal;

use crate::rate::Rate;

pub(crate) use solver::root_between;
pub use unit_period::UnitPeriod;

/// The most flows of one equation, advances and payments together.
pub const MAX_FLOWS: usize = 5_000;

/// Decimal places of a computed rate.
const RATE_PLACES: u32 = 12;

/// Why there is no annual percentage rate. The flows are to blame, and no retry helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AprError {
    #[error("advances: at least one amount above zero is needed")]
    NoAdvance,
    #[error("payments: at least one amount above zero is needed")]
    NoPayment,
    #[error("flows: at most {MAX_FLOWS}, found {0}")]
    TooManyFlows(usize),
    #[error("times: {0}")]
    Time(&'static str),
    #[error("dates: the advance and the payment lie on the same day, so there is no term")]
    NoTerm,
    #[error("amounts: their sum does not fit in 78 digits")]
    Overflow,
    #[error("no rate of zero or above solves the equation: the payments are worth less than the advances")]
    NoSolution,
    #[error("the rate lies above 3,000,000 %")]
    AboveRange,
    #[error("more than one rate solves the equation, and none of them stands out as the cost of the credit")]
    Several,
    #[error("whether one rate alone solves the equation cannot be told: its flows change direction too often")]
    Undecided,
    #[error("the equation does not balance to 1e-10 of the amount advanced")]
    NotBalanced,
}

/// An amount in base units that changes hands on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedFlow {
    pub on: Date,
    pub amount: U256,
}

/// The side of the equation that a flow stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Advance,
    Payment,
}

/// A flow at a time: `whole` periods compounded and a `fraction` of one simple. The European equation has real
/// `whole` and no fraction.
#[derive(Debug, Clone, Copy)]
struct TimedFlow {
    side: Side,
    amount: U256,
    whole: f64,
    fraction: f64,
}

/// Solves for the rate per period, at most `max` a period.
fn rate_per_period(flows: &[TimedFlow], max: f64) -> Result<f64, AprError> {
    if flows.len() > MAX_FLOWS {
        return Err(AprError::TooManyFlows(flows.len()));
    }
    let advanced = total(flows, Side::Advance)?;
    let paid = total(flows, Side::Payment)?;
    if advanced.is_zero() {
        return Err(AprError::NoAdvance);
    }
    if paid.is_zero() {
        return Err(AprError::NoPayment);
    }
    let scale = f64::from(advanced);
    let terms = flows.iter().map(|flow| solver::Term {
        amount: match flow.side {
            Side::Advance => f64::from(flow.amount) / scale,
            Side::Payment => -f64::from(flow.amount) / scale,
        },
        whole: flow.whole,
        fraction: flow.fraction,
    });
    // Compared as integers: at a rate of zero the equation is exact.
    let at_zero = advanced.cmp(&paid);
    solver::solve(terms.collect(), at_zero, max)
}

fn total(flows: &[TimedFlow], side: Side) -> Result<U256, AprError> {
    let amounts = flows.iter().filter(|flow| flow.side == side).map(|flow| flow.amount);
    amounts.into_iter().try_fold(U256::ZERO, |sum, amount| sum.checked_add(amount)).ok_or(AprError::Overflow)
}

/// Flows of nothing say nothing about the term or its periods.
fn without_zeros(flows: &[DatedFlow]) -> Vec<DatedFlow> {
    flows.iter().copied().filter(|flow| !flow.amount.is_zero()).collect()
}

/// Sorted, each once.
fn distinct_dates(flows: &[DatedFlow]) -> Vec<Date> {
    let mut dates: Vec<Date> = flows.iter().map(|flow| flow.on).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

fn to_rate(value: f64) -> Option<Rate> {
    let rounded = Decimal::from_f64_retain(value)?.round_dp(RATE_PLACES);
    Rate::try_new(rounded).ok()
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
