//! The guards around every call to a provider, put together in one place and the same for all.
//!
//! From the outside in: what happened is counted ([`observe`]); equal calls under way share one answer ([`sharing`]); a
//! provider that keeps failing is left alone for a while ([`breaker`]); nobody waits past the deadline ([`deadline`]);
//! calls are spaced ([`pace`]) and few at a time ([`concurrency`]); and what failed on the way is tried again within a
//! budget ([`retry`]). An adapter knows none of this and keeps no state.

pub mod breaker;
mod concurrency;
mod deadline;
mod observe;
mod pace;
mod retry;
mod sharing;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use domain::capabilities::Capabilities;
use domain::deadline::Clock;
use domain::ids::ProviderId;
use domain::offer::Offer;
use domain::refusal::Refusal;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder, ServiceExt};

use crate::provider::{Provider, QuoteCall};
use breaker::{Breaker, BreakerView};

/// What every layer is and surrounds.
pub(crate) trait QuoteService:
    Service<QuoteCall, Response = Vec<Offer>, Error = Refusal, Future: Send> + Clone + Send + Sync + 'static
{
}

impl<S> QuoteService for S where
    S: Service<QuoteCall, Response = Vec<Offer>, Error = Refusal, Future: Send> + Clone + Send + Sync + 'static
{
}

pub(crate) type Answer = Result<Vec<Offer>, Refusal>;
pub(crate) type Answering = BoxFuture<'static, Answer>;

/// What one guard does around whatever is inside it.
pub(crate) trait Guard: Clone + Send + Sync + 'static {
    fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> impl Future<Output = Answer> + Send;
}

/// A guard in its place. Always ready, because waiting happens inside the call, under its deadline. A clone costs one
/// count, however much lies inside.
pub(crate) struct Around<G, S>(Arc<(G, S)>);

impl<G, S> Clone for Around<G, S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<G: Guard, S: QuoteService> Service<QuoteCall> for Around<G, S> {
    type Response = Vec<Offer>;
    type Error = Refusal;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: QuoteCall) -> Answering {
        let both = Arc::clone(&self.0);
        Box::pin(async move { both.0.around(both.1.clone(), call).await })
    }
}

/// The layer that puts a guard around a service.
pub(crate) struct Put<G>(G);

impl<G: Guard, S: QuoteService> tower::Layer<S> for Put<G> {
    type Service = Around<G, S>;

    fn layer(&self, inner: S) -> Around<G, S> {
        Around(Arc::new((self.0.clone(), inner)))
    }
}

/// The limits of one provider. Each has a name in configuration and a default that suits a lender over HTTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest wait for one answer, whatever the caller's deadline.
    pub max_wait_ms: u64,
    /// Calls under way at once.
    pub concurrency: usize,
    /// Longest wait for one of those places.
    pub queue_wait_ms: u64,
    /// Calls a second, and how many may come at once.
    pub calls_per_second: u32,
    pub burst: u32,
    /// Most times a call is tried, the first included.
    pub attempts: u32,
    /// Recent calls that the breaker looks at, how many it needs, and the share of failures that opens it.
    pub breaker_window: usize,
    pub breaker_min_calls: usize,
    pub breaker_failure_percent: u8,
    /// First pause of an open breaker; it doubles with each failed probe, up to the longest.
    pub breaker_pause_ms: u64,
    pub breaker_max_pause_ms: u64,
    /// A time-out after less than this says more about the caller's haste than about the provider.
    pub fair_wait_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_wait_ms: 10_000,
            concurrency: 64,
            queue_wait_ms: 500,
            calls_per_second: 100,
            burst: 50,
            attempts: 3,
            breaker_window: 20,
            breaker_min_calls: 5,
            breaker_failure_percent: 50,
            breaker_pause_ms: 1_000,
            breaker_max_pause_ms: 60_000,
            fair_wait_ms: 1_000,
        }
    }
}

/// A provider with its guards. Cheap to clone; clones share limits and breaker.
#[derive(Clone)]
pub struct Guarded {
    provider: Arc<dyn Provider>,
    breaker: Arc<Breaker>,
    service: BoxCloneSyncService<QuoteCall, Vec<Offer>, Refusal>,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Guarded {
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    #[must_use]
    pub fn id(&self) -> ProviderId {
        self.capabilities().id
    }

    #[must_use]
    pub fn breaker(&self) -> BreakerView {
        self.breaker.view()
    }

    /// Asks, with every guard in place.
    ///
    /// # Errors
    /// Whatever kept an offer from coming.
    pub async fn quote(&self, call: QuoteCall) -> Answer {
        self.service.clone().oneshot(call).await
    }
}

/// Puts the guards around a provider.
#[must_use]
pub fn guard(provider: Arc<dyn Provider>, limits: &Limits, clock: Arc<dyn Clock>) -> Guarded {
    let capabilities = provider.capabilities();
    let breaker = Arc::new(Breaker::new(limits, Arc::clone(&clock)));
    let service = ServiceBuilder::new()
        .layer(observe::layer(capabilities))
        .layer(sharing::layer(capabilities.sharing))
        .layer(breaker::layer(Arc::clone(&breaker)))
        .layer(deadline::layer(Duration::from_millis(limits.max_wait_ms), clock))
        .layer(pace::layer(limits))
        .layer(concurrency::layer(limits))
        .layer(retry::layer(limits))
        .service(Ask(Arc::clone(&provider)));
    Guarded { provider, breaker, service: BoxCloneSyncService::new(service) }
}

/// The innermost service: the adapter itself.
#[derive(Clone)]
struct Ask(Arc<dyn Provider>);

impl Service<QuoteCall> for Ask {
    type Response = Vec<Offer>;
    type Error = Refusal;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: QuoteCall) -> Answering {
        let provider = Arc::clone(&self.0);
        Box::pin(async move { provider.quote(call).await })
    }
}

#[cfg(test)]
mod tests;
