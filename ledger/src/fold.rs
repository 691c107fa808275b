//! What a list of groups comes to, worked out in memory under the tenant's lock: one fold over the balances of the accounts
//! that they touch.
//!
//! Every group is taken whole or not at all, and one that is refused leaves no trace for those after it. The database checks
//! all of it again, but knows only that something is wrong; this knows what.

use std::collections::HashMap;

use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use jiff::civil::Date;
use ruint::aliases::U256;

use crate::account::{Account, Balance, Side};
use crate::refusal::{Refusal, Refused};
use crate::store::stored_precision;
use crate::transfer::{Group, MAX_METADATA, MAX_REFERENCE, Operation, Posted, Row, Transfer, TransferKind};

/// An account and what went through it.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) account: Account,
    pub(crate) balance: Balance,
}

/// What groups are judged against.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// By the database's clock.
    pub(crate) now: Timestamp,
    pub(crate) closed_through: Option<Date>,
    pub(crate) accounts: HashMap<AccountId, Standing>,
    /// Transfers of the references that are asked for.
    pub(crate) recorded: HashMap<String, Row>,
    /// Transfers that are referred to, and what ended them.
    pub(crate) originals: HashMap<TransferId, (Row, Option<TransferId>)>,
}

/// What a group came to, and what is to be recorded for it.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) outcomes: Vec<Result<Posted, Refused>>,
    pub(crate) rows: Vec<Row>,
}

/// What holds of a group whatever is recorded, looked at before anything else.
pub(crate) fn check_form(group: &Group) -> Result<(), Refused> {
    let wrong = |(index, transfer)| Some(Refused { index, refusal: check_one(transfer).err()? });
    group.iter().enumerate().find_map(wrong).map_or(Ok(()), Err)
}

fn check_one(transfer: &Transfer) -> Result<(), Refusal> {
    let reference = &transfer.reference;
    if reference.is_empty() || reference.chars().count() > MAX_REFERENCE || reference.contains(char::is_control) {
        return Err(Refusal::Reference);
    }
    if transfer.metadata.as_ref().is_some_and(|metadata| metadata.to_string().len() > MAX_METADATA) {
        return Err(Refusal::MetadataTooLong);
    }
    match transfer.operation {
        Operation::Post { debit, credit, .. } | Operation::Hold { debit, credit, .. } if debit == credit => {
            Err(Refusal::SameAccount(debit))
        }
        Operation::Post { amount: U256::ZERO, .. }
        | Operation::Hold { amount: U256::ZERO, .. }
        | Operation::Settle { amount: Some(U256::ZERO), .. } => Err(Refusal::ZeroAmount),
        _ => Ok(()),
    }
}

impl State {
    /// Judges the groups in order. `ids` gives each transfer that is recorded its own, ascending.
    pub(crate) fn fold(mut self, groups: &[Group], mut ids: impl Iterator<Item = TransferId>) -> Folded {
        let mut folded = Folded { outcomes: Vec::with_capacity(groups.len()), rows: Vec::new() };
        for group in groups {
            let outcome = self.take(group, &mut ids, &mut folded.rows);
            folded.outcomes.push(outcome);
        }
        folded
    }

    fn take(
        &mut self,
        group: &Group,
        ids: &mut impl Iterator<Item = TransferId>,
        rows: &mut Vec<Row>,
    ) -> Result<Posted, Refused> {
        check_form(group)?;
        let mark = rows.len();
        let mut undo = Undo::default();
        let mut taken = Vec::with_capacity(group.len());
        let mut known = None;
        for (index, transfer) in group.iter().enumerate() {
            let step = self.step(transfer, ids, &mut undo);
            let step = step.and_then(|step| match (step, known, rows.len() > mark) {
                (Step::Known(transfer), _, true) => Err(Refusal::PartlyRecorded { transfer }),
                (Step::New(_), Some(transfer), _) => Err(Refusal::PartlyRecorded { transfer }),
                (step, _, _) => Ok(step),
            });
            match step {
                Ok(Step::Known(id)) => {
                    known = Some(id);
                    taken.push(id);
                }
                Ok(Step::New(row)) => {
                    taken.push(row.id);
                    rows.push(*row);
                }
                Err(refusal) => {
                    undo.roll_back(self);
                    rows.truncate(mark);
                    return Err(Refused { index, refusal });
                }
            }
        }
        Ok(if known.is_some() { Posted::AlreadyApplied(taken) } else { Posted::Applied(taken) })
    }

