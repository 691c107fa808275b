//! The main job with no lender at all: what the service does by itself.

use serde_json::json;

use crate::support::database;
use crate::support::gateway::{Gateway, body};
use crate::support::request::dollars;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_lenders_ends_without_quotes_and_can_be_read_back() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let asked = gateway.ask(&dollars("10000.00")).await;
    assert_eq!(asked["state"], "no_quotes");
    assert_eq!(asked["outcomes"], json!([]));
    let id = asked["id"].as_str().unwrap();
    assert_eq!(gateway.json(&format!("/v1/credit-requests/{id}")).await, asked);
    let quotes = gateway.json(&format!("/v1/credit-requests/{id}/quotes")).await;
    assert_eq!(quotes["quotes"], json!([]));
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_without_a_key() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let get = |path: &str| gateway.http.get(format!("{}{path}", gateway.url)).send();
    assert_eq!(get("/livez").await.unwrap().status(), 200);
    let ready = body(get("/readyz?verbose").await.unwrap(), 200).await;
    assert_eq!(ready["checks"][0], json!({"name": "database", "ok": true}));
    assert!(get("/metrics").await.unwrap().text().await.unwrap().contains("agio_http_request_seconds"));
    assert_eq!(body(get("/openapi.json").await.unwrap(), 200).await["openapi"], "3.1.0");
    assert_eq!(get("/docs/").await.unwrap().status(), 200);
    gateway.stop().await;
}
