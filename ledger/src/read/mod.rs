//! What the books say: balances, statements and reports, now and as of a time.
//!
//! There are two clocks. By the effective day a transfer counts for the day that it names, whenever it was written down; by the
//! recorded time it counts from the moment at which the database took it. A period that is closed stands still on the first,
//! and the past stands still on the second.
//!
//! Every read sees one state of the database: what takes several statements runs in one read-only transaction of a single
//! snapshot. A read names its tenant in each statement, besides row-level security: an operator may read as the owner.

mod accounts;
mod asset_unit;
mod balances;
mod control;
mod csv;
mod cursor;
mod error;
mod income;
mod lines;
mod recorded;
mod sheet;
mod statement;
mod sums;
mod tables;
mod trial;

pub use accounts::{AccountFilter, AccountPage, NamedAccount};
pub use asset_unit::AssetUnit;
pub use balances::MAX_BALANCES;
pub use control::ControlLine;
pub use csv::{Csv, Rows};
pub use cursor::StatementCursor;
pub use error::ReadError;
pub use income::{IncomeOfAsset, IncomeStatement};
pub use lines::{MAX_LINES, ReportLine};
pub use sheet::{BalanceSheet, SheetOfAsset};
pub use statement::{Statement, StatementLine, StatementRange};
pub use sums::{Net, Sums};
pub use tables::Tables;
pub use trial::{TrialBalance, TrialOfAsset};

pub(crate) use lines::{Detail, Kinds, Span, in_effect};

use domain::ids::TenantId;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

/// The most of anything that one page holds.
pub const MAX_PAGE: usize = 200;

/// Of which time a balance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    Now,
    /// The end of this day, by what counts for it and for days before.
    Effective(Date),
    /// What was recorded at this moment or before.
    Recorded(Timestamp),
}

/// A transaction that writes nothing and sees one state of this tenant's books.
pub(crate) async fn snapshot(pool: &PgPool, tenant: TenantId) -> sqlx::Result<Transaction<'static, Postgres>> {
    // One round trip for both statements. A UUID's text cannot carry SQL.
    let tenant = tenant.uuid();
    let statement = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL agio.tenant = '{tenant}'");
    pool.begin_with(AssertSqlSafe(statement)).await
}

/// A page holds at least one and at most [`MAX_PAGE`].
fn page_size(limit: usize) -> Result<i64, ReadError> {
    let fits = (1..=MAX_PAGE).contains(&limit);
    i64::try_from(limit).ok().filter(|_| fits).ok_or(ReadError::PageSize { given: limit, most: MAX_PAGE })
}
