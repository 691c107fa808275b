//! What the chain of hashes is made of, computed here from the rows and not by the database that keeps them.
//!
//! A row's hash is SHA-256 of, in this order: tenant, id, batch, debit and credit account (16 bytes each), the asset's
//! number (4), the original (16 zeros where there is none), the effective day as days since 2000-01-01 (4), the expiry as
//! microseconds since then (8, or nothing), and text: amount, kind and released amount (or nothing), a line each, then the
//! number of characters of the reference, a line, the reference, and the metadata as they are kept. Integers are
//! big-endian.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 2000-01-01 in microseconds since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

pub(super) type Hash = [u8; 32];

/// A transfer as its bytes are hashed: text as the database keeps it.
#[derive(Debug)]
pub(super) struct HashedRow {
    pub(super) tenant_id: Uuid,
    pub(super) transfer_id: Uuid,
    pub(super) batch_id: Uuid,
    pub(super) debit_account_id: Uuid,
    pub(super) credit_account_id: Uuid,
    pub(super) asset_id: i32,
    pub(super) original_id: Option<Uuid>,
    /// Days since 2000-01-01.
    pub(super) effective_day: i32,
    /// Microseconds since 1970.
    pub(super) expires_micros: Option<i64>,
    pub(super) amount: String,
    pub(super) kind: String,
    pub(super) released: Option<String>,
    pub(super) reference: String,
    pub(super) metadata: Option<String>,
}

impl HashedRow {
    pub(super) fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        for id in [self.tenant_id, self.transfer_id, self.batch_id, self.debit_account_id, self.credit_account_id] {
            hasher.update(id.as_bytes());
        }
        hasher.update(self.asset_id.to_be_bytes());
        hasher.update(self.original_id.unwrap_or_default().as_bytes());
        hasher.update(self.effective_day.to_be_bytes());
        if let Some(micros) = self.expires_micros {
            hasher.update(micros.wrapping_sub(EPOCH_MICROS).to_be_bytes());
        }
        let released = self.released.as_deref().unwrap_or_default();
        hasher.update(format!("{}\n{}\n{released}\n", self.amount, self.kind));
        hasher.update(format!("{}\n{}", self.reference.chars().count(), self.reference));
        hasher.update(self.metadata.as_deref().unwrap_or_default());
        hasher.finalize().into()
    }
}

/// A batch as its place in the chain is hashed.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) number: i64,
    pub(super) batch_id: Uuid,
    /// Microseconds since 1970.
    pub(super) recorded_micros: i64,
    pub(super) rows: i32,
    pub(super) row_hashes: &'a [u8],
}

impl Link<'_> {
    /// The hash that follows `previous`.
    pub(super) fn after(&self, previous: &[u8]) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.number.to_be_bytes());
        hasher.update(self.batch_id.as_bytes());
        hasher.update(self.recorded_micros.wrapping_sub(EPOCH_MICROS).to_be_bytes());
        hasher.update(self.rows.to_be_bytes());
        hasher.update(Sha256::digest(self.row_hashes));
        hasher.finalize().into()
    }
}
