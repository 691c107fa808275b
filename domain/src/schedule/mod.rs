//! What is paid when, and what part of it is principal, interest and fees.
//!
//! Every builder returns a [`Schedule`]: a list that is never empty, whose parts are integers of the asset's smallest
//! unit, whose principal parts add up to the amount drawn and whose balance ends at exactly zero. Interest is computed
//! exactly and rounded once per period, a half to even; the last instalment absorbs what rounding leaves. The balance
//! only falls: interest that an instalment does not cover is carried, bears interest and is paid first.
//!
//! The schedules of a [`plan::Plan`] may have more: later drawdowns and interest that joins the balance
//! ([`Schedule::additions`]), and a residue that the product leaves ([`Schedule::left`]). They are stated, and the parts
//! add up with them: principal repaid is what is drawn and capitalised less what is left.

mod additions;
mod annuity;
mod annuity_amount;
mod first_period;
mod flows;
mod interest;
mod level;
mod level_payment;
mod lines;
pub mod plan;

use jiff::civil::Date;
use ruint::aliases::U256;

pub use crate::period::MAX_INSTALMENTS;
pub use additions::{Addition, AdditionKind};
pub use annuity_amount::annuity_amount;
pub use first_period::FirstPeriod;

/// Why a schedule could not be built. All but [`ScheduleError::Broken`] blame the argument that is named; no retry
/// helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("principal: must be above zero")]
    NoPrincipal,
    #[error("due dates: at least one and at most {MAX_INSTALMENTS}, found {0}")]
    Count(usize),
    #[error("due dates: number {number} is due on {due}, not after {before}")]
    DatesOutOfOrder { number: u32, due: Date, before: Date },
    #[error("total: {total} to repay is below the principal of {principal}")]
    TotalBelowPrincipal { total: U256, principal: U256 },
    #[error("{0}: the result does not fit in 78 digits")]
    Overflow(&'static str),
    #[error("schedule: {0}")]
    Broken(&'static str),
}

/// One payment, in base units.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instalment {
    /// 1 for the first.
    pub number: u32,
    pub due: Date,
    pub principal: U256,
    pub interest: U256,
    pub fees: U256,
    /// Principal still owed after this payment.
    pub balance_after: U256,
}

impl Instalment {
    /// Principal, interest and fees together.
    ///
    /// # Errors
    /// [`ScheduleError::Overflow`].
    pub fn payment(&self) -> Result<U256, ScheduleError> {
        let small = small_of(self.principal).zip(small_of(self.interest)).zip(small_of(self.fees));
        if let Some(((principal, interest), fees)) = small
            && let Some(sum) = principal.checked_add(interest).and_then(|sum| sum.checked_add(fees))
        {
            return Ok(U256::from(sum));
        }
        let without_fees = self.principal.checked_add(self.interest);
        without_fees.and_then(|sum| sum.checked_add(self.fees)).ok_or(ScheduleError::Overflow("payment"))
    }
}

/// The instalments of one drawing. See the module for what always holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    drawn_on: Date,
    principal: U256,
    instalments: Vec<Instalment>,
    extras: Option<Box<additions::Extras>>,
}

impl Schedule {
    /// Takes instalments made elsewhere (read back from storage), after [`Schedule::check`].
    ///
    /// # Errors
    /// [`ScheduleError::Broken`] and the errors of the dates.
    pub fn try_new(drawn_on: Date, principal: U256, instalments: Vec<Instalment>) -> Result<Self, ScheduleError> {
        let schedule = Self { drawn_on, principal, instalments, extras: None };
        schedule.check()?;
        Ok(schedule)
    }

    #[must_use]
    pub fn drawn_on(&self) -> Date {
        self.drawn_on
    }

    /// All that is drawn.
    #[must_use]
    pub fn principal(&self) -> U256 {
        self.principal
    }

    /// In order of due date; at least one.
    #[must_use]
    pub fn instalments(&self) -> &[Instalment] {
        &self.instalments
    }

    /// # Errors
    /// [`ScheduleError::Overflow`].
    pub fn total_interest(&self) -> Result<U256, ScheduleError> {
        sum(self.instalments.iter().map(|instalment| instalment.interest), "total interest")
    }

    /// # Errors
    /// [`ScheduleError::Overflow`].
    pub fn total_fees(&self) -> Result<U256, ScheduleError> {
        sum(self.instalments.iter().map(|instalment| instalment.fees), "total fees")
    }

    /// Everything that is paid: principal, interest and fees.
    ///
    /// # Errors
    /// [`ScheduleError::Overflow`].
    pub fn total_payments(&self) -> Result<U256, ScheduleError> {
        let parts = [self.principal_repaid()?, self.total_interest()?, self.total_fees()?];
        sum(parts.into_iter(), "total payments")
    }

    /// The same schedule with a fee added to each instalment. The fee changes neither interest nor balance.
    ///
    /// # Errors
    /// [`ScheduleError::Overflow`] when the payments no longer add up in 78 digits.
    pub fn with_fee_per_instalment(mut self, fee: U256) -> Result<Self, ScheduleError> {
        if fee.is_zero() {
            return Ok(self);
        }
        for instalment in &mut self.instalments {
            let fees = instalment.fees.checked_add(fee);
            instalment.fees = fees.ok_or(ScheduleError::Overflow("fee per instalment"))?;
        }
        self.total_payments()?;
        Ok(self)
    }

