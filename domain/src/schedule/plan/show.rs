//! A settled plan as a schedule.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::schedule::{Addition, AdditionKind, Instalment, Schedule, ScheduleError};

use super::engine::{Engine, Period};
use super::exact::{add, shown, sub};
use super::{Drawing, PlanError, Repayment};

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

    fn draw(&mut self, on: Date, drawings: &[Drawing]) -> Result<(), PlanError> {
        for drawing in drawings {
            self.raise(on, shown(drawing.amount, "drawdown")?, AdditionKind::Drawdown)?;
        }
        for drawing in drawings.iter().filter(|drawing| drawing.paid_down > 0) {
            self.pay(on, shown(drawing.paid_down, "down payment")?, U256::ZERO)?;
        }
        Ok(())
    }
}

impl Engine<'_> {
    /// # Errors
    /// [`PlanError::NotRepaid`], and those of [`Schedule`].
    pub(super) fn schedule(&self, drawn: &BTreeMap<Date, Vec<Drawing>>) -> Result<Schedule, PlanError> {
        let mut pages = Pages::default();
        let mut drawings = drawn.iter().peekable();
        let mut deferred = 0_i128;
        let grace = usize::try_from(self.terms.grace.interest).unwrap_or(usize::MAX);
        for (index, period) in self.periods.iter().enumerate().take(self.shown_periods()) {
            // On the first day the drawing comes first; later a drawing follows the instalment that is due on its day.
            let first_day = |on: Date| on == self.terms.start;
            while let Some((on, amounts)) = drawings.next_if(|(on, _)| **on < period.due || first_day(**on)) {
                pages.draw(*on, amounts)?;
            }
            pages.raise(period.due, shown(period.row.capitalised, "interest")?, AdditionKind::Interest)?;
            deferred = add(deferred, period.row.interest)?;
            let interest = if index < grace { 0 } else { std::mem::take(&mut deferred) };
            pages.pay(period.due, shown(period.row.principal, "principal")?, shown(interest, "interest")?)?;
        }
        let drawn_on = drawn.keys().next().copied().ok_or(PlanError::DrawdownCount(0))?;
        let left = pages.balance;
        if !left.is_zero() && matches!(self.terms.repayment, Repayment::FixedPayment(_)) && !self.may_leave() {
            return Err(PlanError::NotRepaid { left });
        }
        Ok(Schedule::with_additions(drawn_on, pages.additions, left, pages.instalments)?)
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
