//! Writes requests as they are taken in and answers as they arrive.
//!
//! All calls hand what they have to a few writers. While one commits, what comes gathers, and the next commit takes all of
//! it: at rest a row is stored at once, under load a commit carries many, and the number of round trips does not grow
//! with the number of callers or lenders. Each job is told when it is durable. The queues are bounded; whoever finds one
//! full waits.

mod hand_over;
mod lane;
pub mod packed;
mod taking;

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use domain::ids::CreditRequestId;
use tokio::sync::{mpsc, oneshot};

use crate::config::DatabaseConfig;
use crate::db::{DbError, Writer};
use hand_over::HandingOver;
use taking::Taking;

pub use hand_over::{Arrival, Completion, GivenAnswer, HandOver, Receipt};
pub use taking::{NewKey, NewRequest};

/// Writers of each kind at most. What belongs to one request always goes to the same one, so it stays in order.
const MOST_WRITERS: usize = 4;
/// Cores for which there is a writer of each kind: with more writers than work for them, a commit carries less.
const CORES_A_WRITER: usize = 2;

/// What was to be stored was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    #[error("the database cannot be reached now")]
    Away,
    #[error("the database refused what was to be stored")]
    Refused,
}

/// The callers' end of the writers, who stop when the last of these is gone and the queues are empty.
#[derive(Debug, Clone)]
pub struct Store {
    takers: Arc<[mpsc::Sender<Taking>]>,
    writers: Arc<[mpsc::Sender<HandingOver>]>,
}

fn lane<T>(lanes: &[T], request: CreditRequestId) -> Option<&T> {
    // What lies before the numbers of the quotes is random.
    let lane = (request.uuid().as_u128() >> 16).checked_rem(lanes.len() as u128)?;
    usize::try_from(lane).ok().and_then(|lane| lanes.get(lane))
}

impl Store {
    /// Starts the writers. Their connections are theirs alone, so that requests waiting for others cannot hold them up.
    ///
    /// # Errors
    /// When the database's address is malformed.
    pub fn start(config: &DatabaseConfig) -> Result<Self, DbError> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let each = (cores / CORES_A_WRITER).clamp(1, MOST_WRITERS);
        let takers = (0..each).map(|_| Writer::try_new(config).map(lane::start)).collect::<Result<_, _>>()?;
        let writers = (0..each).map(|_| Writer::try_new(config).map(lane::start)).collect::<Result<_, _>>()?;
        Ok(Self { takers, writers })
    }

    /// Queues a new request. `then` is called once, with whether its key was free and it is stored, even if the caller has
    /// gone by then.
    pub async fn take(&self, new: NewRequest, then: impl FnOnce(Result<bool, NotStored>) + Send + Sync + 'static) {
        if let Some(taker) = lane(&self.takers, new.row.id) {
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
}
