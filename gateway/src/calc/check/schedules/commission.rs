//! Amortisation tables of the European Commission's examples: twelve or more monthly rows and yearly totals, without
//! terms of their own.
//!
//! Each row is computed from the one before: interest on the balance at the month's factor, the balance after capital.
//! The factor is a twelfth of the rate or its twelfth root, whichever is nearer to the rows after the first, for the
//! whole table. Amounts inside the source are not rounded, so a printed row is met to a cent. A drawdown inside the
//! table is booked at the end of its month.

use domain::period::Frequency;
use domain::rate::{Compounding, PeriodicRate, Rate};
use domain::schedule::plan::{Drawdown, Interval, Plan, Pricing, Repayment, Terms};
use domain::{Decimal, U256};
use jiff::civil::Date;
use serde_json::Value;

use super::reading::{Unread, cents, list, number, percent, rows};
use super::table::{Table, euros};

/// A printed figure is met to a cent; a year's sum of rounded rows to half a cent each.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
const YEAR_OF_CENTS: Decimal = Decimal::from_parts(6, 0, 0, false, 2);

/// An odd first period in these tables is up to so many whole months and days.
const MAX_FIRST_MONTHS: u32 = 3;
const MAX_FIRST_DAYS: u32 = 30;

/// Rows that the factor is told by: a year of them, after the first, which may be odd.
const FACTOR_ROWS: usize = 12;

/// Any month: its rate is given and not counted from dates.
const START: Date = Date::constant(2012, 1, 1);

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let expected = vector.get("expected").unwrap_or(&Value::Null);
    let printed = list(expected, "rows")?;
    let factor = nearer_factor(printed)?;
    let mut before = None;
    for row in printed {
        compare_row(row, before, factor, table)?;
        before = Some(number(row, "final")?);
    }
    compare_years(rows(expected, "annual"), printed, table)
}

type Factor = fn(Rate) -> Result<PeriodicRate, Unread>;

fn twelfth(rate: Rate) -> Result<PeriodicRate, Unread> {
    Ok(PeriodicRate::from_nominal(rate, Compounding::Monthly, Frequency::Monthly)?)
}

fn twelfth_root(rate: Rate) -> Result<PeriodicRate, Unread> {
    Ok(PeriodicRate::from_effective(rate, Frequency::Monthly)?)
}

fn nearer_factor(printed: &[Value]) -> Result<Factor, Unread> {
    let off = |factor: Factor| {
        let rows = printed.iter().skip(1).take(FACTOR_ROWS);
        rows.map(|row| {
            let found = interest(number(row, "initial")?, factor(rate(row)?)?)?;
            Ok(number(row, "interest")?.checked_sub(found).unwrap_or(Decimal::MAX).abs())
        })
        .try_fold(Decimal::ZERO, |sum, off: Result<Decimal, Unread>| Ok::<_, Unread>(sum.saturating_add(off?)))
    };
    Ok(if off(twelfth)? <= off(twelfth_root)? { twelfth } else { twelfth_root })
}

fn rate(row: &Value) -> Result<Rate, Unread> {
    percent(number(row, "rate_percent")?)
}

/// Interest of one period on a balance, as a plan of that period charges it.
fn interest(balance: Decimal, rate: PeriodicRate) -> Result<Decimal, Unread> {
    if balance <= Decimal::ZERO {
        return Ok(Decimal::ZERO);
    }
    let drawdown = Drawdown { on: START, amount: cents(balance, "initial")? };
    let due = Interval::MONTH.due_dates_after(START, 1)?;
    let terms = Terms::new(drawdown, due, Pricing::PerPeriod(vec![rate]), Repayment::InterestOnly);
    let schedule = Plan::try_new(terms)?.schedule()?;
    euros(schedule.total_interest()?).ok_or(Unread::Field("initial"))
}

