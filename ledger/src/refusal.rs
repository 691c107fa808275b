//! Why a transfer is not recorded. The caller is to blame, and no retry helps unless something else happens first.

use domain::ids::{AccountId, TransferId};
use jiff::civil::Date;
use ruint::aliases::U256;

use crate::account::Limit;
use crate::transfer::{MAX_METADATA, MAX_REFERENCE};

/// The rule that a transfer breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("reference: 1 to {MAX_REFERENCE} characters without control characters")]
    Reference,
    #[error("amount: above zero")]
    ZeroAmount,
    #[error("credit: another account than the debit's {0}")]
    SameAccount(AccountId),
    #[error("metadata: at most {MAX_METADATA} bytes of JSON")]
    MetadataTooLong,
    #[error("expires_at: later than now")]
    ExpiryOver,
    #[error("account {0} is not known")]
    UnknownAccount(AccountId),
    #[error("account {0} is a control account, which is only the sum of those under it")]
    ControlAccount(AccountId),
    #[error("accounts {debit} and {credit} are not of one asset")]
    AssetMismatch { debit: AccountId, credit: AccountId },
    #[error("account {0} cannot hold more than 256 bits")]
    Overflow(AccountId),
    #[error("effective_on: the period through {through} is closed")]
    PeriodClosed { through: Date },
    #[error("{}", limit_exceeded(*account, *limit, *left))]
    LimitExceeded { account: AccountId, limit: Limit, left: U256 },
    #[error("reference: {transfer} has it, with another {field}")]
    ExistsWithDifferent { transfer: TransferId, field: &'static str },
    #[error("reference: {transfer} has it, while others linked with it are not recorded")]
    PartlyRecorded { transfer: TransferId },
    #[error("reference: another transfer of the group has it")]
    ReferenceTwice,
    #[error("transfer {0} is not known")]
    UnknownOriginal(TransferId),
    #[error("transfer {0} is not pending")]
    NotPending(TransferId),
    #[error("transfer {0} cannot be reversed: it is not posted")]
    NotPosted(TransferId),
    #[error("transfer {original} has been ended by {by}")]
    AlreadyEnded { original: TransferId, by: TransferId },
    #[error("transfer {0} is ended by another transfer of the group")]
    EndedTwice(TransferId),
    #[error("transfer {0} has expired")]
    Expired(TransferId),
    #[error("transfer {0} has not expired")]
    NotExpired(TransferId),
    #[error("amount: at most the {held} that {original} holds")]
    AboveHeld { original: TransferId, held: U256 },
}

fn limit_exceeded(account: AccountId, limit: Limit, left: U256) -> String {
    let (side, other) = match limit {
        Limit::CreditsAtMostDebits => ("credits", "debits"),
        Limit::DebitsAtMostCredits | Limit::None => ("debits", "credits"),
    };
    format!("account {account}: {side} must not exceed {other}; {left} left")
}

/// A group that is not recorded, because of one of its transfers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("transfer {index} of the group: {refusal}")]
pub struct Refused {
    /// From 0, in the group.
    pub index: usize,
    #[source]
    pub refusal: Refusal,
}
