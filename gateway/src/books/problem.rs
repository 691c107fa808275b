//! How a read that has no answer becomes the client's error.

use std::time::Duration;

use ledger::{LedgerError, ReadError};

use crate::problem::{Code, FieldError, Problem};

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let detail = error.to_string();
        match error {
            ReadError::UnknownAccount(_) => Self::not_found(),
            ReadError::ControlAccount(_) => Self::invalid(vec![FieldError::new("id", "posted_to", detail)]),
            ReadError::Cursor => Self::invalid(vec![FieldError::new("cursor", "cursor", detail)]),
            ReadError::PageSize { .. } => Self::invalid(vec![FieldError::new("limit", "range", detail)]),
            ReadError::TooManyLines { .. } => Self::new(Code::ReportTooLarge, detail),
            ReadError::TooManyAccounts { .. } | ReadError::TooLarge => Self::internal(&error),
            ReadError::Ledger(error) => error.into(),
        }
    }
}

/// What a caller is told to wait when the ledger cannot answer now.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::Away(_) | LedgerError::Closed => {
                tracing::warn!(%error, "the ledger is away");
                Self::new(Code::Unavailable, "the ledger cannot be reached now").retry_after(RETRY_AFTER)
            }
            LedgerError::Busy { .. } | LedgerError::Contended { .. } => {
                Self::new(Code::Overloaded, error.to_string()).retry_after(RETRY_AFTER)
            }
            _ => Self::internal(&error),
        }
    }
}
