//! Test loans of frappe/lending: whole instalments, interest that is rounded only when it is printed, due-date rules.

use std::num::NonZeroU64;

use domain::schedule::Schedule;
use domain::schedule::plan::{
    Basis, Drawdown, DueDay, Interval, Mode, Plan, Pricing, Repayment, Round, Rounding, Terms,
};
use domain::{Decimal, U256};
use jiff::civil::Date;
use rust_decimal::RoundingStrategy;
use serde_json::Value;

use super::reading::{Unread, count, date, number, percent, rows, units};
use super::table::{Table, major};

pub(super) const KINDS: [&str; 3] = ["due dates", "monthly term loan", "fixed amount"];

/// Amounts inside are fractions of a unit: so many places stand in for the source's unrounded ones.
const PLACES: u32 = 12;

/// A hundred years of months are longer than any fixed payment of such tests takes.
const MONTHS: u32 = 1_200;

/// Only how many months pass matters where no date is given.
const START: Date = Date::constant(2024, 1, 1);

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let expected = vector.get("expected").unwrap_or(&Value::Null);
    let kind = vector.get("kind").and_then(Value::as_str).unwrap_or("");
    if kind.starts_with("due dates") {
        return compare_dates(kind, inputs, expected, table);
    }
    let payment = inputs.get("payment").is_some();
    let months = if payment { MONTHS } else { count(inputs, "n")? };
    let repayment = match payment {
        true => Repayment::FixedPayment(units(number(inputs, "payment")?, PLACES, "payment")?),
        false => Repayment::Level(None),
    };
    let drawdown = Drawdown { on: START, amount: units(number(inputs, "principal")?, PLACES, "principal")? };
    let rate = percent(number(inputs, "rate_percent")?)?;
    let basis = Basis::UnitPeriod { interval: Interval::MONTH, stub: None };
    let pricing = Pricing::Yearly { rate, basis, changes: vec![] };
    let mut terms = Terms::new(drawdown, Interval::MONTH.due_dates_after(START, months)?, pricing, repayment);
    let whole = NonZeroU64::new(10_u64.pow(PLACES)).ok_or(Unread::Field("places"))?;
    terms.rounding = Rounding { payment: Round { unit: whole, mode: Mode::Up }, ..Rounding::default() };
    let schedule = Plan::try_new(terms)?.schedule()?;
    compare_rows(&schedule, expected, table)
}

fn compare_rows(schedule: &Schedule, expected: &Value, table: &mut Table) -> Result<(), Unread> {
    let first = schedule.instalments().first().and_then(|first| first.payment().ok());
    table.figure("level payment", first.and_then(|payment| major(payment, PLACES)), expected.get("level_payment"));
    let instalments = Decimal::from(schedule.instalments().len());
    table.figure("instalments", Some(instalments), expected.get("instalments"));
    table.figure("total interest", schedule.total_interest().ok().and_then(printed), expected.get("total_interest"));
    table.figure("total payment", schedule.total_payments().ok().and_then(printed), expected.get("total_payment"));
    for row in rows(expected, "rows") {
        let nr = count(row, "nr")?;
        let found = schedule.instalments().iter().find(|instalment| instalment.number == nr);
        let found = found.ok_or(Unread::Field("nr"))?;
        let own = |name: &str| format!("row {nr} {name}");
        table.figure(&own("principal"), printed(found.principal), row.get("principal"));
        table.figure(&own("interest"), printed(found.interest), row.get("interest"));
        table.figure(&own("balance"), printed(found.balance_after), row.get("balance"));
    }
    Ok(())
}

/// To a whole unit, a half up.
fn printed(amount: U256) -> Option<Decimal> {
    Some(major(amount, PLACES)?.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
}

fn compare_dates(kind: &str, inputs: &Value, expected: &Value, table: &mut Table) -> Result<(), Unread> {
    let day = [
        ("start day", DueDay::Anchor),
        ("last day", DueDay::MonthEnd),
        ("first day", DueDay::NextMonthStart),
        ("start of", DueDay::NextMonthStart),
    ];
    let rule = day.into_iter().find(|(name, _)| kind.contains(name));
    let (_, day) = rule.ok_or_else(|| Unread::Unknown { what: "due-date rule", value: kind.to_owned() })?;
    let dates = Interval::MONTH.due_dates(date(inputs, "repayment_start")?, count(inputs, "n")?, day)?;
    let mut compare = |name: &str, found: Option<&Date>| {
        if let (Some(found), Some(_)) = (found, expected.get(name)) {
            table.text(name, &found.to_string(), expected.get(name));
        }
    };
    compare("first", dates.first());
    compare("second", dates.get(1));
    compare("last", dates.last());
    Ok(())
}
