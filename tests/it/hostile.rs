//! What a hostile lender sends becomes its own outcome and harms nobody else.

use std::collections::BTreeMap;

use devnet::sandbox::magic::{ANSWERED, MagicInput, Outcome};

use crate::support::database;
use crate::support::gateway::{Gateway, names_of_quoting, outcome_of};
use crate::support::lenders;
use crate::support::request::{dollars, with};

/// Far more than an honest answer, far less than what the flooding lenders would send.
const FLOOD_BYTES: u64 = 64 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_answer_is_its_lenders_outcome_and_all_others_still_quote() {
    let hostile: BTreeMap<String, MagicInput> = MagicInput::all()
        .filter(|input| input.gateway != ANSWERED)
        .map(|input| (format!("Hostile {}", input.decimals), input))
        .collect();
    let mut lenders = lenders::willing(3).await;
    let willing: Vec<String> = lenders.iter().map(|lender| lender.capabilities().name.clone()).collect();
    for (name, input) in &hostile {
        lenders.push(lenders::forced(name, input.outcome).await);
    }
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let asked = gateway.ask(&with(dollars("10000.00"), "/deadline_ms", 4_000.into())).await;

    assert_eq!(names_of_quoting(&asked), willing);
    assert_eq!(asked["outcomes"].as_array().unwrap().len(), willing.len() + hostile.len());
    for (name, input) in &hostile {
        let outcome = outcome_of(&asked, name);
        assert_eq!(outcome["outcome"], input.gateway, "{}: {outcome}", input.does);
        assert!(!outcome["refusal"]["detail"].as_str().unwrap().is_empty());
        assert_eq!(outcome["quotes"].as_array().map(Vec::len), Some(0));
    }
    for lender in &lenders {
        assert!(lender.bytes_sent() < FLOOD_BYTES, "{} sent {}", lender.capabilities().name, lender.bytes_sent());
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_carries_the_lenders_reasons_and_is_no_fault_of_its() {
    let reason = domain::decline::DeclineReason::ObligationsExcessive;
    let lenders = [lenders::forced("Strict", Outcome::Decline(reason)).await];
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    let asked = gateway.ask(&dollars("10000.00")).await;
    assert_eq!(asked["state"], "no_quotes");
    let refusal = &outcome_of(&asked, "Strict")["refusal"];
    assert_eq!(refusal["codes"], serde_json::json!(["obligations_excessive"]));
    assert_eq!((&refusal["blame"], &refusal["retryable"]), (&"caller".into(), &false.into()));
    let providers = gateway.json("/v1/providers").await;
    assert_eq!(providers["providers"][0]["breaker"]["recent_failures"], 0);
    gateway.stop().await;
}
