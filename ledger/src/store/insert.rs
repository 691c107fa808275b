//! Adding transfers.

use domain::ids::TenantId;
use jiff_sqlx::{Date, Timestamp};
use sqlx::PgExecutor;

use crate::numeric::Numeric;
use crate::transfer::Row;

fn column<T>(rows: &[Row], value: impl FnMut(&Row) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Adds rows, which carry ids in ascending order, as one batch: in the transaction that is open, or as one of its own.
pub(crate) async fn insert(executor: impl PgExecutor<'_>, tenant: TenantId, rows: &[Row]) -> sqlx::Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    sqlx::query!(
        "SELECT ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        tenant.uuid(),
        first.id.uuid(),
        &column(rows, |row| row.id.uuid()),
        &column(rows, |row| row.debit.uuid()),
        &column(rows, |row| row.credit.uuid()),
        &column(rows, |row| row.asset.0),
        &column(rows, |row| Numeric(row.amount)) as _,
        &column(rows, |row| row.kind) as _,
        &column(rows, |row| row.original.map(domain::ids::TransferId::uuid)) as _,
        &column(rows, |row| row.released.map(Numeric)) as _,
        &column(rows, |row| row.expires_at.map(Timestamp::from)) as _,
        &column(rows, |row| Date::from(row.effective_on)) as _,
        &column(rows, |row| row.reference.clone()),
        &column(rows, |row| row.metadata.as_ref().map(serde_json::Value::to_string)) as _,
    )
    .execute(executor)
    .await?;
    Ok(())
}
