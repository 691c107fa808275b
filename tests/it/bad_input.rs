//! Bad input is answered with a problem that names the field and the rule, and leaves nothing behind.

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, RequestBuilder, Response};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::support::database::{self, Database};
use crate::support::gateway::{Gateway, body};
use crate::support::lenders::ROOMY;
use crate::support::request::{dollars, with};

const MAX_BODY_BYTES: usize = 256 * 1024;

/// Where a request is changed, what it is changed to (null: removed), and the field and rule that must be named.
const RULES: &[(&str, &str, &str, &str)] = &[
    ("/amount/amount", r#""0""#, "/amount/amount", "positive"),
    ("/amount/amount", r#""0.00""#, "/amount/amount", "positive"),
    ("/amount/amount", r#""-1""#, "/amount/amount", "decimal_amount"),
    ("/amount/amount", r#""1e3""#, "/amount/amount", "decimal_amount"),
    ("/amount/amount", r#""NaN""#, "/amount/amount", "decimal_amount"),
    ("/amount/amount", r#""100.001""#, "/amount/amount", "decimal_amount"),
    ("/amount/amount", r#""1000000000.01""#, "/amount/amount", "max_amount"),
    ("/amount/amount", "100", "/amount/amount", "type"),
    ("/amount/asset", r#""ZZZ""#, "/amount/asset", "known_asset"),
    ("/amount/asset", r#""eip155:1/erc20:0x1""#, "/amount/asset", "known_asset"),
    ("/amount/asset", r#""eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48""#, "/amount/asset", "known_asset"),
    ("/amount", "null", "/amount", "required"),
    ("/accept_assets", r#"["EUR"]"#, "/accept_assets/0", "par_declared"),
    ("/accept_assets", r#"["USD"]"#, "/accept_assets/0", "distinct"),
    ("/accept_assets", r#"["nonsense"]"#, "/accept_assets/0", "known_asset"),
    ("/accept_assets", r#"["A","A","A","A","A","A","A","A","A"]"#, "/accept_assets", "max_items"),
    ("/collateral", r#"[{"amount": "0", "asset": "EUR"}]"#, "/collateral/0/amount", "positive"),
    ("/collateral", r#"[{"amount": "1", "asset": "eip155:1/erc20"}]"#, "/collateral/0/asset", "known_asset"),
    (
        "/collateral",
        r#"[{"amount": "1", "asset": "EUR"}, {"amount": "2", "asset": "EUR"}]"#,
        "/collateral/1/asset",
        "distinct",
    ),
    ("/term/count", "0", "/term", "term_range"),
    ("/term", r#"{"count": 51, "unit": "years"}"#, "/term", "term_range"),
    ("/term", r#"{"count": 4294967295, "unit": "years"}"#, "/term", "term_range"),
    ("/term/count", "-1", "/term/count", "type"),
    ("/term/count", "1.5", "/term/count", "type"),
    ("/term/unit", r#""fortnights""#, "/term/unit", "one_of"),
    ("/purpose", r#""fun""#, "/purpose", "one_of"),
    ("/frequency", r#""daily""#, "/frequency", "one_of"),
    ("/colour", r#""red""#, "/colour", "unknown_field"),
    ("/tenant_id", r#""00000000-0000-0000-0000-000000000000""#, "/tenant_id", "unknown_field"),
    ("/borrower/name", r#""Jane Doe""#, "/borrower/name", "unknown_field"),
    ("/borrower/tax_id", r#""123-45-6789""#, "/borrower/tax_id", "unknown_field"),
    ("/amount/currency", r#""USD""#, "/amount/currency", "unknown_field"),
    ("/borrower/client_reference", r#""jane@example.com""#, "/borrower/client_reference", "opaque_reference"),
    ("/borrower/client_reference", r#""123456789""#, "/borrower/client_reference", "opaque_reference"),
    ("/borrower/client_reference", r#""123-45-6789""#, "/borrower/client_reference", "opaque_reference"),
    ("/borrower/client_reference", r#""""#, "/borrower/client_reference", "opaque_reference"),
    ("/borrower/state", "null", "/borrower/state", "required_in_us"),
    ("/borrower/state", r#""ZZ""#, "/borrower/state", "known_state"),
    ("/borrower/country", r#""DE""#, "/borrower/state", "only_in_us"),
    ("/borrower/country", r#""XX""#, "/borrower/country", "known_country"),
    ("/borrower/wallets", r#"["0xabc"]"#, "/borrower/wallets/0", "caip10"),
    ("/borrower/wallets", r#"["eip155:1:0x12"]"#, "/borrower/wallets/0", "caip10"),
    (
        "/borrower/annual_income",
        r#"{"amount": "-5", "asset": "USD"}"#,
        "/borrower/annual_income/amount",
        "decimal_amount",
    ),
    ("/consents", "[]", "/consents", "consent_required"),
    ("/consents/0/purpose", r#""soft_inquiry""#, "/consents", "consent_required"),
    ("/consents/0/purpose", r#""soft_inquiry""#, "/consents/1/purpose", "distinct"),
    ("/consents/0/version", r#""1999-01""#, "/consents/0/version", "consent_version"),
    ("/consents/1/granted_at", r#""2999-01-01T00:00:00Z""#, "/consents/1/granted_at", "not_in_future"),
    ("/consents/1/granted_at", r#""yesterday""#, "/consents/1/granted_at", "type"),
    ("/deadline_ms", "0", "/deadline_ms", "positive"),
    ("/deadline_ms", "-1", "/deadline_ms", "type"),
];

async fn nothing_is_stored(database: &Database) {
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let count = "SELECT (SELECT count(*) FROM credit_requests) + (SELECT count(*) FROM idempotency_keys)";
    let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap();
    assert_eq!(rows, 0);
}

/// The problem in whole, or the test fails.
async fn problem(response: Response, status: u16, code: &str) -> Value {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem = body(response, status).await;
    assert_eq!(problem["type"], format!("urn:agio:problem:{code}"), "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], id);
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    assert_eq!(problem["retryable"], status == 409 || status == 429 || status >= 500, "{problem}");
    assert!(problem["errors"].is_array());
    assert_eq!(problem.as_object().unwrap().len(), 7, "{problem}");
    problem
}

fn names(problem: &Value, pointer: &str, rule: &str) -> bool {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().any(|error| {
        error["pointer"] == pointer && error["rule"] == rule && !error["detail"].as_str().unwrap().is_empty()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rule_is_named_with_its_field_and_nothing_is_stored() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, ROOMY).await;
    for (at, value, pointer, rule) in RULES {
        let changed = with(dollars("10000.00"), at, serde_json::from_str(value).unwrap());
        let answer = gateway.post(&changed).header("prefer", "wait=5").send().await.unwrap();
        let problem = problem(answer, 422, "invalid_request").await;
        assert!(names(&problem, pointer, rule), "{at} = {value}: {pointer} and {rule} in {problem}");
    }
    let long = "a".repeat(65);
    let answer =
        gateway.post(&with(dollars("1000.00"), "/borrower/client_reference", json!(long))).send().await.unwrap();
    assert!(names(&problem(answer, 422, "invalid_request").await, "/borrower/client_reference", "opaque_reference"));
    let twice = dollars("10000.00").to_string().replacen(r#""deadline_ms":"#, r#""deadline_ms":1,"deadline_ms":"#, 1);
    let answer = raw(&gateway, twice).send().await.unwrap();
    assert!(names(&problem(answer, 422, "invalid_request").await, "/deadline_ms", "no_duplicates"));
    nothing_is_stored(&database).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_of_one_body_is_named_at_once() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let broken = with(dollars("-1"), "/borrower/country", json!("XX"));
    let broken = with(broken, "/deadline_ms", json!(0));
    let problem = problem(gateway.post(&broken).send().await.unwrap(), 422, "invalid_request").await;
    for (pointer, rule) in
        [("/amount/amount", "decimal_amount"), ("/borrower/country", "known_country"), ("/deadline_ms", "positive")]
    {
        assert!(names(&problem, pointer, rule), "{problem}");
    }
    gateway.stop().await;
}

/// A post of these bytes, said to be JSON.
fn raw(gateway: &Gateway, body: impl Into<Body>) -> RequestBuilder {
    bare(gateway).header("idempotency-key", "k").header(CONTENT_TYPE, "application/json").body(body)
}

fn bare(gateway: &Gateway) -> RequestBuilder {
    gateway.http.post(format!("{}/v1/credit-requests", gateway.url)).bearer_auth(&gateway.tenant.key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_too_deep_too_large_or_of_another_type_is_refused() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, ROOMY).await;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let deep_field = dollars("1000.00").to_string().replacen('{', &format!("{{\"x\":{deep},"), 1);
    for text in ["", "{", "nonsense", "{\"amount\": NaN}", "\u{feff}{}"] {
        problem(raw(&gateway, text).send().await.unwrap(), 400, "malformed_json").await;
    }
    problem(raw(&gateway, b"{\"purpose\": \"\xc3\x28\"}".to_vec()).send().await.unwrap(), 400, "malformed_json").await;
    for text in [deep, deep_field] {
        let answer = raw(&gateway, text).send().await.unwrap();
        let status = answer.status().as_u16();
        assert!(status == 400 || status == 422, "{status}");
        problem(answer, status, if status == 400 { "malformed_json" } else { "invalid_request" }).await;
    }
    let trailing = format!("{} {{}}", dollars("1000.00"));
    problem(raw(&gateway, trailing).send().await.unwrap(), 400, "malformed_json").await;

    let large = " ".repeat(MAX_BODY_BYTES + 1);
    problem(raw(&gateway, large.clone()).send().await.unwrap(), 413, "body_too_large").await;
    // Without its length told in advance.
    let chunks = futures::stream::iter(
        large.as_bytes().chunks(64 * 1024).map(|part| Ok::<_, std::io::Error>(part.to_vec())).collect::<Vec<_>>(),
    );
    let unannounced = raw(&gateway, Body::wrap_stream(chunks)).send().await.unwrap();
    assert!(unannounced.headers().get(CONTENT_LENGTH).is_some());
    problem(unannounced, 413, "body_too_large").await;
    let largest = format!("{{{}", " ".repeat(MAX_BODY_BYTES - 1));
    problem(raw(&gateway, largest).send().await.unwrap(), 400, "malformed_json").await;

    for kind in ["text/plain", "application/xml", "application/jsonp", "multipart/form-data"] {
        let sent = bare(&gateway)
            .header("idempotency-key", "k")
            .header(CONTENT_TYPE, kind)
            .body(dollars("1000.00").to_string());
        problem(sent.send().await.unwrap(), 415, "unsupported_media_type").await;
    }
    problem(bare(&gateway).header("idempotency-key", "k").send().await.unwrap(), 415, "unsupported_media_type").await;
    nothing_is_stored(&database).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_missing_or_malformed_is_named() {
    let database = database::fresh().await;
    let gateway = Gateway::start(&database, ROOMY).await;
    let request = dollars("10000.00");
    let missing = problem(bare(&gateway).json(&request).send().await.unwrap(), 400, "idempotency_key_missing").await;
    assert!(names(&missing, "Idempotency-Key", "required"));
    for key in ["", "two words", &"k".repeat(256), "caf\u{e9}"] {
        let answer = gateway.post_with_key(key, &request).send().await.unwrap();
        let malformed = problem(answer, 400, "malformed_header").await;
        assert!(names(&malformed, "Idempotency-Key", "visible_ascii"), "{key:?}: {malformed}");
    }
    let two = gateway.post_with_key("a", &request).header("idempotency-key", "b").send().await.unwrap();
    problem(two, 400, "malformed_header").await;
    for prefer in ["wait=soon", "wait=-1", "wait=1.5", "wait="] {
        let answer = gateway.post(&request).header("prefer", prefer).send().await.unwrap();
        let malformed = problem(answer, 400, "malformed_header").await;
        assert!(names(&malformed, "Prefer", "wait_seconds"), "{prefer}: {malformed}");
    }
    let nobody = gateway.http.post(format!("{}/v1/credit-requests", gateway.url)).json(&request).send().await.unwrap();
    problem(nobody, 401, "unauthenticated").await;
    nothing_is_stored(&database).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_not_found_and_what_is_not_taken_is_not_allowed() {
    let gateway = Gateway::start(&database::fresh().await, ROOMY).await;
    let hex = "019a5b0e7c5e7a3c8f0d2b6a4e1c9d33";
    for path in [
        "/v1/nothing".to_owned(),
        "/".to_owned(),
        format!("/v1/credit-requests/crq_{hex}"),
        format!("/v1/credit-requests/qte_{hex}"),
        format!("/v1/credit-requests/{hex}"),
        format!("/v1/quotes/crq_{hex}"),
        format!("/v1/quotes/qte_{hex}/explain"),
        format!("/v1/quotes/qte_{}/schedule", hex.to_uppercase()),
        format!("/v1/providers/qte_{hex}"),
        format!("/v1/providers/prv_{hex}"),
        "/v1/quotes/'%20OR%201=1".to_owned(),
    ] {
        problem(gateway.get(&path).send().await.unwrap(), 404, "not_found").await;
    }
    for (method, path) in [("DELETE", "/v1/credit-requests"), ("PUT", "/v1/providers"), ("POST", "/livez")] {
        let url = format!("{}{path}", gateway.url);
        let request = gateway.http.request(method.parse().unwrap(), url).bearer_auth(&gateway.tenant.key);
        let answer = request.send().await.unwrap();
        assert!(answer.headers().contains_key("allow"), "{method} {path}");
        problem(answer, 405, "method_not_allowed").await;
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_request_id_comes_back_unless_it_is_unfit_for_logs() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let id_for = async |given: &str| {
        let answer = gateway.get("/v1/quotes/x").header("x-request-id", given).send().await.unwrap();
        problem(answer, 404, "not_found").await["request_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(id_for("my-request_1.2").await, "my-request_1.2");
    for unfit in ["", "two words", "a\"b", &"x".repeat(129)] {
        assert!(id_for(unfit).await.starts_with("req_"), "{unfit}");
    }
    gateway.stop().await;
}
