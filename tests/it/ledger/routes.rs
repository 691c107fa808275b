//! The books over HTTP.

use domain::ids::TenantId;
use gateway::auth::Scope;
use jiff::civil::date;
use ledger::{AsOf, Side};
use serde_json::Value;

use super::books::{Books, post};
use super::lender::{Dice, Lender};
use crate::support::gateway::{Gateway, body, tenant};

/// A gateway whose tenant has the books of a lender.
async fn open() -> (Gateway, Lender) {
    let database = crate::support::database::fresh().await;
    let gateway = Gateway::start(&database, "").await;
    let mut books = Books::in_database(database).await;
    books.tenant = TenantId::new(gateway.tenant.id);
    (gateway, Lender::with(books).await)
}

const REPORTS: [&str; 3] = [
    "/v1/ledger/trial-balance",
    "/v1/ledger/balance-sheet?effective_on=2026-06-30",
    "/v1/ledger/income-statement?from=2025-01-01&through=2026-12-31",
];

#[tokio::test(flavor = "multi_thread")]
async fn balances_and_reports_are_those_of_the_ledger() {
    let (gateway, lender) = open().await;
    lender.post_at_random(&mut Dice::new(29), 30).await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    let balance = format!("/v1/ledger/accounts/{}/balance", lender.cash);
    let moment = lender.recorded().await[20].recorded_at;
    for (query, as_of) in [
        (String::new(), AsOf::Now),
        ("?effective_on=2025-12-31".into(), AsOf::Effective(date(2025, 12, 31))),
        (format!("?recorded_at={moment}"), AsOf::Recorded(moment)),
    ] {
        let found = gateway.json(&format!("{balance}{query}")).await;
        let expected = ledger.balance_as_of(own, lender.cash, as_of).await.unwrap();
        let cents = found["balance"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert_eq!(cents.to_string(), expected.on(Side::Debit).to_string(), "{query}");
        assert_eq!(found["debits_pending"].is_null(), as_of != AsOf::Now, "what is pending is known of now only");
        let trial = gateway.json(&format!("/v1/ledger/trial-balance{query}")).await;
        let of_usd = &trial["assets"][0];
        assert_eq!(of_usd["difference"], "0.00");
        let line = of_usd["lines"].as_array().unwrap().iter().find(|line| line["code"] == "cash").unwrap();
        assert_eq!((&line["balance"], &of_usd["unit"]), (&found["balance"], &Value::from("major")));
    }
    let sheet = gateway.json(REPORTS[1]).await;
    let income = gateway.json(&format!("{}&format=json", REPORTS[2])).await;
    assert_eq!(sheet["assets"][0]["asset"], "USD");
    let all = gateway.json("/v1/ledger/balance-sheet").await;
    assert_eq!(all["assets"][0]["result"], income["assets"][0]["result"], "every day of these books is past");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_links_lead_over_every_transfer_and_every_account_once() {
    let (gateway, lender) = open().await;
    lender.post_at_random(&mut Dice::new(31), 30).await;
    let follow = async |first: String, list: &str| {
        let (mut next, mut ids) = (Some(first), Vec::new());
        while let Some(path) = next {
            let response = gateway.get(&path).send().await.unwrap();
            let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            next = link.map(|link| link.split_once('<').unwrap().1.split_once('>').unwrap().0.to_owned());
            let page = body(response, 200).await;
            assert_eq!(page["next_cursor"].is_null(), next.is_none());
            let ids_of = page[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
            ids.extend(ids_of);
        }
        ids
    };
    let transfers = lender.recorded().await;
    let of_cash = transfers.iter().filter(|t| [t.debit, t.credit].contains(&lender.cash)).map(|t| t.id.to_string());
    let path = format!("/v1/ledger/accounts/{}/transfers?limit=3", lender.cash);
    assert_eq!(follow(path, "transfers").await, of_cash.collect::<Vec<_>>());
    let loans = follow(format!("/v1/ledger/accounts?control={}&limit=2", lender.loans), "accounts").await;
    assert_eq!(loans, lender.loan.map(|id| id.to_string()));
    assert_eq!(follow("/v1/ledger/accounts?limit=4".into(), "accounts").await.len(), 9);
    let found = gateway.json("/v1/ledger/accounts?code=loans.principal.loan&subject=ln_3&asset=USD").await;
    assert_eq!(found["accounts"][0]["id"], lender.loan[2].to_string());
    let one = gateway.json(&format!("/v1/ledger/accounts/{}", lender.loan[2])).await;
    assert_eq!((&one, &one["control"]), (&found["accounts"][0], &Value::from(lender.loans.to_string())));
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_a_table_for_who_asks_for_one() {
    let (gateway, lender) = open().await;
    lender.books.ledger.post(lender.books.tenant, post(lender.cash, lender.capital, 5, "a, \"b\"")).await.unwrap();
    let transfers = format!("/v1/ledger/accounts/{}/transfers", lender.cash);
    for path in REPORTS.into_iter().chain([transfers.as_str()]) {
        let mark = if path.contains('?') { '&' } else { '?' };
        let by_parameter = gateway.get(&format!("{path}{mark}format=csv")).send().await.unwrap();
        let by_header = gateway.get(path).header("accept", "text/csv").send().await.unwrap();
        assert_eq!(by_header.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        let (one, other) = (by_parameter.text().await.unwrap(), by_header.text().await.unwrap());
        assert!(one == other && one.contains("\r\n"), "{path}: {one}");
        let over_header = gateway.get(&format!("{path}{mark}format=json")).header("accept", "text/csv");
        body(over_header.send().await.unwrap(), 200).await;
        if path == transfers {
            assert!(one.contains("\"a, \"\"b\"\"\"") && one.contains(",0.05,,0.05\r\n"), "{one}");
        }
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_query_is_named() {
    let (gateway, lender) = open().await;
    let (account, control) = (format!("accounts/{}", lender.cash), format!("accounts/{}", lender.loans));
    let cases = [
        ("trial-balance?effective_on=2026-02-30".to_owned(), "effective_on", "date"),
        ("trial-balance?recorded_at=2026-02-01".to_owned(), "recorded_at", "date_time"),
        ("trial-balance?recorded_at=2026-02-01T00:00:00%2B01:00".to_owned(), "recorded_at", "date_time"),
        (
            "trial-balance?effective_on=2026-01-01&recorded_at=2026-02-01T00:00:00Z".to_owned(),
            "recorded_at",
            "one_clock",
        ),
        ("trial-balance?format=xml".to_owned(), "format", "one_of"),
        ("trial-balance?colour=red".to_owned(), "colour", "unknown_parameter"),
        ("trial-balance?format=csv&format=csv".to_owned(), "format", "once"),
        ("balance-sheet?effective_on=-009999-01-01".to_owned(), "effective_on", "date"),
        ("income-statement?from=2026-01-01".to_owned(), "through", "required"),
        ("income-statement?from=2026-01-02&through=2026-01-01".to_owned(), "through", "date_order"),
        ("accounts?limit=0".to_owned(), "limit", "range"),
        ("accounts?limit=201".to_owned(), "limit", "range"),
        ("accounts?cursor=acc_1".to_owned(), "cursor", "cursor"),
        ("accounts?control=tr_1".to_owned(), "control", "account_id"),
        ("accounts?code=".to_owned(), "code", "length"),
        ("accounts?subject=a%00b".to_owned(), "subject", "length"),
        (format!("accounts?subject={}", "a".repeat(101)), "subject", "length"),
        (format!("{account}/transfers?cursor=00"), "cursor", "cursor"),
        (format!("{account}/transfers?from=yesterday"), "from", "date"),
        (format!("{account}/balance?at=now"), "at", "unknown_parameter"),
        (format!("{control}/transfers"), "id", "posted_to"),
    ];
    for (path, field, rule) in cases {
        let problem = body(gateway.get(&format!("/v1/ledger/{path}")).send().await.unwrap(), 422).await;
        let error = &problem["errors"][0];
        assert_eq!((error["pointer"].as_str(), error["rule"].as_str()), (Some(field), Some(rule)), "{path}: {problem}");
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_accounts_are_not_there_and_a_key_needs_the_scope() {
    let (mut gateway, lender) = open().await;
    lender.post(lender.cash, lender.capital, 5, date(2026, 1, 1), "one").await;
    let account = format!("/v1/ledger/accounts/{}", lender.cash);
    let paths = [account.clone(), format!("{account}/balance"), format!("{account}/transfers")];
    for path in &paths {
        gateway.json(path).await;
    }
    gateway.tenant = tenant(&lender.books.database, "another", &[Scope::LedgerRead], None).await;
    for path in &paths {
        let problem = body(gateway.get(path).send().await.unwrap(), 404).await;
        assert_eq!(problem["type"], "urn:agio:problem:not_found", "{path}");
    }
    assert_eq!(gateway.json("/v1/ledger/accounts").await["accounts"], serde_json::json!([]));
    for report in REPORTS {
        assert_eq!(gateway.json(report).await["assets"], serde_json::json!([]));
    }
    let others: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::LedgerRead).collect();
    gateway.tenant = tenant(&lender.books.database, "without", &others, None).await;
    for path in paths.iter().map(String::as_str).chain(["/v1/ledger/accounts"]).chain(REPORTS) {
        let problem = body(gateway.get(path).send().await.unwrap(), 403).await;
        assert_eq!(problem["type"], "urn:agio:problem:scope_missing", "{path}");
    }
    gateway.stop().await;
}
