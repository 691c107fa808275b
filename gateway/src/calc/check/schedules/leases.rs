//! Examples of the curo library: leases and loans whose rate is solved again from the rounded payments.

use std::num::NonZeroU32;

use domain::day_count::DayCount;
use domain::schedule::Schedule;
use domain::schedule::plan::{
    Basis, Drawdown, DueDay, Interval, Mode, Plan, Pricing, Repayment, Residue, Round, Rounding, Stretch, Terms,
    Weights, present_value,
};
use domain::{Decimal, U256};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::reading::{Unread, cents, count, date, known_only, list, number, percent, rows, text};
use super::table::{Table, capitalised, euros, gross_interest, net_principal};

/// Weights are hundredths of a full payment.
const FULL: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let expected = vector.get("expected").unwrap_or(&Value::Null);
    let basis = Basis::Days(convention(text(inputs, "convention")?)?);
    if inputs.get("lender_irr_percent").is_some() {
        return compare_contribution(inputs, expected, basis, table);
    }
    known_only(inputs, &["compounding", "convention", "n", "note", "principal", "rate_percent", "start", "weights"])?;
    let start = date(inputs, "start")?;
    let mut due_dates = Interval::MONTH.due_dates_after(start, count(inputs, "n")?)?;
    let mut amount = cents(number(inputs, "principal")?, "principal")?;
    let (mut parts, mut paid_at_once) = (None, None);
    if let Some(written) = inputs.get("weights") {
        let written = written.as_str().ok_or(Unread::Field("weights"))?;
        match first_rental(written) {
            Some((part, rental)) => {
                // In advance: what is paid on the first day was financed with the rest.
                amount = amount.checked_add(cents(rental, "weights")?).ok_or(Unread::Field("weights"))?;
                let level = vec![FULL.get(); due_dates.len()];
                due_dates.insert(0, start);
                parts = Some([vec![part], level].concat());
                paid_at_once = Some(rental);
            }
            None => parts = Some(steps(written)?),
        }
    }
    let weights = parts.map(|parts| Weights { parts, full: FULL });
    let pricing = Pricing::Yearly { rate: percent(number(inputs, "rate_percent")?)?, basis, changes: vec![] };
    let mut terms = Terms::new(Drawdown { on: start, amount }, due_dates, pricing, Repayment::Level(weights));
    terms.rounding = rounding();
    if let Some(name) = inputs.get("compounding").filter(|name| !name.is_null()) {
        terms.posting = Some(posting(name.as_str().unwrap_or(""))?);
    }
    let schedule = Plan::try_new(terms)?.schedule()?;
    let skipped = usize::from(paid_at_once.is_some());
    if let (Some(rental), Some(first)) = (paid_at_once, schedule.instalments().first()) {
        table.figure("paid on the first day", euros(first.payment()?), Some(&as_number(rental)));
    }
    let full = schedule.instalments().get(skipped).and_then(|row| row.payment().ok()).and_then(euros);
    table.figure("instalment", full, expected.get("instalment"));
    compare_postings(&schedule, rows(expected, "interest_postings"), table);
    compare_rows(&schedule, skipped, rows(expected, "rows"), table);
    Ok(())
}

fn rounding() -> Rounding {
    let half_up = Round::units(Mode::HalfUp);
    Rounding { interest: half_up, payment: half_up, residue: Residue::IntoRate, ..Rounding::default() }
}

/// The library's "US 30/360" adjusts the 31st alone, as the bond basis does.
fn convention(name: &str) -> Result<DayCount, Unread> {
    match name {
        "US 30/360" => Ok(DayCount::Thirty360BondBasis),
        "EU 30/360" => Ok(DayCount::ThirtyE360),
        "Actual/365" => Ok(DayCount::Act365Fixed),
        "Actual/360" => Ok(DayCount::Act360),
        other => Err(Unread::Unknown { what: "convention", value: other.to_owned() }),
    }
}

fn posting(name: &str) -> Result<NonZeroU32, Unread> {
    let months = match name {
        "monthly" => 1,
        "quarterly" => 3,
        "half-yearly" => 6,
        "yearly" => 12,
        other => return Err(Unread::Unknown { what: "compounding", value: other.to_owned() }),
    };
    NonZeroU32::new(months).ok_or(Unread::Field("compounding"))
}

/// `first rental x3 (3790.92) on day 0 then 5 x 1263.64`: its weight and its amount.
fn first_rental(written: &str) -> Option<(u32, Decimal)> {
    let (times, rest) = written.strip_prefix("first rental x")?.split_once(" (")?;
    let (amount, _) = rest.split_once(") on day 0")?;
    let part = times.parse::<u32>().ok()?.checked_mul(FULL.get())?;
    Some((part, amount.parse().ok()?))
}

