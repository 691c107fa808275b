//! Equal calls under way share one answer; different ones never do.

use domain::capabilities::Sharing;
use domain::refusal::Refusal;
use futures::future::join_all;

use super::MS;
use super::scripted::{Scripted, Step, call, call_of, clock};
use crate::guard::{Limits, guard};

#[tokio::test(start_paused = true)]
async fn equal_calls_under_way_are_made_once_and_all_get_the_answer() {
    let (clock, provider) = (clock(), Scripted::always(Step::AnswerAfter(100 * MS)));
    let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
    let answers = join_all((0..50).map(|_| guarded.quote(call(&clock, 1_000 * MS)))).await;
    assert!(answers.iter().all(|answer| *answer == Ok(Vec::new())));
    assert_eq!(provider.calls(), 1);
    assert!(guarded.quote(call(&clock, 1_000 * MS)).await.is_ok());
    assert_eq!(provider.calls(), 2, "an answer is shared while it is under way and not kept");
}

#[tokio::test(start_paused = true)]
async fn what_may_be_shared_depends_on_what_the_answer_is_bound_to() {
    for (sharing, of_two_requests) in [(Sharing::PerRequest, 2), (Sharing::PerContent, 1)] {
        let (clock, provider) = (clock(), Scripted::sharing(sharing, Step::AnswerAfter(100 * MS)));
        let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
        let ask = |request, amount| guarded.quote(call_of(&clock, 1_000 * MS, request, amount));
        let (_, _) = tokio::join!(ask(1, "10000.00"), ask(2, "10000.00"));
        assert_eq!(provider.calls(), of_two_requests, "{sharing:?}");
        let (_, _) = tokio::join!(ask(3, "10000.00"), ask(3, "10000.01"));
        assert_eq!(provider.calls(), of_two_requests + 2, "{sharing:?}: other amounts are other calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_does_not_take_the_answer_from_the_others() {
    let (clock, provider) = (clock(), Scripted::always(Step::AnswerAfter(100 * MS)));
    let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
    let mut first = Box::pin(guarded.quote(call(&clock, 1_000 * MS)));
    assert!(futures::poll!(first.as_mut()).is_pending());
    let mut second = Box::pin(guarded.quote(call(&clock, 1_000 * MS)));
    assert!(futures::poll!(second.as_mut()).is_pending());
    drop(first);
    assert_eq!(second.await, Ok(Vec::new()));
    assert_eq!(provider.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_any_more_is_made_anew_for_the_next_caller() {
    let (clock, provider) = (clock(), Scripted::always(Step::AnswerAfter(100 * MS)));
    let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
    let gone = tokio::time::timeout(10 * MS, guarded.quote(call(&clock, 1_000 * MS))).await;
    assert!(gone.is_err());
    assert_eq!(guarded.quote(call(&clock, 1_000 * MS)).await, Ok(Vec::new()));
    assert_eq!(provider.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_more_time_is_not_given_up_with_one_who_has_less() {
    let (clock, provider) = (clock(), Scripted::always(Step::AnswerAfter(500 * MS)));
    let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
    let (hasty, patient) = tokio::join!(guarded.quote(call(&clock, 100 * MS)), guarded.quote(call(&clock, 1_000 * MS)));
    assert_eq!(hasty, Err(Refusal::TimedOut { waited: 100 * MS }));
    assert_eq!(patient, Ok(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn an_adapter_that_panics_costs_its_own_answer_only() {
    let (clock, provider) = (clock(), Scripted::doing([Step::Panic]));
    let guarded = guard(provider.clone(), &Limits::default(), clock.clone());
    assert_eq!(guarded.quote(call(&clock, 1_000 * MS)).await, Err(Refusal::Unknown));
    assert_eq!(guarded.quote(call(&clock, 1_000 * MS)).await, Ok(Vec::new()));
}