fn compare_row(row: &Value, before: Option<Decimal>, factor: Factor, table: &mut Table) -> Result<(), Unread> {
    let own = |name: &str| format!("month {} {name}", row.get("period").unwrap_or(&Value::Null));
    let (initial, charged, capital) = (number(row, "initial")?, number(row, "interest")?, number(row, "capital")?);
    let first = before.is_none();
    let drawn = match before {
        // Nothing accrues in a first month that is drawn at its end.
        None if charged.is_zero() => initial,
        None => Decimal::ZERO,
        Some(before) => initial.checked_sub(before).filter(|rise| *rise > CENT).unwrap_or(Decimal::ZERO),
    };
    let balance = initial.checked_sub(drawn).unwrap_or(initial);
    if let Some(before) = before {
        table.near(&own("initial"), before.checked_add(drawn), row.get("initial"), CENT);
    }
    let mut found = interest(balance, factor(rate(row)?)?)?;
    if first && found.checked_sub(charged).is_none_or(|off| off.abs() > CENT) {
        found = odd_first_period(balance, rate(row)?, charged)?.unwrap_or(found);
    }
    table.near(&own("interest"), Some(found), row.get("interest"), CENT);
    table.figure(&own("interest paid"), Some(charged), row.get("interest_paid"));
    let paid = capital.checked_add(number(row, "interest_paid")?);
    table.near(&own("capital and interest"), paid, row.get("total_capital_interest"), CENT);
    table.near(&own("final"), initial.checked_sub(capital), row.get("final"), CENT);
    Ok(())
}

/// Interest of an odd first period: whole months and odd days over a year of 365 or 366 (Annex I, remark (c)), the one
/// that gives what is printed.
fn odd_first_period(balance: Decimal, yearly: Rate, charged: Decimal) -> Result<Option<Decimal>, Unread> {
    for months in 0..=MAX_FIRST_MONTHS {
        for days in 0..=MAX_FIRST_DAYS {
            for year in [365_u32, 366] {
                let found = interest(balance, months_and_days(yearly, months, days, year)?)?;
                if found.checked_sub(charged).is_some_and(|off| off.abs() <= CENT) {
                    return Ok(Some(found));
                }
            }
        }
    }
    Ok(None)
}

/// rate · (months / 12 + days / year)
fn months_and_days(yearly: Rate, months: u32, days: u32, year: u32) -> Result<PeriodicRate, Unread> {
    let rate = yearly.value();
    let scale = 10_u128.checked_pow(rate.scale()).ok_or(Unread::Field("rate_percent"))?;
    let times = u128::from(months).saturating_mul(u128::from(year)).saturating_add(u128::from(days).saturating_mul(12));
    let numerator = U256::from(rate.mantissa().unsigned_abs()).saturating_mul(U256::from(times));
    let denominator = U256::from(scale).saturating_mul(U256::from(u128::from(year).saturating_mul(12)));
    Ok(PeriodicRate::from_ratio(numerator, denominator)?)
}

/// Years are [credit, interest, other costs, financed, capital, interest paid, both, costs, total, net, …].
fn compare_years(years: &[Value], printed: &[Value], table: &mut Table) -> Result<(), Unread> {
    let (mut lent, mut repaid) = (Decimal::ZERO, Decimal::ZERO);
    for year in years {
        let figures = list(year, "figures")?;
        let own = |name: &str| format!("year {} {name}", year.get("year").unwrap_or(&Value::Null));
        let at = |index: usize| figures.get(index).and_then(crate::calc::check::verdict::decimal);
        let sum = |a: usize, b: usize| at(a).zip(at(b)).and_then(|(a, b)| a.checked_add(b));
        table.near(&own("capital and interest"), sum(4, 5), figures.get(6), CENT);
        table.near(&own("total"), sum(6, 7), figures.get(8), YEAR_OF_CENTS);
        let net = at(0).zip(at(8)).and_then(|(credit, total)| credit.checked_sub(total));
        table.near(&own("net"), net, figures.get(9), CENT);
        lent = lent.saturating_add(sum(0, 3).unwrap_or(Decimal::ZERO));
        repaid = repaid.saturating_add(at(4).unwrap_or(Decimal::ZERO));
    }
    if let Some(first) = years.first() {
        let slack = CENT.saturating_mul(Decimal::from(years.len()));
        let lent = serde_json::to_value(lent.to_string().parse::<serde_json::Number>().ok()).unwrap_or(Value::Null);
        table.near("capital over the years", Some(repaid), Some(&lent), slack);
        let figures = list(first, "figures")?;
        let total = |name: &'static str| {
            let rows = printed.iter().take(12);
            rows.map(|row| number(row, name))
                .try_fold(Decimal::ZERO, |sum, part| Ok::<_, Unread>(sum.saturating_add(part?)))
        };
        table.near("interest of year 1", Some(total("interest")?), figures.get(1), YEAR_OF_CENTS);
        table.near("capital of year 1", Some(total("capital")?), figures.get(4), YEAR_OF_CENTS);
    }
    Ok(())
}
