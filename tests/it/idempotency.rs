//! One idempotency key has at most one effect, and every replay the same answer.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use gateway::auth::Scope;
use reqwest::Response;
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use crate::support::database::{self, Database};
use crate::support::gateway::{Gateway, body, tenant};
use crate::support::lenders::{self, ROOMY};
use crate::support::request::{dollars, with};

const PARALLEL: usize = 100;

async fn count(database: &Database, table: &str) -> i64 {
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(statement).fetch_one(&mut owner).await.unwrap()
}

async fn roomy_gateway(database: &Database) -> (Gateway, Vec<devnet::sandbox::RunningLender>) {
    let mut lenders = lenders::willing(2).await;
    lenders.push(lenders::slow("Slow", Duration::from_millis(300)).await);
    let gateway = Gateway::start(database, &format!("{ROOMY}{}", lenders::toml(&lenders))).await;
    (gateway, lenders)
}

/// Posts the same call so many times at once: status, whether it says that it is a replay, and body of each answer.
async fn all_at_once(gateway: &Gateway, prefer: Option<&str>) -> Vec<(u16, bool, String)> {
    let post = |_| async {
        let mut request = gateway.post_with_key("one-key", &dollars("10000.00"));
        if let Some(prefer) = prefer {
            request = request.header("prefer", prefer);
        }
        let response = request.send().await.unwrap();
        let replayed = response.headers().get("idempotency-replayed").is_some_and(|value| value == "true");
        (response.status().as_u16(), replayed, response.text().await.unwrap())
    };
    join_all((0..PARALLEL).map(post)).await
}

async fn one_effect_of_many_calls(prefer: Option<&str>, status: u16) {
    let database = database::fresh().await;
    let (gateway, _lenders) = roomy_gateway(&database).await;
    let answers = all_at_once(&gateway, prefer).await;
    let bodies: BTreeSet<&str> = answers.iter().map(|(_, _, body)| body.as_str()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(answers.iter().all(|(found, ..)| *found == status));
    assert_eq!(answers.iter().filter(|(_, replayed, _)| !replayed).count(), 1, "one was the first");
    assert_eq!((count(&database, "credit_requests").await, count(&database, "idempotency_keys").await), (1, 1));
    let again = gateway.post_with_key("one-key", &dollars("10000.00")).send().await.unwrap();
    assert_eq!(again.status(), status);
    assert_eq!(again.text().await.unwrap(), *bodies.first().unwrap(), "and for ever after");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_posts_with_one_key_that_wait_make_one_request_and_get_one_answer() {
    one_effect_of_many_calls(Some("wait=20"), 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_posts_with_one_key_that_do_not_wait_make_one_request_and_get_one_answer() {
    one_effect_of_many_calls(None, 202).await;
}

async fn problem(response: Response, status: u16, code: &str) -> Value {
    let problem = body(response, status).await;
    assert_eq!(problem["type"], format!("urn:agio:problem:{code}"));
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_for_another_body_is_refused_and_its_answer_stays() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, "").await;
    let post = |amount: &str| gateway.post_with_key("k", &dollars(amount)).send();
    let first = body(post("10000.00").await.unwrap(), 202).await;
    let refused = problem(post("10000.01").await.unwrap(), 422, "idempotency_key_reused").await;
    assert_eq!(refused["errors"][0]["pointer"], "Idempotency-Key");
    // A body that breaks a rule is another body too.
    problem(post("0").await.unwrap(), 422, "idempotency_key_reused").await;
    assert_eq!(body(post("10000.00").await.unwrap(), 202).await, first);
    assert_eq!(count(&database, "credit_requests").await, 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_was_too_short_is_replayed_as_it_was_answered() {
    let lenders = [lenders::slow("Slow", Duration::from_millis(2_500)).await];
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let post = || gateway.post_with_key("k", &dollars("10000.00")).header("prefer", "wait=1").send();
    let first = body(post().await.unwrap(), 202).await;
    assert_eq!(first["state"], "quoting");
    let id = first["id"].as_str().unwrap();
    crate::support::wait::until("the lender has answered", || async {
        (gateway.json(&format!("/v1/credit-requests/{id}")).await["state"] == "quoted").then_some(())
    })
    .await;
    assert_eq!(body(post().await.unwrap(), 202).await, first);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_callers_equal_key_is_another_key() {
    let database = database::fresh().await;
    let mut gateway = Gateway::start(&database, "").await;
    let post = |gateway: &Gateway, amount: &str| gateway.post_with_key("k", &dollars(amount)).send();
    let first = body(post(&gateway, "10000.00").await.unwrap(), 202).await;
    gateway.tenant = tenant(&database, "another", &Scope::ALL, None).await;
    let second = post(&gateway, "20000.00").await.unwrap();
    assert!(second.headers().get("idempotency-replayed").is_none());
    assert_ne!(body(second, 202).await["id"], first["id"]);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_past_its_time_can_be_used_for_another_call() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, "").await;
    let post = |body: Value| gateway.post_with_key("k", &body).send();
    let first = body(post(dollars("10000.00")).await.unwrap(), 202).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let aged = "UPDATE idempotency_keys SET created_at = created_at - interval '3 days', expires_at = expires_at - interval '3 days'";
    assert_eq!(sqlx::query(aged).execute(&mut owner).await.unwrap().rows_affected(), 1);
    let second = post(with(dollars("10000.00"), "/purpose", "inventory".into())).await.unwrap();
    assert!(second.headers().get("idempotency-replayed").is_none());
    assert_ne!(body(second, 202).await["id"], first["id"]);
    gateway.stop().await;
}
