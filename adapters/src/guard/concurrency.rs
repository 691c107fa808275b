//! At most so many calls to one provider under way at once; the others wait a little for a place.

use std::sync::Arc;
use std::time::Duration;

use domain::refusal::Refusal;
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::{Answer, Guard, Limits, Put, QuoteService};
use crate::provider::QuoteCall;

#[derive(Clone)]
pub(super) struct Few {
    places: Arc<Semaphore>,
    queue_wait: Duration,
}

pub(super) fn layer(limits: &Limits) -> Put<Few> {
    let places = limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
    let queue_wait = Duration::from_millis(limits.queue_wait_ms);
    Put(Few { places: Arc::new(Semaphore::new(places)), queue_wait })
}

impl Guard for Few {
    async fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Answer {
        let place = match self.places.try_acquire() {
            Ok(place) => Ok(Ok(place)),
            Err(_) => tokio::time::timeout(self.queue_wait, self.places.acquire()).await,
        };
        match place {
            Ok(Ok(_place)) => inner.oneshot(call).await,
            Ok(Err(_)) | Err(_) => Err(Refusal::Busy { limit: "concurrency" }),
        }
    }
}
