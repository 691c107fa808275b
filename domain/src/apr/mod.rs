//! Annual percentage rates: what credit costs a year, by the equation of the law that applies.
//!
//! The regimes are separate modules with results of their own and are never compared with each other: [`us_reg_z`]
//! (Regulation Z Appendix J, a yearly nominal rate) and [`eu_ccd`] (Directive 2008/48/EC, an effective annual rate);
//! [`uk_conc`] counts the times of the British rules, whose equation is that of the directive.
//! Both regimes find the times of the flows from dates or take them as given, and share one solver. Rates are computed in
//! floating point: no amount is, and the equation balances to 1e-10 of the amount advanced or the answer is an error.
#![expect(
    clippy::float_arithmetic,
    reason = "rates are computed in floating point and proven to balance; no amount is"
)]

pub mod eu_ccd;
mod quick;
mod solver;
pub mod uk_conc;
mod unit_period;
pub mod us_reg_z;

use std::borrow::Cow;

use jiff::civil::Date;
use ruint::aliases::U256;
use rust_decimal::Decimal;

use crate::rate::Rate;

pub(crate) use solver::root_between;
pub use unit_period::{UnitPeriod, UnitPeriodCount};

/// The most flows of one equation, advances and payments together.
pub const MAX_FLOWS: usize = 5_000;

/// [`Rate::MAX`].
const MAX_RATE: f64 = 30_000.0;

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

/// The equation of an agreement: its flows at their times, and what each side adds up to exactly.
#[derive(Debug)]
struct Equation {
    terms: Vec<solver::Term>,
    /// `None` once they do not fit in 78 digits.
    advanced: Option<U256>,
    paid: Option<U256>,
}

impl Equation {
    fn with_capacity(flows: usize) -> Self {
        Self { terms: Vec::with_capacity(flows), advanced: Some(U256::ZERO), paid: Some(U256::ZERO) }
    }

    /// A flow at `whole` periods, compounded, and a `fraction` of one, simple. The European equation has real `whole`
    /// and no fraction.
    fn push(&mut self, side: Side, amount: U256, whole: f64, fraction: f64) {
        let sum = match side {
            Side::Advance => &mut self.advanced,
            Side::Payment => &mut self.paid,
        };
        *sum = sum.and_then(|sum| sum.checked_add(amount));
        let amount = match side {
            Side::Advance => float(amount),
            Side::Payment => -float(amount),
        };
        self.terms.push(solver::Term { amount, whole, fraction });
    }

    /// What `read` makes of the rate per period, which is at most `max`; `read` rises with the rate.
    fn solve<T: PartialEq>(mut self, max: f64, read: impl Fn(f64) -> T) -> Result<T, AprError> {
        if self.terms.len() > MAX_FLOWS {
            return Err(AprError::TooManyFlows(self.terms.len()));
        }
        let advanced = self.advanced.ok_or(AprError::Overflow)?;
        let paid = self.paid.ok_or(AprError::Overflow)?;
        if advanced.is_zero() {
            return Err(AprError::NoAdvance);
        }
        if paid.is_zero() {
            return Err(AprError::NoPayment);
        }
        let scale = float(advanced);
        for term in &mut self.terms {
            term.amount /= scale;
        }
        // Compared as integers: at a rate of zero the equation is exact.
        solver::solve(self.terms, advanced.cmp(&paid), max, read)
    }
}

/// The nearest float; amounts below 2^32 have a short way.
fn float(amount: U256) -> f64 {
    u32::try_from(amount).map_or_else(|_| f64::from(amount), f64::from)
}

/// Flows of nothing say nothing about the term or its periods.
fn without_zeros(flows: &[DatedFlow]) -> Cow<'_, [DatedFlow]> {
    if flows.iter().all(|flow| !flow.amount.is_zero()) {
        return Cow::Borrowed(flows);
    }
    flows.iter().copied().filter(|flow| !flow.amount.is_zero()).collect()
}

/// Sorted, each once.
fn distinct_dates(flows: &[DatedFlow]) -> Vec<Date> {
    let mut dates: Vec<Date> = flows.iter().map(|flow| flow.on).collect();
    if !dates.is_sorted_by(|a, b| a < b) {
        dates.sort_unstable();
        dates.dedup();
    }
    dates
}

fn to_rate(value: f64) -> Option<Rate> {
    match rounded(value) {
        Some(rounded) => Rate::try_new(rounded).ok(),
        None => to_rate_by_decimal(value),
    }
}

fn to_rate_by_decimal(value: f64) -> Option<Rate> {
    let rounded = Decimal::from_f64_retain(value)?.round_dp(RATE_PLACES);
    Rate::try_new(rounded).ok()
}

/// The value to [`RATE_PLACES`] by integers, where it is of an ordinary size and clearly nearer to one neighbour.
fn rounded(value: f64) -> Option<Decimal> {
    const SCALE: u128 = 10u128.pow(RATE_PLACES);
    if !(1e-9..32_768.0).contains(&value) {
        return None;
    }
    let bits = value.to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
    let places = 1_075_u64.checked_sub(bits >> 52)?;
    let product = u128::from(mantissa).checked_mul(SCALE)?;
    let (half, one) = (1_u128.checked_shl(u32::try_from(places).ok()?.checked_sub(1)?)?, 1_u128 << places);
    let (whole, part) = (product >> places, product & one.checked_sub(1)?);
    // A decimal of 28 digits holds the value to one part in 2^90.
    if part.abs_diff(half) <= product >> 80 {
        return None;
    }
    let mut units = i64::try_from(whole).ok()?.checked_add(i64::from(part > half))?;
    let mut scale = RATE_PLACES;
    while scale > 0 && units % 10 == 0 {
        (units, scale) = (units / 10, scale - 1);
    }
    Some(Decimal::new(units, scale))
}

#[cfg(test)]
mod interval_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
