//! Nobody waits longer than the caller's deadline, nor than the provider is given at most.

use std::sync::Arc;
use std::time::Duration;

use domain::deadline::Clock;
use domain::refusal::Refusal;
use tower::ServiceExt;

use super::{Answer, Guard, Put, QuoteService};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Bounded {
    max_wait: Duration,
    clock: Arc<dyn Clock>,
}

pub(super) fn layer(max_wait: Duration, clock: Arc<dyn Clock>) -> Put<Bounded> {
    Put(Bounded { max_wait, clock })
}

impl Guard for Bounded {
    async fn around<S: QuoteService>(&self, inner: S, mut call: QuoteCall) -> Answer {
        let now = self.clock.now();
        call.deadline = call.deadline.shrunk_to(now, self.max_wait);
        let waited = call.deadline.remaining(now);
        match tokio::time::timeout(waited, inner.oneshot(call)).await {
            Ok(answer) => answer,
            Err(_) => Err(Refusal::TimedOut { waited }),
        }
    }
}
