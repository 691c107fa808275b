//! The ledger's statements.

mod accounts;
mod insert;
mod row;
mod state;

pub(crate) use accounts::{accounts, open};
pub(crate) use insert::insert;
pub(crate) use row::stored_precision;
pub(crate) use state::state;

use domain::ids::TenantId;
use sqlx::PgConnection;

/// Row-level security shows rows of this tenant until the transaction ends.
pub(crate) async fn set_tenant(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<()> {
    sqlx::query!("SELECT set_config('agio.tenant', $1, true)", tenant.uuid().to_string()).fetch_one(connection).await?;
    Ok(())
}
