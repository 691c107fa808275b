//! What the printed periods of a state say beyond their figures: where a period is cut, and what is paid ahead in it.

use domain::rate::Rate;
use domain::schedule::plan::{Basis, Stretch, Terms};
use domain::{Decimal, U256};
use jiff::civil::Date;
use serde_json::Value;

use super::progressive::FACTOR_TOLERANCE;
use super::reading::{Unread, cents, count, list, number, rows};
use crate::calc::check::verdict::decimal;

/// A period as its due date, its cuts and its printed amounts in cents.
#[derive(Debug, Clone)]
pub(super) struct Period {
    pub due: Date,
    /// Days inside it on which the printed factors cut it.
    pub cuts: Vec<Date>,
    instalment: U256,
    principal: U256,
    balance: U256,
    drawn: U256,
}

#[derive(Debug)]
pub(super) struct Printed {
    periods: Vec<Period>,
}

/// Principal that is paid in a period for later ones.
#[derive(Debug)]
pub(super) struct Ahead {
    pub within: Period,
    pub instalment: U256,
    /// Due date and principal of each.
    pub later: Vec<(Date, U256)>,
}

impl Ahead {
    /// The instalment of which just this much is paid ahead.
    pub(super) fn of(&self, amount: U256) -> Option<Date> {
        self.later.iter().find(|(_, paid)| *paid == amount).map(|(due, _)| *due)
    }

    pub(super) fn total(&self) -> U256 {
        self.later.iter().fold(U256::ZERO, |sum, (_, amount)| sum.saturating_add(*amount))
    }
}

impl Printed {
    pub(super) fn read(state: &Value, terms: &Terms, factors: &Factors) -> Result<Self, Unread> {
        let (start, due_dates) = (terms.start, &terms.due_dates);
        let starts = std::iter::once(start).chain(due_dates.iter().copied());
        let termination = due_dates.last().copied().unwrap_or(start);
        let periods = starts.zip(due_dates).zip(list(state, "periods")?).map(|((from, due), row)| {
            let whole = Stretch { from, to: *due, start: from, due: *due, termination };
            let amount = |name: &'static str| cents(number(row, name)?, name);
            let own = terms
                .drawdowns
                .iter()
                .filter(|drawn| (from < drawn.on || (from == start && drawn.on == start)) && drawn.on <= *due);
            Ok(Period {
                due: *due,
                cuts: factors.cuts(state, count(row, "period")?, whole)?,
                instalment: amount("instalment")?,
                principal: amount("principal")?,
                balance: amount("balance")?,
                drawn: own.fold(U256::ZERO, |sum, drawn| sum.saturating_add(drawn.amount)),
            })
        });
        Ok(Self { periods: periods.collect::<Result<_, Unread>>()? })
    }

    pub(super) fn due_dates(&self) -> Vec<Date> {
        self.periods.iter().map(|period| period.due).collect()
    }

    /// The days on which something may have been paid: cuts, and the ends of periods, where nothing is cut.
    pub(super) fn days(&self) -> Vec<Date> {
        self.periods.iter().flat_map(|period| self.days_of(period)).collect()
    }

    pub(super) fn days_of(&self, period: &Period) -> Vec<Date> {
        period.cuts.iter().copied().chain([period.due]).collect()
    }

    /// What is paid ahead, where it is in one period.
    pub(super) fn ahead(&self) -> Result<Option<Ahead>, Unread> {
        let mut balance = U256::ZERO;
        let (mut within, mut later) = (Vec::new(), Vec::new());
        for period in &self.periods {
            let before = balance.saturating_add(period.drawn);
            let asked = before.saturating_sub(period.principal);
            if period.balance < asked {
                within.push(period);
            } else if period.balance > asked || before < period.principal {
                let fallen = before.saturating_sub(period.balance);
                later.push((period.due, period.principal.saturating_sub(fallen)));
            }
            balance = period.balance;
        }
        match within.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(Ahead { within: (*only).clone(), instalment: only.instalment, later })),
            _ => Err(Unread::Lacking("with payments ahead in several periods that its operations do not have")),
        }
    }
}

/// The rates that may hold and how a period bears them.
#[derive(Debug)]
pub(super) struct Factors {
    pub basis: Basis,
    pub rates: Vec<Rate>,
}

impl Factors {
    /// The days on which a period is cut, by the factor of each part but the last.
    fn cuts(&self, state: &Value, number: u32, whole: Stretch) -> Result<Vec<Date>, Unread> {
        let (mut cuts, mut from) = (Vec::new(), whole.from);
        let own =
            rows(state, "rate_factors").iter().filter(|row| row.get("period").and_then(decimal) == Some(number.into()));
        let mut factors: Vec<(u32, Decimal)> =
            own.map(|row| Ok((count(row, "sub")?, self::number(row, "factor")?))).collect::<Result<_, Unread>>()?;
        factors.sort_by_key(|(sub, _)| *sub);
        factors.pop();
        for (_, factor) in factors.into_iter().filter(|(_, factor)| !factor.is_zero()) {
            let Some(to) = self.end(factor, Stretch { from, ..whole }) else { break };
            cuts.push(to);
            from = to;
        }
        Ok(cuts)
    }

    fn end(&self, factor: Decimal, rest: Stretch) -> Option<Date> {
        let days = std::iter::successors(rest.from.tomorrow().ok(), |day| day.tomorrow().ok());
        days.take_while(|day| *day < rest.due).find(|to| {
            self.rates.iter().any(|rate| {
                let found = self.basis.rate(*rate, Stretch { to: *to, ..rest }).ok().and_then(|rate| rate.to_decimal());
                found.and_then(|found| found.checked_sub(factor)).is_some_and(|off| off.abs() <= FACTOR_TOLERANCE)
            })
        })
    }
}
