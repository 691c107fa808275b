//! Where a moment lies in the order in which transfers were recorded.

use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// All that was recorded after a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct After {
    /// Of the last batch at or before the moment; 0 where there is none.
    pub(super) number: i64,
    /// No transfer of a later batch has a smaller id: partitions before it need not be read.
    pub(super) first_id: Uuid,
}

/// Numbers and times of a tenant's batches ascend together, so the place is found by halving: no index on the time has to be
/// kept for it.
pub(super) async fn after(connection: &mut PgConnection, moment: Timestamp) -> sqlx::Result<After> {
    let number = sqlx::query_scalar!(
        r#"WITH RECURSIVE search (low, high) AS (
               SELECT 0::bigint, number FROM ledger_heads WHERE tenant_id = current_tenant()
               UNION ALL
               SELECT CASE WHEN b.recorded_at <= $1 THEN b.number ELSE s.low END,
                      CASE WHEN b.recorded_at <= $1 THEN s.high ELSE b.number - 1 END
                 FROM search s
                 JOIN ledger_batches b ON b.tenant_id = current_tenant() AND b.number = (s.low + s.high + 1) / 2
                WHERE s.low < s.high
           )
           SELECT low AS "low!" FROM search WHERE low = high LIMIT 1"#,
        jiff_sqlx::Timestamp::from(moment) as _,
    )
    .fetch_optional(&mut *connection)
    .await?
    .unwrap_or(0);
    let first_id = sqlx::query_scalar!(
        "SELECT first_id FROM ledger_batches WHERE tenant_id = current_tenant() AND number > $1 ORDER BY first_id LIMIT 1",
        number,
    )
    .fetch_optional(connection)
    .await?
    .unwrap_or(Uuid::max());
    Ok(After { number, first_id })
}
