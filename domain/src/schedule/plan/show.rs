//! A settled plan as a schedule.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::schedule::{Addition, AdditionKind, Instalment, Schedule, ScheduleError};

use super::engine::{Engine, Period};
use super::exact::{add, shown, sub};
use super::paying::Made;
use super::{Drawing, Due, PlanError, Repayment};

/// What happens on a day beside its instalment: drawings, then payments.
#[derive(Debug, Default)]
struct Day<'a> {
    drawings: &'a [Drawing],
    made: Vec<&'a Made>,
}

/// Instalments and what raises the balance between them, in order.
#[derive(Debug, Default)]
struct Pages {
    instalments: Vec<Instalment>,
    additions: Vec<Addition>,
    balance: U256,
}

impl Pages {
    fn number(&self) -> Result<u32, PlanError> {
        let count = self.instalments.len();
        let number = u32::try_from(count).ok().and_then(|count| count.checked_add(1));
        number.ok_or(PlanError::Schedule(ScheduleError::Count(count)))
    }

    fn raise(&mut self, on: Date, amount: U256, kind: AdditionKind) -> Result<(), PlanError> {
        if amount.is_zero() {
            return Ok(());
        }
        let before = self.number()?;
        self.balance = self.balance.checked_add(amount).ok_or(PlanError::Overflow("balance"))?;
        self.additions.push(Addition { on, amount, kind, before });
        Ok(())
    }

    fn pay(&mut self, due: Date, principal: U256, interest: U256) -> Result<(), PlanError> {
        let number = self.number()?;
        let broken = ScheduleError::Broken("no more principal is repaid than was drawn");
        self.balance = self.balance.checked_sub(principal).ok_or(broken)?;
        let (fees, balance_after) = (U256::ZERO, self.balance);
        self.instalments.push(Instalment { number, due, principal, interest, fees, balance_after });
        Ok(())
    }

    fn turn(&mut self, on: Date, day: &Day<'_>) -> Result<(), PlanError> {
        let drawings = day.drawings;
        for drawing in drawings {
            self.raise(on, shown(drawing.amount, "drawdown")?, AdditionKind::Drawdown)?;
        }
        for drawing in drawings.iter().filter(|drawing| drawing.paid_down > 0) {
            self.pay(on, shown(drawing.paid_down, "down payment")?, U256::ZERO)?;
        }
        for made in &day.made {
            let (principal, interest) = made.parts()?;
            self.pay(on, principal, interest)?;
        }
        Ok(())
    }
}

impl Engine<'_> {
    /// # Errors
    /// [`PlanError::NotRepaid`], and those of [`Schedule`].
    pub(super) fn schedule(&self, drawn: &BTreeMap<Date, Vec<Drawing>>) -> Result<Schedule, PlanError> {
        let mut pages = Pages::default();
        let days = self.days(drawn);
        let mut days = days.iter().peekable();
        let mut deferred = 0_i128;
        let grace = usize::try_from(self.terms.grace.interest).unwrap_or(usize::MAX);
        let elsewhere = self.elsewhere()?;
        for (index, (period, paid)) in self.periods.iter().zip(&elsewhere).enumerate().take(self.shown_periods()) {
            // On the first day the drawing comes first; later a drawing follows the instalment that is due on its day.
            let first_day = |on: Date| on == self.terms.start;
            while let Some((on, day)) = days.next_if(|(on, _)| **on < period.due || first_day(**on)) {
                pages.turn(*on, day)?;
            }
            pages.raise(period.due, shown(period.row.capitalised, "interest")?, AdditionKind::Interest)?;
            let principal = sub(period.row.principal, paid.0)?;
            deferred = add(deferred, sub(period.row.interest, paid.1)?)?;
            let interest = if index < grace { 0 } else { std::mem::take(&mut deferred) };
            pages.pay(period.due, shown(principal, "principal")?, shown(interest, "interest")?)?;
        }
        for (on, day) in days {
            pages.turn(*on, day)?;
        }
        let drawn_on = drawn.keys().next().copied().ok_or(PlanError::DrawdownCount(0))?;
        let left = pages.balance;
        let unpaid = shown(self.unpaid, "interest")?;
        if (!left.is_zero() || !unpaid.is_zero()) && self.ends_by_payments() && !self.may_leave() {
            return Err(PlanError::NotRepaid { left: left.saturating_add(unpaid) });
        }
        Ok(Schedule::with_additions(drawn_on, pages.additions, left, pages.instalments)?)
    }

    /// Every instalment as it comes to.
    pub(super) fn dues(&self) -> Result<Vec<Due>, PlanError> {
        let dues = (1u32..).zip(&self.periods).map(|(number, period)| {
            let row = &period.row;
            Ok(Due {
                number,
                due: period.due,
                principal: shown(row.principal, "principal")?,
                interest: shown(row.interest, "interest")?,
                balance: shown(row.balance, "balance")?,
            })
        });
        dues.collect()
    }

    fn days<'a>(&'a self, drawn: &'a BTreeMap<Date, Vec<Drawing>>) -> BTreeMap<Date, Day<'a>> {
        let own = |(on, drawings): (&Date, &'a Vec<Drawing>)| (*on, Day { drawings, made: Vec::new() });
        let mut days: BTreeMap<Date, Day<'a>> = drawn.iter().map(own).collect();
        for made in &self.made {
            days.entry(made.on).or_default().made.push(made);
        }
        days
    }

    /// Principal and interest of each instalment that are paid on another day than its due date.
    fn elsewhere(&self) -> Result<Vec<(i128, i128)>, PlanError> {
        let mut paid = vec![(0, 0); self.periods.len()];
        for made in &self.made {
            if let Some(own) = made.instalment.and_then(|index| paid.get_mut(index)) {
                *own = (add(own.0, made.principal)?, add(own.1, made.interest)?);
            }
        }
        Ok(paid)
    }

    fn ends_by_payments(&self) -> bool {
        matches!(self.terms.repayment, Repayment::FixedPayment(_)) || !self.made.is_empty()
    }

    fn may_leave(&self) -> bool {
        self.terms.rounding.residue == super::Residue::Leave
    }

    /// Fixed payments end when everything is repaid.
    fn shown_periods(&self) -> usize {
        match self.terms.repayment {
            Repayment::FixedPayment(_) | Repayment::FixedPrincipal(_) => {
                let idle = |period: &Period| period.row.principal == 0 && period.row.interest == 0;
                self.periods.iter().rposition(|period| !idle(period)).map_or(0, |last| last.saturating_add(1))
            }
            _ => self.periods.len(),
        }
    }
}

/// What is drawn on each day and paid down at once.
pub(super) fn drawings(terms: &super::Terms) -> Result<BTreeMap<Date, Vec<Drawing>>, PlanError> {
    let mut days: BTreeMap<Date, Vec<Drawing>> = BTreeMap::new();
    for drawdown in &terms.drawdowns {
        let amount = super::exact::units(drawdown.amount, "drawdown")?;
        let paid_down = match terms.down_payment {
            None => 0,
            Some(share) => super::exact::share_of(amount, share)?.rounded(terms.rounding.payment)?.min(amount),
        };
        days.entry(drawdown.on).or_default().push(Drawing { amount, paid_down });
    }
    Ok(days)
}

/// What a day's drawings leave to be repaid by instalments.
pub(super) fn financed(drawings: &[Drawing]) -> Result<i128, PlanError> {
    drawings.iter().try_fold(0, |sum, drawing| add(sum, sub(drawing.amount, drawing.paid_down)?))
}
