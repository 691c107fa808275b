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
mod monthly;
mod quick;
mod series;
mod solver;
pub mod uk_conc;
mod unit_period;
pub mod us_reg_z;

use jiff::civil::Date;
use ruint::aliases::U256;
use rust_decimal::Decimal;

use crate::rate::Rate;

use series::Run;

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

/// An advance, level payments and a last one of another amount.
const USUAL_RUNS: usize = 3;

const OUTSIDE: AprError = AprError::Time("a date is outside the calendar");

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

/// The equation of an agreement: its flows at their times, those that follow one another evenly as one.
#[derive(Debug)]
struct Equation {
    runs: Vec<Run>,
    flows: usize,
}

impl Equation {
    fn new() -> Self {
        Self { runs: Vec::with_capacity(USUAL_RUNS), flows: 0 }
    }

    /// A flow at `whole` periods, compounded, and a `fraction` of one, simple. The European equation has real `whole`
    /// and no fraction.
    fn push(&mut self, side: Side, amount: U256, whole: f64, fraction: f64) {
        self.flows = self.flows.saturating_add(1);
        if !self.runs.last_mut().is_some_and(|run| run.takes(side, amount, whole, fraction)) {
            self.runs.push(Run::of_one(side, amount, whole, fraction));
        }
    }

    /// Flows that are known to follow one another evenly.
    fn push_run(&mut self, run: Run, flows: usize) {
        self.flows = self.flows.saturating_add(flows);
        self.runs.push(run);
    }

    /// What is advanced, or paid, in all.
    fn total(&self, side: Side) -> Result<U256, AprError> {
        let runs = self.runs.iter().filter(|run| run.side == side);
        let sum = runs
            .map(|run| run.amount.checked_mul(U256::from(run.count)))
            .try_fold(U256::ZERO, |sum, run| sum.checked_add(run?));
        sum.ok_or(AprError::Overflow)
    }

    /// What `read` makes of u, the logarithm of one plus the rate per period, which is at most `max`; `read` rises with u.
    fn solve<T: PartialEq>(self, max: f64, read: impl Fn(f64) -> T) -> Result<T, AprError> {
        if self.flows > MAX_FLOWS {
            return Err(AprError::TooManyFlows(self.flows));
        }
        let (advanced, paid) = (self.total(Side::Advance)?, self.total(Side::Payment)?);
        if advanced.is_zero() {
            return Err(AprError::NoAdvance);
        }
        if paid.is_zero() {
            return Err(AprError::NoPayment);
        }
        let scale = float(advanced);
        if let Some((low, high)) = series::bracket(&self.runs, scale, max.ln_1p()) {
            let low = read(low);
            if low == read(high) {
                return Ok(low);
            }
        }
        // Compared as integers: at a rate of zero the equation is exact.
        solver::solve(self.terms(scale), advanced.cmp(&paid), max, read)
    }

    /// The flows one by one, advances above zero.
    fn terms(&self, scale: f64) -> Vec<solver::Term> {
        let mut terms = Vec::with_capacity(self.flows);
        for run in &self.runs {
            let share = float(run.amount) / scale;
            terms.extend(run.terms(match run.side {
                Side::Advance => share,
                Side::Payment => -share,
            }));
        }
        terms
    }
}

/// The nearest float; amounts below 2^32 have a short way.
fn float(amount: U256) -> f64 {
    u32::try_from(amount).map_or_else(|_| f64::from(amount), f64::from)
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
    match rounded(value) {
        Some(rounded) => Some(Rate::of_known(rounded)),
        None => to_rate_by_decimal(value),
    }
}

fn to_rate_by_decimal(value: f64) -> Option<Rate> {
    let rounded = Decimal::from_f64_retain(value)?.round_dp(RATE_PLACES);
    Rate::try_new(rounded).ok()
}

/// The value to [`RATE_PLACES`] by integers, where it is of an ordinary size and clearly nearer to one neighbour. Without
/// zeros at its end, and below [`Rate::MAX`].
fn rounded(value: f64) -> Option<Decimal> {
    const SCALE: u128 = 10u128.pow(RATE_PLACES);
    if !(1e-9..MAX_RATE).contains(&value) {
        return None;
    }
    let bits = value.to_bits();
    let mantissa = (1 << 52) + (bits & ((1 << 52) - 1));
    let places = 1_075_u64.checked_sub(bits >> 52)?;
    let product = u128::from(mantissa).checked_mul(SCALE)?;
    let (half, one) = (1_u128.checked_shl(u32::try_from(places).ok()?.checked_sub(1)?)?, 1_u128 << places);
    let part = product & one.checked_sub(1)?;
    // A decimal of 28 digits holds the value to one part in 2^90.
    if part.abs_diff(half) <= product >> 80 {
        return None;
    }
    let mut units = i64::try_from(product.checked_add(half)? >> places).ok()?;
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
