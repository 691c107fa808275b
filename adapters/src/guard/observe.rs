//! Counts and times every call, by provider and outcome. Nothing about the borrower is recorded.

use domain::capabilities::Capabilities;
use tokio::time::Instant;
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::{Answer, QuoteService, layer_service};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Observe<S> {
    inner: S,
    provider: String,
}

pub(super) fn layer<S: QuoteService>(capabilities: &Capabilities) -> impl tower::Layer<S, Service = Observe<S>> {
    let provider = capabilities.name.clone();
    layer_fn(move |inner| Observe { inner, provider: provider.clone() })
}

async fn observed<S: QuoteService>(layer: Observe<S>, call: QuoteCall) -> Answer {
    let started = Instant::now();
    let answer = layer.inner.oneshot(call).await;
    let outcome = answer.as_ref().map_or_else(|refusal| refusal.kind(), |_| "answered");
    metrics::histogram!("agio_provider_call_seconds", "provider" => layer.provider, "outcome" => outcome)
        .record(started.elapsed());
    answer
}

layer_service!(Observe, observed);
