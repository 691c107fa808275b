//! Writes requests as they are taken in and answers as they arrive.
//!
//! All calls hand what they have to a few writers. While one commits, what comes gathers, and the next commit takes all of
//! it: at rest a row is stored at once, under load a commit carries many, and the number of round trips does not grow
//! with the number of callers or lenders. Each job is told when it is durable. The queues are bounded; whoever finds one
//! full waits.

mod hand_over;
mod lane;
mod taking;

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use domain::ids::CreditRequestId;
use tokio::sync::{mpsc, oneshot};

use crate::config::DatabaseConfig;
use crate::db::{Commits, DbError, Writer};
use hand_over::HandingOver;
use lane::Job;
use taking::Taking;

pub use hand_over::{Arrival, Completion, GivenAnswer, HandOver, Receipt};
pub use taking::{NewKey, NewRequest};

/// Writers of each kind at most. What belongs to one request always goes to the same one, so it stays in order.
const MOST_WRITERS: usize = 4;
/// Cores for which there is a writer of each kind: with more writers than work for them, a commit carries less.
const CORES_A_WRITER: usize = 2;
/// Pauses before each attempt to store a request again: longer together than Postgres takes to come back.
const RESTORED_AFTER: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// What was to be stored was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    #[error("the database cannot be reached now")]
    Away,
    #[error("the database refused what was to be stored")]
    Refused,
    #[error("the request is not there, or has ended")]
    Gone,
}

/// The callers' end of the writers, who stop when the last of these is gone and the queues are empty.
#[derive(Debug, Clone)]
pub struct Store {
    /// For requests whose callers wait for the answers. Nobody is told of such a request before its last hand-over is
    /// durable, and it with it, so that taking it in need not wait for the disk.
    takers: Arc<[mpsc::Sender<Taking>]>,
    durable_takers: Arc<[mpsc::Sender<Taking>]>,
    writers: Arc<[mpsc::Sender<HandingOver>]>,
}

fn lane<T>(lanes: &[T], request: CreditRequestId) -> Option<&T> {
    // What lies before the numbers of the quotes is random.
    let lane = (request.uuid().as_u128() >> 16).checked_rem(lanes.len() as u128)?;
    usize::try_from(lane).ok().and_then(|lane| lanes.get(lane))
}

fn lanes<J: Job>(config: &DatabaseConfig, commits: Commits, count: usize) -> Result<Arc<[mpsc::Sender<J>]>, DbError> {
    (0..count).map(|_| Writer::try_new(config, commits).map(lane::start)).collect()
}

impl Store {
    /// Starts the writers. Their connections are theirs alone, so that requests waiting for others cannot hold them up.
    ///
    /// # Errors
    /// When the database's address is malformed.
    pub fn start(config: &DatabaseConfig) -> Result<Self, DbError> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let each = (cores / CORES_A_WRITER).clamp(1, MOST_WRITERS);
        Ok(Self {
            takers: lanes(config, Commits::Visible, each)?,
            durable_takers: lanes(config, Commits::Durable, each)?,
            writers: lanes(config, Commits::Durable, each)?,
        })
    }

    /// Queues a new request. `then` is called once, with whether its key was free and it is stored, even if the caller has
    /// gone by then.
    pub async fn take(
        &self,
        new: Arc<NewRequest>,
        commits: Commits,
        then: impl FnOnce(Result<bool, NotStored>) + Send + Sync + 'static,
    ) {
        let takers = match commits {
            Commits::Durable => &self.durable_takers,
            Commits::Visible => &self.takers,
        };
        if let Some(taker) = lane(takers, new.row.id) {
            // Without a taker `then` is dropped, which whoever waits for it sees.
            let _ = taker.send(Taking { new, then: Box::new(then) }).await;
        }
    }

    /// Queues a hand-over, in order.
    pub async fn put(&self, hand_over: HandOver) -> Receipt {
        let (stored, receipt) = oneshot::channel();
        if let Some(writer) = lane(&self.writers, hand_over.request) {
            // Without a writer the sender is dropped and the receipt says "not stored".
            let _ = writer.send(HandingOver { hand_over, stored }).await;
        }
        Receipt(receipt)
    }

    /// Puts a hand-over whose request is not there: Postgres crashed before it was durable.
    pub(super) async fn put_again(&self, hand_over: HandOver, taken_in: Arc<NewRequest>) -> Result<(), NotStored> {
        self.take_again(taken_in).await?;
        self.put(hand_over).await.stored().await
    }

    /// Takes in a request whose hand-over was not stored, until the database is back. Lenders have been asked about it: that
    /// they were, and by which consents, is not to be lost with a database that crashed before it was durable.
    pub(super) async fn restore(&self, taken_in: Arc<NewRequest>) {
        for pause in RESTORED_AFTER {
            tokio::time::sleep(pause).await;
            if self.take_again(Arc::clone(&taken_in)).await.is_ok() {
                return;
            }
        }
        tracing::error!(request = %taken_in.row.id, "lenders were asked about a request that could not be stored again");
    }

    /// Durably now. It is there already where its key is not free, unless the key was used again since.
    async fn take_again(&self, taken_in: Arc<NewRequest>) -> Result<(), NotStored> {
        let (taken, done) = oneshot::channel();
        let then = move |stored: Result<bool, NotStored>| {
            // Whoever no longer waits need not know.
            let _ = taken.send(stored);
        };
        self.take(taken_in, Commits::Durable, then).await;
        done.await.unwrap_or(Err(NotStored::Away)).map(drop)
    }
}
