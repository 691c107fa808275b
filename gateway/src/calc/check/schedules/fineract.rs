//! Loans of Apache Fineract's feature files: rows of drawings, down payments and instalments.

use domain::day_count::DayCount;
use domain::period::TermUnit;
use domain::rate::Rate;
use domain::schedule::plan::{
    Basis, Drawdown, Grace, Interval, MonthLength, Payments, Plan, Pricing, Repayment, Residue, Round, Rounding, Terms,
    YearLength,
};
use domain::schedule::{AdditionKind, Instalment, Schedule};
use domain::{Decimal, U256};
use jiff::civil::Date;
use serde_json::Value;
use std::num::{NonZeroU32, NonZeroU64};

use super::reading::{Unread, cents, count, date, list, number, percent, text};
use super::table::{Table, euros};

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let expected = list(vector.get("expected").unwrap_or(&Value::Null), "rows")?;
    let schedule = Plan::try_new(terms(inputs)?)?.schedule()?;
    let lines = lines(&schedule);
    table.count("rows", lines.len(), expected.len());
    for (line, row) in lines.iter().zip(expected) {
        line.compare(row, table);
    }
    Ok(())
}

/// A line of the source's table: a drawing shows the amount as its balance and has no number.
enum Line<'a> {
    Drawing { on: Date, amount: U256 },
    Instalment(&'a Instalment),
}

impl Line<'_> {
    fn compare(&self, row: &Value, table: &mut Table) {
        let on = match self {
            Self::Drawing { on, .. } => on.to_string(),
            Self::Instalment(instalment) => instalment.due.to_string(),
        };
        table.text("due", &on, row.get("due"));
        // A fee is posted by hand in the source and no part of the terms: the total is then not that of the schedule.
        let no_fees = row.get("fees").and_then(Value::as_f64).is_none_or(|fees| fees == 0.0);
        match self {
            Self::Drawing { amount, .. } => {
                table.count(&format!("{on} numbered"), 0, usize::from(!row.get("nr").is_none_or(Value::is_null)));
                table.figure(&format!("{on} amount"), euros(*amount), row.get("balance"));
                if no_fees {
                    table.figure(&format!("{on} total"), Some(Decimal::ZERO), row.get("total"));
                }
            }
            Self::Instalment(instalment) => {
                let own = |name: &str| format!("{on} {name}");
                table.figure(&own("number"), Some(Decimal::from(instalment.number)), row.get("nr"));
                table.figure(&own("principal"), euros(instalment.principal), row.get("principal"));
                table.figure(&own("interest"), euros(instalment.interest), row.get("interest"));
                table.figure(&own("balance"), euros(instalment.balance_after), row.get("balance"));
                if no_fees {
                    table.figure(&own("total"), instalment.payment().ok().and_then(euros), row.get("total"));
                }
            }
        }
    }
}

fn lines(schedule: &Schedule) -> Vec<Line<'_>> {
    let drawn = |addition: &&domain::schedule::Addition| addition.kind == AdditionKind::Drawdown;
    let later: Vec<_> = schedule.additions().iter().filter(drawn).collect();
    let first = later.iter().fold(schedule.principal(), |left, addition| left.saturating_sub(addition.amount));
    let mut lines = vec![Line::Drawing { on: schedule.drawn_on(), amount: first }];
    for instalment in schedule.instalments() {
        let own = later.iter().filter(|addition| addition.before == instalment.number);
        lines.extend(own.map(|addition| Line::Drawing { on: addition.on, amount: addition.amount }));
        lines.push(Line::Instalment(instalment));
    }
    lines
}

fn terms(inputs: &Value) -> Result<Terms, Unread> {
    let terms = inputs.get("terms").unwrap_or(&Value::Null);
    let config = terms.get("config").unwrap_or(&Value::Null);
    let drawdowns = drawdowns(inputs, terms)?;
    let start = drawdowns.iter().map(|drawdown| drawdown.on).min().ok_or(Unread::Field("disbursements"))?;
    let interval = Interval::try_new(count(terms, "repay_every")?, unit(text(terms, "repay_unit")?)?)?;
    let due_dates = interval.due_dates_after(start, count(terms, "instalments")?)?;
    let rate = percent(number(terms, "annual_rate_percent")?)?;
    let progressive = text(config, "schedule_type")? == "PROGRESSIVE";
    let flat = text(terms, "interest_type")? == "FLAT";
    let several = drawdowns.iter().any(|drawdown| drawdown.on != start);
    let repayment = match text(terms, "amortization")? {
        // Without interest, flat and level are the same; and flat interest on several drawdowns is not defined.
        _ if flat && !(several && rate == Rate::ZERO) => Repayment::Flat,
        "EQUAL_INSTALLMENTS" => Repayment::Level(None),
        "EQUAL_PRINCIPAL_PAYMENTS" | "EQUAL_PRINCIPAL" => Repayment::EqualPrincipal,
        other => return Err(Unread::Unknown { what: "amortization", value: other.to_owned() }),
    };
    let spread = progressive && repayment == Repayment::Level(None);
    let down_payment = match config.get("down_payment_percent").filter(|share| !share.is_null()) {
        Some(_) => Some(percent(number(config, "down_payment_percent")?)?),
        None => None,
    };
    Ok(Terms {
        start,
        drawdowns,
        due_dates,
        pricing: Pricing::Yearly {
            rate,
            basis: basis(terms, config, interval, progressive && !flat)?,
            changes: vec![],
        },
        repayment,
        balloon: U256::ZERO,
        grace: grace(terms)?,
        down_payment,
        posting: None,
        payments: Payments::default(),
        rounding: Rounding {
            payment: Round { unit: multiple(terms)?, ..Round::NEAREST },
            residue: if spread { Residue::Spread } else { Residue::LastPayment },
            each_segment: true,
            ..Rounding::default()
        },
    })
}

