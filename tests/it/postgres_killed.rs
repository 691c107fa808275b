//! Postgres is killed while requests come in: the callers are told to come back, and can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use devnet::sandbox::magic::Outcome;
use gateway::quotes::sweep::sweep;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::database;
use crate::support::gateway::{Gateway, body, names_of_quoting, outcome_of};
use crate::support::lenders::{self, ROOMY};
use crate::support::request::{dollars, with};
use crate::support::wait::until;

const CALLERS: usize = 8;

/// One answer as it came: status, `Retry-After`, and body.
type Seen = (u16, bool, Value);

async fn post(gateway: &Gateway, wait: bool) -> Seen {
    let request = gateway.post(&with(dollars("10000.00"), "/deadline_ms", 1_000.into()));
    let request = if wait { request.header("prefer", "wait=5") } else { request };
    let response = request.send().await.unwrap();
    let (status, told) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    (status, told, response.json().await.unwrap())
}

async fn post_until(stop: Arc<AtomicBool>, gateway: Arc<Gateway>, number: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    while !stop.load(Ordering::Acquire) {
        seen.push(post(&gateway, number.is_multiple_of(2)).await);
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_get_503_while_postgres_is_away_and_service_once_it_is_back() {
    let mut postgres = database::cluster().await;
    let database = database::in_cluster(&postgres).await;
    let lenders = lenders::willing(2).await;
    let gateway = Arc::new(Gateway::start(&database, &format!("{ROOMY}{}", lenders::toml(&lenders))).await);
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> =
        (0..CALLERS).map(|number| tokio::spawn(post_until(Arc::clone(&stop), Arc::clone(&gateway), number))).collect();
    until("requests are served", || async { (post(&gateway, true).await.0 == 200).then_some(()) }).await;

    postgres.kill().await.unwrap();
    until("a caller is told that the service is away", || async {
        (post(&gateway, true).await.0 == 503).then_some(())
    })
    .await;
    let ready = gateway.http.get(format!("{}/readyz", gateway.url)).send().await.unwrap();
    assert_eq!(body(ready, 503).await["ready"], false);
    let alive = gateway.http.get(format!("{}/livez", gateway.url)).send().await.unwrap();
    assert_eq!(alive.status(), 200, "the process itself is well");

    postgres.start_again().await.unwrap();
    until("requests are served again", || async { (post(&gateway, true).await.0 == 200).then_some(()) }).await;
    stop.store(true, Ordering::Release);
    let mut away = 0;
    for caller in callers {
        for (status, told, problem) in caller.await.unwrap() {
            match status {
                200 | 202 => {}
                503 => {
                    away += 1;
                    assert!(told, "Retry-After is missing: {problem}");
                    assert_eq!(problem["type"], "urn:agio:problem:unavailable");
                    assert_eq!(problem["retryable"], true);
                }
                other => panic!("{other}: {problem}"),
            }
        }
    }
    assert!(away > 0, "the callers met the outage");
    Arc::into_inner(gateway).unwrap().stop().await;
    postgres.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_outcomes_were_lost_is_ended_and_its_key_gets_an_answer() {
    let mut postgres = database::cluster().await;
    let database = database::in_cluster(&postgres).await;
    let mut lenders = lenders::willing(1).await;
    lenders.push(lenders::forced("Hanging", Outcome::TimeOut).await);
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let request = with(dollars("10000.00"), "/deadline_ms", 1_500.into());
    let waiting = gateway.post_with_key("k", &request).header("prefer", "wait=20");
    let waiting = tokio::spawn(async move { waiting.send().await.unwrap() });

    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let id = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            // The first lender's answer is stored, the second's is not there yet.
            let found: Option<Uuid> =
                sqlx::query_scalar("SELECT credit_request_id FROM arrivals").fetch_optional(&mut owner).await.unwrap();
            if let Some(id) = found {
                return format!("crq_{}", id.simple());
            }
        }
    })
    .await
    .unwrap();
    postgres.kill().await.unwrap();
    let lost = waiting.await.unwrap();
    assert!(lost.headers().contains_key("retry-after"));
    assert_eq!(body(lost, 503).await["retryable"], true);

    postgres.start_again().await.unwrap();
    let engine = gateway.app.intake.engine.clone();
    until("the service reads again", || async {
        let path = format!("/v1/credit-requests/{id}");
        (gateway.get(&path).send().await.unwrap().status() == 200).then_some(())
    })
    .await;
    assert_eq!(gateway.json(&format!("/v1/credit-requests/{id}")).await["state"], "quoting");
    assert_eq!(sweep(&gateway.app.db, &engine, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(sweep(&gateway.app.db, &engine, Duration::ZERO).await.unwrap(), 0, "it is ended once");

    let ended = gateway.json(&format!("/v1/credit-requests/{id}")).await;
    assert_eq!(ended["state"], "quoted");
    assert_eq!(names_of_quoting(&ended), [lenders[0].capabilities().name.clone()]);
    assert_eq!(outcome_of(&ended, "Hanging")["outcome"], "unknown");
    let replay = || async {
        let replay = gateway.post_with_key("k", &request).header("prefer", "wait=20").send().await.unwrap();
        assert_eq!(replay.headers()["idempotency-replayed"], "true");
        body(replay, 200).await
    };
    assert_eq!((replay().await, replay().await), (ended.clone(), ended), "the key was not lost with the answer");
    gateway.stop().await;
    postgres.stop().await.unwrap();
}

/// As a crash of Postgres leaves it that comes before a commit that nobody waited for is on the disk.
async fn lose_requests(owner: &mut PgConnection) -> Vec<Uuid> {
    let both = "WITH keys AS (DELETE FROM idempotency_keys) DELETE FROM credit_requests RETURNING credit_request_id";
    sqlx::query_scalar(both).fetch_all(owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_a_crash_undid_while_lenders_were_asked_is_stored_again_with_its_consents() {
    let database = database::fresh().await;
    let lenders = [lenders::slow("Slow", Duration::from_millis(1_500)).await];
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let request = dollars("10000.00");
    let waiting = gateway.post_with_key("k", &request).header("prefer", "wait=20");
    let waiting = tokio::spawn(async move { waiting.send().await.unwrap() });

    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let lost = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            // Lenders are asked from the moment that the request is there.
            if let [id] = lose_requests(&mut owner).await[..] {
                return id;
            }
        }
    })
    .await
    .unwrap();
    let answered = body(waiting.await.unwrap(), 200).await;
    assert_eq!(answered["id"], format!("crq_{}", lost.simple()));
    assert_eq!(names_of_quoting(&answered), ["Slow"]);

    let path = format!("/v1/credit-requests/{}", answered["id"].as_str().unwrap());
    assert_eq!(gateway.json(&path).await, answered, "everything is there");
    let consents: String =
        sqlx::query_scalar("SELECT consents FROM credit_requests").fetch_one(&mut owner).await.unwrap();
    let consents: Value = serde_json::from_str(&consents).unwrap();
    assert_eq!(consents.as_array().unwrap().len(), request["consents"].as_array().unwrap().len());
    let replay = gateway.post_with_key("k", &request).header("prefer", "wait=20").send().await.unwrap();
    assert_eq!(replay.headers()["idempotency-replayed"], "true");
    assert_eq!(body(replay, 200).await, answered);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_key_went_to_another_after_a_crash_is_not_answered_as_if_it_were_stored() {
    let database = database::fresh().await;
    let lenders = [lenders::slow("Slow", Duration::from_millis(1_500)).await];
    let gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let request = dollars("10000.00");
    let post = || gateway.post_with_key("k", &request).header("prefer", "wait=20");
    let waiting = tokio::spawn(post().send());

    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let lost = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            if let [id] = lose_requests(&mut owner).await[..] {
                return id;
            }
        }
    })
    .await
    .unwrap();
    let again = body(post().send().await.unwrap(), 200).await;
    assert_ne!(again["id"], format!("crq_{}", lost.simple()));
    let refused = waiting.await.unwrap().unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(body(refused, 503).await["retryable"], true);
    let requests: Vec<Uuid> =
        sqlx::query_scalar("SELECT credit_request_id FROM credit_requests").fetch_all(&mut owner).await.unwrap();
    assert_eq!(requests.len(), 1, "one key, one request: {requests:?}");
    gateway.stop().await;
}
