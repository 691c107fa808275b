//! Counts and times every call, by provider and outcome. Nothing about the borrower is recorded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::capabilities::Capabilities;
use metrics::Histogram;
use tokio::time::Instant;
use tower::ServiceExt;

use super::{Answer, Guard, Put, QuoteService};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Observe {
    provider: String,
    /// One for each outcome, looked up in the recorder the first time that the outcome occurs.
    seconds: Arc<Mutex<HashMap<&'static str, Histogram>>>,
}

pub(super) fn layer(capabilities: &Capabilities) -> Put<Observe> {
    Put(Observe { provider: capabilities.name.clone(), seconds: Arc::default() })
}

impl Observe {
    fn seconds(&self, outcome: &'static str) -> Histogram {
        let mut known = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || metrics::histogram!("agio_provider_call_seconds", "provider" => self.provider.clone(), "outcome" => outcome);
        known.entry(outcome).or_insert_with(new).clone()
    }
}

impl Guard for Observe {
    async fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Answer {
        let started = Instant::now();
        let answer = inner.oneshot(call).await;
        let outcome = answer.as_ref().map_or_else(|refusal| refusal.kind(), |_| "answered");
        self.seconds(outcome).record(started.elapsed());
        answer
    }
}
