//! The credit requests that this process is quoting now: what is known so far, and who waits for more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::ids::CreditRequestId;
use tokio::sync::watch;

use super::snapshot::{RequestState, Snapshot};

/// How far a run has come, as far as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Everything up to this place in the order of arrival is stored.
    Stored(i32),
    /// All outcomes are in, ranked and stored.
    Finished,
    /// The outcomes could not be stored; what is missing is settled later by the sweeper.
    Lost,
}

/// One request under way.
#[derive(Debug)]
pub struct Run {
    snapshot: Mutex<Snapshot>,
    progress: watch::Sender<Progress>,
    /// The final answer's body, where a caller waits for it: made once, stored and sent as the same bytes.
    answer: OnceLock<String>,
}

impl Run {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot: Mutex::new(snapshot),
            progress: watch::Sender::new(Progress::Stored(0)),
            answer: OnceLock::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known and stored; none when what is known could not be stored, so that nobody is shown what will not
    /// be there later.
    #[must_use]
    pub fn stored(&self) -> Option<Snapshot> {
        let progress = *self.progress.borrow();
        match progress {
            Progress::Stored(seq) => {
                let mut stored = self.lock().until(seq);
                stored.request.state = RequestState::Quoting;
                stored.request.completed_at = None;
                Some(stored)
            }
            Progress::Finished => Some(self.lock().clone()),
            Progress::Lost => None,
        }
    }

    pub(super) fn set_answer(&self, body: String) {
        // There is one last hand-over, so this is the first and only time.
        let _ = self.answer.set(body);
    }

    /// The final answer's body, once the run has finished and was stored.
    #[must_use]
    pub fn answer(&self) -> Option<&str> {
        let finished = *self.progress.borrow() == Progress::Finished;
        self.answer.get().filter(|_| finished).map(String::as_str)
    }

    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    pub(super) fn advance(&self, progress: Progress) {
        self.progress.send_if_modified(|current| {
            let forward = match (&current, &progress) {
                (Progress::Stored(before), Progress::Stored(after)) => after > before,
                (Progress::Stored(_), _) => true,
                _ => false,
            };
            if forward {
                *current = progress;
            }
            forward
        });
    }

    /// Waits until the run has ended, well or badly.
    pub async fn ended(&self) -> Progress {
        let mut watch = self.watch();
        match watch.wait_for(|progress| !matches!(progress, Progress::Stored(_))).await {
            Ok(progress) => *progress,
            // The sender lives in `self`.
            Err(_) => Progress::Lost,
        }
    }
}

/// Finds runs by request.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    runs: Arc<Mutex<HashMap<CreditRequestId, Arc<Run>>>>,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, HashMap<CreditRequestId, Arc<Run>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, id: CreditRequestId, run: Arc<Run>) {
        self.lock().insert(id, run);
    }

    pub(super) fn remove(&self, id: CreditRequestId) {
        self.lock().remove(&id);
    }

    #[must_use]
    pub fn get(&self, id: CreditRequestId) -> Option<Arc<Run>> {
        self.lock().get(&id).cloned()
    }

    /// Requests being quoted now.
    #[must_use]
    pub fn quoting(&self) -> usize {
        self.lock().len()
    }
}
