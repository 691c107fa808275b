//! Equal calls that are under way at the same moment share one answer.
//!
//! Whoever waits for it drives the work, so one caller who goes away does not take the answer from the others; when the
//! last one goes, it ends. What is kept of it here does not keep it alive.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use domain::capabilities::Sharing;
use domain::deadline::Deadline;
use domain::refusal::Refusal;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use tower::ServiceExt;

use super::{Answer, Guard, Put, QuoteService};
use crate::provider::{QuoteCall, ShareKey};

type Work = BoxFuture<'static, Answer>;

struct UnderWay {
    deadline: Deadline,
    work: WeakShared<Work>,
}

type Calls = Arc<Mutex<HashMap<ShareKey, UnderWay>>>;

#[derive(Clone)]
pub(super) struct Share {
    sharing: Sharing,
    calls: Calls,
}

pub(super) fn layer(sharing: Sharing) -> Put<Share> {
    Put(Share { sharing, calls: Calls::default() })
}

/// Removes the entry when the work ends, however it ends.
struct Entry {
    calls: Calls,
    key: ShareKey,
    deadline: Deadline,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.get(&self.key).is_some_and(|under_way| under_way.deadline == self.deadline) {
            calls.remove(&self.key);
        }
    }
}

fn begin<S: QuoteService>(calls: &Calls, inner: S, key: ShareKey, call: QuoteCall) -> Shared<Work> {
    let entry = Entry { calls: Arc::clone(calls), key, deadline: call.deadline };
    let work = async move {
        let _entry = entry;
        let answer = AssertUnwindSafe(inner.oneshot(call)).catch_unwind().await;
        answer.unwrap_or_else(|_| {
            tracing::error!("a provider adapter panicked");
            Err(Refusal::Unknown)
        })
    };
    work.boxed().shared()
}

impl Share {
    /// The work on an equal call that is under way, or on this one.
    fn work<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Shared<Work> {
        let (key, deadline) = (call.share_key(self.sharing), call.deadline);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer that is given up sooner than this caller would is no use to it.
        let joined = calls.get(&key).filter(|under_way| under_way.deadline >= deadline);
        if let Some(work) = joined.and_then(|under_way| under_way.work.upgrade()) {
            return work;
        }
        let work = begin(&self.calls, inner, key.clone(), call);
        if let Some(weak) = work.downgrade() {
            calls.insert(key, UnderWay { deadline, work: weak });
        }
        work
    }
}

impl Guard for Share {
    async fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Answer {
        self.work(inner, call).await
    }
}
