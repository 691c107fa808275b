//! At most so many calls to one provider under way at once; the others wait a little for a place.

use std::sync::Arc;
use std::time::Duration;

use domain::refusal::Refusal;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::{Answer, Limits, QuoteService, layer_service};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Few<S> {
    inner: S,
    places: Arc<Semaphore>,
    queue_wait: Duration,
}

pub(super) fn layer<S: QuoteService>(limits: &Limits) -> impl tower::Layer<S, Service = Few<S>> {
    let places = limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
    let queue_wait = Duration::from_millis(limits.queue_wait_ms);
    layer_fn(move |inner| Few { inner, places: Arc::new(Semaphore::new(places)), queue_wait })
}

async fn few<S: QuoteService>(layer: Few<S>, call: QuoteCall) -> Answer {
    match tokio::time::timeout(layer.queue_wait, Arc::clone(&layer.places).acquire_owned()).await {
        Ok(Ok(_place)) => layer.inner.oneshot(call).await,
        Ok(Err(_)) | Err(_) => Err(Refusal::Busy { limit: "concurrency" }),
    }
}

layer_service!(Few, few);
