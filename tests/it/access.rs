//! Who may call what: keys, scopes, and ids that belong to another tenant.

use gateway::auth::Scope;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::support::database;
use crate::support::gateway::{Gateway, body, tenant};
use crate::support::lenders;
use crate::support::request::dollars;

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_ids_are_not_there() {
    let database = database::fresh().await;
    let lenders = lenders::willing(1).await;
    let mut gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    let asked = gateway.ask(&dollars("10000.00")).await;
    let (request, quote) = (asked["id"].as_str().unwrap(), asked["best_quote"]["id"].as_str().unwrap());
    let paths = [
        format!("/v1/credit-requests/{request}"),
        format!("/v1/credit-requests/{request}/quotes"),
        format!("/v1/credit-requests/{request}/quotes/stream"),
        format!("/v1/quotes/{quote}"),
        format!("/v1/quotes/{quote}/explain"),
        format!("/v1/quotes/{quote}/schedule"),
    ];
    for path in &paths {
        assert_eq!(gateway.get(path).send().await.unwrap().status(), 200, "{path} is the owner's");
    }
    gateway.tenant = tenant(&database, "another", &Scope::ALL, None).await;
    for path in &paths {
        let problem = body(gateway.get(path).send().await.unwrap(), 404).await;
        assert_eq!(problem["type"], "urn:agio:problem:not_found", "{path}");
        assert!(!problem.to_string().contains(request) && !problem.to_string().contains(quote));
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_key_opens_nothing() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, "").await;
    let expired = tenant(&database, "expired", &Scope::ALL, Some("2020-01-01T00:00:00Z")).await;
    let revoked = tenant(&database, "revoked", &Scope::ALL, None).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    sqlx::query("UPDATE api_keys SET revoked_at = now() WHERE api_key_id = $1")
        .bind(revoked.key_id)
        .execute(&mut owner)
        .await
        .unwrap();
    let good = gateway.tenant.key.clone();
    let unknown = gateway::auth::NewKey::generate();
    let unknown = secrecy::ExposeSecret::expose_secret(&unknown.secret).to_owned();
    let authorizations = [
        None,
        Some(format!("Bearer {}", expired.key)),
        Some(format!("Bearer {}", revoked.key)),
        Some(format!("Bearer {unknown}")),
        Some("Bearer ".to_owned()),
        Some("Bearer nonsense".to_owned()),
        Some(format!("Bearer {good}0")),
        Some(format!("Bearer {}", good.to_uppercase())),
        Some(format!("Basic {good}")),
        Some(good.clone()),
    ];
    for authorization in authorizations {
        let mut request = gateway.http.get(format!("{}/v1/providers", gateway.url));
        if let Some(value) = &authorization {
            request = request.header("authorization", value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        let problem = body(response, 401).await;
        assert_eq!(problem["type"], "urn:agio:problem:unauthenticated", "{authorization:?}");
        assert!(!problem.to_string().contains(&good));
    }
    assert_eq!(gateway.get("/v1/providers").send().await.unwrap().status(), 200);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_its_scopes_name_and_nothing_else() {
    let database = database::fresh().await;
    let mut gateway = Gateway::start(&database, "").await;
    let id = gateway.ask(&dollars("10000.00")).await["id"].as_str().unwrap().to_owned();
    let reading = format!("/v1/credit-requests/{id}");
    for scope in Scope::ALL {
        gateway.tenant = tenant(&database, scope.code(), &[scope], None).await;
        let written = gateway.post(&dollars("10000.00")).send().await.unwrap().status();
        let read = gateway.get(&reading).send().await.unwrap().status();
        let listed = gateway.get("/v1/providers").send().await.unwrap();
        // The request is another tenant's, so who may read finds nothing.
        let (may_write, may_read, may_list) =
            (scope == Scope::RequestsWrite, scope == Scope::RequestsRead, scope == Scope::ProvidersRead);
        assert_eq!(written, if may_write { 202 } else { 403 }, "{scope:?}");
        assert_eq!(read, if may_read { 404 } else { 403 }, "{scope:?}");
        if may_list {
            assert_eq!(body(listed, 200).await["providers"], json!([]));
        } else {
            assert_eq!(body(listed, 403).await["type"], "urn:agio:problem:scope_missing");
        }
    }
    gateway.stop().await;
}