fn drawdowns(inputs: &Value, terms: &Value) -> Result<Vec<Drawdown>, Unread> {
    let listed = list(inputs, "disbursements")?;
    let read = |fields: &Value, on, amount| {
        Ok(Drawdown { on: date(fields, on)?, amount: cents(number(fields, amount)?, "disbursements")? })
    };
    if listed.is_empty() {
        return Ok(vec![read(terms, "submitted", "principal")?]);
    }
    listed.iter().map(|drawing| read(drawing, "date", "amount")).collect()
}

/// Instalments are whole units of the currency in the source's test products but for those whose names say so. The
/// vectors do not carry this setting: it is the product's `installmentAmountInMultiplesOf` in its product factory.
fn multiple(terms: &Value) -> Result<NonZeroU64, Unread> {
    const CENTS: [&str; 3] = ["PROGRESSIVE_LOAN_SCHEDULE", "PROG_SCHEDULE", "_EMI_"];
    let product = text(terms, "product")?;
    let units = if CENTS.iter().any(|name| product.contains(name)) { 1 } else { 100 };
    NonZeroU64::new(units).ok_or(Unread::Field("product"))
}

/// The source's step sets the grace of interest payment twice, first from the column `grace_interest` and then from the
/// one called `interest_free`: the second stands.
fn grace(terms: &Value) -> Result<Grace, Unread> {
    Ok(Grace {
        principal: count(terms, "grace_principal")?,
        interest: count(terms, "interest_free")?,
        ..Grace::default()
    })
}

/// Progressive schedules count nominal periods; cumulative ones days over 365 (360, 364) or parts of a year.
fn basis(terms: &Value, config: &Value, interval: Interval, progressive: bool) -> Result<Basis, Unread> {
    let (year, month) = (year(text(config, "days_in_year")?)?, month(text(config, "days_in_month")?)?);
    if progressive {
        return Ok(Basis::Nominal { interval, year, month });
    }
    match (text(terms, "interest_period")?, month, year) {
        ("DAILY", MonthLength::Thirty, year) => {
            let year = if year == YearLength::Actual { fixed(365)? } else { year };
            Ok(Basis::Nominal { interval, year, month })
        }
        ("DAILY", MonthLength::Actual, YearLength::Fixed(days)) => match days.get() {
            360 => Ok(Basis::Days(DayCount::Act360)),
            364 => Ok(Basis::Days(DayCount::Act364)),
            _ => Ok(Basis::Days(DayCount::Act365Fixed)),
        },
        ("DAILY", MonthLength::Actual, YearLength::Actual) => Ok(Basis::Days(DayCount::Act365Fixed)),
        ("SAME_AS_REPAYMENT_PERIOD", ..) => Ok(Basis::UnitPeriod { interval, stub: None }),
        (other, ..) => Err(Unread::Unknown { what: "interest period", value: other.to_owned() }),
    }
}

pub(super) fn unit(name: &str) -> Result<TermUnit, Unread> {
    match name {
        "DAYS" => Ok(TermUnit::Days),
        "WEEKS" => Ok(TermUnit::Weeks),
        "MONTHS" => Ok(TermUnit::Months),
        "YEARS" => Ok(TermUnit::Years),
        other => Err(Unread::Unknown { what: "unit", value: other.to_owned() }),
    }
}

pub(super) fn year(name: &str) -> Result<YearLength, Unread> {
    match name.trim_start_matches("DAYS_") {
        "ACTUAL" => Ok(YearLength::Actual),
        "360" => fixed(360),
        "364" => fixed(364),
        "365" => fixed(365),
        other => Err(Unread::Unknown { what: "days in a year", value: other.to_owned() }),
    }
}

/// `INVALID` stands where the unit is no month.
pub(super) fn month(name: &str) -> Result<MonthLength, Unread> {
    match name.trim_start_matches("DAYS_") {
        "ACTUAL" | "INVALID" => Ok(MonthLength::Actual),
        "30" => Ok(MonthLength::Thirty),
        other => Err(Unread::Unknown { what: "days in a month", value: other.to_owned() }),
    }
}

fn fixed(days: u32) -> Result<YearLength, Unread> {
    NonZeroU32::new(days).map(YearLength::Fixed).ok_or(Unread::Field("days in a year"))
}
