//! Nobody waits longer than the caller's deadline, nor than the provider is given at most.

use std::sync::Arc;
use std::time::Duration;

use domain::deadline::Clock;
use domain::refusal::Refusal;
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::{Answer, QuoteService, layer_service};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Bounded<S> {
    inner: S,
    max_wait: Duration,
    clock: Arc<dyn Clock>,
}

pub(super) fn layer<S: QuoteService>(
    max_wait: Duration,
    clock: Arc<dyn Clock>,
) -> impl tower::Layer<S, Service = Bounded<S>> {
    layer_fn(move |inner| Bounded { inner, max_wait, clock: Arc::clone(&clock) })
}

async fn bounded<S: QuoteService>(layer: Bounded<S>, mut call: QuoteCall) -> Answer {
    let now = layer.clock.now();
    call.deadline = call.deadline.shrunk_to(now, layer.max_wait);
    let waited = call.deadline.remaining(now);
    match tokio::time::timeout(waited, layer.inner.oneshot(call)).await {
        Ok(answer) => answer,
        Err(_) => Err(Refusal::TimedOut { waited }),
    }
}

layer_service!(Bounded, bounded);