    fn step(
        &mut self,
        transfer: &Transfer,
        ids: &mut impl Iterator<Item = TransferId>,
        undo: &mut Undo,
    ) -> Result<Step, Refusal> {
        let draft = self.draft(transfer)?;
        if undo.references.contains(&transfer.reference) {
            return Err(Refusal::ReferenceTwice);
        }
        if let Some(recorded) = self.recorded.get(&transfer.reference) {
            return match difference(recorded, &draft) {
                None => Ok(Step::Known(recorded.id)),
                Some(field) => Err(Refusal::ExistsWithDifferent { transfer: recorded.id, field }),
            };
        }
        self.check(&draft, undo)?;
        self.move_balances(&draft, undo)?;
        let row = Row { id: ids.next().unwrap_or(draft.id), ..draft };
        if let Some(original) = row.original {
            self.end(original, row.id, undo);
        }
        self.recorded.insert(row.reference.clone(), row.clone());
        undo.references.push(row.reference.clone());
        self.originals.insert(row.id, (row.clone(), None));
        undo.originals.push((row.id, None));
        Ok(Step::New(Box::new(row)))
    }

    /// The row that a transfer would be, with no id yet.
    fn draft(&self, transfer: &Transfer) -> Result<Row, Refusal> {
        let plain = |debit, credit, amount, kind, expires_at| {
            let (from, to) = (self.account(debit)?, self.account(credit)?);
            if from.account.asset != to.account.asset {
                return Err(Refusal::AssetMismatch { debit, credit });
            }
            Ok(Row {
                id: TransferId::new(uuid::Uuid::nil()),
                debit,
                credit,
                asset: from.account.asset,
                amount,
                kind,
                original: None,
                released: None,
                expires_at,
                effective_on: transfer.effective_on,
                reference: transfer.reference.clone(),
                metadata: transfer.metadata.clone(),
            })
        };
        let ending = |original: TransferId, amount: Option<U256>, kind| {
            let (row, _) = self.originals.get(&original).ok_or(Refusal::UnknownOriginal(original))?;
            let swapped = kind == TransferKind::Reversed;
            let (debit, credit) = if swapped { (row.credit, row.debit) } else { (row.debit, row.credit) };
            let draft = plain(debit, credit, amount.unwrap_or(row.amount), kind, None)?;
            Ok(Row { original: Some(original), released: (!swapped).then_some(row.amount), ..draft })
        };
        match transfer.operation {
            Operation::Post { debit, credit, amount } => plain(debit, credit, amount, TransferKind::Posted, None),
            Operation::Hold { debit, credit, amount, expires_at } => {
                plain(debit, credit, amount, TransferKind::Pending, expires_at.map(stored_precision))
            }
            Operation::Settle { pending, amount } => ending(pending, amount, TransferKind::Settled),
            Operation::Void { pending } => ending(pending, None, TransferKind::Voided),
            Operation::Expire { pending } => ending(pending, None, TransferKind::Expired),
            Operation::Reverse { posted } => ending(posted, None, TransferKind::Reversed),
        }
    }

    fn account(&self, id: AccountId) -> Result<&Standing, Refusal> {
        let standing = self.accounts.get(&id).ok_or(Refusal::UnknownAccount(id))?;
        if standing.account.is_control { Err(Refusal::ControlAccount(id)) } else { Ok(standing) }
    }

