//! `RiskRules` and `FeedReader`.

use alloy::primitives::{I256, U256};
use alloy::sol_types::{SolError, SolValue};
use domain::secured::{PriceRefusal, RAMP_S, Ramp, RiskRefusal, Route, Source, check_risk};

use super::CASES;
use crate::contracts::harness::{Cases, Double, Formulas, Node, Outcome, expected, panicked};
use crate::contracts::random::{Random, SEED};

fn add_ramp(cases: &mut Cases, random: &mut Random) {
    let ends = |random: &mut Random| if random.chance(2) { random.bps(10_000) } else { random.any() };
    let (from_bps, to_bps) = (ends(random), ends(random));
    let start = random.u64_up_to(63);
    let edge = random.pick(&[0, 1, RAMP_S / 2, RAMP_S - 1, RAMP_S, RAMP_S + 1]);
    let elapsed = if random.chance(2) { edge } else { random.below(RAMP_S + 10) };
    let timestamp = if random.chance(20) { start.saturating_sub(1) } else { start + elapsed };
    let call = Formulas::thresholdAtCall {
        from: from_bps,
        to: to_bps,
        start: U256::from(start),
        second: U256::from(timestamp),
    };
    cases.add(call, expected(Ramp { from_bps, to_bps, start }.threshold_at(timestamp).map(U256::from)));
}

fn add_rule(cases: &mut Cases, random: &mut Random) {
    let near = random.bps(10_000);
    let (ltv, from, to) = (near.saturating_sub(random.bps(1)), near, near.saturating_add(random.bps(2)));
    // About the highest bonus that the threshold allows.
    let most = (100_000_000 / u64::from(to.max(1))).saturating_sub(10_000).min(u64::from(u16::MAX) - 2);
    let bonus = u16::try_from(most).unwrap() + random.bps(2);
    let [ltv, from, to, bonus] =
        if random.chance(2) { [ltv, from, to, bonus] } else { [random.bps(10_000); 4].map(|_| random.bps(12_000)) };
    let checked = check_risk(ltv, from, to, bonus);
    let outcome: Outcome = match checked {
        Ok(()) => Ok(Default::default()),
        Err(RiskRefusal::LtvNotBelowThreshold { ltv_bps, threshold_bps }) => {
            Err(Formulas::LtvNotBelowThreshold { ltvBps: U256::from(ltv_bps), thresholdBps: U256::from(threshold_bps) }
                .abi_encode()
                .into())
        }
        Err(RiskRefusal::BonusTooHigh { threshold_bps, bonus_bps }) => {
            Err(Formulas::BonusTooHigh { thresholdBps: U256::from(threshold_bps), bonusBps: U256::from(bonus_bps) }
                .abi_encode()
                .into())
        }
    };
    let [ltv, from, to, bonus] = [ltv, from, to, bonus].map(U256::from);
    cases.add(Formulas::checkRiskCall { ltvBps: ltv, fromBps: from, toBps: to, bonusBps: bonus }, outcome);
}

#[tokio::test]
async fn ramps_and_rules_are_the_contracts_to_the_unit() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Formulas).await;
    let mut random = Random::new(3);
    let (mut ramps, mut rules) = (Cases::default(), Cases::default());
    while ramps.len() < CASES {
        add_ramp(&mut ramps, &mut random);
        add_rule(&mut rules, &mut random);
    }
    for cases in [ramps, rules] {
        let figures = cases.figures();
        assert!((CASES / 10..CASES).contains(&figures), "{figures} of {CASES} cases pass");
        cases.hold(&node, harness).await;
    }
    node.stop().await;
}

/// A price, as a feed of so many decimals says it.
fn source(random: &mut Random, price: U256, now: u64) -> Source {
    let decimals = random.pick(&[0, 1, 6, 8, 9, 17, 18, 18, 18]);
    let decimals = if random.chance(40) { 19 } else { decimals };
    let said = price / U256::from(10).pow(U256::from(18_u8.saturating_sub(decimals)));
    let answer = match random.below(16) {
        0 => U256::ZERO,
        1 => U256::MAX,
        2 => U256::ONE << 128,
        3 => (U256::ONE << 128) - U256::ONE,
        _ => said,
    };
    let heartbeat_s = u32::try_from(random.pick(&[1, 3_600, 86_400])).unwrap();
    let late = u64::from(random.chance(4));
    let age = random.pick(&[0, 1, u64::from(heartbeat_s), u64::from(heartbeat_s) + late]);
    let updated_at = if random.chance(20) { random.magnitude(256) } else { U256::from(now - age) };
    Source { answer, decimals, updated_at, heartbeat_s }
}

