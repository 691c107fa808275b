//! Whether a tenant's ledger is what it says: every row, every batch, every balance, from the first to the last.
//!
//! The rows are read once, in the order of the chain and a window of batches at a time, and hashed here; balances are folded
//! beside, so that memory is bounded by the number of accounts and not of transfers. It is done on one snapshot of the
//! database: what is posted meanwhile changes nothing.

mod fold;
mod hash;
mod windows;

use std::fmt;

use domain::ids::{AccountId, TenantId, TransferId};
use sqlx::PgPool;

use crate::error::LedgerError;
use fold::Fold;
use windows::Window;

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The row is not as it was recorded.
    RowChanged { batch: i64, transfer: TransferId },
    /// A batch has another number of rows than were recorded.
    RowsMissing { batch: i64, recorded: i64, found: i64 },
    /// The row belongs to no batch.
    RowWithoutBatch { transfer: TransferId },
    /// The batch does not follow from the one before.
    ChainBroken { batch: i64 },
    /// The head names another last batch than there is.
    HeadDiffers { head: i64, last: i64 },
    /// A balance is not the sum of the account's transfers.
    BalanceDiffers { account: AccountId, member: &'static str, kept: String, computed: String },
    /// A control account is not the sum of the accounts under it.
    ControlDiffers { account: AccountId, member: &'static str, kept: String, computed: String },
    /// Debits are not credits, of all transfers of an asset.
    Unbalanced { asset: i32, debits: String, credits: String },
    /// A transfer ends one that it does not fit, or that another has ended too.
    EndingWrong { transfer: TransferId },
    /// A reference or settlement is not there, or is of another transfer.
    ReferenceWrong { transfer: TransferId },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RowChanged { batch, transfer } => {
                write!(f, "transfer {transfer} of batch {batch} is not as it was recorded")
            }
            Self::RowsMissing { batch, recorded, found } => {
                write!(f, "batch {batch} was recorded with {recorded} transfers and has {found}")
            }
            Self::RowWithoutBatch { transfer } => write!(f, "transfer {transfer} belongs to no batch"),
            Self::ChainBroken { batch } => write!(f, "batch {batch} does not follow from the one before it"),
            Self::HeadDiffers { head, last } => write!(f, "the head is at batch {head}, and the last one is {last}"),
            Self::BalanceDiffers { account, member, kept, computed } => {
                write!(f, "account {account} keeps {member} {kept}, and its transfers come to {computed}")
            }
            Self::ControlDiffers { account, member, kept, computed } => {
                write!(f, "control account {account} keeps {member} {kept}, and those under it come to {computed}")
            }
            Self::Unbalanced { asset, debits, credits } => {
                write!(f, "asset {asset}: debits of {debits}, credits of {credits}")
            }
            Self::EndingWrong { transfer } => write!(f, "transfer {transfer} does not fit what it ends"),
            Self::ReferenceWrong { transfer } => write!(f, "transfer {transfer} is not the one of its reference"),
        }
    }
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub batches: i64,
    pub transfers: i64,
    pub accounts: usize,
    /// The hash of the last batch, in hexadecimal: to be kept elsewhere.
    pub head: String,
    /// In the order in which they were found; the chain is followed no further than its first.
    pub faults: Vec<Fault>,
}

/// Verifies a tenant's ledger on one snapshot. `done` hears how many transfers of how many have been read.
///
/// `pool` connects as one whom row-level security does not bind, or as the application.
///
/// # Errors
/// When the database is away.
pub async fn verify(pool: &PgPool, tenant: TenantId, mut done: impl FnMut(i64, i64)) -> Result<Verified, LedgerError> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    crate::store::set_tenant(&mut transaction, tenant).await?;
    let mut verified = windows::scope(&mut transaction, tenant).await?;
    let total = verified.transfers;
    let (mut fold, mut window) = (Fold::default(), Window::default());
    let mut seen = 0;
    while window.next(&mut transaction, tenant).await? {
        let fault = window.check(&mut transaction, tenant, &mut fold).await?;
        seen += window.transfers();
        done(seen, total);
        if let Some(fault) = fault {
            verified.faults.push(fault);
            return Ok(verified);
        }
    }
    verified.faults.extend(window.check_head(&mut transaction, tenant, &mut verified.head).await?);
    if seen != total {
        verified.faults.extend(windows::strays(&mut transaction, tenant).await?);
    }
    verified.faults.extend(windows::endings(&mut transaction, tenant).await?);
    let accounts = fold.check(&mut transaction, tenant, &mut verified.faults).await?;
    verified.accounts = accounts;
    transaction.commit().await?;
    Ok(verified)
}
