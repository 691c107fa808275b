//! A transfer as the database returns it.

use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::asset::AssetNumber;
use crate::numeric::Numeric;
use crate::transfer::{Row, TransferKind};

#[derive(Debug)]
pub(super) struct Record {
    pub(super) transfer_id: Uuid,
    pub(super) debit_account_id: Uuid,
    pub(super) credit_account_id: Uuid,
    pub(super) asset_id: AssetNumber,
    pub(super) amount: Numeric,
    pub(super) kind: TransferKind,
    pub(super) original_id: Option<Uuid>,
    pub(super) released: Option<Numeric>,
    pub(super) expires_at: Option<jiff_sqlx::Timestamp>,
    pub(super) effective_on: jiff_sqlx::Date,
    pub(super) reference: String,
    pub(super) metadata: Option<Value>,
    pub(super) ended_by: Option<Uuid>,
}

impl From<Record> for Row {
    fn from(record: Record) -> Self {
        Self {
            id: TransferId::new(record.transfer_id),
            debit: AccountId::new(record.debit_account_id),
            credit: AccountId::new(record.credit_account_id),
            asset: record.asset_id,
            amount: record.amount.0,
            kind: record.kind,
            original: record.original_id.map(TransferId::new),
            released: record.released.map(|released| released.0),
            expires_at: record.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            effective_on: record.effective_on.to_jiff(),
            reference: record.reference,
            metadata: record.metadata,
        }
    }
}

/// As fine as the database keeps it.
pub(crate) fn stored_precision(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}