fn route(random: &mut Random, now: u64) -> Route {
    let price = random.magnitude(118).max(U256::from(10));
    let max_deviation_bps = random.bps(1_000);
    // Apart by as much as is allowed, or one more.
    let apart =
        price * U256::from(max_deviation_bps) / U256::from(10_000) + U256::from(random.below(3)) - U256::ONE.min(price);
    let other = if random.chance(4) { price } else { price.saturating_add(apart) };
    let (primary, secondary) = if random.chance(2) { (price, other) } else { (other, price) };
    let (low, high) = (primary.min(secondary), primary.max(secondary));
    // On a bound, just inside, or well inside.
    let (below, above) = if random.chance(2) { (low >> 1, high) } else { (U256::from(random.below(8)), U256::from(8)) };
    let min = low.saturating_sub(below);
    let max = high.saturating_add(above).min(U256::from(u128::MAX));
    let (primary, secondary) = (source(random, primary, now), source(random, secondary, now));
    Route { primary, secondary, min: min.to(), max: max.to(), max_deviation_bps }
}

/// What the contract reverts with says which feed it was, which the model leaves to its caller.
fn without_feed(data: &[u8]) -> Vec<u8> {
    let with_feed = [
        Formulas::AnswerNotPositive::SELECTOR,
        Formulas::AnswerFromFuture::SELECTOR,
        Formulas::AnswerStale::SELECTOR,
        Formulas::PriceOutOfBounds::SELECTOR,
    ];
    let mut data = data.to_vec();
    if with_feed.iter().any(|selector| data.starts_with(selector)) {
        data[4..36].fill(0);
    }
    data
}

fn refused(refusal: PriceRefusal, route: &Route) -> Vec<u8> {
    let feed = Default::default();
    match refusal {
        PriceRefusal::AnswerNotPositive => {
            // Of the primary, unless that one is above zero.
            let positive = |source: &Source| !source.answer.is_zero() && !source.answer.bit(255);
            let source = if positive(&route.primary) { route.secondary } else { route.primary };
            Formulas::AnswerNotPositive { feed, answer: I256::from_raw(source.answer) }.abi_encode()
        }
        PriceRefusal::AnswerFromFuture { updated_at } => {
            Formulas::AnswerFromFuture { feed, updatedAt: updated_at }.abi_encode()
        }
        PriceRefusal::AnswerStale { updated_at, heartbeat_s } => {
            Formulas::AnswerStale { feed, updatedAt: updated_at, heartbeat: U256::from(heartbeat_s) }.abi_encode()
        }
        PriceRefusal::OutOfBounds { price, min, max } => {
            Formulas::PriceOutOfBounds { feed, price, min: U256::from(min), max: U256::from(max) }.abi_encode()
        }
        PriceRefusal::SourcesDisagree { primary, secondary } => {
            let most = U256::from(route.max_deviation_bps);
            Formulas::SourcesDisagree { primary, secondary, maxDeviationBps: most }.abi_encode()
        }
        PriceRefusal::Arithmetic(error) => panicked(error).to_vec(),
    }
}

#[tokio::test]
async fn prices_are_read_and_refused_as_the_contract_does() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Formulas).await;
    let now = node.now().await;
    let mut random = Random::new(4);
    let routes = random.list(CASES as u64, |random| route(random, now));
    let said = |source: &Source| Formulas::Answer {
        answer: I256::from_raw(source.answer),
        updatedAt: source.updated_at,
        heartbeat: source.heartbeat_s,
        decimals: source.decimals,
    };
    let call = |route: &Route| Formulas::readPriceCall {
        first: said(&route.primary),
        second: said(&route.secondary),
        min: route.min,
        max: route.max,
        maxDeviationBps: route.max_deviation_bps,
    };
    let calls = routes.iter().map(|route| alloy::sol_types::SolCall::abi_encode(&call(route)).into()).collect();
    let outcomes = node.many(harness, calls).await;
    let mut priced = 0;
    for (number, (route, outcome)) in routes.iter().zip(outcomes).enumerate() {
        let model = route.price_at(now);
        priced += usize::from(model.is_ok());
        let model = model.map(|price| price.abi_encode()).map_err(|refusal| refused(refusal, route));
        let outcome = outcome.map(|data| data.to_vec()).map_err(|data| without_feed(&data));
        assert_eq!(outcome, model, "case {number} of seed {SEED:#x}, contract left, model right: {route:?}");
    }
    assert!((CASES / 10..CASES * 9 / 10).contains(&priced), "{priced} of {CASES} cases have a price");
    node.stop().await;
}
