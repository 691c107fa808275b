//! `Health` and `LiquidationMath`.

use alloy::primitives::U256;
use alloy::sol_types::SolValue;
use domain::secured::liquidation::{FULL_CLOSE_HEALTH, MAX_ASSETS, Position, closeable, cover_of, seized_for};
use domain::secured::{ArithmeticError, Debt, Holding, factor, power};

use super::{CASES, on_chain, terms, token, wild_terms, wild_token};
use crate::contracts::harness::{Cases, Double, Formulas, Node, Outcome, expected};
use crate::contracts::random::{Random, SEED};

/// A loan of up to eight assets; where it is plausible its debt is worth about what its collateral weighs.
fn position(random: &mut Random) -> (Vec<Holding>, Debt, U256) {
    let wild = random.chance(3);
    let count = random.pick(&[0, 1, 1, 2, 3, MAX_ASSETS as u64]);
    let bits = if wild && random.chance(2) { 256 } else { 112 };
    let collateral = random.list(count, |random| {
        let amount = random.magnitude(bits);
        Holding { amount, terms: if wild { wild_terms(random) } else { terms(random) } }
    });
    let token = if wild { wild_token(random) } else { token(random) };
    let weight = domain::secured::weight(&collateral).unwrap_or(U256::MAX >> 30);
    let share = U256::from(random.pick(&[1, 90, 95, 100, 101, 200]));
    let near = token.amount_down((weight >> 8) * U256::from(256) / share * U256::from(100));
    let amount = near.ok().filter(|_| !wild).unwrap_or_else(|| random.magnitude(bits));
    let amount = amount.wrapping_add(U256::from(random.below(3))).wrapping_sub(U256::ONE);
    (collateral, Debt { amount, token }, random.magnitude(if wild { 256 } else { 77 }))
}

/// What the harness answers: every figure of the position, in order.
fn read(collateral: &[Holding], debt: &Debt, dust: U256) -> Result<Formulas::Reading, ArithmeticError> {
    let position = Position::try_new(collateral.to_vec(), *debt, U256::ZERO, dust).unwrap();
    // The harness asks what is closeable at any health, the contract below one only: the rest is the same reading.
    let sound = Position::try_new(collateral.to_vec(), *debt, U256::ZERO, U256::ZERO).unwrap();
    let reading = sound.read()?;
    let covered = reading.covered();
    let closeable = closeable(position.debt().amount, reading.debt_value, reading.health, dust, covered)?;
    Ok(Formulas::Reading {
        debtValue: reading.debt_value,
        weight: reading.weight,
        power: power(collateral)?,
        cover: reading.cover,
        health: reading.health,
        closeable,
    })
}

fn position_case(random: &mut Random) -> (Formulas::positionCall, Outcome) {
    let (collateral, debt, dust) = position(random);
    let reading = expected(read(&collateral, &debt, dust));
    let held = |holding: &Holding| Formulas::Holding { amount: holding.amount, terms: on_chain(&holding.terms) };
    let call = Formulas::positionCall {
        collateral: collateral.iter().map(held).collect(),
        debt: Formulas::Debt { amount: debt.amount, price: debt.token.price, decimals: debt.token.decimals },
        dust,
    };
    (call, reading)
}

#[tokio::test]
async fn health_power_cover_and_what_is_closeable_are_the_contracts_to_the_unit() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Formulas).await;
    let mut random = Random::new(1);
    let mut cases = Cases::default();
    while cases.len() < CASES {
        let (call, outcome) = position_case(&mut random);
        cases.add(call, outcome);
    }
    let figures = cases.figures();
    assert!((CASES / 2..CASES * 19 / 20).contains(&figures), "{figures} of {CASES} cases come to a figure");
    cases.hold(&node, harness).await;
    node.stop().await;
}

/// One of the formulas in turn, so that each gets its share of the cases.
fn add_amounts(cases: &mut Cases, random: &mut Random) {
    let wild = random.chance(2);
    let bits = if wild { 256 } else { 128 };
    let token = if wild { wild_token(random) } else { token(random) };
    let terms = if wild { wild_terms(random) } else { terms(random) };
    let (amount, other) = (random.magnitude(bits), random.magnitude(bits));
    let (price, decimals) = (token.price, token.decimals);
    match cases.len() % 7 {
        0 => cases.add(Formulas::valueDownCall { amount, price, decimals }, expected(token.value_down(amount))),
        1 => cases.add(Formulas::valueUpCall { amount, price, decimals }, expected(token.value_up(amount))),
        2 => cases.add(Formulas::amountUpCall { value: amount, price, decimals }, expected(token.amount_up(amount))),
        3 => cases.add(Formulas::factorCall { weight: amount, debt: other }, expected(factor(amount, other))),
        4 => cases.add(Formulas::coverOfCall { amount, terms: on_chain(&terms) }, expected(cover_of(amount, &terms))),
        5 => cases.add(
            Formulas::seizedForCall {
                repaid: amount,
                debtPrice: price,
                debtDecimals: decimals,
                terms: on_chain(&terms),
            },
            expected(seized_for(amount, &token, &terms)),
        ),
        _ => add_closeable(cases, random, amount, other),
    }
}

/// At the edges of each of the three reasons.
fn add_closeable(cases: &mut Cases, random: &mut Random, debt: U256, dust: U256) {
    let edge = random.pick(&[U256::ZERO, FULL_CLOSE_HEALTH, FULL_CLOSE_HEALTH + U256::ONE, U256::MAX]);
    let health = if random.chance(2) { edge } else { random.magnitude(62) };
    let twice = dust.saturating_mul(U256::from(2));
    let value = random.pick(&[twice.saturating_sub(U256::ONE), twice, twice.saturating_add(U256::ONE), debt]);
    let covered = random.any();
    cases.add(
        Formulas::closeableCall { debt, debtValue: value, health, dust, covered },
        expected(closeable(debt, value, health, dust, covered)),
    );
}

#[tokio::test]
async fn values_covers_and_seizures_are_the_contracts_to_the_unit() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Formulas).await;
    let mut random = Random::new(2);
    let mut cases = Cases::default();
    while cases.len() < CASES {
        add_amounts(&mut cases, &mut random);
    }
    let figures = cases.figures();
    assert!((CASES / 2..CASES * 19 / 20).contains(&figures), "{figures} of {CASES} cases come to a figure");
    cases.hold(&node, harness).await;
    node.stop().await;
}

#[test]
fn a_reading_is_encoded_as_the_harness_returns_it() {
    let reading = read(&[], &Debt { amount: U256::ZERO, token: token(&mut Random::new(0)) }, U256::ONE).unwrap();
    assert_eq!(reading.abi_encode().len(), 6 * 32);
}
