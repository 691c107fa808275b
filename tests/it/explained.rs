//! What a quote says can be checked: its place, its schedule, its hash, and the calculators behind it.

use std::collections::BTreeMap;

use devnet::sandbox::{self, SandboxOptions};
use serde_json::{Value, json};

use crate::support::database;
use crate::support::gateway::{Gateway, body, names_of_quoting};
use crate::support::lenders;
use crate::support::request::{dollars, with};

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}"))
}

/// An amount without its point: base units, since all of an asset's decimals are always shown.
fn units(amount: &str) -> u128 {
    amount.replace('.', "").parse().unwrap()
}

/// The hash of the terms, computed as the guide says, from what the API shows and nothing else.
fn content_hash(quote: &Value, schedule: &Value) -> String {
    let amount = |field: &str| text(&quote[field], "amount");
    let mut lines = vec![
        "version=agio-quote-1".to_owned(),
        format!("credit_request_id={}", text(quote, "credit_request_id")),
        format!("provider_id={}", text(&quote["provider"], "id")),
        format!("provider_reference={}", text(quote, "provider_reference")),
        format!("expires_at={}", text(quote, "expires_at")),
        format!("asset={}", text(&quote["principal"], "asset")),
    ];
    lines.extend(["principal", "disbursed", "total_repayable", "total_cost"].map(|f| format!("{f}={}", amount(f))));
    lines.extend(["nominal_rate", "apr", "apr_method"].map(|field| format!("{field}={}", text(quote, field))));
    lines.push(format!("drawn_on={}", text(schedule, "drawn_on")));
    for part in schedule["instalments"].as_array().unwrap() {
        let mut line = part["number"].to_string();
        for field in ["due", "payment", "principal", "interest", "fees", "balance_after"] {
            line = format!("{line} {}", text(part, field));
        }
        lines.push(line);
    }
    let digest = <sha2::Sha256 as sha2::Digest>::digest(format!("{}\n", lines.join("\n")));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_quote_explains_its_place_adds_up_and_hashes_to_what_it_says() {
    let lenders = sandbox::start_all(&SandboxOptions::default()).await.unwrap();
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let asked = gateway.ask(&dollars("10000.00")).await;
    let id = text(&asked, "id");
    let list = gateway.json(&format!("/v1/credit-requests/{id}/quotes")).await;
    let quotes = list["quotes"].as_array().unwrap();
    assert!(quotes.len() >= 4, "{:?}", names_of_quoting(&asked));
    assert_eq!(asked["best_quote"], quotes[0]);
    assert_eq!(quotes.len() + list["refusals"].as_array().unwrap().len(), lenders.len());

    for (place, quote) in quotes.iter().enumerate() {
        let path = format!("/v1/quotes/{}", text(quote, "id"));
        assert_eq!(gateway.json(&path).await, *quote, "alone and in the list it is the same");
        let explained = gateway.json(&format!("{path}/explain")).await;
        assert_eq!(explained["rank"], json!(place + 1));
        let order = explained["order"].as_array().unwrap();
        let ranks: Vec<u64> = order.iter().map(|place| place["rank"].as_u64().unwrap()).collect();
        assert_eq!(ranks, (1..=u64::try_from(lenders.len()).unwrap()).collect::<Vec<_>>());
        for (listed, quote) in order.iter().zip(quotes) {
            assert_eq!(listed["quote_id"], quote["id"]);
        }
        for refused in order.iter().skip(quotes.len()) {
            assert!(!text(refused, "reason").is_empty() && refused["quote_id"].is_null());
        }
        let because: Vec<&str> =
            explained["because"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
        if place > 0 {
            let better = text(&quotes[place - 1]["provider"], "name");
            assert!(because.iter().any(|reason| reason.contains("better") && reason.contains(better)), "{because:?}");
        }
        let parts: u128 = quote["score_components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| units(text(&part["amount"], "amount")))
            .sum();
        assert_eq!(parts, units(text(&quote["adjusted_cost"], "amount")), "the named parts are the whole");

        let schedule = gateway.json(&format!("{path}/schedule")).await;
        let instalments = schedule["instalments"].as_array().unwrap();
        let sum = |field: &str| instalments.iter().map(|part| units(text(part, field))).sum::<u128>();
        assert_eq!(sum("payment"), units(text(&quote["total_repayable"], "amount")));
        assert_eq!(sum("principal"), units(text(&quote["principal"], "amount")));
        assert_eq!(units(text(instalments.last().unwrap(), "balance_after")), 0);
        assert_eq!(instalments.last().unwrap()["due"], quote["last_due"]);
        assert_eq!(content_hash(quote, &schedule), text(quote, "content_hash"));
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_has_not_changed_is_not_sent_again() {
    let lenders = lenders::willing(1).await;
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let asked = gateway.ask(&dollars("10000.00")).await;
    let (request, quote) = (text(&asked, "id"), text(&asked["best_quote"], "id"));
    for path in [
        format!("/v1/credit-requests/{request}"),
        format!("/v1/credit-requests/{request}/quotes"),
        format!("/v1/quotes/{quote}"),
    ] {
        let first = gateway.get(&path).send().await.unwrap();
        let tag = first.headers()["etag"].clone();
        body(first, 200).await;
        let again = gateway.get(&path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag), "{path}");
        assert_eq!(again.text().await.unwrap(), "");
        let other = gateway.get(&path).header("if-none-match", "\"another\"").send().await.unwrap();
        assert_eq!(other.status(), 200);
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_lenders_are_counted_by_lender_and_outcome() {
    let lenders = lenders::willing(1).await;
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    gateway.ask(&dollars("10000.00")).await;
    let metrics = gateway.http.get(format!("{}/metrics", gateway.url)).send().await.unwrap().text().await.unwrap();
    let name = &lenders[0].capabilities().name;
    let counted = metrics.lines().any(|line| {
        let labels = [format!("provider=\"{name}\""), "outcome=\"answered\"".to_owned()];
        line.starts_with("agio_provider_call_seconds_bucket") && labels.iter().all(|label| line.contains(label))
    });
    assert!(counted, "{metrics}");
    assert!(!metrics.contains("borrower-1"), "the borrower is in the metrics");
    gateway.stop().await;
}

/// `count` monthly payments of `amount` from the first of February 2026 on.
fn monthly(count: i8, amount: &str) -> Vec<Value> {
    let first = jiff::civil::date(2026, 2, 1);
    let due = |months: i8| first.checked_add(jiff::Span::new().months(months)).unwrap();
    (0..count).map(|months| json!({"due": due(months).to_string(), "amount": amount})).collect()
}

async fn calculate(gateway: &Gateway, what: &str, input: &Value, status: u16) -> Value {
    let answer = gateway.http.post(format!("{}/v1/calculators/{what}", gateway.url)).json(input).send().await.unwrap();
    body(answer, status).await
}

/// Regulation Z, 12 CFR 1026, Appendix J (c)(1)(i): the Federal Reserve's table and program give 12.83 % for 1,000
/// repaid by 36 monthly payments of 33.61.
#[tokio::test(flavor = "multi_thread")]
async fn the_apr_calculator_gives_the_published_figure_and_names_the_field_at_fault() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let input = json!({
        "method": "us_reg_z",
        "asset": "USD",
        "advances": [{"due": "2026-01-01", "amount": "1000.00"}],
        "payments": monthly(36, "33.61"),
    });
    let apr = calculate(&gateway, "apr", &input, 200).await;
    assert_eq!((&apr["shown_percent"], &apr["unit_period"]), (&json!("12.83"), &json!("month")));
    let wrong: BTreeMap<&str, (&str, Value)> = BTreeMap::from([
        ("/asset", ("/asset", json!("ZZZ"))),
        ("/payments/0/amount", ("/payments/0/amount", json!("0"))),
        ("/payments/1/amount", ("/payments/1/amount", json!("1.234"))),
        ("/payments", ("/payments", json!([]))),
        ("/advances/0/colour", ("/advances/0", json!({"due": "2026-01-01", "amount": "1", "colour": "red"}))),
    ]);
    for (pointer, (at, value)) in wrong {
        let problem = calculate(&gateway, "apr", &with(input.clone(), at, value), 422).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_calculator_agrees_with_the_apr_calculator() {
    let gateway = Gateway::start(&database::fresh().await, "").await;
    let input = json!({
        "principal": {"amount": "1000.00", "asset": "USD"},
        "pricing": {"convention": "flows", "payments": monthly(36, "33.61")},
        "term": {"count": 36, "unit": "months"},
        "frequency": "monthly",
        "drawn_on": "2026-01-01",
        "apr_method": "us_reg_z",
    });
    let terms = calculate(&gateway, "schedule", &input, 200).await;
    let apr: domain::Decimal = text(&terms, "apr").parse().unwrap();
    assert_eq!(domain::rate::Rate::try_new(apr).unwrap().percent(2).to_string(), "12.83");
    assert_eq!(terms["total_repayable"]["amount"], "1209.96");
    assert_eq!(terms["total_cost"]["amount"], "209.96");
    assert_eq!(terms["schedule"]["instalments"].as_array().unwrap().len(), 36);
    let fee = json!([{"kind": "other", "rate": "0.01", "when": "up_front", "in_apr": true, "colour": "red"}]);
    for (pointer, at, value) in [
        ("/principal/asset", "/principal/asset", json!("ZZZ")),
        ("/pricing/colour", "/pricing/colour", json!("red")),
        ("/fees/0/colour", "/fees", fee),
    ] {
        let problem = calculate(&gateway, "schedule", &with(input.clone(), at, value), 422).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    gateway.stop().await;
}
