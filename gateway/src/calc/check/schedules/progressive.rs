//! States of Apache Fineract's progressive calculator: the periods after each operation, and the rate factors.
//!
//! Where a vector lacks a payment, its day or its due date, or the day of a new rate, that is taken from the printed
//! table if one reading alone is admitted: it cuts the periods as the printed factors do, and has the printed interest
//! and balance up to the period after it. All other figures, and those of later periods, are then compared as ever.

use domain::schedule::plan::{
    Basis, Cut, Due, Interval, Late, Payments, Plan, Pricing, Repayment, Residue, Rounding, Terms,
};
use domain::{Decimal, U256};
use jiff::civil::Date;
use serde_json::Value;

use super::fineract::{month, unit, year};
use super::operations::Told;
use super::periods::{Factors, Printed};
use super::reading::{Unread, count, date, list, number, percent, rows, text};
use super::table::{Table, euros};
use crate::calc::check::verdict::Verdict;

/// Factors are printed with 12 places.
pub(super) const FACTOR_TOLERANCE: Decimal = Decimal::from_parts(2, 0, 0, false, 12);

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    for state in list(vector.get("expected").unwrap_or(&Value::Null), "states")? {
        let told = Told::read(list(state, "after")?)?;
        told_of_the_same_loan(&told, list(state, "periods")?)?;
        let found = Found::read(inputs, state, &told)?;
        interest_as_it_accrues(&told, &found.plan)?;
        compare_periods(&found.dues, rows(state, "periods"), table)?;
        compare_factors(&found.cuts, rows(state, "rate_factors"), table)?;
    }
    Ok(())
}

/// Whatever the schedule, its periods repay what is drawn. A table that repays another amount is one of operations that
/// the vector does not have.
fn told_of_the_same_loan(told: &Told, expected: &[Value]) -> Result<(), Unread> {
    let mut principal = expected.iter().map(|row| number(row, "principal"));
    let repaid = principal.try_fold(Decimal::ZERO, |sum, part| Ok::<_, Unread>(sum.saturating_add(part?)))?;
    if euros(told.drawn()) == Some(repaid) {
        return Ok(());
    }
    Err(Unread::Lacking("whose periods repay another amount than its operations draw"))
}

/// A plan pays the interest to the day with principal; the source may be told of more.
fn interest_as_it_accrues(told: &Told, plan: &Plan) -> Result<(), Unread> {
    if told.interest.is_empty() {
        return Ok(());
    }
    let schedule = plan.schedule()?;
    for (on, _) in &told.interest {
        let given = told.interest.iter().filter(|(day, _)| day == on).map(|(_, amount)| *amount);
        let rows = schedule.instalments().iter().filter(|row| row.due == *on);
        let found = rows.fold(U256::ZERO, |sum, row| sum.saturating_add(row.interest));
        if euros(found) != Some(given.sum()) {
            return Err(Unread::Lacking("with interest paid that has not accrued, or has and is not paid"));
        }
    }
    Ok(())
}

/// A state as it is computed.
struct Found {
    plan: Plan,
    dues: Vec<Due>,
    cuts: Vec<Cut>,
}

impl Found {
    fn read(inputs: &Value, state: &Value, told: &Told) -> Result<Self, Unread> {
        let terms = terms(inputs, told)?;
        let readings = match printed(&terms, told, state) {
            Ok(printed) => told.possible(&printed)?,
            Err(reason) if told.lacks_days() => return Err(reason),
            Err(_) => vec![told.clone()],
        };
        if let [only] = readings.as_slice() {
            return Self::of(&terms, only);
        }
        let mut admitted: Option<Self> = None;
        for reading in &readings {
            let Ok(found) = Self::of(&terms, reading) else { continue };
            if !found.admits(state, reading)? {
                continue;
            }
            if admitted.as_ref().is_some_and(|other| other.dues != found.dues) {
                return Err(Unread::Lacking("with a payment or a rate that its figures allow on more than one day"));
            }
            admitted = Some(found);
        }
        admitted.ok_or(Unread::Lacking("with a payment or a rate whose day neither it nor its figures tell"))
    }

    fn of(terms: &Terms, told: &Told) -> Result<Self, Unread> {
        // The calculator by itself charges nothing more on what is past due.
        let payments = Payments { made: told.payments.clone(), late: Late::AsDue, ..Payments::default() };
        let mut terms = Terms { payments, ..terms.clone() };
        if let Pricing::Yearly { changes, .. } = &mut terms.pricing {
            changes.clone_from(&told.changes);
            changes.sort_by_key(|change| change.on);
        }
        let plan = Plan::try_new(terms)?;
        let (dues, cuts) = (plan.dues()?, plan.cuts()?);
        Ok(Self { plan, dues, cuts })
    }

