//! States of Apache Fineract's progressive calculator: the periods after each operation, and the rate factors.

use domain::schedule::plan::{
    Basis, Cut, Drawdown, Interval, Plan, Pricing, RateChange, Repayment, Residue, Rounding, Terms,
};
use domain::schedule::{AdditionKind, Instalment, Schedule};
use domain::{Decimal, U256};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::fineract::{month, unit, year};
use super::reading::{Unread, cents, count, date, list, number, percent, rows, text};
use super::table::{Table, euros};

/// Factors are printed with 12 places.
const FACTOR_PLACES: u32 = 12;

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    for state in list(vector.get("expected").unwrap_or(&Value::Null), "states")? {
        let plan = Plan::try_new(terms(inputs, list(state, "after")?)?)?;
        let schedule = plan.schedule()?;
        told_of_the_same_loan(&schedule, list(state, "periods")?)?;
        compare_periods(&schedule, list(state, "periods")?, table)?;
        compare_factors(&plan.cuts()?, rows(state, "rate_factors"), table)?;
    }
    Ok(())
}

/// Whatever the schedule, its periods repay what is drawn. A table that repays another amount is one of operations that
/// the vector does not have.
fn told_of_the_same_loan(schedule: &Schedule, expected: &[Value]) -> Result<(), Unread> {
    let mut principal = expected.iter().map(|row| number(row, "principal"));
    let repaid = principal.try_fold(Decimal::ZERO, |sum, part| Ok::<_, Unread>(sum.saturating_add(part?)))?;
    if euros(schedule.principal()) == Some(repaid) {
        return Ok(());
    }
    Err(Unread::Lacking("whose periods repay another amount than its operations draw"))
}

fn terms(inputs: &Value, operations: &[Value]) -> Result<Terms, Unread> {
    let periods = inputs.get("periods").and_then(Value::as_array).ok_or(Unread::Field("periods"))?;
    let start = date(periods.first().ok_or(Unread::Field("periods"))?, "start")?;
    let due_dates = periods.iter().map(|period| date(period, "due")).collect::<Result<Vec<_>, _>>()?;
    let interval = Interval::try_new(count(inputs, "repay_every")?, unit(text(inputs, "unit")?)?)?;
    let (year, month) = (year(text(inputs, "days_in_year")?)?, month(text(inputs, "days_in_month")?)?);
    let rate = percent(number(inputs, "annual_rate_percent")?)?;
    let (mut drawdowns, mut changes) = (Vec::new(), Vec::new());
    for operation in operations {
        match text(operation, "op")? {
            "addDisbursement" => {
                let amount = cents(number(operation, "amount")?, "amount")?;
                drawdowns.push(Drawdown { on: only_date(operation)?, amount });
            }
            "changeInterestRate" => {
                let rate = number(operation, "rate").or_else(|_| number(operation, "amount"))?;
                // The source holds a new rate from the day before.
                let on = only_date(operation)?.checked_sub(1.days()).map_err(|_| Unread::Field("dates"))?;
                changes.push(RateChange { on, rate: percent(rate)? });
            }
            "payPrincipal" | "payInterest" if rows(operation, "dates").len() < 2 => {
                return Err(Unread::Lacking("with a payment whose due date and day are not both given"));
            }
            other => return Err(Unread::Unknown { what: "operation", value: other.to_owned() }),
        }
    }
    let first = *drawdowns.first().ok_or(Unread::Lacking("without a drawdown"))?;
    changes.sort_by_key(|change| change.on);
    let pricing = Pricing::Yearly { rate, basis: Basis::Nominal { interval, year, month }, changes };
    let rounding = Rounding { residue: Residue::Spread, each_segment: true, ..Rounding::default() };
    Ok(Terms { start, drawdowns, rounding, ..Terms::new(first, due_dates, pricing, Repayment::Level(None)) })
}

fn only_date(operation: &Value) -> Result<Date, Unread> {
    match rows(operation, "dates") {
        [only] => only.as_str().and_then(|text| text.parse().ok()).ok_or(Unread::Field("dates")),
        _ => Err(Unread::Lacking("with an operation whose date is not given")),
    }
}

fn compare_periods(schedule: &Schedule, expected: &[Value], table: &mut Table) -> Result<(), Unread> {
    table.count("periods", schedule.instalments().len(), expected.len());
    for row in expected {
        let number = count(row, "period")?;
        let own = |name: &str| format!("period {number} {name}");
        let found = schedule.instalments().iter().find(|instalment| instalment.number == number);
        let payment = found.and_then(|found| found.payment().ok()).and_then(euros);
        table.figure(&own("instalment"), payment, row.get("instalment"));
        table.figure(&own("interest"), found.and_then(|found| euros(found.interest)), row.get("interest"));
        table.figure(&own("principal"), found.and_then(|found| euros(found.principal)), row.get("principal"));
        let balance = found.and_then(|found| euros(end_balance(schedule, found)));
        table.figure(&own("balance"), balance, row.get("balance"));
    }
    Ok(())
}

/// The source shows a period's balance with what is drawn on its due date, after the instalment.
fn end_balance(schedule: &Schedule, instalment: &Instalment) -> U256 {
    let drawn = schedule.additions().iter().filter(|addition| {
        addition.on == instalment.due && addition.before > instalment.number && addition.kind == AdditionKind::Drawdown
    });
    drawn.fold(instalment.balance_after, |balance, addition| balance.saturating_add(addition.amount))
}

fn compare_factors(cuts: &[Cut], expected: &[Value], table: &mut Table) -> Result<(), Unread> {
    let tolerance = Decimal::new(2, FACTOR_PLACES);
    for row in expected {
        let (period, sub) = (count(row, "period")?, count(row, "sub")?);
        let mut own = cuts.iter().filter(|cut| cut.period == period);
        let found = usize::try_from(sub).ok().and_then(|sub| own.nth(sub)).and_then(|cut| cut.rate.to_decimal());
        table.near(&format!("factor {period}.{sub}"), found, row.get("factor"), tolerance);
    }
    Ok(())
}