    /// Proves what the module promises of every schedule.
    ///
    /// # Errors
    /// [`ScheduleError::Broken`] with the rule that does not hold, [`ScheduleError::DatesOutOfOrder`].
    pub fn check(&self) -> Result<(), ScheduleError> {
        if self.principal.is_zero() {
            return Err(ScheduleError::NoPrincipal);
        }
        check_count(self.instalments.len())?;
        let (mut balance, mut before) = (self.first_drawing()?, self.drawn_on);
        let mut pending = self.extras.is_some().then(|| additions::Pending::new(self));
        for (number, instalment) in (1u32..).zip(&self.instalments) {
            if instalment.number != number {
                return Err(ScheduleError::Broken("instalments are numbered from 1 without a gap"));
            }
            if instalment.due < before {
                return Err(ScheduleError::DatesOutOfOrder { number, due: instalment.due, before });
            }
            if let Some(pending) = &mut pending {
                let added = pending.before(instalment, before)?;
                balance = balance.checked_add(added).ok_or(ScheduleError::Overflow("balance"))?;
            }
            before = instalment.due;
            let after = balance.checked_sub(instalment.principal);
            balance = after.ok_or(ScheduleError::Broken("no more principal is repaid than was drawn"))?;
            if balance != instalment.balance_after {
                return Err(ScheduleError::Broken(
                    "each balance is the one before with what is added, less the principal repaid",
                ));
            }
        }
        pending.map_or(Ok(()), |pending| pending.finish())?;
        if balance != self.left() {
            return Err(ScheduleError::Broken("the balance ends at zero, or at what the product leaves"));
        }
        self.total_payments().map(|_| ())
    }
}

/// A schedule under construction, row by row, where it will stay. Rows hold 136 bytes: they are written once.
#[derive(Debug)]
struct Rows {
    drawn_on: Date,
    principal: U256,
    balance: U256,
    instalments: Vec<Instalment>,
}

impl Rows {
    fn new(drawn_on: Date, principal: U256, count: usize) -> Self {
        Self { drawn_on, principal, balance: principal, instalments: Vec::with_capacity(count) }
    }

    fn push(&mut self, due: Date, repaid: U256, interest: U256) -> Result<(), ScheduleError> {
        let after = self.balance.checked_sub(repaid);
        self.balance = after.ok_or(ScheduleError::Broken("no more principal is repaid than was drawn"))?;
        let number = u32::try_from(self.instalments.len()).ok().and_then(|before| before.checked_add(1));
        let number = number.ok_or(ScheduleError::Count(self.instalments.len()))?;
        let (fees, balance_after) = (U256::ZERO, self.balance);
        self.instalments.push(Instalment { number, due, principal: repaid, interest, fees, balance_after });
        Ok(())
    }

    /// For the one builder that proves the promises of the module as it makes its rows.
    fn proven(self) -> Schedule {
        Schedule { drawn_on: self.drawn_on, principal: self.principal, instalments: self.instalments, extras: None }
    }

    /// What builders end with: totals that fit, and the promises of the module.
    fn finish(self) -> Result<Schedule, ScheduleError> {
        Schedule::try_new(self.drawn_on, self.principal, self.instalments)
    }
}

/// The common rule of the builders that are given due dates: each strictly after the one before and after the drawing.
fn check_due_dates(principal: U256, drawn_on: Date, due_dates: &[Date]) -> Result<(), ScheduleError> {
    if principal.is_zero() {
        return Err(ScheduleError::NoPrincipal);
    }
    check_count(due_dates.len())?;
    let mut before = drawn_on;
    for (number, due) in (1u32..).zip(due_dates) {
        if *due <= before {
            return Err(ScheduleError::DatesOutOfOrder { number, due: *due, before });
        }
        before = *due;
    }
    Ok(())
}

fn check_count(count: usize) -> Result<(), ScheduleError> {
    match u32::try_from(count) {
        Ok(small) if (1..=MAX_INSTALMENTS).contains(&small) => Ok(()),
        _ => Err(ScheduleError::Count(count)),
    }
}

/// Amounts below 2^64 are added up in 128 bits, the few others in 256.
fn sum(parts: impl Iterator<Item = U256>, name: &'static str) -> Result<U256, ScheduleError> {
    let (mut small, mut wide) = (0u128, U256::ZERO);
    for part in parts {
        match small_of(part).and_then(|part| small.checked_add(u128::from(part))) {
            Some(total) => small = total,
            None => wide = wide.checked_add(part).ok_or(ScheduleError::Overflow(name))?,
        }
    }
    wide.checked_add(U256::from(small)).ok_or(ScheduleError::Overflow(name))
}

/// The amount where it is below 2^64.
fn small_of(amount: U256) -> Option<u64> {
    match *amount.as_limbs() {
        [small, 0, 0, 0] => Some(small),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
