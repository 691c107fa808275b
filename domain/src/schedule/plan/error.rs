//! What makes a plan impossible.

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::day_count::DayCountError;
use crate::period::MAX_INSTALMENTS;
use crate::rate::{Rate, RateError};
use crate::schedule::ScheduleError;

use super::{MAX_DRAWDOWNS, MAX_PAYMENTS, MAX_RATE_CHANGES};

/// Why a plan could not be made. Each names the argument and the rule; the caller is to blame and no retry helps, but
/// for [`ScheduleError::Broken`], which is a defect here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    #[error("rate: {0}")]
    Rate(#[from] RateError),
    #[error("drawdowns: at least one and at most {MAX_DRAWDOWNS}, found {0}")]
    DrawdownCount(usize),
    #[error("drawdown {number}: must be above zero")]
    EmptyDrawdown { number: usize },
    #[error("drawdown {number}: on {on}, before the first period starts on {start}")]
    DrawdownTooEarly { number: usize, on: Date, start: Date },
    #[error("drawdown {number}: on {on}, not before the last due date, {last}")]
    DrawdownTooLate { number: usize, on: Date, last: Date },
    #[error("{0}: must be below 2^120 base units")]
    TooLarge(&'static str),
    #[error("{0}: the result is beyond what amounts can hold")]
    Overflow(&'static str),
    #[error("{0}: must be above zero")]
    Zero(&'static str),
    #[error("{argument}: {count} after {from} is outside the calendar")]
    Calendar { argument: &'static str, from: Date, count: u64 },
    #[error("due day: the ends and the starts of months are for intervals of months")]
    NotMonthly,
    #[error("accrual: a nominal period is counted in days, weeks or months")]
    NoNominalYear,
    #[error("day count: {0}")]
    DayCount(#[from] DayCountError),
    #[error("due dates: more than {MAX_INSTALMENTS}, found {0}")]
    TooManyDueDates(u64),
    #[error("period rates: {found} for {expected} due dates")]
    PeriodRateCount { found: usize, expected: usize },
    #[error("rate changes: at most {MAX_RATE_CHANGES}, found {0}")]
    RateChangeCount(usize),
    #[error("rate change {number}: on {on}, not after {after} and before the last due date")]
    RateChangeOrder { number: usize, on: Date, after: Date },
    #[error("rate cap: {cap} is below the floor of {floor}")]
    CapBelowFloor { cap: Rate, floor: Rate },
    #[error("weights: {found} for {expected} instalments")]
    WeightCount { found: usize, expected: usize },
    #[error("weights: at least one instalment must have a weight above zero")]
    NoWeight,
    #[error("{which}: a grace of {periods} periods leaves none of the {of} to repay in")]
    GraceTooLong { which: &'static str, periods: u32, of: usize },
    #[error("balloon: {balloon} is more than there is to repay")]
    BalloonTooLarge { balloon: U256 },
    #[error("down payment: a share lies at or above 0 and below 1, found {0}")]
    DownPaymentShare(Rate),
    #[error("payment: the due dates end with {left} still owed")]
    NotRepaid { left: U256 },
    #[error("payments: at most {MAX_PAYMENTS}, found {0}")]
    PaymentCount(usize),
    #[error("payment {number}: must be above zero")]
    EmptyPayment { number: usize },
    #[error("payment {number}: on {on}, not between the start on {start} and the last due date, {last}")]
    PaymentOutside { number: usize, on: Date, start: Date, last: Date },
    #[error("payment {number}: no instalment is due on {due}")]
    NoInstalment { number: usize, due: Date },
    #[error("payment {number}: is more than the {most} that can be paid")]
    PaymentTooLarge { number: usize, most: U256 },
    #[error("payment {number}: on {on}, when everything has been paid")]
    PaidOff { number: usize, on: Date },
    #[error("{what}: not together with {with}")]
    NotTogether { what: &'static str, with: &'static str },
    #[error("residue: no rate brings the balance to zero with the rounded payments")]
    NoRate,
}
