//! Double entry on Postgres, for currencies and tokens.
//!
//! A transfer debits one account and credits another of the same asset: nothing that is not balanced can be written down.
//! What was recorded never changes; a mistake is reversed. The database keeps these rules by itself (`migrations/0003`), and
//! this crate says which of them a refused transfer broke, and is fast.
//!
//! Postings of one tenant take turns at one lock, held from when their rows are written until they are on the disk. Postings
//! that arrive meanwhile wait and share the next transaction ([`Ledger::post`]), so the lock bounds transactions a second and
//! not postings.

mod account;
mod asset;
pub mod chart;
mod close;
mod error;
pub mod events;
mod fold;
mod ids;
mod lane;
mod ledger;
mod numeric;
mod posting;
mod read;
mod refusal;
mod store;
mod transfer;
mod upkeep;
mod verify;

pub use account::{Account, AccountKind, Balance, Limit, NewAccount, Side};
pub use asset::AssetNumber;
pub use close::{CloseError, Closed};
pub use error::{LedgerError, PostError};
pub use lane::MAX_WAITING;
pub use ledger::Ledger;
pub use read::{
    AccountFilter, AccountPage, AsOf, AssetUnit, BalanceSheet, ControlLine, Csv, IncomeOfAsset, IncomeStatement,
    MAX_BALANCES, MAX_LINES, MAX_PAGE, NamedAccount, Net, ReadError, ReportLine, Rows, SheetOfAsset, Statement,
    StatementCursor, StatementLine, StatementRange, Sums, Tables, TrialBalance, TrialOfAsset,
};
pub use refusal::{Refusal, Refused};
pub use transfer::{Group, MAX_BATCH, MAX_METADATA, MAX_REFERENCE, Operation, Posted, Row, Transfer, TransferKind};
pub use upkeep::{Expired, MAX_EXPIRED, MAX_MONTHS_AHEAD};
pub use verify::{Fault, Verified, verify};
