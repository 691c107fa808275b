//! Samples of a commercial loan engine: some rows, totals, level payments, APR and finance charge.
//!
//! Halves round up. What rounding leaves at the end stays unless the sample says that the final payment absorbs it.

use std::num::NonZeroU32;

use domain::apr::{DatedFlow, us_reg_z};
use domain::day_count::DayCount;
use domain::rate::PeriodicRate;
use domain::schedule::plan::{
    Basis, Drawdown, DueDay, Interval, Mode, Plan, Pricing, RateChange, RateReset, Repayment, Resets, Residue, Round,
    Rounding, Stretch, Terms, Weights,
};
use domain::schedule::{Instalment, Schedule};
use domain::{Decimal, U256};
use jiff::civil::Date;
use serde_json::Value;

use super::reading::{Unread, cents, count, date, known_only, number, percent, rows, text};
use super::table::{Table, euros, gross_interest, net_principal};

const KNOWN: [&str; 19] = [
    "accrual",
    "balloon",
    "construction",
    "due",
    "final_payment",
    "financed_fee",
    "first_payment",
    "half_commitment",
    "interest_only",
    "loan_date",
    "prepaid_fee",
    "principal",
    "principal_each",
    "proceeds",
    "rate_percent",
    "rule",
    "steps",
    "teaser",
    "term",
];

/// The source shows an APR with three decimals.
const APR_TOLERANCE: Decimal = Decimal::from_parts(6, 0, 0, false, 4);

pub(super) fn compare(vector: &Value, table: &mut Table) -> Result<(), Unread> {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let expected = vector.get("expected").unwrap_or(&Value::Null);
    known_only(inputs, &KNOWN)?;
    let loan = Loan::read(inputs)?;
    let schedule = Plan::try_new(loan.terms(inputs)?)?.schedule()?;
    loan.compare_rows(&schedule, expected, table)?;
    loan.compare_totals(&schedule, expected, table)?;
    loan.compare_costs(&schedule, expected, table)
}

struct Loan {
    start: Date,
    due_dates: Vec<Date>,
    /// What the borrower has the use of, less fees paid apart, in cents.
    amount_financed: U256,
    /// Proceeds and financed fees.
    principal: U256,
    /// Interest is estimated on half of what is committed to while a house is built (Regulation Z, Appendix D).
    half: bool,
}

