//! From entries to linked transfers.

use std::iter::successors;

use domain::ids::TransferId;
use jiff::civil::Date;

use super::{Event, EventError};
use crate::chart::Accounts;
use crate::transfer::{Group, Operation, Transfer};

impl Event {
    /// What is to be posted. The transfers' references are the event's with `/1`, `/2` and so on behind it: an event that is
    /// posted again is found to be there, and one that comes with other amounts under its old name is refused.
    ///
    /// # Errors
    /// Those of [`Event::entries`], and [`EventError::Accounts`] when the accounts are of another book than the event.
    pub fn group(&self, accounts: Accounts<'_>, reference: &str, effective_on: Date) -> Result<Group, EventError> {
        let post = |entry: super::Entry| {
            let (debit, credit) = (accounts.of(entry.debit)?, accounts.of(entry.credit)?);
            Ok(Operation::Post { debit, credit, amount: entry.amount })
        };
        let operations = self.entries()?.into_iter().map(post).collect::<Result<Vec<_>, EventError>>()?;
        linked(operations, reference, effective_on)
    }
}

/// What undoes an event: of the transfers that it was posted as, in their order, the last comes first. `reference` is that of
/// the reversal, which is an event of its own.
///
/// # Errors
/// [`EventError::NothingMoves`] when there are no transfers.
pub fn reversal(posted: &[TransferId], reference: &str, effective_on: Date) -> Result<Group, EventError> {
    let operations = posted.iter().rev().map(|posted| Operation::Reverse { posted: *posted }).collect();
    linked(operations, reference, effective_on)
}

fn linked(operations: Vec<Operation>, reference: &str, effective_on: Date) -> Result<Group, EventError> {
    let numbers = successors(Some(1_u32), |number| number.checked_add(1));
    let transfer = |(operation, number)| Transfer {
        operation,
        reference: format!("{reference}/{number}"),
        effective_on,
        metadata: None,
    };
    let transfers = operations.into_iter().zip(numbers).map(transfer).collect();
    Group::linked(transfers).ok_or(EventError::NothingMoves)
}
