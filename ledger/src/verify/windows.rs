//! Reading the chain a window of batches at a time.

use domain::ids::{TenantId, TransferId};
use futures::TryStreamExt;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fold::Fold;
use super::hash::{Hash, HashedRow, Link};
use super::{Fault, Verified};

/// Batches that are read at once, and the most of their rows: whichever is reached first.
const WINDOW_BATCHES: i64 = 2_000;
const WINDOW_ROWS: i64 = 50_000;

/// The hash before the first batch.
const NOTHING: Hash = [0; 32];

#[derive(Debug)]
struct Batch {
    number: i64,
    batch_id: Uuid,
    recorded_micros: i64,
    first_id: Uuid,
    last_id: Uuid,
    rows: i32,
    row_hashes: Vec<u8>,
    hash: Vec<u8>,
}

/// Where the reader is in the chain.
#[derive(Debug)]
pub(super) struct Window {
    batches: Vec<Batch>,
    /// Of the last batch that was read.
    number: i64,
    hash: Vec<u8>,
}

impl Default for Window {
    fn default() -> Self {
        Self { batches: Vec::new(), number: 0, hash: NOTHING.to_vec() }
    }
}

/// How much there is to read.
pub(super) async fn scope(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<Verified> {
    let batches =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM ledger_batches WHERE tenant_id = $1"#, tenant.uuid())
            .fetch_one(&mut *connection)
            .await?;
    let transfers =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM ledger_transfers WHERE tenant_id = $1"#, tenant.uuid())
            .fetch_one(connection)
            .await?;
    Ok(Verified { batches, transfers, accounts: 0, head: String::new(), faults: Vec::new() })
}

impl Window {
    /// Goes on to the next batches; false at the end.
    pub(super) async fn next(&mut self, connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<bool> {
        if let Some(last) = self.batches.last() {
            (self.number, self.hash) = (last.number, last.hash.clone());
        }
        self.batches = sqlx::query_as!(
            Batch,
            r#"SELECT number, batch_id, (extract(epoch FROM recorded_at) * 1000000)::bigint AS "recorded_micros!", first_id,
                      last_id, rows, row_hashes, hash
                 FROM (
                     SELECT *, sum(rows) OVER (ORDER BY number) - rows AS before
                       FROM (
                           SELECT * FROM ledger_batches WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3
                       ) AS ahead
                 ) AS batches
                WHERE before < $4
                ORDER BY number"#,
            tenant.uuid(),
            self.number,
            WINDOW_BATCHES,
            WINDOW_ROWS,
        )
        .fetch_all(connection)
        .await?;
        Ok(!self.batches.is_empty())
    }

    pub(super) fn transfers(&self) -> i64 {
        self.batches.iter().map(|batch| i64::from(batch.rows)).sum()
    }

    /// Follows the chain through the window, reads its rows and folds them. The first fault, if any.
    pub(super) async fn check(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        fold: &mut Fold,
    ) -> sqlx::Result<Option<Fault>> {
        let mut open: Vec<(&Batch, usize)> = self.batches.iter().map(|batch| (batch, 0)).collect();
        open.sort_unstable_by_key(|(batch, _)| batch.batch_id);
        let mut changed: Option<(i64, TransferId)> = None;
        let bounds = self.batches.iter().map(|batch| (batch.first_id, batch.last_id));
        let Some((first, last)) = bounds.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))) else {
            return Ok(None);
        };
        let mut rows = sqlx::query_as!(
            HashedRow,
            r#"SELECT tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id, original_id,
                      (effective_on - date '2000-01-01') AS "effective_day!",
                      (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_micros, amount::text AS "amount!",
                      kind::text AS "kind!", released::text, reference, metadata::text
                 FROM ledger_transfers
                WHERE tenant_id = $1 AND transfer_id BETWEEN $2 AND $3
                ORDER BY transfer_id"#,
            tenant.uuid(),
            first,
            last,
        )
        .fetch(connection);
        while let Some(row) = rows.try_next().await? {
            let Ok(place) = open.binary_search_by_key(&row.batch_id, |(batch, _)| batch.batch_id) else { continue };
            let Some((batch, found)) = open.get_mut(place) else { continue };
            let recorded = batch.row_hashes.chunks_exact(32).nth(*found);
            *found = found.saturating_add(1);
            if recorded != Some(row.hash().as_slice()) && changed.is_none_or(|(number, _)| batch.number < number) {
                changed = Some((batch.number, TransferId::new(row.transfer_id)));
            }
            fold.add(&row);
        }
        drop(rows);
        open.sort_unstable_by_key(|(batch, _)| batch.number);
        Ok(self.first_fault(&open, changed))
    }

    /// In the order of the chain: a batch with a row too few before the row that it seems to have changed.
    fn first_fault(&self, open: &[(&Batch, usize)], changed: Option<(i64, TransferId)>) -> Option<Fault> {
        let (mut number, mut hash) = (self.number, self.hash.clone());
        for (batch, found) in open {
            let recorded = i64::from(batch.rows);
            let found = i64::try_from(*found).unwrap_or(i64::MAX);
            if found != recorded {
                return Some(Fault::RowsMissing { batch: batch.number, recorded, found });
            }
            if let Some((_, transfer)) = changed.filter(|(number, _)| *number == batch.number) {
                return Some(Fault::RowChanged { batch: batch.number, transfer });
            }
            let link = Link {
                number: batch.number,
                batch_id: batch.batch_id,
                recorded_micros: batch.recorded_micros,
                rows: batch.rows,
                row_hashes: &batch.row_hashes,
            };
            if Some(batch.number) != number.checked_add(1) || link.after(&hash) != batch.hash.as_slice() {
                return Some(Fault::ChainBroken { batch: batch.number });
            }
            (number, hash) = (batch.number, batch.hash.clone());
        }
        None
    }

    /// Whether the head is the end of the chain.
    pub(super) async fn check_head(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        last: &mut String,
    ) -> sqlx::Result<Option<Fault>> {
        let head = sqlx::query!("SELECT number, hash FROM ledger_heads WHERE tenant_id = $1", tenant.uuid())
            .fetch_optional(connection)
            .await?;
        *last = self.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let (number, hash) = head.map_or((0, NOTHING.to_vec()), |head| (head.number, head.hash));
        let same = number == self.number && hash == self.hash;
        Ok((!same).then_some(Fault::HeadDiffers { head: number, last: self.number }))
    }
}

