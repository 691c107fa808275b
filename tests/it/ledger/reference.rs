//! A ledger that is slow and plain: a list of what was recorded, and sums over all of it whenever one is asked for. It shares
//! nothing with the ledger's own code but the words for what is asked and refused.

use std::collections::BTreeMap;

use domain::U256;
use domain::ids::{AccountId, TransferId};
use jiff::civil::Date;
use ledger::{Balance, Group, Limit, Operation, Refusal, Refused, Transfer, TransferKind};

/// An account as the reference knows it.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub asset: &'static str,
    pub limit: Limit,
}

/// A recorded transfer.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: TransferId,
    pub asked: Transfer,
    pub kind: TransferKind,
    pub debit: AccountId,
    pub credit: AccountId,
    pub amount: U256,
    pub original: Option<TransferId>,
}

#[derive(Debug, Default)]
pub struct Reference {
    pub accounts: BTreeMap<AccountId, Known>,
    pub closed_through: Option<Date>,
    pub entries: Vec<Entry>,
    /// How many of them were there before the group that is judged.
    pub settled: usize,
}

/// What a group comes to: which of its transfers are new, or what is wrong with the first that is.
pub type Judged = Result<Vec<Option<TransferId>>, Refused>;

fn misformed(asked: &Transfer) -> Option<Refusal> {
    let amount = match asked.operation {
        Operation::Post { debit, credit, .. } | Operation::Hold { debit, credit, .. } if debit == credit => {
            return Some(Refusal::SameAccount(debit));
        }
        Operation::Post { amount, .. } | Operation::Hold { amount, .. } => Some(amount),
        Operation::Settle { amount, .. } => amount,
        _ => None,
    };
    (amount == Some(U256::ZERO)).then_some(Refusal::ZeroAmount)
}

impl Reference {
    /// Judges a group and records it. `ids` are those that the ledger gave it, if it took it.
    pub fn judge(&mut self, group: &Group, ids: Option<&[TransferId]>) -> Judged {
        let before = self.entries.len();
        self.settled = before;
        if let Some((index, refusal)) =
            group.iter().enumerate().find_map(|(index, asked)| Some((index, misformed(asked)?)))
        {
            return Err(Refused { index, refusal });
        }
        let mut known = Vec::new();
        for (index, transfer) in group.iter().enumerate() {
            match self.one(transfer, ids.and_then(|ids| ids.get(index)).copied()) {
                Ok(existing) => {
                    let mixed =
                        known.last().is_some_and(|last: &Option<TransferId>| last.is_some() != existing.is_some());
                    if mixed {
                        let old = existing.or_else(|| known.iter().find_map(|known| *known)).unwrap();
                        self.entries.truncate(before);
                        return Err(Refused { index, refusal: Refusal::PartlyRecorded { transfer: old } });
                    }
                    known.push(existing);
                }
                Err(refusal) => {
                    self.entries.truncate(before);
                    return Err(Refused { index, refusal });
                }
            }
        }
        Ok(known)
    }

    /// The id of a transfer that is there already; none for one that is recorded now.
    fn one(&mut self, asked: &Transfer, id: Option<TransferId>) -> Result<Option<TransferId>, Refusal> {
        let (kind, debit, credit, amount, original) = match asked.operation {
            Operation::Post { debit, credit, amount } => (TransferKind::Posted, debit, credit, amount, None),
            Operation::Hold { debit, credit, amount, .. } => (TransferKind::Pending, debit, credit, amount, None),
            Operation::Settle { pending, amount } => {
                let held = self.entry(pending)?;
                (TransferKind::Settled, held.debit, held.credit, amount.unwrap_or(held.amount), Some(pending))
            }
            Operation::Void { pending } | Operation::Expire { pending } => {
                let held = self.entry(pending)?;
                let kind = if matches!(asked.operation, Operation::Void { .. }) {
                    TransferKind::Voided
                } else {
                    TransferKind::Expired
                };
                (kind, held.debit, held.credit, held.amount, Some(pending))
            }
            Operation::Reverse { posted } => {
                let entry = self.entry(posted)?;
                (TransferKind::Reversed, entry.credit, entry.debit, entry.amount, Some(posted))
            }
        };
        let of = |account: AccountId| self.accounts.get(&account).ok_or(Refusal::UnknownAccount(account));
        if of(debit)?.asset != of(credit)?.asset {
            return Err(Refusal::AssetMismatch { debit, credit });
        }
        if self.entries[self.settled..].iter().any(|entry| entry.asked.reference == asked.reference) {
            return Err(Refusal::ReferenceTwice);
        }
        if let Some(there) = self.entries.iter().find(|entry| entry.asked.reference == asked.reference) {
            let same = [
                ("kind", there.kind == kind),
                ("original", there.original == original),
                ("debit", there.debit == debit),
                ("credit", there.credit == credit),
                ("amount", there.amount == amount),
                ("effective_on", there.asked.effective_on == asked.effective_on),
            ];
            return match same.iter().find(|(_, same)| !same) {
                None => Ok(Some(there.id)),
                Some((field, _)) => Err(Refusal::ExistsWithDifferent { transfer: there.id, field }),
            };
        }
        if let Some(through) = self.closed_through.filter(|through| asked.effective_on <= *through) {
            return Err(Refusal::PeriodClosed { through });
        }
        if let Some(original) = original {
            self.check_original(original, kind, amount)?;
        }
        let id = id.unwrap_or(TransferId::new(uuid::Uuid::nil()));
        let entry = Entry { id, asked: asked.clone(), kind, debit, credit, amount, original };
        let before = [debit, credit].map(|account| self.sums(account));
        self.entries.push(entry);
        let refusal = [debit, credit].iter().zip(before).find_map(|(account, before)| self.broken(*account, before));
        if let Some(refusal) = refusal {
            self.entries.pop();
            return Err(refusal);
        }
        Ok(None)
    }

