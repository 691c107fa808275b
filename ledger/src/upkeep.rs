//! What has to be done from time to time: partitions for the months to come, and the end of holds that have run out.

use domain::ids::{TenantId, TransferId};
use jiff::tz::TimeZone;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::posting::post_in_order;
use crate::store;
use crate::transfer::{Group, Operation, Posted, Transfer};

/// The most holds that are ended under one hold of the tenant's lock; postings have their turn between.
pub const MAX_EXPIRED: usize = 500;

/// The most months ahead that get partitions.
pub const MAX_MONTHS_AHEAD: u8 = 120;

/// What one round of ending holds came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    pub ended: usize,
    /// Whether the round was full, so that another is due.
    pub more: bool,
}

impl Ledger {
    /// Makes the partitions of this month and of so many after it that are not there; returns how many are new. What is
    /// recorded in a month without one is kept with all else that has none, and the month is passed over from then on.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn add_partitions(&self, months_ahead: u8) -> Result<u32, LedgerError> {
        let ahead = i32::from(months_ahead.min(MAX_MONTHS_AHEAD));
        let added = sqlx::query_scalar!(r#"SELECT ledger_add_partitions($1) AS "added!""#, ahead)
            .fetch_one(&self.poster.pool)
            .await?;
        Ok(u32::try_from(added).unwrap_or_default())
    }

    /// Ends holds that have run out, [`MAX_EXPIRED`] at most, those first that ran out first. Each is ended once, whoever tries.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing is ended then.
    pub async fn expire_due(&self, tenant: TenantId) -> Result<Expired, LedgerError> {
        let mut transaction = self.poster.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        store::lock(&mut transaction).await?;
        let due = due(&mut transaction).await?;
        let effective_on = self.poster.clock.now().to_zoned(TimeZone::UTC).date();
        let expire = |pending: &TransferId| {
            Group::of(Transfer {
                operation: Operation::Expire { pending: *pending },
                reference: format!("expire:{pending}"),
                effective_on,
                metadata: None,
            })
        };
        let groups: Vec<Group> = due.iter().map(expire).collect();
        let outcomes = post_in_order(&mut transaction, tenant, &groups, self.poster.clock.as_ref()).await?;
        transaction.commit().await?;
        for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            tracing::warn!(%tenant, %refused, "a hold that has run out could not be ended");
        }
        let ended = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Posted::Applied(_)))).count();
        Ok(Expired { ended, more: ended == MAX_EXPIRED })
    }
}

/// Holds that have run out and were not ended. Looks at every hold that ever ran out, which is few beside all transfers.
async fn due(connection: &mut PgConnection) -> sqlx::Result<Vec<TransferId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar!(
        "SELECT t.transfer_id FROM ledger_transfers t
          WHERE t.tenant_id = current_tenant() AND t.kind = 'pending' AND t.expires_at <= clock_timestamp()
            AND NOT EXISTS (SELECT FROM ledger_settlements s WHERE s.original_id = t.transfer_id)
          ORDER BY t.expires_at LIMIT $1",
        i64::try_from(MAX_EXPIRED).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(TransferId::new).collect())
}
