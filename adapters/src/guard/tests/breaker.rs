//! The breaker's three states, and what counts towards them.

use std::sync::Arc;
use std::time::Duration;

use domain::deadline::{Clock, Deadline};
use domain::decline::DeclineReason;
use domain::refusal::Refusal;
use jiff::Timestamp;
use tokio::time::advance;

use super::scripted::{Scripted, Step, call, clock};
use super::{MS, final_failure};
use crate::guard::breaker::BreakerState;
use crate::guard::{Answer, Guarded, Limits, guard};

/// Opens after two failures of two calls, for one second, then two, then never more than three.
fn touchy() -> Limits {
    Limits {
        attempts: 1,
        breaker_window: 4,
        breaker_min_calls: 2,
        breaker_failure_percent: 50,
        breaker_pause_ms: 1_000,
        breaker_max_pause_ms: 3_000,
        ..Limits::default()
    }
}

struct Watched {
    provider: Arc<Scripted>,
    guarded: Guarded,
    clock: Arc<dyn Clock>,
}

impl Watched {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let (clock, provider) = (clock(), Scripted::doing(steps));
        let guarded = guard(provider.clone(), &touchy(), clock.clone());
        Self { provider, guarded, clock }
    }

    async fn ask(&self) -> Answer {
        self.guarded.quote(call(&self.clock, 5_000 * MS)).await
    }

    fn state(&self) -> BreakerState {
        self.guarded.breaker().state
    }

    fn at(&self, wait: Duration) -> Timestamp {
        Deadline::after(self.clock.now(), wait).at()
    }
}

fn failing(times: usize) -> Vec<Step> {
    vec![Step::Refuse(final_failure()); times]
}

#[tokio::test(start_paused = true)]
async fn it_opens_on_failures_pauses_longer_each_time_and_closes_after_two_good_probes() {
    let watched = Watched::new(failing(4));
    assert_eq!(watched.state(), BreakerState::Closed);
    for _ in 0..2 {
        assert_eq!(watched.ask().await, Err(final_failure()));
    }
    for (pause, calls) in [(1_000, 2), (2_000, 3), (3_000, 4)] {
        assert_eq!(watched.state(), BreakerState::Open);
        assert_eq!(watched.guarded.breaker().next_probe_at, Some(watched.at(pause * MS)));
        assert_eq!(watched.ask().await, Err(Refusal::BreakerOpen { retry_at: watched.at(pause * MS) }));
        advance((pause - 1) * MS).await;
        assert!(matches!(watched.ask().await, Err(Refusal::BreakerOpen { .. })), "a moment too early");
        assert_eq!(watched.provider.calls(), calls, "nobody is asked while it is open");
        advance(MS).await;
        assert_eq!(watched.state(), BreakerState::HalfOpen);
        if pause < 3_000 {
            assert_eq!(watched.ask().await, Err(final_failure()), "the probe fails");
        }
    }
    assert_eq!(watched.ask().await, Ok(Vec::new()));
    assert_eq!(watched.state(), BreakerState::HalfOpen, "one good probe is not enough");
    assert_eq!(watched.ask().await, Ok(Vec::new()));
    assert_eq!(watched.state(), BreakerState::Closed);
    assert_eq!(watched.guarded.breaker().recent_calls, 0, "what was before is forgotten");
}

#[tokio::test(start_paused = true)]
async fn a_half_open_breaker_lets_one_call_at_a_time_pass() {
    let watched = Watched::new([failing(2), vec![Step::AnswerAfter(100 * MS)]].concat());
    for _ in 0..2 {
        assert!(watched.ask().await.is_err());
    }
    advance(1_000 * MS).await;
    let another = super::scripted::call_of(&watched.clock, 5_000 * MS, 9, "20000.00");
    let (probe, other) = tokio::join!(watched.ask(), watched.guarded.quote(another));
    assert_eq!(probe, Ok(Vec::new()));
    assert!(matches!(other, Err(Refusal::BreakerOpen { .. })), "{other:?}");
    assert_eq!(watched.provider.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_a_pause_gets_it_and_is_not_counted_as_sick() {
    let watched = Watched::new([Step::Refuse(Refusal::RateLimited { retry_after: 5_000 * MS })]);
    assert_eq!(watched.ask().await, Err(Refusal::RateLimited { retry_after: 5_000 * MS }));
    advance(1_000 * MS).await;
    assert_eq!(watched.ask().await, Err(Refusal::RateLimited { retry_after: 4_000 * MS }));
    let view = watched.guarded.breaker();
    assert_eq!((view.state, view.recent_calls), (BreakerState::Closed, 0));
    assert_eq!(view.next_probe_at, Some(watched.at(4_000 * MS)));
    assert_eq!(watched.provider.calls(), 1);
    advance(4_000 * MS).await;
    assert_eq!(watched.ask().await, Ok(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn an_endless_retry_after_is_granted_five_minutes() {
    let watched = Watched::new([Step::Refuse(Refusal::RateLimited { retry_after: Duration::MAX })]);
    assert!(watched.ask().await.is_err());
    advance(Duration::from_secs(300)).await;
    assert_eq!(watched.ask().await, Ok(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_of_the_providers_health_does_not_open_it() {
    let declined = Step::Refuse(Refusal::Declined { reasons: vec![DeclineReason::TermNotOffered] });
    let watched = Watched::new(vec![declined; 10]);
    for _ in 0..10 {
        assert!(watched.ask().await.is_err());
    }
    assert_eq!((watched.state(), watched.guarded.breaker().recent_failures), (BreakerState::Closed, 0));

    let hasty = Watched::new(vec![Step::Hang; 10]);
    for _ in 0..5 {
        let answer = hasty.guarded.quote(call(&hasty.clock, 999 * MS)).await;
        assert_eq!(answer, Err(Refusal::TimedOut { waited: 999 * MS }));
    }
    assert_eq!(hasty.guarded.breaker().recent_calls, 0, "the caller was hasty");
    for _ in 0..2 {
        assert!(hasty.guarded.quote(call(&hasty.clock, 1_000 * MS)).await.is_err());
    }
    assert_eq!(hasty.state(), BreakerState::Open, "a fair wait counts");
}
