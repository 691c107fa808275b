//! Rules at their edges, with the figures by hand, a file for each subject; here is what they build their terms with.

mod drawdowns;
mod parts;
mod payment_properties;
mod payments;
mod posting;
mod properties;
mod published;
mod refusals;
mod repayment;
mod rounding;

use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;
use crate::rate::{Compounding, PeriodicRate};
use crate::schedule::AdditionKind;

const START: Date = date(2026, 1, 15);

fn rate(text: &str) -> Rate {
    Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
}

/// A month is a twelfth of a year.
fn monthly(text: &str) -> Pricing {
    let basis = Basis::UnitPeriod { interval: Interval::MONTH, stub: None };
    Pricing::Yearly { rate: rate(text), basis, changes: vec![] }
}

fn drawn(cents: u64, on: Date) -> Drawdown {
    Drawdown { on, amount: U256::from(cents) }
}

/// One drawdown on [`START`], repaid in months.
fn months(cents: u64, yearly: &str, count: u32, repayment: Repayment) -> Terms {
    let due_dates = Interval::MONTH.due_dates_after(START, count).unwrap();
    Terms::new(drawn(cents, START), due_dates, monthly(yearly), repayment)
}

fn plan(terms: Terms) -> Result<Schedule, PlanError> {
    Plan::try_new(terms)?.schedule()
}

/// (principal, interest, balance after) of every instalment.
fn rows(schedule: &Schedule) -> Vec<(u64, u64, u64)> {
    let small = |amount: U256| u64::try_from(amount).unwrap();
    schedule
        .instalments()
        .iter()
        .map(|row| (small(row.principal), small(row.interest), small(row.balance_after)))
        .collect()
}

fn payments(schedule: &Schedule) -> Vec<u64> {
    schedule.instalments().iter().map(|row| u64::try_from(row.payment().unwrap()).unwrap()).collect()
}

/// (date, amount, drawn, the instalment that it precedes) of every addition.
fn additions(schedule: &Schedule) -> Vec<(Date, u64, bool, u32)> {
    let told = schedule.additions().iter().map(|addition| {
        let drawn = addition.kind == AdditionKind::Drawdown;
        (addition.on, u64::try_from(addition.amount).unwrap(), drawn, addition.before)
    });
    told.collect()
}

fn weights(parts: &[u32], full: u32) -> Repayment {
    Repayment::Level(Some(Weights { parts: parts.to_vec(), full: NonZeroU32::new(full).unwrap() }))
}