/// `4 x 100%, 4 x 60%, 4 x 40%`
fn steps(written: &str) -> Result<Vec<u32>, Unread> {
    let mut parts = Vec::new();
    for step in written.split(',') {
        let (times, part) = step.trim().split_once(" x ").ok_or(Unread::Field("weights"))?;
        let percent: Decimal =
            part.strip_suffix('%').and_then(|part| part.parse().ok()).ok_or(Unread::Field("weights"))?;
        let part =
            percent.normalize().to_u32().filter(|_| percent.fract().is_zero()).ok_or(Unread::Field("weights"))?;
        let times = times.parse::<u16>().map_err(|_| Unread::Field("weights"))?;
        parts.extend(std::iter::repeat_n(part, usize::from(times)));
    }
    Ok(parts)
}

fn compare_rows(schedule: &Schedule, skipped: usize, expected: &[Value], table: &mut Table) {
    let found = schedule.instalments().get(skipped..).unwrap_or(&[]);
    if !expected.is_empty() {
        table.count("rows", found.len(), expected.len());
    }
    for (found, row) in found.iter().zip(expected) {
        let own = |name: &str| format!("{} {name}", found.due);
        table.text("due", &found.due.to_string(), row.get("due"));
        table.figure(&own("payment"), found.payment().ok().and_then(euros), row.get("payment"));
        table.figure(&own("principal"), net_principal(schedule, found), row.get("principal"));
        table.figure(&own("interest"), gross_interest(schedule, found), row.get("interest"));
        table.figure(&own("balance"), euros(found.balance_after), row.get("balance"));
    }
}

fn compare_postings(schedule: &Schedule, expected: &[Value], table: &mut Table) {
    let posted = schedule.instalments().iter().filter(|row| !capitalised(schedule, row).is_zero());
    let posted: Vec<_> = posted.collect();
    if !expected.is_empty() {
        table.count("postings", posted.len(), expected.len());
    }
    for (found, row) in posted.into_iter().zip(expected) {
        table.text("posted", &found.due.to_string(), row.get("date"));
        table.figure(&format!("{} interest", found.due), euros(capitalised(schedule, found)), row.get("interest"));
        table.figure(&format!("{} balance", found.due), euros(found.balance_after), row.get("balance"));
    }
}

/// No interest to the borrower: the supplier contributes what the cost less the deposit exceeds the worth of the
/// instalments at the lender's rate by, on the day of settlement.
fn compare_contribution(inputs: &Value, expected: &Value, basis: Basis, table: &mut Table) -> Result<(), Unread> {
    let settlement = date(inputs, "settlement")?;
    let (amount, dates) = instalments(text(inputs, "instalments")?)?;
    let rate = percent(number(inputs, "lender_irr_percent")?)?;
    let half_up = Round::units(Mode::HalfUp);
    let mut flows = Vec::new();
    let mut from = settlement;
    for due in &dates {
        flows.push((basis.rate(rate, Stretch::whole(from, (*due).max(from)))?, amount));
        from = *due;
    }
    let worth = present_value(&flows, half_up)?;
    let cost = cents(number(inputs, "cost")?, "cost")?;
    let gross = cost.checked_sub(cents(number(inputs, "deposit")?, "deposit")?).ok_or(Unread::Field("deposit"))?;
    let contribution = gross.checked_sub(worth).ok_or(Unread::Field("deposit"))?;
    table.figure("contribution", euros(contribution), expected.get("contribution"));
    let (at_once, later): (Vec<Date>, Vec<Date>) = dates.into_iter().partition(|due| *due <= settlement);
    let paid = at_once.iter().fold(U256::ZERO, |sum, _| sum.saturating_add(amount));
    let drawn = worth.checked_sub(paid).ok_or(Unread::Field("instalments"))?;
    let pricing = Pricing::Yearly { rate, basis, changes: vec![] };
    let drawdown = Drawdown { on: settlement, amount: drawn };
    let mut terms = Terms::new(drawdown, later, pricing, Repayment::FixedPayment(amount));
    terms.rounding = rounding();
    compare_rows(&Plan::try_new(terms)?.schedule()?, 0, list(expected, "rows")?, table);
    Ok(())
}

/// `6 x 1000 from 2026-02-05`, a month apart.
fn instalments(written: &str) -> Result<(U256, Vec<Date>), Unread> {
    let unread = || Unread::Field("instalments");
    let (times, rest) = written.split_once(" x ").ok_or_else(unread)?;
    let (amount, first) = rest.split_once(" from ").ok_or_else(unread)?;
    let amount = cents(amount.parse().map_err(|_| unread())?, "instalments")?;
    let first = first.parse().map_err(|_| unread())?;
    let dates = Interval::MONTH.due_dates(first, times.parse().map_err(|_| unread())?, DueDay::Anchor)?;
    Ok((amount, dates))
}

fn as_number(value: Decimal) -> Value {
    value.to_string().parse().map_or(Value::Null, Value::Number)
}
