//! Each guard alone, and all of them together, around a provider that does as it is told. Time stands still but for the
//! timers, so every figure below is exact.

mod breaker;
mod scripted;
mod sharing;

use std::time::Duration;

use domain::decline::DeclineReason;
use domain::refusal::Refusal;
use futures::future::join_all;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use super::{Ask, Limits, QuoteService, concurrency, deadline, guard, pace, retry};
use crate::provider::QuoteCall;
use scripted::{Scripted, Step, call, call_of, clock};

const MS: Duration = Duration::from_millis(1);

fn transient() -> Refusal {
    Refusal::Unavailable { detail: "cut".to_owned(), transient: true }
}

fn final_failure() -> Refusal {
    Refusal::Unavailable { detail: "404".to_owned(), transient: false }
}

/// Calls at once; when each came back, and with what.
async fn at_once(service: impl QuoteService, calls: Vec<QuoteCall>) -> Vec<(Duration, Result<usize, Refusal>)> {
    let started = Instant::now();
    let one = |call| {
        let service = service.clone();
        async move {
            let answer = service.oneshot(call).await.map(|offers| offers.len());
            (started.elapsed(), answer)
        }
    };
    join_all(calls.into_iter().map(one)).await
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_past_the_deadline_nor_longer_than_the_provider_is_given() {
    let clock = clock();
    for (asked, given, waited) in [(700, 10_000, 700), (700, 300, 300)] {
        let provider = Scripted::doing([Step::Hang]);
        let service = deadline::layer(given * MS, clock.clone()).layer(Ask(provider.clone()));
        let started = Instant::now();
        let answer = service.oneshot(call(&clock, asked * MS)).await;
        assert_eq!(answer, Err(Refusal::TimedOut { waited: waited * MS }));
        assert_eq!(started.elapsed(), waited * MS);
        assert_eq!(provider.time_left_when_asked(), [waited * MS], "the provider is told the same");
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_on_the_way_is_tried_again() {
    let clock = clock();
    let limits = Limits { attempts: 3, ..Limits::default() };
    let chain = || Refusal::ChainUnavailable { detail: "cut".to_owned() };
    let declined = || Refusal::Declined { reasons: vec![DeclineReason::IncomeInsufficient] };
    let cases: Vec<(Vec<Step>, usize, Result<usize, Refusal>)> = vec![
        (vec![Step::Refuse(transient()), Step::Refuse(chain()), Step::Answer], 3, Ok(0)),
        (vec![Step::Refuse(transient()); 5], 3, Err(transient())),
        (vec![Step::Refuse(final_failure())], 1, Err(final_failure())),
        (vec![Step::Refuse(declined())], 1, Err(declined())),
        (vec![Step::Refuse(Refusal::Unknown)], 1, Err(Refusal::Unknown)),
        (vec![Step::Answer], 1, Ok(0)),
    ];
    for (steps, calls, expected) in cases {
        let provider = Scripted::doing(steps);
        let service = retry::layer(&limits).layer(Ask(provider.clone()));
        let answer = service.oneshot(call(&clock, 1_000 * MS)).await.map(|offers| offers.len());
        assert_eq!((answer, provider.calls()), (expected, calls));
    }
}

#[tokio::test(start_paused = true)]
async fn the_pauses_between_attempts_double() {
    let clock = clock();
    let provider = Scripted::doing(vec![Step::Refuse(transient()); 3]);
    let service = retry::layer(&Limits { attempts: 4, ..Limits::default() }).layer(Ask(provider.clone()));
    let started = Instant::now();
    assert!(service.oneshot(call(&clock, 1_000 * MS)).await.is_ok());
    assert_eq!(started.elapsed(), (20 + 40 + 80) * MS);
}

#[tokio::test(start_paused = true)]
async fn retries_never_become_the_load() {
    let clock = clock();
    let provider = Scripted::always(Step::Refuse(transient()));
    let service = retry::layer(&Limits { attempts: 3, ..Limits::default() }).layer(Ask(provider.clone()));
    let calls = 200;
    for _ in 0..calls {
        assert!(service.clone().oneshot(call(&clock, 1_000 * MS)).await.is_err());
    }
    let retried = provider.calls() - calls;
    // Two a second of a window of ten seconds, and no more until that time has passed.
    assert!((1..=25).contains(&retried), "{retried} retries of {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn calls_are_spaced_and_one_whose_turn_comes_too_late_is_refused_at_once() {
    let clock = clock();
    let limits = Limits { calls_per_second: 10, burst: 1, queue_wait_ms: 250, ..Limits::default() };
    let provider = Scripted::always(Step::Answer);
    let service = pace::layer(&limits).layer(Ask(provider.clone()));
    let answers = at_once(service, vec![call(&clock, 5_000 * MS); 5]).await;
    let mut passed: Vec<Duration> =
        answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(after, _)| *after).collect();
    passed.sort_unstable();
    assert_eq!(passed.len(), 3, "{answers:?}");
    assert!(passed.windows(2).all(|pair| pair[1] - pair[0] >= 99 * MS), "{passed:?}");
    for (after, answer) in answers.iter().filter(|(_, answer)| answer.is_err()) {
        assert_eq!(*answer, Err(Refusal::Busy { limit: "calls_per_second" }));
        assert!(*after <= 250 * MS);
    }
    assert_eq!(provider.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_than_the_limit_are_under_way_and_others_wait_a_little_for_a_place() {
    let clock = clock();
    let limits = Limits { concurrency: 2, queue_wait_ms: 100, ..Limits::default() };
    for (takes, passed) in [(1_000, 2), (60, 4)] {
        let provider = Scripted::always(Step::AnswerAfter(takes * MS));
        let service = concurrency::layer(&limits).layer(Ask(provider.clone()));
        let answers = at_once(service, vec![call(&clock, 5_000 * MS); 4]).await;
        assert_eq!(answers.iter().filter(|(_, answer)| answer.is_ok()).count(), passed, "{answers:?}");
        assert_eq!(provider.most_at_once(), 2);
        for (after, answer) in answers.iter().filter(|(_, answer)| answer.is_err()) {
            assert_eq!((*after, answer), (100 * MS, &Err(Refusal::Busy { limit: "concurrency" })));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_stack_answers_by_the_deadline_whatever_the_provider_does() {
    let clock = clock();
    for step in [
        Step::Hang,
        Step::AnswerAfter(9_000 * MS),
        Step::Refuse(transient()),
        Step::Refuse(final_failure()),
        Step::Answer,
        Step::Panic,
    ] {
        let guarded = guard(Scripted::always(step.clone()), &Limits::default(), clock.clone());
        let started = Instant::now();
        let answers = join_all((0..200).map(|n| guarded.quote(call_of(&clock, 1_500 * MS, n, "10000.00")))).await;
        assert!(started.elapsed() <= 1_500 * MS, "{step:?}: {:?}", started.elapsed());
        assert_eq!(answers.len(), 200);
    }
}
