//! Why a read has no answer.

use domain::ids::AccountId;

use crate::error::LedgerError;

#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// Or it is another tenant's.
    #[error("account {0} is not known")]
    UnknownAccount(AccountId),
    #[error("account {0} is a control account, to which nothing is posted: ask for the accounts under it")]
    ControlAccount(AccountId),
    #[error("the cursor belongs to no page of this statement")]
    Cursor,
    #[error("{given} on a page: at least 1, at most {most}")]
    PageSize { given: usize, most: usize },
    #[error("{given} accounts: at most {most} at once")]
    TooManyAccounts { given: usize, most: usize },
    #[error("more than {most} lines: accounts that are many belong under a control account")]
    TooManyLines { most: usize },
    #[error("a sum is above 256 bits")]
    TooLarge,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Ledger(error.into())
    }
}
