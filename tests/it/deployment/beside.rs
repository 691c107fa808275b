//! What is there and not in the manifest: told while it is in force, and no longer.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolConstructor;
use contracts::bindings::credit_aggregator::CreditAggregator as Register;
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use contracts::bindings::plain_token::PlainToken;
use contracts::bindings::risk_policy::{PriceRoutes::RouteConfig, RiskPolicy as Policy};
use contracts::creation::Contract;
use contracts::deploy::{Call, Difference, Lane};
use devnet::credit::{Deployed, create};

use super::chains::{DELAY, Node, provider, signer};

/// One second past what ends then.
const AFTER: u64 = 1;

fn one_with<'a>(differences: &'a [Difference], what: &str) -> Option<&'a Difference> {
    differences.iter().find(|difference| difference.what.contains(what))
}

fn mended_by(difference: Option<&Difference>) -> Option<(Lane, &str)> {
    difference?.calls.first().map(|Call { lane, function, .. }| (*lane, *function))
}

async fn another_asset(node: &Node, deployed: &Deployed) -> Address {
    let decimals = PlainToken::constructorCall { decimals_: 18 }.abi_encode();
    let token = create(&node.anvil, node.accounts[0], Contract::PlainToken, &decimals).await.unwrap();
    let route = &deployed.manifest.escrow.assets[0].route;
    let config = RouteConfig {
        primary: route.primary,
        secondary: route.secondary,
        primaryHeartbeat: 3_600,
        secondaryHeartbeat: 3_600,
        min: route.min.0,
        max: route.max.0,
        maxDeviationBps: 200,
    };
    let expected = U256::from(route.expected_price.0);
    let set = Policy::setRouteCall { asset: token, config: config.clone(), expected, toleranceBps: U256::from(100) };
    node.loosen(deployed, deployed.layout.policy, &set).await;
    let backup = Policy::approveBackupCall { asset: token, config, expected, toleranceBps: U256::from(100) };
    node.loosen(deployed, deployed.layout.policy, &backup).await;
    token
}