    fn entry(&self, id: TransferId) -> Result<&Entry, Refusal> {
        self.entries.iter().find(|entry| entry.id == id).ok_or(Refusal::UnknownOriginal(id))
    }

    fn check_original(&self, original: TransferId, kind: TransferKind, amount: U256) -> Result<(), Refusal> {
        let entry = self.entry(original)?;
        match (kind, entry.kind) {
            (TransferKind::Reversed, TransferKind::Posted | TransferKind::Settled) => {}
            (TransferKind::Reversed, _) => return Err(Refusal::NotPosted(original)),
            (_, TransferKind::Pending) => {}
            _ => return Err(Refusal::NotPending(original)),
        }
        if self.entries[self.settled..].iter().any(|entry| entry.original == Some(original)) {
            return Err(Refusal::EndedTwice(original));
        }
        if let Some(end) = self.entries.iter().find(|entry| entry.original == Some(original)) {
            return Err(Refusal::AlreadyEnded { original, by: end.id });
        }
        if kind == TransferKind::Expired {
            return Err(Refusal::NotExpired(original));
        }
        if amount > entry.amount { Err(Refusal::AboveHeld { original, held: entry.amount }) } else { Ok(()) }
    }

    /// Debits posted, credits posted, debits pending, credits pending; `None` where one does not fit in 256 bits.
    fn sums(&self, account: AccountId) -> Option<Balance> {
        let mut balance = Balance::default();
        for entry in &self.entries {
            let ended = self.entries.iter().any(|other| other.original == Some(entry.id));
            let (posted, pending) = match entry.kind {
                TransferKind::Posted | TransferKind::Settled | TransferKind::Reversed => (entry.amount, U256::ZERO),
                TransferKind::Pending if !ended => (U256::ZERO, entry.amount),
                _ => (U256::ZERO, U256::ZERO),
            };
            if entry.debit == account {
                balance.debits_posted = balance.debits_posted.checked_add(posted)?;
                balance.debits_pending = balance.debits_pending.checked_add(pending)?;
            }
            if entry.credit == account {
                balance.credits_posted = balance.credits_posted.checked_add(posted)?;
                balance.credits_pending = balance.credits_pending.checked_add(pending)?;
            }
        }
        balance.debits_posted.checked_add(balance.debits_pending)?;
        balance.credits_posted.checked_add(balance.credits_pending)?;
        Some(balance)
    }

    pub fn balance(&self, account: AccountId) -> Balance {
        self.sums(account).unwrap()
    }

    fn broken(&self, account: AccountId, before: Option<Balance>) -> Option<Refusal> {
        let Some(after) = self.sums(account) else { return Some(Refusal::Overflow(account)) };
        let before = before.unwrap();
        let limit = self.accounts[&account].limit;
        let used = |balance: Balance| match limit {
            Limit::None => (U256::ZERO, U256::ZERO),
            Limit::DebitsAtMostCredits => (balance.debits_posted + balance.debits_pending, balance.credits_posted),
            Limit::CreditsAtMostDebits => (balance.credits_posted + balance.credits_pending, balance.debits_posted),
        };
        let (now, bound) = used(after);
        let (then, room) = used(before);
        (now > bound).then(|| Refusal::LimitExceeded { account, limit, left: room - then })
    }
}
