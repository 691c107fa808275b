//! How often one caller may call one route, told in the `RateLimit` headers of the IETF draft
//! (`draft-ietf-httpapi-ratelimit-headers`).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use domain::ids::ApiKeyId;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::config::LimitsConfig;
use crate::problem::{Code, Problem};

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    Key(ApiKeyId),
    Address(IpAddr),
}

type Counted = (Who, String);
type Limiter = RateLimiter<Counted, DashMapStateStore<Counted>, DefaultClock, StateInformationMiddleware>;

/// Counts calls of each caller on each route.
#[derive(Debug, Clone)]
pub struct RateLimits {
    limiter: Arc<Limiter>,
    clock: DefaultClock,
    per_second: u32,
    burst: u32,
}

/// The headers that a counted call gets.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    remaining: u32,
    per_second: u32,
    burst: u32,
}

impl RateLimits {
    #[must_use]
    pub fn new(limits: &LimitsConfig) -> Self {
        let positive = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(positive(limits.requests_per_second)).allow_burst(positive(limits.burst));
        let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Self {
            limiter: Arc::new(limiter),
            clock: DefaultClock::default(),
            per_second: limits.requests_per_second,
            burst: limits.burst,
        }
    }

    /// Counts one call.
    ///
    /// # Errors
    /// The problem `rate_limited`, with when to come again.
    pub fn count(&self, who: Who, route: &str) -> Result<Counter, Problem> {
        let counter = |remaining| Counter { remaining, per_second: self.per_second, burst: self.burst };
        match self.limiter.check_key(&(who, route.to_owned())) {
            Ok(state) => Ok(counter(state.remaining_burst_capacity())),
            Err(early) => {
                let wait = early.wait_time_from(self.clock.now());
                let detail =
                    format!("at most {} calls a second on this route, {} at once", self.per_second, self.burst);
                Err(Problem::new(Code::RateLimited, detail).retry_after(wait.max(Duration::from_millis(1))))
            }
        }
    }

    /// Forgets callers who have not been seen for long enough to have their full allowance again.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
    }

    /// The headers of a call that was refused.
    #[must_use]
    pub fn exhausted(&self) -> Counter {
        Counter { remaining: 0, per_second: self.per_second, burst: self.burst }
    }
}

impl Counter {
    /// Adds `RateLimit` and `RateLimit-Policy`.
    pub fn write(self, headers: &mut HeaderMap) {
        let window = self.burst.div_ceil(self.per_second.max(1));
        let policy = format!("\"default\";q={};w={window}", self.burst);
        let now = format!("\"default\";r={};t={window}", self.remaining);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", now)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}
