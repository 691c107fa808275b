//! Why the ledger could not answer. None of it says anything about the transfers themselves.

use std::sync::Arc;

use domain::ids::AccountId;

use crate::refusal::Refused;

/// We are to blame, or the database is.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// Nothing was recorded; to be tried again later.
    #[error("{waiting} postings wait already, which is the most")]
    Busy { waiting: usize },
    #[error("account {account} is open already, with another {member}")]
    AccountDiffers { account: AccountId, member: &'static str },
    #[error("{given} at once: at most {most}")]
    TooMany { given: usize, most: usize },
    /// Nothing was recorded; to be tried again.
    #[error("the database put others first {attempts} times")]
    Contended { attempts: u32 },
    /// What was asked for may be recorded or not: the same references again find out.
    #[error("the database cannot be reached now")]
    Away(#[source] Arc<sqlx::Error>),
    #[error("the database refused: {0}")]
    Database(#[source] Arc<sqlx::Error>),
    #[error("the ledger is shutting down")]
    Closed,
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refused) if !is_leaving(refused.as_ref()) => Self::Database(Arc::new(error)),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => {
                Self::Database(Arc::new(error))
            }
            _ => Self::Away(Arc::new(error)),
        }
    }
}

/// Classes 08 (connection) and 53 (resources), and Postgres shutting down or starting.
fn is_leaving(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("53") || code.starts_with("57P"))
}

/// A posting that is not recorded, or of which nobody knows.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
