//! Equal calls that are under way at the same moment share one answer.
//!
//! The work runs as a task of its own, so that one caller who goes away does not take the answer from the others, and
//! because dropping a future would not stop the provider's work anyway. The deadline inside bounds it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::capabilities::Sharing;
use domain::deadline::Deadline;
use domain::refusal::Refusal;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::{Answer, QuoteService, layer_service};
use crate::provider::QuoteCall;

type Key = [u8; 32];

struct UnderWay {
    deadline: Deadline,
    answer: Shared<BoxFuture<'static, Answer>>,
}

type Calls = Arc<Mutex<HashMap<Key, UnderWay>>>;

#[derive(Clone)]
pub(super) struct Share<S> {
    inner: S,
    sharing: Sharing,
    calls: Calls,
}

pub(super) fn layer<S: QuoteService>(sharing: Sharing) -> impl tower::Layer<S, Service = Share<S>> {
    layer_fn(move |inner| Share { inner, sharing, calls: Calls::default() })
}

/// Removes the entry when the work ends, however it ends.
struct Entry {
    calls: Calls,
    key: Key,
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

fn begin<S: QuoteService>(layer: Share<S>, key: Key, call: QuoteCall) -> Shared<BoxFuture<'static, Answer>> {
    let entry = Entry { calls: Arc::clone(&layer.calls), key, deadline: call.deadline };
    let work = tokio::spawn(async move {
        let answer = layer.inner.oneshot(call).await;
        drop(entry);
        answer
    });
    let answer = work.map(|joined| {
        joined.unwrap_or_else(|failure| {
            tracing::error!(%failure, "a provider adapter stopped without an answer");
            Err(Refusal::Unknown)
        })
    });
    answer.boxed().shared()
}

async fn shared<S: QuoteService>(layer: Share<S>, call: QuoteCall) -> Answer {
    let key = call.share_key(layer.sharing);
    let answer = {
        let mut calls = layer.calls.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer that is given up sooner than this caller would is no use to it.
        match calls.get(&key).filter(|under_way| under_way.deadline >= call.deadline) {
            Some(under_way) => under_way.answer.clone(),
            None => {
                let deadline = call.deadline;
                let answer = begin(layer.clone(), key, call);
                calls.insert(key, UnderWay { deadline, answer: answer.clone() });
                answer
            }
        }
    };
    answer.await
}

layer_service!(Share, shared);
