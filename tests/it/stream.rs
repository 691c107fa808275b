//! The event stream: nothing lost, nothing twice, the same for whoever comes back.

use std::collections::BTreeSet;
use std::time::Duration;

use devnet::sandbox::magic::Outcome;
use domain::decline::DeclineReason;
use reqwest::Response;
use serde_json::Value;

use crate::support::database;
use crate::support::gateway::{Gateway, body};
use crate::support::lenders;
use crate::support::request::{dollars, with};
use crate::support::sse::{Event, Events};

/// Lenders of which six quote, one by one, one declines, and one says nothing until the deadline.
async fn one_by_one() -> Vec<devnet::sandbox::RunningLender> {
    let mut lenders = Vec::new();
    for place in 0..6 {
        lenders.push(lenders::slow(&format!("Lender {place}"), Duration::from_millis(60 * place)).await);
    }
    lenders.push(lenders::forced("Strict", Outcome::Decline(DeclineReason::IncomeInsufficient)).await);
    lenders.push(lenders::forced("Hanging", Outcome::TimeOut).await);
    lenders
}

async fn posted(gateway: &Gateway, deadline_ms: u64) -> String {
    let request = with(dollars("10000.00"), "/deadline_ms", deadline_ms.into());
    let answer = body(gateway.post(&request).send().await.unwrap(), 202).await;
    answer["id"].as_str().unwrap().to_owned()
}

async fn stream(gateway: &Gateway, id: &str, after: Option<u32>) -> Response {
    let request = gateway.get(&format!("/v1/credit-requests/{id}/quotes/stream"));
    let request = match after {
        Some(seen) => request.header("last-event-id", seen.to_string()),
        None => request,
    };
    request.send().await.unwrap()
}

/// Reads `most` events and goes away.
async fn read_some(gateway: &Gateway, id: &str, seen: &mut Vec<Event>, most: usize) {
    let mut events = Events::of(stream(gateway, id, seen.last().map(|event| event.id)).await);
    for _ in 0..most {
        seen.push(events.next().await.unwrap());
    }
}

fn provider(event: &Event) -> String {
    let data: Value = serde_json::from_str(&event.data).unwrap();
    data["provider"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cut_twice_sees_every_event_once_and_in_order_and_the_end_is_the_plain_answer() {
    let lenders = one_by_one().await;
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let id = posted(&gateway, 2_000).await;
    let mut seen = Vec::new();
    read_some(&gateway, &id, &mut seen, 2).await;
    read_some(&gateway, &id, &mut seen, 3).await;
    let after = seen.last().map(|event| event.id);
    seen.extend(Events::of(stream(&gateway, &id, after).await).rest().await);

    assert!(seen.is_sorted_by(|a, b| a.id < b.id), "{seen:?}");
    let (last, outcomes) = seen.split_last().unwrap();
    let said: Vec<String> = outcomes.iter().map(provider).collect();
    let names: BTreeSet<String> = lenders.iter().map(|lender| lender.capabilities().name.clone()).collect();
    assert_eq!(said.len(), names.len(), "{said:?}");
    assert_eq!(said.into_iter().collect::<BTreeSet<_>>(), names);
    for event in outcomes {
        let refused = ["Strict", "Hanging"].contains(&provider(event).as_str());
        assert_eq!(event.name, if refused { "outcome" } else { "quote" });
    }
    assert_eq!(last.name, "complete");
    let plain = gateway.get(&format!("/v1/credit-requests/{id}/quotes")).send().await.unwrap();
    assert_eq!(last.data, plain.text().await.unwrap());

    let after_the_end = stream(&gateway, &id, Some(last.id)).await;
    assert_eq!(after_the_end.status(), 204);
    assert_eq!(after_the_end.text().await.unwrap(), "");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_streamed_live_is_streamed_again_from_the_database_by_another_gateway() {
    let lenders = one_by_one().await;
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let id = posted(&gateway, 1_500).await;
    let live = Events::of(stream(&gateway, &id, None).await).rest().await;
    assert_eq!(live.last().unwrap().name, "complete");

    let mut other = Gateway::start(&database, "").await;
    other.tenant = gateway.tenant.clone();
    assert_eq!(Events::of(stream(&other, &id, None).await).rest().await, live);
    for (place, event) in live.iter().enumerate().take(live.len() - 1) {
        let rest = Events::of(stream(&other, &id, Some(event.id)).await).rest().await;
        assert_eq!(rest, live[place + 1..], "after {}", event.id);
    }
    other.stop().await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_gateway_is_streamed_while_it_goes_on() {
    let lenders = one_by_one().await;
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let mut other = Gateway::start(&database, "").await;
    other.tenant = gateway.tenant.clone();
    let id = posted(&gateway, 1_500).await;
    let (here, there) = tokio::join!(async { Events::of(stream(&gateway, &id, None).await).rest().await }, async {
        Events::of(stream(&other, &id, None).await).rest().await
    },);
    assert_eq!(there, here);
    other.stop().await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_too_many_streams_open_gets_no_further_one_until_it_closes_some() {
    let lenders = [lenders::forced("Hanging", Outcome::TimeOut).await];
    let toml = format!("[limits]\nmax_streams = 2\n{}", lenders::toml(&lenders));
    let gateway = Gateway::start(&database::fresh().await, &toml).await;
    let id = posted(&gateway, 20_000).await;
    let (first, _second) = (stream(&gateway, &id, None).await, stream(&gateway, &id, None).await);
    let refused = stream(&gateway, &id, None).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(body(refused, 429).await["type"], "urn:agio:problem:stream_limit");
    drop(first);
    crate::support::wait::until("a place is free again", || async {
        (stream(&gateway, &id, None).await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_id_that_is_none_is_refused() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let id = gateway.ask(&dollars("10000.00")).await["id"].as_str().unwrap().to_owned();
    for text in ["x", "-1", "1.5", "99999999999"] {
        let path = format!("/v1/credit-requests/{id}/quotes/stream");
        let refused = gateway.get(&path).header("last-event-id", text).send().await.unwrap();
        assert_eq!(body(refused, 400).await["errors"][0]["pointer"], "Last-Event-ID", "{text}");
    }
    gateway.stop().await;
}
