//! A token bucket for each provider: calls beyond its rate wait their turn, or are refused when the turn comes too late.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use domain::refusal::Refusal;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;
use tower::ServiceExt;

use super::{Answer, Guard, Limits, Put, QuoteService};
use crate::provider::QuoteCall;

/// Tokio's timer as governor sees time, so that both stand still in a test that pauses it.
#[derive(Debug, Clone)]
struct TimerClock(Instant);

impl GovernorClock for TimerClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, TimerClock, NoOpMiddleware<Nanos>>;

#[derive(Clone)]
pub(super) struct Pace {
    bucket: Arc<Bucket>,
    clock: TimerClock,
    queue_wait: Duration,
}

pub(super) fn layer(limits: &Limits) -> Put<Pace> {
    let positive = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::per_second(positive(limits.calls_per_second)).allow_burst(positive(limits.burst));
    let queue_wait = Duration::from_millis(limits.queue_wait_ms);
    let clock = TimerClock(Instant::now());
    Put(Pace { bucket: Arc::new(RateLimiter::direct_with_clock(quota, clock.clone())), clock, queue_wait })
}

impl Guard for Pace {
    async fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Answer {
        let started = Instant::now();
        while let Err(early) = self.bucket.check() {
            let turn = early.wait_time_from(self.clock.now());
            if started.elapsed().saturating_add(turn) > self.queue_wait {
                return Err(Refusal::Busy { limit: "calls_per_second" });
            }
            tokio::time::sleep(turn).await;
        }
        inner.oneshot(call).await
    }
}
