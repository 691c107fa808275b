//! What failed on the way is tried again, within a budget that keeps retries from becoming the load.
//!
//! Only failures that a repetition can mend are retried; asking for a quote is safe to repeat, and every attempt of a
//! call carries the same idempotency key. The deadline outside bounds the whole.

use std::sync::Arc;
use std::time::Duration;

use domain::offer::Offer;
use domain::refusal::Refusal;
use futures::future::BoxFuture;
use tower::retry::budget::{Budget, TpsBudget};
use tower::retry::{Policy, RetryLayer};

use super::Limits;
use crate::provider::QuoteCall;

/// Retries a second that are always allowed, and the share of calls that may be retried beyond them.
const MIN_RETRIES_PER_SECOND: u32 = 2;
const RETRY_SHARE: f32 = 0.2;
const BUDGET_WINDOW: Duration = Duration::from_secs(10);
/// Pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub(super) struct Attempts {
    left: u32,
    pause: Duration,
    budget: Arc<TpsBudget>,
}

pub(super) fn layer(limits: &Limits) -> RetryLayer<Attempts> {
    RetryLayer::new(Attempts {
        left: limits.attempts.saturating_sub(1),
        pause: FIRST_PAUSE,
        budget: Arc::new(TpsBudget::new(BUDGET_WINDOW, MIN_RETRIES_PER_SECOND, RETRY_SHARE)),
    })
}

impl Policy<QuoteCall, Vec<Offer>, Refusal> for Attempts {
    type Future = BoxFuture<'static, ()>;

    fn retry(&mut self, _: &mut QuoteCall, answer: &mut Result<Vec<Offer>, Refusal>) -> Option<Self::Future> {
        match answer {
            Err(Refusal::Unavailable { transient: true, .. } | Refusal::ChainUnavailable { .. }) => {
                if self.left == 0 || !self.budget.withdraw() {
                    return None;
                }
                let pause = self.pause;
                self.left -= 1;
                self.pause *= 2;
                Some(Box::pin(tokio::time::sleep(pause)))
            }
            _ => {
                self.budget.deposit();
                None
            }
        }
    }

    fn clone_request(&mut self, call: &QuoteCall) -> Option<QuoteCall> {
        Some(call.clone())
    }
}
