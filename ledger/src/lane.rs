//! Group commit: postings of many callers share a transaction, and each gets its own answer.
//!
//! A tenant has a queue and a few workers. A worker takes all that waits, up to a bound, and posts it as one batch, so the
//! busier the ledger the larger its batches; while one waits for the disk the next writes its rows. The queue is bounded:
//! what comes when it is full is turned away at once.

use std::sync::Arc;

use domain::ids::TenantId;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::error::{LedgerError, PostError};
use crate::posting::Poster;
use crate::refusal::Refused;
use crate::transfer::{Group, Posted};

/// Postings of one tenant that may wait.
pub const MAX_WAITING: usize = 10_000;

/// Postings that share a transaction.
const MAX_SHARED: usize = 500;

const WORKERS: usize = 2;

type Answer = Result<Result<Posted, Refused>, LedgerError>;

#[derive(Debug)]
struct Job {
    group: Group,
    answer: oneshot::Sender<Answer>,
}

/// Where postings of one tenant wait.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    queue: mpsc::Sender<Job>,
}

impl Lane {
    /// Its workers end when the last of its handles is dropped and what waits is done.
    pub(crate) fn start(poster: &Poster, tenant: TenantId) -> Self {
        let (queue, jobs) = mpsc::channel(MAX_WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..WORKERS {
            tokio::spawn(work(poster.clone(), tenant, Arc::clone(&jobs)));
        }
        Self { queue }
    }

    pub(crate) async fn post(&self, group: Group) -> Result<Posted, PostError> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Job { group, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => LedgerError::Busy { waiting: MAX_WAITING },
            mpsc::error::TrySendError::Closed(_) => LedgerError::Closed,
        })?;
        Ok(answered.await.map_err(|_| LedgerError::Closed)???)
    }
}

async fn work(poster: Poster, tenant: TenantId, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
    let mut taken = Vec::with_capacity(MAX_SHARED);
    loop {
        let count = jobs.lock().await.recv_many(&mut taken, MAX_SHARED).await;
        if count == 0 {
            return;
        }
        let (groups, answers): (Vec<_>, Vec<_>) = taken.drain(..).map(|job| (job.group, job.answer)).unzip();
        let outcomes = poster.post(tenant, &groups).await;
        // A caller who has gone does not want to know.
        match outcomes {
            Ok(outcomes) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    let _ = answer.send(Ok(outcome));
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }
}
