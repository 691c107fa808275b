//! A circuit breaker with three states for each provider.
//!
//! Closed: calls pass, and the share of failures among the recent ones is watched. Open: nobody is asked until a pause
//! is over; the pause doubles each time a probe fails. Half open: one call at a time passes as a probe, and two good
//! ones in a row close the breaker. A provider that asks for a pause (`Retry-After`) gets it in any state, without
//! being counted as sick.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::deadline::{Clock, Deadline};
use domain::refusal::Refusal;
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;
use tower::ServiceExt;

use super::{Answer, Guard, Limits, Put, QuoteService};
use crate::provider::QuoteCall;

/// Good probes in a row that close a half-open breaker.
const PROBES_TO_CLOSE: u32 = 2;
/// Longest pause that a provider's `Retry-After` is granted.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    Closed,
    Open,
    HalfOpen,
}

/// What an operator sees of a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerView {
    pub state: BreakerState,
    /// Failures and calls among the recent ones.
    pub recent_failures: usize,
    pub recent_calls: usize,
    /// When the next call may pass, if none may now.
    pub next_probe_at: Option<Timestamp>,
}

#[derive(Debug)]
enum Phase {
    Closed,
    Open { until: Instant },
    HalfOpen { probing: bool, good: u32 },
}

#[derive(Debug)]
struct Inner {
    phase: Phase,
    /// Recent calls, `true` for a failure.
    recent: VecDeque<bool>,
    /// How often it has opened since it was last closed.
    opened: u32,
    /// Until when the provider asked to be left alone.
    paused_until: Option<Instant>,
}

#[derive(Debug)]
pub struct Breaker {
    inner: Mutex<Inner>,
    window: usize,
    min_calls: usize,
    failure_percent: usize,
    pause: Duration,
    max_pause: Duration,
    fair_wait: Duration,
    clock: Arc<dyn Clock>,
}

impl Breaker {
    pub(super) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let inner = Inner { phase: Phase::Closed, recent: VecDeque::new(), opened: 0, paused_until: None };
        Self {
            inner: Mutex::new(inner),
            window: limits.breaker_window.max(1),
            min_calls: limits.breaker_min_calls.clamp(1, limits.breaker_window.max(1)),
            failure_percent: usize::from(limits.breaker_failure_percent),
            pause: Duration::from_millis(limits.breaker_pause_ms),
            max_pause: Duration::from_millis(limits.breaker_max_pause_ms),
            fair_wait: Duration::from_millis(limits.fair_wait_ms),
            clock,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wall_time(&self, until: Instant) -> Timestamp {
        Deadline::after(self.clock.now(), until.saturating_duration_since(Instant::now())).at()
    }

    #[must_use]
    pub fn view(&self) -> BreakerView {
        let inner = self.lock();
        let now = Instant::now();
        let (state, until) = match inner.phase {
            Phase::Closed => (BreakerState::Closed, None),
            Phase::Open { until } if now < until => (BreakerState::Open, Some(until)),
            Phase::Open { .. } | Phase::HalfOpen { .. } => (BreakerState::HalfOpen, None),
        };
        let paused = inner.paused_until.filter(|until| now < *until);
        BreakerView {
            state,
            recent_failures: inner.recent.iter().filter(|failed| **failed).count(),
            recent_calls: inner.recent.len(),
            next_probe_at: until.max(paused).map(|until| self.wall_time(until)),
        }
    }

    /// Lets a call pass, or says until when not.
    fn admit(&self) -> Result<(), Refusal> {
        let mut inner = self.lock();
        let now = Instant::now();
        if let Some(until) = inner.paused_until.filter(|until| now < *until) {
            return Err(Refusal::RateLimited { retry_after: until.saturating_duration_since(now) });
        }
        inner.paused_until = None;
        match inner.phase {
            Phase::Closed => Ok(()),
            Phase::Open { until } if now < until => Err(Refusal::BreakerOpen { retry_at: self.wall_time(until) }),
            Phase::Open { .. } => {
                inner.phase = Phase::HalfOpen { probing: true, good: 0 };
                Ok(())
            }
            Phase::HalfOpen { probing: true, .. } => Err(Refusal::BreakerOpen { retry_at: self.clock.now() }),
            Phase::HalfOpen { good, .. } => {
                inner.phase = Phase::HalfOpen { probing: true, good };
                Ok(())
            }
        }
    }

    /// Whether an answer is a failure of the provider; `None` when it says nothing about its health.
    fn verdict(&self, answer: &Answer) -> Option<bool> {
        match answer {
            Ok(_) => Some(false),
            Err(Refusal::TimedOut { waited }) => (*waited >= self.fair_wait).then_some(true),
            Err(Refusal::Busy { .. } | Refusal::RateLimited { .. } | Refusal::Unknown) => None,
            Err(refusal) => Some(refusal.counts_against_provider()),
        }
    }

    fn record(&self, verdict: Option<bool>, pause: Option<Duration>) {
        let mut inner = self.lock();
        let now = Instant::now();
        if let Some(pause) = pause {
            inner.paused_until = now.checked_add(pause.min(MAX_RETRY_AFTER));
        }
        if let Some(failed) = verdict {
            inner.recent.push_back(failed);
            if inner.recent.len() > self.window {
                inner.recent.pop_front();
            }
        }
        match (&mut inner.phase, verdict) {
            (Phase::HalfOpen { probing, .. }, None) => *probing = false,
            (Phase::HalfOpen { .. }, Some(true)) => self.open(&mut inner, now),
            (Phase::HalfOpen { probing, good }, Some(false)) => {
                *probing = false;
                *good += 1;
                if *good >= PROBES_TO_CLOSE {
                    inner.phase = Phase::Closed;
                    inner.opened = 0;
                    inner.recent.clear();
                }
            }
            (Phase::Closed, Some(true)) => {
                let failures = inner.recent.iter().filter(|failed| **failed).count();
                let calls = inner.recent.len();
                if calls >= self.min_calls && failures * 100 >= calls * self.failure_percent {
                    self.open(&mut inner, now);
                }
            }
            (Phase::Closed | Phase::Open { .. }, _) => {}
        }
    }

    fn open(&self, inner: &mut Inner, now: Instant) {
        let doubled = 2_u32.saturating_pow(inner.opened);
        let pause = self.pause.saturating_mul(doubled).min(self.max_pause);
        inner.opened = inner.opened.saturating_add(1);
        inner.phase = Phase::Open { until: now.checked_add(pause).unwrap_or(now) };
    }
}

#[derive(Clone)]
pub(super) struct Broken {
    breaker: Arc<Breaker>,
}

pub(super) fn layer(breaker: Arc<Breaker>) -> Put<Broken> {
    Put(Broken { breaker })
}

/// A call that was let pass. Dropped without a verdict (the caller went away), it only frees the probe's place.
struct Passed<'a> {
    breaker: &'a Breaker,
    verdict: Option<bool>,
    pause: Option<Duration>,
}

impl Drop for Passed<'_> {
    fn drop(&mut self) {
        self.breaker.record(self.verdict, self.pause);
    }
}

impl Guard for Broken {
    async fn around<S: QuoteService>(&self, inner: S, call: QuoteCall) -> Answer {
        self.breaker.admit()?;
        let mut passed = Passed { breaker: &self.breaker, verdict: None, pause: None };
        let answer = inner.oneshot(call).await;
        passed.verdict = self.breaker.verdict(&answer);
        if let Err(Refusal::RateLimited { retry_after }) = &answer {
            passed.pause = Some(*retry_after);
        }
        answer
    }
}