/// The first row of no batch.
pub(super) async fn strays(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<Option<Fault>> {
    let stray = sqlx::query_scalar!(
        "SELECT t.transfer_id FROM ledger_transfers t
          WHERE t.tenant_id = $1
            AND NOT EXISTS (
                SELECT FROM ledger_batches b
                 WHERE b.tenant_id = $1 AND b.batch_id = t.batch_id AND t.transfer_id BETWEEN b.first_id AND b.last_id
            )
          ORDER BY t.transfer_id LIMIT 1",
        tenant.uuid(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(stray.map(|transfer| Fault::RowWithoutBatch { transfer: TransferId::new(transfer) }))
}

/// Transfers that end others: each fits, each is the only one, and each is the one that is kept as such; and each transfer
/// is the one of its reference.
pub(super) async fn endings(connection: &mut PgConnection, tenant: TenantId) -> sqlx::Result<Vec<Fault>> {
    let misfit = sqlx::query_scalar!(
        "SELECT t.transfer_id
           FROM ledger_transfers t
           LEFT JOIN ledger_transfers o ON o.transfer_id = t.original_id AND o.tenant_id = t.tenant_id
           LEFT JOIN ledger_settlements s ON s.original_id = t.original_id
          WHERE t.tenant_id = $1 AND t.original_id IS NOT NULL
            AND (s.transfer_id IS DISTINCT FROM t.transfer_id OR o.transfer_id IS NULL
                 OR CASE t.kind
                        WHEN 'reversed' THEN o.debit_account_id <> t.credit_account_id OR o.amount <> t.amount
                        ELSE o.kind <> 'pending' OR o.amount <> t.released OR o.debit_account_id <> t.debit_account_id
                    END)
          ORDER BY t.transfer_id LIMIT 1",
        tenant.uuid(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let unnamed = sqlx::query_scalar!(
        "SELECT t.transfer_id
           FROM ledger_transfers t
           LEFT JOIN ledger_references r ON r.tenant_id = t.tenant_id AND r.reference = t.reference
          WHERE t.tenant_id = $1 AND r.transfer_id IS DISTINCT FROM t.transfer_id
          ORDER BY t.transfer_id LIMIT 1",
        tenant.uuid(),
    )
    .fetch_optional(connection)
    .await?;
    let misfit = misfit.map(|transfer| Fault::EndingWrong { transfer: TransferId::new(transfer) });
    let unnamed = unnamed.map(|transfer| Fault::ReferenceWrong { transfer: TransferId::new(transfer) });
    Ok(misfit.into_iter().chain(unnamed).collect())
}
