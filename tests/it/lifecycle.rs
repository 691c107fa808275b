//! Starting, stopping and being too busy: what the service does at the edges of its capacity and of its life.

use std::time::Duration;

use devnet::sandbox::magic::Outcome;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpStream;

use crate::support::database;
use crate::support::gateway::{Gateway, body, outcome_of};
use crate::support::lenders;
use crate::support::request::{dollars, with};
use crate::support::wait::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_answers_who_waits_takes_nobody_new_and_stores_the_end() {
    let database = database::fresh().await;
    let lenders = [lenders::slow("Slow", Duration::from_millis(1_500)).await];
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let (app, address) = (gateway.app.clone(), gateway.url.trim_start_matches("http://").to_owned());
    let waiting = gateway.post(&dollars("10000.00")).header("prefer", "wait=20");
    let waiting = tokio::spawn(async move { waiting.send().await.unwrap() });
    until("the lender is being asked", || async { (app.intake.engine.hub.quoting() == 1).then_some(()) }).await;

    let stopping = tokio::spawn(gateway.stop());
    until("new connections are refused", || async { TcpStream::connect(&address).await.is_err().then_some(()) }).await;
    assert!(app.stopping.is_cancelled());
    let answered = body(waiting.await.unwrap(), 200).await;
    assert_eq!(outcome_of(&answered, "Slow")["outcome"], "answered");
    stopping.await.unwrap();

    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let stored: (String, i64) = sqlx::query_as("SELECT state, (SELECT count(*) FROM arrivals) FROM credit_requests")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(stored, ("quoted".to_owned(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_settles_what_nobody_waits_for() {
    let database = database::fresh().await;
    let lenders = [lenders::slow("Slow", Duration::from_millis(800)).await];
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    body(gateway.post(&dollars("10000.00")).send().await.unwrap(), 202).await;
    gateway.stop().await;
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let state: String = sqlx::query_scalar("SELECT state FROM credit_requests").fetch_one(&mut owner).await.unwrap();
    assert_eq!(state, "quoted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_beyond_the_limit_is_told_when_to_come_again() {
    let limits = "[limits]\nrequests_per_second = 1\nburst = 3\n";
    let gateway = Gateway::start(&database::fresh().await, limits).await;
    let call = || gateway.get("/v1/providers").send();
    let first = call().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["ratelimit-policy"], "\"default\";q=3;w=3");
    assert_eq!(first.headers()["ratelimit"], "\"default\";r=2;t=3");
    let refused = until("the allowance is used up", || async {
        let answer = call().await.unwrap();
        (answer.status() == 429).then_some(answer)
    })
    .await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["ratelimit"], "\"default\";r=0;t=3");
    let problem = body(refused, 429).await;
    assert_eq!((&problem["type"], &problem["retryable"]), (&json!("urn:agio:problem:rate_limited"), &json!(true)));
    let other_route = gateway.get("/v1/quotes/x").send().await.unwrap();
    assert_eq!(other_route.status(), 404, "another route is counted by itself");
    assert_eq!(gateway.http.get(format!("{}/livez", gateway.url)).send().await.unwrap().status(), 200);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_can_be_quoted_at_once_are_refused_and_not_stored() {
    let database = database::fresh().await;
    let lenders = [lenders::forced("Hanging", Outcome::TimeOut).await];
    let toml = format!("[limits]\nmax_quoting = 1\n{}", lenders::toml(&lenders));
    let gateway = Gateway::start(&database, &toml).await;
    let long = with(dollars("10000.00"), "/deadline_ms", json!(1_500));
    body(gateway.post(&long).send().await.unwrap(), 202).await;
    let refused = gateway.post_with_key("k", &dollars("20000.00")).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(body(refused, 503).await["type"], "urn:agio:problem:overloaded");
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let keys: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency_keys").fetch_one(&mut owner).await.unwrap();
    assert_eq!(keys, 1, "the key of the refused call is free");
    until("there is room again", || async {
        (gateway.post_with_key("k", &dollars("20000.00")).send().await.unwrap().status() == 202).then_some(())
    })
    .await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lender_that_keeps_failing_is_left_alone_and_seen_to_be() {
    let failing = lenders::forced("Failing", Outcome::ServerError).await;
    let limits = "attempts = 1\nbreaker_min_calls = 2\nbreaker_pause_ms = 60000";
    let toml = format!("{}{}", lenders::toml(&lenders::willing(1).await), lenders::toml_with_limits(&failing, limits));
    let gateway = Gateway::start(&database::fresh().await, &toml).await;
    let path = format!("/v1/providers/{}", failing.capabilities().id);
    assert_eq!(gateway.json(&path).await["breaker"]["state"], "closed");
    for _ in 0..2 {
        let asked = gateway.ask(&dollars("10000.00")).await;
        assert_eq!(outcome_of(&asked, "Failing")["outcome"], "unavailable");
    }
    let breaker = gateway.json(&path).await["breaker"].clone();
    assert_eq!((&breaker["state"], &breaker["recent_failures"]), (&json!("open"), &json!(2)));
    let probe: jiff::Timestamp = breaker["next_probe_at"].as_str().unwrap().parse().unwrap();
    let sent = failing.bytes_sent();
    let asked = gateway.ask(&dollars("10000.00")).await;
    let outcome = outcome_of(&asked, "Failing");
    assert_eq!(outcome["outcome"], "breaker_open");
    let retry_at: jiff::Timestamp = outcome["refusal"]["retry_at"].as_str().unwrap().parse().unwrap();
    assert!(retry_at.duration_since(probe).abs() < jiff::SignedDuration::from_secs(1));
    assert_eq!(failing.bytes_sent(), sent, "it was not asked");
    gateway.stop().await;
}
