//! Writes outcomes as they arrive.
//!
//! All runs hand their outcomes to a few writers. While one commits, what arrives gathers, and the next commit takes all of
//! it: at rest an outcome is stored at once, under load a commit carries many, and the number of round trips does not
//! grow with the number of lenders. Each hand-over is acknowledged when it is durable. The queue is bounded; a run that
//! finds it full waits.
//!
//! One statement writes a batch of one tenant. If Postgres refuses a batch, its hand-overs are written one by one, so
//! that one bad row costs only its own run.

mod batch;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{CreditRequestId, TenantId};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::snapshot::{OutcomeRow, QuoteRow, RequestState};
use crate::db::{Db, DbError};
use batch::Batch;

/// Writers at work. Each has a connection; what one run hands over always goes to the same one, so it stays in order.
pub const WRITERS: usize = 3;
/// Hand-overs waiting for one writer, beyond which runs wait.
const QUEUE: usize = 2_048;
/// Hand-overs in one commit.
const MAX_BATCH: usize = 512;

/// The outcomes were not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the outcomes could not be stored")]
pub struct NotStored;

/// A quote and its schedule, to be stored.
#[derive(Debug)]
pub struct NewQuote {
    pub row: QuoteRow,
    /// See [`domain::normalise::Terms::schedule_lines`].
    pub schedule: String,
    pub asset: String,
    /// In base units.
    pub principal: String,
    pub total_cost: String,
}

/// The end of a run.
#[derive(Debug)]
pub struct Completion {
    pub state: RequestState,
    pub at: Timestamp,
}

/// The answer that was given under the idempotency key that made the request.
#[derive(Debug)]
pub struct GivenAnswer {
    pub status: u16,
    pub body: String,
}

/// What one run has to store at one moment.
#[derive(Debug)]
pub struct HandOver {
    pub tenant: TenantId,
    pub request: CreditRequestId,
    pub outcomes: Vec<OutcomeRow>,
    pub quotes: Vec<NewQuote>,
    pub completion: Option<Completion>,
    pub answer: Option<GivenAnswer>,
}

impl HandOver {
    /// Only the answer to a caller.
    #[must_use]
    pub fn answer(tenant: TenantId, request: CreditRequestId, answer: GivenAnswer) -> Self {
        Self { tenant, request, outcomes: Vec::new(), quotes: Vec::new(), completion: None, answer: Some(answer) }
    }
}

#[derive(Debug)]
struct Job {
    hand_over: HandOver,
    stored: oneshot::Sender<Result<(), NotStored>>,
}

/// The runs' end of the writer. The writer stops when the last of these is gone and the queue is empty.
#[derive(Debug, Clone)]
pub struct Store {
    lanes: Arc<[mpsc::Sender<Job>]>,
}

/// Resolves when the hand-over is durable.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Result<(), NotStored>>);

impl Receipt {
    /// # Errors
    /// When the database was away or refused.
    pub async fn stored(self) -> Result<(), NotStored> {
        self.0.await.unwrap_or(Err(NotStored))
    }
}

impl Store {
    /// Starts the writers. The connections are theirs alone, so that requests waiting for others cannot hold them up.
    #[must_use]
    pub fn start(db: &Db) -> Self {
        let lane = |_| {
            let (jobs, queue) = mpsc::channel(QUEUE);
            tokio::spawn(write_all(db.clone(), queue));
            jobs
        };
        Self { lanes: (0..WRITERS).map(lane).collect() }
    }

    fn lane(&self, request: CreditRequestId) -> Option<&mpsc::Sender<Job>> {
        // The last bits of a UUIDv7 are random.
        let lane = request.uuid().as_u128().checked_rem(self.lanes.len() as u128)?;
        usize::try_from(lane).ok().and_then(|lane| self.lanes.get(lane))
    }

    /// Queues a hand-over, in order.
    pub async fn put(&self, hand_over: HandOver) -> Receipt {
        let (stored, receipt) = oneshot::channel();
        if let Some(lane) = self.lane(hand_over.request) {
            // Without a writer the sender is dropped and the receipt says "not stored".
            let _ = lane.send(Job { hand_over, stored }).await;
        }
        Receipt(receipt)
    }
}

async fn write_all(db: Db, mut queue: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    while queue.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let mut by_tenant: BTreeMap<TenantId, Vec<Job>> = BTreeMap::new();
        for job in waiting.drain(..) {
            by_tenant.entry(job.hand_over.tenant).or_default().push(job);
        }
        for (tenant, jobs) in by_tenant {
            write_tenant(&db, tenant, jobs).await;
        }
    }
}

async fn write_tenant(db: &Db, tenant: TenantId, jobs: Vec<Job>) {
    metrics::histogram!("agio_store_batch_size").record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
    match write(db, tenant, &jobs).await {
        Ok(()) => settle(jobs, Ok(())),
        Err(DbError::Refused(error)) if jobs.len() > 1 => {
            tracing::error!(%error, "a batch of outcomes was refused; writing them one by one");
            for job in jobs {
                let one = [job];
                let result = write(db, tenant, &one).await.map_err(|error| not_stored(&error));
                settle(one, result);
            }
        }
        Err(error) => settle(jobs, Err(not_stored(&error))),
    }
}

fn not_stored(error: &DbError) -> NotStored {
    tracing::error!(%error, "outcomes were not stored");
    NotStored
}

fn settle(jobs: impl IntoIterator<Item = Job>, result: Result<(), NotStored>) {
    for job in jobs {
        // A run that no longer waits has nothing to be told.
        let _ = job.stored.send(result);
    }
}

async fn write(db: &Db, tenant: TenantId, jobs: &[Job]) -> Result<(), DbError> {
    let mut batch = Batch::default();
    for job in jobs {
        batch.add(&job.hand_over);
    }
    let mut tx = db.begin(tenant).await?;
    batch.execute(&mut tx, tenant).await?;
    tx.commit().await?;
    Ok(())
}
