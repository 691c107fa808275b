//! One writer: takes what has gathered while it wrote, and writes it by one statement for each tenant.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use domain::ids::TenantId;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::NotStored;
use crate::db::{DbError, Writer, one_statement};

/// Jobs waiting for one writer, beyond which whoever brings more waits.
const QUEUE: usize = 4_096;
/// Jobs in one statement.
const MAX_BATCH: usize = 256;

/// Something to be written for one tenant.
pub(super) trait Job: Send + Sync + Sized + 'static {
    /// What the statement tells.
    type Written: Send + Sync;

    /// A statement begins at least this long after the one before. Most of what a commit costs it costs once however much
    /// it carries: at rest nothing waits for this, under load a commit carries what came in the meantime.
    const APART: Duration;

    fn tenant(&self) -> TenantId;

    /// Writes all of them, or none.
    fn write(
        connection: &mut PgConnection,
        tenant: TenantId,
        jobs: &[Self],
    ) -> impl Future<Output = Result<Self::Written, sqlx::Error>> + Send;

    /// Told once, when the write is durable or has failed.
    fn settle(self, written: Result<&Self::Written, NotStored>);
}

/// Starts a writer. It stops when the last sender is gone and the queue is empty.
pub(super) fn start<J: Job>(writer: Writer) -> mpsc::Sender<J> {
    let (jobs, queue) = mpsc::channel(QUEUE);
    tokio::spawn(write_all(writer, queue));
    jobs
}

async fn write_all<J: Job>(mut writer: Writer, mut queue: mpsc::Receiver<J>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    let mut next = Instant::now();
    while queue.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        if Instant::now() < next {
            tokio::time::sleep_until(next).await;
            while waiting.len() < MAX_BATCH
                && let Ok(job) = queue.try_recv()
            {
                waiting.push(job);
            }
        }
        next = Instant::now() + J::APART;
        let mut by_tenant: BTreeMap<TenantId, Vec<J>> = BTreeMap::new();
        for job in waiting.drain(..) {
            by_tenant.entry(job.tenant()).or_default().push(job);
        }
        for (tenant, jobs) in by_tenant {
            metrics::histogram!("agio_store_batch_size").record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
            write_tenant(&mut writer, tenant, jobs).await;
        }
    }
}

/// If Postgres refuses a batch, its jobs are written one by one, so that one bad row costs only its own run.
async fn write_tenant<J: Job>(writer: &mut Writer, tenant: TenantId, jobs: Vec<J>) {
    match write(writer, tenant, &jobs).await {
        Ok(written) => jobs.into_iter().for_each(|job| job.settle(Ok(&written))),
        Err(DbError::Refused(error)) if jobs.len() > 1 => {
            tracing::error!(%error, "a batch was refused; writing its parts one by one");
            for job in jobs {
                let one = [job];
                let written = write(writer, tenant, &one).await.map_err(|error| not_stored(&error));
                let [job] = one;
                job.settle(written.as_ref().map_err(|error| *error));
            }
        }
        Err(error) => {
            let error = not_stored(&error);
            jobs.into_iter().for_each(|job| job.settle(Err(error)));
        }
    }
}

async fn write<J: Job>(writer: &mut Writer, tenant: TenantId, jobs: &[J]) -> Result<J::Written, DbError> {
    let mut connection = writer.take(tenant).await?;
    let written = one_statement(J::write(&mut connection, tenant, jobs)).await;
    if !matches!(written, Err(DbError::Away(_))) {
        writer.keep(connection, tenant);
    }
    written
}

fn not_stored(error: &DbError) -> NotStored {
    tracing::error!(%error, "not stored");
    match error {
        DbError::Away(_) => NotStored::Away,
        DbError::Url(_) | DbError::Refused(_) => NotStored::Refused,
    }
}
