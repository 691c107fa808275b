//! What each period is asked for, and where the residue goes.

use jiff::civil::Date;

use crate::rate::{Fixed, Rate};

use super::engine::{Engine, Target};
use super::exact::{Exact, add, sub, units};
use super::level::{Level, Posting, growth};
use super::rounding::{Residue, Round};
use super::{PlanError, Repayment, implied};

/// Rounds of moving the level: more than one only while some instalment is paid above it.
const SPREADS: usize = 3;

impl Engine<'_> {
    /// A drawdown, less what is paid down at once. Only what is due after it changes.
    pub(super) fn draw(&mut self, on: Date, amount: i128) -> Result<(), PlanError> {
        let index = self.touch(on, amount, 0)?;
        let index = self.next_instalment(index, on);
        self.ask(index)
    }

    /// A new rate. Level instalments are found again as if it stayed.
    pub(super) fn change_rate(&mut self, on: Date, rate: Rate) -> Result<(), PlanError> {
        let index = self.price(on, rate)?;
        if self.level() {
            let index = self.next_instalment(index, on);
            return self.ask(index);
        }
        self.close(index)
    }

    /// The first instalment that an event can change: one that is due on its date stands.
    fn next_instalment(&self, index: usize, on: Date) -> usize {
        let due = self.periods.get(index).is_some_and(|period| period.due == on);
        if due && on > self.terms.start { index.saturating_add(1) } else { index }
    }

    /// What every period from `index` on is asked for.
    pub(super) fn ask(&mut self, index: usize) -> Result<(), PlanError> {
        let grace = self.terms.grace;
        let periods = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let capitalised = periods(grace.capitalised);
        let first = index.max(periods(grace.principal)).max(capitalised);
        for (number, period) in self.periods.iter_mut().enumerate().take(first).skip(index) {
            period.ask(if number < capitalised { Target::Nothing } else { Target::Principal(0) })?;
        }
        // What comes after does not matter yet: nothing is left to grow beyond bounds while the balance is found.
        self.ask_all(first, Target::All)?;
        match &self.terms.repayment {
            Repayment::Level(_) => self.ask_level(first)?,
            Repayment::EqualPrincipal => self.ask_equal_principal(first)?,
            Repayment::FixedPrincipal(each) => {
                self.ask_all(first, Target::Principal(units(*each, "principal of an instalment")?))?;
            }
            Repayment::FixedPayment(each) => {
                let each = units(*each, "payment")?;
                self.ask_all(first, Target::Payment(each))?;
                self.rescale(first, each)?;
            }
            Repayment::InterestOnly => {
                self.ask_all(first, Target::Principal(0))?;
                if let Some(last) = self.periods.last_mut() {
                    last.ask(Target::All)?;
                }
            }
            Repayment::Flat => self.ask_flat(first)?,
        }
        self.close(index)?;
        if self.terms.rounding.residue == Residue::Spread && self.level() {
            self.spread(first)?;
        }
        Ok(())
    }

    fn ask_all(&mut self, first: usize, target: Target) -> Result<(), PlanError> {
        self.periods.iter_mut().skip(first).try_for_each(|period| period.ask(target))
    }

    /// What is owed when a period begins, with all that is drawn and paid ahead in it as if on its first day.
    fn outstanding(&self, index: usize) -> Result<i128, PlanError> {
        let before = index.checked_sub(1).and_then(|before| self.periods.get(before));
        let mut balance = before.map_or(0, |period| period.row.balance);
        if let Some(period) = self.periods.get(index) {
            for segment in &period.segments {
                balance = add(balance, segment.drawn)?;
            }
            balance = sub(balance, period.ahead)?.max(0);
        }
        Ok(balance)
    }

    fn ask_level(&mut self, first: usize) -> Result<(), PlanError> {
        self.settle()?;
        let balloon = units(self.terms.balloon, "balloon")?;
        let periods = self.weighted(first)?;
        let posting = self.posting(first);
        let level = Level { balance: self.outstanding(first)?, balloon, periods: &periods, posting };
        let payment = level.payment(self.full(), self.terms.rounding.payment)?;
        self.put(first, payment)?;
        self.rescale(first, payment)
    }

    /// The periods from one on as the level formula sees them: growth and weight, which is none where the instalment is
    /// met.
    fn weighted(&self, first: usize) -> Result<Vec<(Fixed, u32)>, PlanError> {
        let weights = match &self.terms.repayment {
            Repayment::Level(weights) => weights.as_ref(),
            _ => None,
        };
        let periods = self.periods.iter().enumerate().skip(first).map(|(number, period)| {
            let growth = growth(period.segments.iter().map(|segment| segment.rate))?;
            let part = weights.map_or(Some(1), |weights| weights.parts.get(number).copied());
            Ok((growth, part.filter(|_| !period.met).unwrap_or(0)))
        });
        periods.collect()
    }

    fn posting(&self, first: usize) -> Option<Posting> {
        let every = usize::try_from(self.terms.posting?.get()).unwrap_or(usize::MAX);
        let before = first.checked_sub(1).and_then(|before| self.periods.get(before));
        let unposted = before.map_or(0, |period| period.row.unposted);
        Some(Posting { every, since: first.checked_rem(every).unwrap_or(0), unposted })
    }

    /// The weight of a full payment.
    fn full(&self) -> u32 {
        match &self.terms.repayment {
            Repayment::Level(Some(weights)) => weights.full.get(),
            _ => 1,
        }
    }

    /// Where the residue goes into the rate: every rate becomes what the payments amount to.
    fn rescale(&mut self, first: usize, payment: i128) -> Result<(), PlanError> {
        if self.terms.rounding.residue != Residue::IntoRate {
            return Ok(());
        }
        let (periods, posting) = (self.weighted(first)?, self.posting(first));
        let scale = match implied::scale(self.outstanding(first)?, payment, self.full(), &periods, posting)? {
            Some(scale) => scale,
            // Rounding alone made the payments what they are: the agreed rate stands and the last interest closes.
            None if self.level() => return Ok(()),
            None => return Err(PlanError::NoRate),
        };
        for segment in self.periods.iter_mut().flat_map(|period| &mut period.segments) {
            segment.rate = scale.apply(segment.rate)?;
        }
        Ok(())
    }

    /// Asks for a level from a period on, each by its weight. Where more than that is already paid, the instalment stays.
    pub(super) fn put(&mut self, first: usize, payment: i128) -> Result<(), PlanError> {
        let Repayment::Level(weights) = &self.terms.repayment else { return Ok(()) };
        let balloon = units(self.terms.balloon, "balloon")?;
        let (rule, last) = (self.terms.rounding.payment, self.periods.len().saturating_sub(1));
        for (number, period) in self.periods.iter_mut().enumerate().skip(first) {
            let own = match weights {
                None => payment,
                Some(weights) => {
                    let weight = weights.parts.get(number).copied().unwrap_or(0);
                    Exact::ratio(payment, 1)?.times_over(weight, weights.full.get())?.rounded(rule)?
                }
            };
            let own = if number == last { add(own, balloon)? } else { own };
            if own >= period.paid()? {
                period.level = own;
            }
            period.ask(Target::Payment(period.level))?;
            period.given = None;
        }
        Ok(())
    }

    fn ask_equal_principal(&mut self, first: usize) -> Result<(), PlanError> {
        self.settle()?;
        let balloon = units(self.terms.balloon, "balloon")?;
        let left = sub(self.outstanding(first)?, balloon)?;
        if left < 0 {
            return Err(PlanError::BalloonTooLarge { balloon: self.terms.balloon });
        }
        let unmet = self.periods.iter().skip(first).filter(|period| !period.met).count();
        let count = u32::try_from(unmet.max(1)).unwrap_or(u32::MAX);
        let each = Exact::ratio(left, 1)?.times_over(1, count)?.rounded(self.terms.rounding.principal)?;
        self.ask_all(first, Target::Principal(each))?;
        if let Some(last) = self.periods.last_mut() {
            last.ask(Target::Principal(add(each, balloon)?))?;
        }
        Ok(())
    }

    /// Interest on the original principal for every period, and both in a straight line.
    fn ask_flat(&mut self, first: usize) -> Result<(), PlanError> {
        let principal = self.outstanding(0)?;
        let (count, left) = (self.periods.len(), self.periods.len().saturating_sub(first));
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut total = Exact::ZERO;
        for segment in self.periods.iter().flat_map(|period| &period.segments) {
            total = total.plus(Exact::interest(principal, segment.rate)?)?;
        }
        let rounding = self.terms.rounding;
        let share = total.times_over(1, narrow(count))?;
        let (all, each) = (total.rounded(rounding.interest)?, share.rounded(rounding.interest)?);
        let payment =
            Exact::ratio(principal, 1)?.times_over(1, narrow(left))?.plus(share)?.rounded(rounding.payment)?;
        let mut charged = 0_i128;
        for (number, period) in (1usize..).zip(&mut self.periods) {
            let rest = sub(all, charged)?;
            let interest = if number == count { rest } else { each.min(rest) };
            charged = add(charged, interest)?;
            period.given = Some(interest);
            if number > first {
                period.target = Target::Payment(payment);
            }
        }
        Ok(())
    }

    /// The last instalment from `first` on that is not met takes what is missing, as the product's residue says.
    pub(super) fn close(&mut self, first: usize) -> Result<(), PlanError> {
        self.settle()?;
        let until_repaid = matches!(self.terms.repayment, Repayment::FixedPayment(_));
        if until_repaid && self.terms.rounding.residue != Residue::IntoRate {
            return Ok(());
        }
        let unmet = self.periods.iter().rposition(|period| !period.met).filter(|unmet| *unmet >= first);
        let closing = unmet.unwrap_or(self.periods.len().saturating_sub(1));
        let left = self.periods.last().map_or(0, |period| period.row.balance);
        let posting = self.terms.posting.is_some();
        let Some(last) = self.periods.get_mut(closing) else { return Ok(()) };
        match self.terms.rounding.residue {
            Residue::Leave => return Ok(()),
            Residue::LastInterest | Residue::IntoRate => {
                let Target::Payment(payment) = last.target else {
                    last.target = Target::All;
                    return self.settle();
                };
                let owed = add(left, last.row.principal)?;
                if posting {
                    let before = sub(owed, last.row.capitalised)?;
                    let unposted = sub(last.row.capitalised, last.row.accrued)?;
                    last.given = Some(sub(sub(payment, before)?, unposted)?).filter(|own| *own >= 0);
                } else {
                    last.given = Some(sub(payment, owed)?).filter(|own| *own >= 0);
                }
                if last.given.is_none() {
                    last.target = Target::All;
                }
            }
            Residue::LastPayment | Residue::Spread => {
                last.target = match last.target {
                    Target::Payment(_) | Target::Principal(_) => Target::All,
                    target => target,
                };
            }
        }
        self.settle()
    }

    /// Moves the level by its share of what the last instalment is off by, where that brings it closer.
    fn spread(&mut self, first: usize) -> Result<(), PlanError> {
        for _ in 0..SPREADS {
            let (level, off) = self.gap(first)?;
            let count = self.periods.len().saturating_sub(first);
            let above = |own: &super::engine::Period| own.paid().is_ok_and(|paid| level < paid);
            let ahead = self.periods.iter().skip(first).filter(|period| above(period)).count();
            let half = u128::try_from(count / 2).unwrap_or(0);
            if half == 0 || off.unsigned_abs() <= half {
                return Ok(());
            }
            let shared = u128::try_from(count.saturating_sub(ahead).max(1)).unwrap_or(1);
            let size = i128::try_from(off.unsigned_abs()).map_err(|_| PlanError::Overflow("residue"))?;
            let step = Exact::ratio(size, shared)?.rounded(Round::NEAREST)?;
            let moved = add(level, step.saturating_mul(off.signum()))?;
            let moved = Exact::ratio(moved, 1)?.rounded(self.terms.rounding.payment)?;
            if moved == level {
                return Ok(());
            }
            let mut tried = self.clone();
            tried.put(first, moved)?;
            tried.close(first)?;
            if tried.gap(0)?.1.unsigned_abs() >= off.unsigned_abs() {
                return Ok(());
            }
            *self = tried;
            if ahead == 0 {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The level, and what the last unpaid instalment has more than it.
    fn gap(&self, first: usize) -> Result<(i128, i128), PlanError> {
        let periods = self.periods.get(first..).unwrap_or(&[]);
        for pair in periods.windows(2).rev() {
            if let [before, after] = pair
                && !before.met
                && !after.met
            {
                let level = before.row.payment()?;
                return Ok((level, sub(after.row.payment()?, level)?));
            }
        }
        Ok((periods.first().map_or(Ok(0), |period| period.row.payment())?, 0))
    }
}