    /// Rules that look at no balance.
    fn check(&self, draft: &Row, undo: &Undo) -> Result<(), Refusal> {
        if let Some(through) = self.closed_through.filter(|through| draft.effective_on <= *through) {
            return Err(Refusal::PeriodClosed { through });
        }
        if draft.expires_at.is_some_and(|expires_at| expires_at <= self.now) {
            return Err(Refusal::ExpiryOver);
        }
        let Some(original) = draft.original else { return Ok(()) };
        let (row, ended) = self.originals.get(&original).ok_or(Refusal::UnknownOriginal(original))?;
        if draft.kind == TransferKind::Reversed {
            if !matches!(row.kind, TransferKind::Posted | TransferKind::Settled) {
                return Err(Refusal::NotPosted(original));
            }
        } else if row.kind != TransferKind::Pending {
            return Err(Refusal::NotPending(original));
        }
        if undo.originals.iter().any(|(id, before)| *id == original && before.is_some()) {
            return Err(Refusal::EndedTwice(original));
        }
        if let Some(by) = *ended {
            return Err(Refusal::AlreadyEnded { original, by });
        }
        let over = row.expires_at.is_some_and(|expires_at| expires_at <= self.now);
        match draft.kind {
            TransferKind::Expired if !over => return Err(Refusal::NotExpired(original)),
            TransferKind::Settled | TransferKind::Voided if over => return Err(Refusal::Expired(original)),
            _ => {}
        }
        if draft.amount > row.amount {
            return Err(Refusal::AboveHeld { original, held: row.amount });
        }
        Ok(())
    }

    fn move_balances(&mut self, draft: &Row, undo: &mut Undo) -> Result<(), Refusal> {
        for (id, side) in [(draft.debit, Side::Debit), (draft.credit, Side::Credit)] {
            let standing = self.accounts.get_mut(&id).ok_or(Refusal::UnknownAccount(id))?;
            let before = standing.balance;
            undo.balances.push((id, before));
            let (posted, pending) = standing.balance.side_mut(side);
            *pending = pending.saturating_sub(draft.released.unwrap_or_default());
            let moved = if draft.kind.posts() {
                Some(posted)
            } else {
                (draft.kind == TransferKind::Pending).then_some(pending)
            };
            if let Some(moved) = moved {
                *moved = moved.checked_add(draft.amount).ok_or(Refusal::Overflow(id))?;
            }
            let Balance { debits_posted, credits_posted, debits_pending, credits_pending } = standing.balance;
            let fits = |posted: U256, pending: U256| posted.checked_add(pending).is_some();
            if !(fits(debits_posted, debits_pending) && fits(credits_posted, credits_pending)) {
                return Err(Refusal::Overflow(id));
            }
            let limit = standing.account.limit;
            if !standing.balance.keeps(limit) {
                let left = before.left(limit).unwrap_or_default();
                return Err(Refusal::LimitExceeded { account: id, limit, left });
            }
        }
        Ok(())
    }

    fn end(&mut self, original: TransferId, by: TransferId, undo: &mut Undo) {
        if let Some((row, ended)) = self.originals.get_mut(&original) {
            undo.originals.push((original, Some(row.clone())));
            *ended = Some(by);
        }
    }
}

enum Step {
    /// Recorded before.
    Known(TransferId),
    New(Box<Row>),
}

/// The first member in which a recorded transfer is another than the one asked for.
fn difference(recorded: &Row, asked: &Row) -> Option<&'static str> {
    [
        ("kind", recorded.kind == asked.kind),
        ("original", recorded.original == asked.original),
        ("debit", recorded.debit == asked.debit),
        ("credit", recorded.credit == asked.credit),
        ("amount", recorded.amount == asked.amount),
        ("expires_at", recorded.expires_at == asked.expires_at),
        ("effective_on", recorded.effective_on == asked.effective_on),
        ("metadata", recorded.metadata == asked.metadata),
    ]
    .into_iter()
    .find_map(|(field, same)| (!same).then_some(field))
}

/// What a group has changed so far, oldest first.
#[derive(Debug, Default)]
struct Undo {
    balances: Vec<(AccountId, Balance)>,
    references: Vec<String>,
    /// What was there before: nothing, or a transfer that had not ended.
    originals: Vec<(TransferId, Option<Row>)>,
}

impl Undo {
    fn roll_back(self, state: &mut State) {
        for (id, balance) in self.balances.into_iter().rev() {
            if let Some(standing) = state.accounts.get_mut(&id) {
                standing.balance = balance;
            }
        }
        for reference in self.references {
            state.recorded.remove(&reference);
        }
        for (id, before) in self.originals.into_iter().rev() {
            match before {
                Some(row) => state.originals.insert(id, (row, None)),
                None => state.originals.remove(&id),
            };
        }
    }
}
