//! Closing: a period that is closed takes no transfer any more, and a year that is closed has its result in equity.

mod period;
mod year;

pub use period::Closed;

use domain::ids::AccountId;
use jiff::civil::Date;

use crate::error::LedgerError;
use crate::read::ReadError;
use crate::refusal::Refusal;

/// What the references of transfers that close a year begin with. By it income statements know them.
pub(crate) const YEAR_CLOSE: &str = "year-close:";

#[derive(Debug, Clone, thiserror::Error)]
pub enum CloseError {
    #[error("the period through {through} is not over")]
    NotOver { through: Date },
    #[error("{year} is no year that has passed")]
    Year { year: i16 },
    /// The books were closed through this day while accounts of income or expense were not at zero.
    #[error("the period through {through} was closed before the year was; its result can no longer be moved")]
    PeriodClosed { through: Date },
    #[error("account {0} does not take results: it must be one of equity that is posted to")]
    NotEquity(AccountId),
    #[error("no account of equity was given for {asset}")]
    NoAccountFor { asset: String },
    #[error("accounts {one} and {other} are of one asset: one of them takes its result")]
    TwoAccounts { one: AccountId, other: AccountId },
    #[error("transfer {reference}: {refusal}")]
    Refused { reference: String, refusal: Refusal },
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<LedgerError> for CloseError {
    fn from(error: LedgerError) -> Self {
        Self::Read(error.into())
    }
}

impl From<sqlx::Error> for CloseError {
    fn from(error: sqlx::Error) -> Self {
        Self::Read(error.into())
    }
}