#[tokio::test]
async fn a_key_an_adapter_and_a_book_beside_the_manifest_are_told_until_the_guardian_takes_them_back() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let (policy, register) = (deployed.layout.policy, deployed.layout.register);
    let (key, adapter, book) = (signer("another key").address(), node.accounts[5], node.token);
    let of_provider = provider();
    let lasting =
        |key, valid_to| Register::addKeyCall { providerId: of_provider, key, validFrom: 0, validTo: valid_to, kind: 1 };
    node.loosen(&deployed, register, &lasting(key, 4_000_000_000)).await;
    node.loosen(&deployed, register, &Register::addAdapterCall { adapter }).await;
    node.loosen(&deployed, policy, &Policy::allowBookCall { book }).await;
    let told = node.differences(&deployed.manifest).await;
    assert_eq!(told.len(), 3, "{told:?}");
    let by_guardian = |function| Some((Lane::Guardian, function));
    assert_eq!(
        mended_by(one_with(&told, &format!("key {key} of provider"))),
        by_guardian("revokeKey(bytes32,address)")
    );
    assert_eq!(mended_by(one_with(&told, &format!("adapter {adapter}"))), by_guardian("removeAdapter(address)"));
    assert_eq!(mended_by(one_with(&told, &format!("{book} as a book"))), by_guardian("disallowBook(address)"));
    for Call { to, data, .. } in told.iter().flat_map(|one| &one.calls) {
        node.send_data(node.accounts[1], *to, data.clone()).await;
    }
    assert_eq!(node.told(&deployed.manifest).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_key_beside_the_manifest_is_told_no_longer_than_it_is_valid() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let key = signer("another key").address();
    let valid_to = node.now().await + 2 * DELAY;
    let add = Register::addKeyCall { providerId: provider(), key, validFrom: 0, validTo: valid_to, kind: 1 };
    node.loosen(&deployed, deployed.layout.register, &add).await;
    assert_eq!(node.told(&deployed.manifest).await.len(), 1);
    node.pass(DELAY + AFTER).await;
    assert_eq!(node.told(&deployed.manifest).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_asset_and_a_ranking_policy_beside_the_manifest_are_told_though_nothing_takes_them_back() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let (policy, register) = (deployed.layout.policy, deployed.layout.register);
    let publish = Register::publishPolicyCall { version: 7, hash_: keccak256("policy 7") };
    node.loosen(&deployed, register, &publish).await;
    let asset = another_asset(&node, &deployed).await;
    let found = node.findings(&deployed.manifest).await;
    assert_eq!(found.differences.len(), 2, "{found:?}");
    assert!(one_with(&found.differences, &format!("route of {asset}")).is_some(), "{found:?}");
    assert!(one_with(&found.differences, "ranking policy 7").is_some(), "{found:?}");
    let backup = format!("the guardian may switch the price of {asset}");
    assert!(found.facts.iter().any(|fact| fact.starts_with(&backup)), "{found:?}");
    let list = Policy::listAssetCall {
        asset,
        takesFee: false,
        cap: 5,
        ltvBps: 5_000,
        thresholdBps: 6_000,
        bonusBps: 100,
        haircutBps: 0,
    };
    node.loosen(&deployed, policy, &list).await;
    let told = node.differences(&deployed.manifest).await;
    assert_eq!(told.len(), 2, "{told:?}");
    let listed = one_with(&told, &format!("collateral {asset}"));
    assert!(listed.is_some_and(|one| one.calls.is_empty() && one.found == "listed with a cap of 5"), "{told:?}");
}

#[tokio::test]
async fn what_is_paused_is_told_and_what_is_open_again_is_not() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let (policy, register) = (deployed.layout.policy, deployed.layout.register);
    let guardian = node.accounts[1];
    for action in [0, 4] {
        node.send(guardian, policy, &Policy::pauseCall { action }).await;
    }
    node.send(guardian, register, &Register::pauseCall { action: 3 }).await;
    let told = node.told(&deployed.manifest).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "deposits of collateral: open wanted, paused found");
    assert!(told[1].starts_with("liquidations of collateral: open wanted, paused until 2"), "{told:?}");
    assert_eq!(told[2], "funding in the register: open wanted, paused found");
    // A pause of liquidations ends by itself.
    node.pass(72 * 60 * 60 + AFTER).await;
    node.loosen(&deployed, policy, &Policy::unpauseCall { action: 0 }).await;
    node.loosen(&deployed, register, &Register::unpauseCall { action: 3 }).await;
    assert_eq!(node.told(&deployed.manifest).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_threshold_on_its_way_is_told_until_it_arrives() {
    let node = Node::start(31_337).await;
    let mut deployed = node.deploy().await.unwrap();
    let set = Policy::setRiskCall { asset: node.token, ltvBps: 7_500, thresholdBps: 8_000, bonusBps: 500 };
    node.loosen(&deployed, deployed.layout.policy, &set).await;
    deployed.manifest.escrow.assets[0].threshold_bps = 8_000;
    node.pass(DELAY / 2).await;
    let told = node.told(&deployed.manifest).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let halfway = "threshold in bps: 8000 wanted, 8125 on its way from 8250 to 8000, where it is at 2";
    assert!(told[0].contains(halfway), "{told:?}");
    node.pass(DELAY / 2).await;
    assert_eq!(node.told(&deployed.manifest).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_score_that_the_guardian_froze_is_noted_until_it_is_unfrozen() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let (subject, model) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let oracle = deployed.layout.oracle;
    node.send(node.accounts[1], oracle, &Oracle::freezeCall { subject, modelId: model }).await;
    let is_noted = async || {
        let found = node.findings(&deployed.manifest).await;
        assert_eq!(found.differences, []);
        found.facts.contains(&format!("the score of subject {subject} under model {model} is frozen"))
    };
    assert!(is_noted().await);
    node.loosen(&deployed, oracle, &Oracle::unfreezeCall { subject, modelId: model }).await;
    assert!(!is_noted().await);
}
