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
use jiff::civil::Date;
use sqlx::PgConnection;

/// Row-level security shows rows of this tenant until the transaction ends.
pub(crate) async fn set_tenant(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<()> {
    sqlx::query!("SELECT set_config('agio.tenant', $1, true)", tenant.uuid().to_string()).fetch_one(connection).await?;
    Ok(())
}

/// Takes the lock of the tenant that is set until the transaction ends; says through which day the books are closed.
pub(crate) async fn lock(connection: &mut PgConnection) -> sqlx::Result<Option<Date>> {
    let head = sqlx::query_scalar!(r#"SELECT closed_through AS "closed_through: jiff_sqlx::Date" FROM ledger_lock()"#)
        .fetch_optional(connection)
        .await?;
    Ok(head.flatten().map(jiff_sqlx::Date::to_jiff))
}
