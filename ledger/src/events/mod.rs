//! What happens to a loan, as entries in its books.
//!
//! An event says what has been decided elsewhere: how a payment was allocated, what was accrued, whether the loan had been
//! charged off. It decides nothing itself, so that the same event has the same entries on any day. Each entry debits one
//! account and credits another, and all of an event are linked: recorded together or not at all.
//!
//! The table of `docs/ledger-events.md` is [`Event::entries`] in words.

mod allocation;
mod group;
mod templates;

pub use allocation::{Allocation, Cause, Part, Parts, Standing};
pub use group::reversal;

use ruint::aliases::U256;

use crate::chart::{ChartError, Code};

/// Something that happened to a loan, with its amounts in the asset's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Money paid out. What a borrower had overpaid is used before more is lent.
    Disbursement { principal: U256, overpayment: U256 },
    /// The borrower's own share, paid on the day of a disbursement.
    DownPayment(Allocation),
    /// Money from the borrower. After a charge-off all that would have been owed is a recovery.
    Repayment(Allocation),
    /// The merchant sends back what a purchase on credit had cost.
    MerchantIssuedRefund(Allocation),
    /// The same, by way of whoever paid the merchant.
    PayoutRefund(Allocation),
    /// The house pays for the borrower.
    GoodwillCredit(Allocation),
    /// A payment is taken back by whoever had sent it: the overpayment first, then what it had paid.
    Chargeback(Allocation),
    /// What was overpaid is sent back. Principal is lent anew where, by a later look at the payments, less was overpaid.
    CreditBalanceRefund { standing: Standing, overpayment: U256, principal: U256 },
    /// What was earned by the day.
    Accrual { interest: U256, fees: U256, penalties: U256 },
    /// A fee that is earned when it is charged.
    Fee { amount: U256 },
    /// A penalty that is earned when it is charged.
    Penalty { amount: U256 },
    /// What was earned and is not asked for any more. Principal is forgiven by a write-off and by nothing less.
    Waiver { interest: U256, fees: U256, penalties: U256 },
    /// The loan leaves the books as lost, while the borrower owes it still.
    ChargeOff { cause: Cause, parts: Parts },
    /// The borrower owes it no more. After a charge-off what that had cost becomes a loss of this kind.
    WriteOff { standing: Standing, parts: Parts },
    /// Money for a loan that was written off.
    Recovery { amount: U256 },
    /// Collateral came to where we can reach it.
    CollateralLock { amount: U256 },
    /// Collateral went back to the borrower.
    CollateralRelease { amount: U256 },
    /// The borrower lost collateral, and it went to pay the debt.
    CollateralSeizure { amount: U256 },
}

/// One debit and one credit of the same amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub debit: Code,
    pub credit: Code,
    /// Never zero.
    pub amount: U256,
}

impl Entry {
    /// What undoes it.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { debit: self.credit, credit: self.debit, amount: self.amount }
    }
}

/// An event of which no entries can be made. The first two are the caller's to mend, the last is ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("all amounts are zero: nothing moves")]
    NothingMoves,
    #[error("the amounts on one account come to more than 256 bits")]
    Overflow,
    #[error(transparent)]
    Accounts(#[from] ChartError),
}

impl Event {
    /// In a fixed order; an amount of zero has no entry.
    ///
    /// # Errors
    /// [`EventError::NothingMoves`], and [`EventError::Overflow`] when what one account is debited or credited is no amount
    /// any more.
    pub fn entries(&self) -> Result<Vec<Entry>, EventError> {
        let mut entries = self.lines();
        entries.retain(|entry| !entry.amount.is_zero());
        if entries.is_empty() {
            return Err(EventError::NothingMoves);
        }
        if !fits(&entries, |entry| entry.debit) || !fits(&entries, |entry| entry.credit) {
            return Err(EventError::Overflow);
        }
        Ok(entries)
    }
}

/// Whether the sums on a side are amounts.
fn fits(entries: &[Entry], side: fn(&Entry) -> Code) -> bool {
    let sum = |code| entries.iter().filter(move |entry| side(entry) == code).map(|entry| entry.amount);
    entries.iter().all(|entry| sum(side(entry)).try_fold(U256::ZERO, U256::checked_add).is_some())
}

#[cfg(test)]
mod tests;