impl Loan {
    fn read(inputs: &Value) -> Result<Self, Unread> {
        let optional = |name: &'static str| match inputs.get(name) {
            Some(_) => cents(number(inputs, name)?, name),
            None => Ok(U256::ZERO),
        };
        let proceeds = match inputs.get("proceeds") {
            Some(_) => optional("proceeds")?,
            None => cents(number(inputs, "principal")?, "principal")?,
        };
        let due_dates = match inputs.get("due") {
            Some(_) => vec![date(inputs, "due")?],
            None => {
                Interval::MONTH.due_dates(date(inputs, "first_payment")?, count(inputs, "term")?, DueDay::Anchor)?
            }
        };
        let financed = proceeds.checked_sub(optional("prepaid_fee")?).ok_or(Unread::Field("prepaid_fee"))?;
        let principal = proceeds.checked_add(optional("financed_fee")?).ok_or(Unread::Field("financed_fee"))?;
        let half = is_true(inputs, "half_commitment");
        Ok(Self { start: date(inputs, "loan_date")?, due_dates, amount_financed: financed, principal, half })
    }

    fn terms(&self, inputs: &Value) -> Result<Terms, Unread> {
        let accrual = Accrual::read(text(inputs, "accrual")?)?;
        let rate = match inputs.get("teaser") {
            Some(teaser) => percent(number(teaser, "rate")?)?,
            None => percent(number(inputs, "rate_percent")?)?,
        };
        let bullet = ["due", "interest_only", "half_commitment", "construction"];
        let repayment = match inputs.get("principal_each") {
            Some(_) => Repayment::FixedPrincipal(cents(number(inputs, "principal_each")?, "principal_each")?),
            None if bullet.iter().any(|name| inputs.get(name).is_some()) => Repayment::InterestOnly,
            None => Repayment::Level(None),
        };
        let absorbs = repayment != Repayment::Level(None) || rule(inputs).contains("absorb");
        let pricing = Pricing::Yearly { rate, basis: accrual.basis, changes: self.changes(inputs)? };
        let amount = if self.half { half_of(self.principal) } else { self.principal };
        let drawdown = Drawdown { on: self.start, amount };
        let mut terms = Terms::new(drawdown, self.due_dates.clone(), pricing, repayment);
        if self.half || is_true(inputs, "construction") {
            terms.pricing = Pricing::PerPeriod(self.last_by_days(rate, &accrual)?);
        }
        if let Some(name) = ["final_payment", "balloon"].into_iter().find(|name| inputs.get(name).is_some()) {
            let parts = (1..=self.due_dates.len()).map(|number| u32::from(number < self.due_dates.len())).collect();
            terms.balloon = cents(number(inputs, name)?, name)?;
            terms.repayment = Repayment::Level(Some(Weights { parts, full: NonZeroU32::MIN }));
        }
        terms.rounding = Rounding {
            interest: Round::units(Mode::HalfUp),
            payment: Round::units(Mode::HalfUp),
            residue: if absorbs { Residue::LastPayment } else { Residue::Leave },
            ..Rounding::default()
        };
        Ok(terms)
    }

    /// An adjustable rate: index and margin, at most the yearly cap away from the rate before.
    fn changes(&self, inputs: &Value) -> Result<Vec<RateChange>, Unread> {
        let Some((teaser, steps)) = inputs.get("teaser").zip(inputs.get("steps")) else { return Ok(vec![]) };
        let optional = |name: &'static str| match steps.get(name) {
            Some(_) => number(steps, name).and_then(percent).map(Some),
            None => Ok(None),
        };
        let resets = Resets::try_new(RateReset {
            spread: percent(number(steps, "margin")?)?,
            periodic_cap: optional("annual_cap")?,
            cap: optional("cap")?,
            floor: optional("floor")?,
        })?;
        let months = |name: &'static str, from: &Value| {
            usize::try_from(count(from, name)?).ok().filter(|months| *months > 0).ok_or(Unread::Field(name))
        };
        let index = percent(number(steps, "index")?)?;
        let first = months("months", teaser)?;
        // A period begins on the due date of the one before.
        let begins = self.due_dates.iter().skip(first.saturating_sub(1)).step_by(months("every_months", steps)?);
        let last = self.due_dates.last();
        let dates: Vec<_> = begins.filter(|on| Some(*on) != last).map(|on| (*on, index)).collect();
        Ok(resets.changes(percent(number(teaser, "rate")?)?, &dates)?)
    }

    /// While a house is built, the last period is charged by its days.
    fn last_by_days(&self, rate: domain::rate::Rate, accrual: &Accrual) -> Result<Vec<PeriodicRate>, Unread> {
        let starts = std::iter::once(self.start).chain(self.due_dates.iter().copied());
        let last = self.due_dates.last().copied();
        let periods = starts.zip(self.due_dates.iter().copied());
        let rates = periods.map(|(start, due)| {
            let basis = if Some(due) == last { Basis::Days(accrual.days) } else { accrual.basis };
            Ok(basis.rate(rate, Stretch::whole(start, due))?)
        });
        rates.collect()
    }

    /// All that is repaid with an instalment: of a construction loan, twice the half that bears interest.
    fn principal(&self, schedule: &Schedule, row: &Instalment) -> Option<Decimal> {
        let own = net_principal(schedule, row)?;
        if self.half { own.checked_mul(Decimal::TWO) } else { Some(own) }
    }

    fn payment(&self, schedule: &Schedule, row: &Instalment) -> Option<Decimal> {
        self.principal(schedule, row)?.checked_add(gross_interest(schedule, row)?)
    }

    fn compare_rows(&self, schedule: &Schedule, expected: &Value, table: &mut Table) -> Result<(), Unread> {
        for row in rows(expected, "rows") {
            let nr = count(row, "nr")?;
            let found = schedule.instalments().iter().find(|instalment| instalment.number == nr);
            let found = found.ok_or(Unread::Field("nr"))?;
            let own = |name: &str| format!("row {nr} {name}");
            let (principal, end) = (self.principal(schedule, found), euros(found.balance_after));
            let begin = end.zip(principal).and_then(|(end, principal)| end.checked_add(principal));
            table.text(&own("due"), &found.due.to_string(), row.get("due"));
            table.figure(&own("begin"), begin, row.get("begin"));
            table.figure(&own("payment"), self.payment(schedule, found), row.get("payment"));
            table.figure(&own("interest"), gross_interest(schedule, found), row.get("interest"));
            table.figure(&own("principal"), principal, row.get("principal"));
            table.figure(&own("end"), end, row.get("end"));
        }
        Ok(())
    }

    /// (payment, interest, principal) of some instalments.
    fn sums<'a>(
        &self,
        schedule: &Schedule,
        rows: impl Iterator<Item = &'a Instalment>,
    ) -> Option<(Decimal, Decimal, Decimal)> {
        let mut sums = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for row in rows {
            sums.0 = sums.0.checked_add(self.payment(schedule, row)?)?;
            sums.1 = sums.1.checked_add(gross_interest(schedule, row)?)?;
            sums.2 = sums.2.checked_add(self.principal(schedule, row)?)?;
        }
        Some(sums)
    }

    fn compare_totals(&self, schedule: &Schedule, expected: &Value, table: &mut Table) -> Result<(), Unread> {
        let all = schedule.instalments();
        let first = all.first().and_then(|first| self.payment(schedule, first));
        table.figure("level payment", first, expected.get("level_payment"));
        let mut left = all.iter();
        for series in rows(expected, "payments") {
            for row in left.by_ref().take(usize::try_from(count(series, "n")?).unwrap_or(usize::MAX)) {
                table.figure(&format!("payment {}", row.number), self.payment(schedule, row), series.get("amount"));
            }
        }
        if !rows(expected, "payments").is_empty() {
            table.count("payments beyond the last", left.count(), 0);
        }
        let totals = self.sums(schedule, all.iter());
        table.figure("interest", totals.map(|totals| totals.1), expected.get("interest"));
        let mut compare = |what: &str, sums: Option<(Decimal, Decimal, Decimal)>, expected: &Value| {
            table.figure(&format!("{what} payment"), sums.map(|sums| sums.0), expected.get("payment"));
            table.figure(&format!("{what} interest"), sums.map(|sums| sums.1), expected.get("interest"));
            table.figure(&format!("{what} principal"), sums.map(|sums| sums.2), expected.get("principal"));
        };
        if let Some(printed) = expected.get("totals") {
            compare("total", totals, printed);
        }
        for (year, printed) in expected.get("years").and_then(Value::as_object).into_iter().flatten() {
            let own = all.iter().filter(|row| row.due.year().to_string() == *year);
            compare(year, self.sums(schedule, own), printed);
        }
        Ok(())
    }

    fn compare_costs(&self, schedule: &Schedule, expected: &Value, table: &mut Table) -> Result<(), Unread> {
        let totals = self.sums(schedule, schedule.instalments().iter());
        let financed = euros(self.amount_financed);
        table.figure("total of payments", totals.map(|totals| totals.0), expected.get("total_payments"));
        table.figure("amount financed", financed, expected.get("amount_financed"));
        let charge = totals.zip(financed).and_then(|(totals, financed)| totals.0.checked_sub(financed));
        table.figure("finance charge", charge, expected.get("finance_charge"));
        if expected.get("apr").is_some() {
            let found = us_reg_z::from_dates(&self.advances(), &self.payments(schedule)?)?;
            table.near("APR", Some(found.apr.percent(6)), expected.get("apr"), APR_TOLERANCE);
        }
        Ok(())
    }

    fn advances(&self) -> [DatedFlow; 1] {
        let amount = if self.half { half_of(self.amount_financed) } else { self.amount_financed };
        [DatedFlow { on: self.start, amount }]
    }

    /// Regulation Z Appendix D, part I: of a construction loan, half the commitment and all interest in one payment.
    fn payments(&self, schedule: &Schedule) -> Result<Vec<DatedFlow>, Unread> {
        let flows = schedule.instalments().iter().map(|row| Ok(DatedFlow { on: row.due, amount: row.payment()? }));
        let flows = flows.collect::<Result<Vec<_>, Unread>>()?;
        match (self.half, flows.last()) {
            (true, Some(last)) => Ok(vec![DatedFlow { on: last.on, amount: schedule.total_payments()? }]),
            _ => Ok(flows),
        }
    }
}

/// "Actual/365" counts days over 365; "Unit Period 365" whole unit-periods, and an odd period by its days over 365.
struct Accrual {
    basis: Basis,
    days: DayCount,
}

impl Accrual {
    fn read(name: &str) -> Result<Self, Unread> {
        let (days, year) = match name {
            _ if name.contains("365") => (DayCount::Act365Fixed, 365),
            _ if name.contains("360") => (DayCount::Act360, 360),
            _ => return Err(Unread::Unknown { what: "accrual", value: name.to_owned() }),
        };
        let basis = if name.starts_with("Actual/") {
            Basis::Days(days)
        } else if name.starts_with("Unit Period ") {
            Basis::UnitPeriod { interval: Interval::MONTH, stub: NonZeroU32::new(year) }
        } else {
            return Err(Unread::Unknown { what: "accrual", value: name.to_owned() });
        };
        Ok(Self { basis, days })
    }
}

fn rule(inputs: &Value) -> &str {
    inputs.get("rule").and_then(Value::as_str).unwrap_or("")
}

fn is_true(inputs: &Value, name: &str) -> bool {
    inputs.get(name) == Some(&Value::Bool(true))
}

fn half_of(amount: U256) -> U256 {
    amount >> 1_usize
}