    /// Whether the printed figures that tell the day of a payment are those of this reading.
    fn admits(&self, state: &Value, told: &Told) -> Result<bool, Unread> {
        let mut table = Table::default();
        compare_factors(&self.cuts, rows(state, "rate_factors"), &mut table)?;
        for row in rows(state, "rate_factors") {
            let (period, sub) = (count(row, "period")?, count(row, "sub")?);
            let last = rows(state, "rate_factors").iter().filter(|other| other.get("period") == row.get("period"));
            if last.map(|other| count(other, "sub")).collect::<Result<Vec<_>, _>>()?.into_iter().max() == Some(sub) {
                let parts = self.cuts.iter().filter(|cut| cut.period == period).count();
                table.count("parts", parts, usize::try_from(sub).unwrap_or(usize::MAX).saturating_add(1));
            }
        }
        let last = told.last_day();
        let within = self.dues.iter().find(|due| Some(due.due) >= last).map_or(0, |due| due.number);
        for row in rows(state, "periods") {
            let number = count(row, "period")?;
            let found = self.dues.iter().find(|due| due.number == number);
            if number <= within.saturating_add(1) {
                table.figure("interest", found.and_then(|found| euros(found.interest)), row.get("interest"));
                table.figure("balance", found.and_then(|found| euros(found.balance)), row.get("balance"));
            }
        }
        Ok(table.verdict() == Verdict::Passed)
    }
}

fn printed(terms: &Terms, told: &Told, state: &Value) -> Result<Printed, Unread> {
    let Pricing::Yearly { rate, basis, .. } = &terms.pricing else { return Err(Unread::Field("rate")) };
    let rates = std::iter::once(*rate).chain(told.rates()).collect();
    Printed::read(state, terms, &Factors { basis: *basis, rates })
}

fn terms(inputs: &Value, told: &Told) -> Result<Terms, Unread> {
    let periods = inputs.get("periods").and_then(Value::as_array).ok_or(Unread::Field("periods"))?;
    let start = date(periods.first().ok_or(Unread::Field("periods"))?, "start")?;
    let due_dates = periods.iter().map(|period| date(period, "due")).collect::<Result<Vec<Date>, _>>()?;
    let interval = Interval::try_new(count(inputs, "repay_every")?, unit(text(inputs, "unit")?)?)?;
    let (year, month) = (year(text(inputs, "days_in_year")?)?, month(text(inputs, "days_in_month")?)?);
    let rate = percent(number(inputs, "annual_rate_percent")?)?;
    let drawdowns = told.drawdowns.clone();
    let first = *drawdowns.first().ok_or(Unread::Lacking("without a drawdown"))?;
    let basis = Basis::Nominal { interval, year, month };
    let pricing = Pricing::Yearly { rate, basis, changes: vec![] };
    let rounding = Rounding { residue: Residue::Spread, each_segment: true, ..Rounding::default() };
    Ok(Terms { start, drawdowns, rounding, ..Terms::new(first, due_dates, pricing, Repayment::Level(None)) })
}

/// The source shows a period's balance with what is drawn on its due date, after the instalment.
fn compare_periods(dues: &[Due], expected: &[Value], table: &mut Table) -> Result<(), Unread> {
    table.count("periods", dues.len(), expected.len());
    for row in expected {
        let number = count(row, "period")?;
        let own = |name: &str| format!("period {number} {name}");
        let found = dues.iter().find(|due| due.number == number);
        let payment = found.and_then(|found| euros(found.principal.saturating_add(found.interest)));
        table.figure(&own("instalment"), payment, row.get("instalment"));
        table.figure(&own("interest"), found.and_then(|found| euros(found.interest)), row.get("interest"));
        table.figure(&own("principal"), found.and_then(|found| euros(found.principal)), row.get("principal"));
        table.figure(&own("balance"), found.and_then(|found| euros(found.balance)), row.get("balance"));
    }
    Ok(())
}

fn compare_factors(cuts: &[Cut], expected: &[Value], table: &mut Table) -> Result<(), Unread> {
    for row in expected {
        let (period, sub) = (count(row, "period")?, count(row, "sub")?);
        let mut own = cuts.iter().filter(|cut| cut.period == period);
        let found = usize::try_from(sub).ok().and_then(|sub| own.nth(sub)).and_then(|cut| cut.rate.to_decimal());
        table.near(&format!("factor {period}.{sub}"), found, row.get("factor"), FACTOR_TOLERANCE);
    }
    Ok(())
}
