//! Books payments on the periods that they are made in and towards. The rules are in [`super::payment`].

use jiff::civil::Date;
use ruint::aliases::U256;

use super::PlanError;
use super::engine::{Engine, Period, Target};
use super::exact::{add, shown, sub, units};
use super::payment::{Late, Paid, Payment, Surplus};
use super::settle::interest_of;

/// What a payment brought to an instalment, or to the balance alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub on: Date,
    pub instalment: Option<usize>,
    pub principal: i128,
    pub interest: i128,
}

/// Principal that is paid after its due date and bears interest until then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overdue {
    pub since: Date,
    pub until: Date,
    pub amount: i128,
}

/// A day of payment: what is left of the payment, where it has an end, and the principal that is left to be paid ahead.
#[derive(Debug)]
struct Till {
    on: Date,
    amount: Option<i128>,
    open: i128,
}

impl Engine<'_> {
    /// # Errors
    /// [`PlanError::PaymentTooLarge`], [`PlanError::Overflow`].
    pub(super) fn pay(&mut self, number: usize, payment: Payment) -> Result<(), PlanError> {
        let on = payment.on;
        let mut till = Till { on, amount: None, open: self.open(on) };
        let current = self.periods.iter().position(|period| period.due >= on).unwrap_or(self.periods.len());
        match payment.paid {
            Paid::Everything => {
                for index in current..self.periods.len() {
                    self.meet(index, &mut till)?;
                }
            }
            Paid::Principal { due, amount } => {
                self.pay_principal(number, self.instalment(due)?, on, units(amount, "payment")?)?;
            }
            Paid::Sum { due, amount } => {
                till.amount = Some(units(amount, "payment")?);
                self.meet(self.instalment(due)?, &mut till)?;
                match self.terms.payments.surplus {
                    Surplus::Next => (current..self.periods.len()).try_for_each(|index| self.meet(index, &mut till))?,
                    Surplus::Last => {
                        (current..self.periods.len()).rev().try_for_each(|index| self.meet(index, &mut till))?;
                    }
                    Surplus::Level => self.lower(current, &mut till)?,
                }
                let left = till.amount.unwrap_or(0);
                if left > 0 {
                    let most = shown(sub(units(amount, "payment")?, left)?, "payment")?;
                    return Err(PlanError::PaymentTooLarge { number, most });
                }
            }
        }
        self.settle_met()?;
        self.close(current)
    }

    fn settle_met(&mut self) -> Result<(), PlanError> {
        self.settle()?;
        for period in &mut self.periods {
            period.met = period.met || period.is_paid()?;
            period.ask(period.target)?;
        }
        Ok(())
    }

    /// # Errors
    /// [`PlanError::Overflow`] when none is due on the day: the terms were checked against that.
    fn instalment(&self, due: Date) -> Result<usize, PlanError> {
        self.periods.iter().position(|period| period.due == due).ok_or(PlanError::Overflow("due date"))
    }

    /// Principal that is not repaid at the end of a day.
    fn open(&self, on: Date) -> i128 {
        let Some(period) = self.periods.iter().find(|period| period.due >= on) else { return 0 };
        if period.due == on && self.terms.start < on {
            return period.row.balance;
        }
        let until = period.segments.iter().take_while(|segment| segment.from <= on);
        let last = until.last().map_or(0, |segment| {
            let ended = if segment.to <= on { segment.change } else { 0 };
            segment.balance.saturating_add(ended)
        });
        last.max(0)
    }

    /// Pays an instalment its interest to the day and then principal, out of what is left.
    fn meet(&mut self, index: usize, till: &mut Till) -> Result<(), PlanError> {
        if till.amount == Some(0) {
            return Ok(());
        }
        let accrued = self.accrued(index, till.on)?;
        let Some(period) = self.periods.get(index) else { return Ok(()) };
        let rest = sub(period.row.payment()?, period.paid()?)?.max(0);
        let all = add(rest, accrued)?;
        let amount = till.amount.unwrap_or(all);
        let interest = if till.amount.is_some() { accrued.min(rest).min(amount) } else { accrued };
        let asked = match period.target {
            Target::Payment(_) => sub(rest, interest)?,
            Target::Principal(_) | Target::All | Target::Nothing => sub(period.row.principal, period.paid_principal)?,
        };
        let asked = asked.max(0);
        let ahead = period.due > till.on;
        let asked = if ahead { asked.min(till.open) } else { asked };
        let principal = sub(amount, interest)?.min(asked);
        if ahead {
            till.open = sub(till.open, principal)?;
        }
        till.amount = match till.amount {
            Some(amount) => Some(sub(sub(amount, interest)?, principal)?),
            None => None,
        };
        self.book(Some(index), till.on, principal, interest)
    }

    fn pay_principal(&mut self, number: usize, index: usize, on: Date, amount: i128) -> Result<(), PlanError> {
        let interest = self.accrued(index, on)?;
        let period = self.periods.get(index).ok_or(PlanError::Overflow("payment"))?;
        let most =
            if period.due > on { self.open(on) } else { sub(period.row.principal, period.paid_principal)?.max(0) };
        if amount > most {
            return Err(PlanError::PaymentTooLarge { number, most: shown(most, "payment")? });
        }
        self.book(Some(index), on, amount, interest)
    }

    /// Takes what is left off the balance and levels what follows the current instalment.
    fn lower(&mut self, current: usize, till: &mut Till) -> Result<(), PlanError> {
        let left = till.amount.unwrap_or(0);
        let principal = left.min(till.open);
        if principal == 0 {
            return Ok(());
        }
        till.amount = Some(sub(left, principal)?);
        self.book(None, till.on, principal, 0)?;
        self.settle_met()?;
        let next = current.saturating_add(1);
        if next < self.periods.len() { self.ask(next) } else { Ok(()) }
    }

    /// Interest of an instalment that has accrued by a day and is not paid: none before its period begins.
    fn accrued(&mut self, index: usize, on: Date) -> Result<i128, PlanError> {
        let Some(period) = self.periods.get(index) else { return Ok(0) };
        let (start, due) = (period.start, period.due);
        if on < start {
            return Ok(0);
        }
        if start < on && on < due {
            self.touch(on, 0, 0)?;
            self.settle()?;
        }
        let Some(period) = self.periods.get(index) else { return Ok(0) };
        let accrued = if on >= due {
            period.row.interest
        } else {
            let until = period.segments.iter().filter(|segment| segment.to <= on);
            add(interest_of(until, self.terms.rounding)?, period.row.brought)?
        };
        Ok(sub(accrued, period.paid_interest)?.max(0))
    }

    fn book(&mut self, instalment: Option<usize>, on: Date, principal: i128, interest: i128) -> Result<(), PlanError> {
        if principal == 0 && interest == 0 {
            return Ok(());
        }
        let due = instalment.and_then(|index| self.periods.get(index)).map(|period| period.due);
        let late = due.filter(|due| *due < on);
        let repaid = principal.checked_neg().ok_or(PlanError::Overflow("payment"))?;
        let within = self.touch(late.unwrap_or(on), 0, repaid)?;
        if let Some(since) = late.filter(|_| self.terms.payments.late == Late::ToTheDay) {
            self.touch(on, 0, 0)?;
            self.overdue.push(Overdue { since, until: on, amount: principal });
        }
        if instalment != Some(within)
            && let Some(period) = self.periods.get_mut(within)
        {
            period.ahead = add(period.ahead, principal)?;
            if period.due == on {
                period.ahead_when_due = add(period.ahead_when_due, principal)?;
            }
        }
        if let Some(period) = instalment.and_then(|index| self.periods.get_mut(index)) {
            period.paid_principal = add(period.paid_principal, principal)?;
            period.paid_interest = add(period.paid_interest, interest)?;
        }
        if due != Some(on) {
            self.made.push(Made { on, instalment, principal, interest });
        }
        Ok(())
    }
}

impl Period {
    /// Principal and interest of its instalment that payments have brought.
    pub(super) fn paid(&self) -> Result<i128, PlanError> {
        add(self.paid_principal, self.paid_interest)
    }

    /// Whether payments have brought all that the instalment comes to.
    fn is_paid(&self) -> Result<bool, PlanError> {
        let paid = self.paid()?;
        Ok(paid > 0 && paid >= self.row.payment()?)
    }
}

impl Made {
    /// # Errors
    /// [`PlanError::Overflow`].
    pub(super) fn parts(&self) -> Result<(U256, U256), PlanError> {
        Ok((shown(self.principal, "principal")?, shown(self.interest, "interest")?))
    }
}
