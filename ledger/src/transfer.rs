//! What is asked for and what is recorded: transfers, alone or linked.

use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use jiff::civil::Date;
use ruint::aliases::U256;

use crate::asset::AssetNumber;

/// The most transfers in one batch.
pub const MAX_BATCH: usize = 10_000;

/// The longest reference, in characters.
pub const MAX_REFERENCE: usize = 200;

/// The most bytes of metadata, as JSON.
pub const MAX_METADATA: usize = 8_000;

/// What a transfer is to do. Amounts are in the smallest unit of the accounts' asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Debits one account and credits another, now.
    Post { debit: AccountId, credit: AccountId, amount: U256 },
    /// Holds an amount until it is settled or voided, or expires.
    Hold { debit: AccountId, credit: AccountId, amount: U256, expires_at: Option<Timestamp> },
    /// Posts what a pending transfer holds, or a part of it and releases the rest.
    Settle { pending: TransferId, amount: Option<U256> },
    /// Releases what a pending transfer holds.
    Void { pending: TransferId },
    /// Releases what a pending transfer held that has run out.
    Expire { pending: TransferId },
    /// Posts the opposite of a posted transfer, once.
    Reverse { posted: TransferId },
}

/// One transfer that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub operation: Operation,
    /// Unique in the tenant's ledger: the same transfer again is the same transfer.
    pub reference: String,
    /// The day that it counts for.
    pub effective_on: Date,
    pub metadata: Option<serde_json::Value>,
}

/// Transfers that are recorded together or not at all, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    first: Transfer,
    rest: Vec<Transfer>,
}

impl Group {
    #[must_use]
    pub fn of(transfer: Transfer) -> Self {
        Self { first: transfer, rest: Vec::new() }
    }

    /// `None` where there is nothing to do.
    #[must_use]
    pub fn linked(transfers: Vec<Transfer>) -> Option<Self> {
        let mut transfers = transfers.into_iter();
        Some(Self { first: transfers.next()?, rest: transfers.collect() })
    }

    pub fn iter(&self) -> impl Iterator<Item = &Transfer> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// Never zero.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a group is never empty")]
    pub fn len(&self) -> usize {
        self.rest.len().saturating_add(1)
    }
}

impl From<Transfer> for Group {
    fn from(transfer: Transfer) -> Self {
        Self::of(transfer)
    }
}

/// What a recorded transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "ledger_transfer_kind", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    Posted,
    Pending,
    Settled,
    Voided,
    Expired,
    Reversed,
}

impl TransferKind {
    /// Whether its amount counts as posted.
    #[must_use]
    pub const fn posts(self) -> bool {
        matches!(self, Self::Posted | Self::Settled | Self::Reversed)
    }
}

/// A transfer as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: TransferId,
    pub debit: AccountId,
    pub credit: AccountId,
    pub asset: AssetNumber,
    pub amount: U256,
    pub kind: TransferKind,
    /// The pending transfer that this one ends, or the posted one that it reverses.
    pub original: Option<TransferId>,
    /// What the pending one held.
    pub released: Option<U256>,
    pub expires_at: Option<Timestamp>,
    pub effective_on: Date,
    pub reference: String,
    pub metadata: Option<serde_json::Value>,
}

/// A group that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    Applied(Vec<TransferId>),
    /// All of it had been recorded before, word for word.
    AlreadyApplied(Vec<TransferId>),
}

impl Posted {
    /// In the order of the group.
    #[must_use]
    pub fn ids(&self) -> &[TransferId] {
        match self {
            Self::Applied(ids) | Self::AlreadyApplied(ids) => ids,
        }
    }
}
