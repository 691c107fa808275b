//! `DebtModel` and `DebtGrowth`.

use alloy::primitives::U256;
use alloy::sol_types::SolValue;
use domain::secured::{RegisterDebt, RegisterDefault, grown, growth_cap};

use super::CASES;
use crate::contracts::harness::{Cases, Double, Formulas, Node, expected};
use crate::contracts::random::{Random, SEED};

/// Principal below 2^112 and a rate below 2^64, as the register has them, or anything.
fn register_debt(random: &mut Random) -> RegisterDebt {
    let wild = random.chance(3);
    let outstanding = random.magnitude(if wild { 256 } else { 112 });
    let interest = if wild { random.magnitude(256) } else { random.magnitude(112).min(outstanding) };
    let apr = random.magnitude(if wild { 192 } else { 64 });
    RegisterDebt { outstanding, interest, apr, accrued_at: random.u64_up_to(40) }
}

fn add_interest(cases: &mut Cases, random: &mut Random) {
    let debt = register_debt(random);
    let edge = random.pick(&[0, 1, 86_400, 31_536_000, u64::MAX - debt.accrued_at]);
    let to = if random.chance(2) { debt.accrued_at + edge } else { random.u64_up_to(41) };
    let call = Formulas::interestAtCall {
        outstanding: debt.outstanding,
        interest: debt.interest,
        apr: debt.apr,
        from: U256::from(debt.accrued_at),
        to: U256::from(to),
    };
    cases.add(call, expected(debt.interest_at(to)));
}

/// A payment where no time passed: what is booked is what there is.
fn add_allocation(cases: &mut Cases, random: &mut Random) {
    let debt = RegisterDebt { interest: U256::ZERO, ..register_debt(random) };
    let interest = random.magnitude(112).min(debt.outstanding);
    let debt = RegisterDebt { interest, apr: U256::ZERO, outstanding: debt.outstanding >> 1, ..debt };
    let interest = debt.interest_at(debt.accrued_at).unwrap();
    let amount = random.magnitude(112).min(debt.outstanding + interest);
    let payment = debt.pay(amount, debt.accrued_at).unwrap();
    let split = (payment.to_interest, payment.to_principal).abi_encode();
    cases.add(Formulas::allocateCall { amount, interest }, Ok(split.into()));
}

fn add_growth(cases: &mut Cases, random: &mut Random, capped: bool) {
    let bits = if random.chance(3) { 256 } else { 128 };
    let amount = random.magnitude(bits);
    let rate: u32 = if random.chance(2) { random.any() } else { random.magnitude(16).to() };
    let elapsed = random.pick(&[0, 1, 31_536_000, u64::MAX, 2_592_000]);
    let elapsed = if random.chance(2) { elapsed } else { random.u64_up_to(40) };
    let (rate_bps, seconds) = (U256::from(rate), U256::from(elapsed));
    if capped {
        let repaid = random.magnitude(128);
        cases.add(
            Formulas::growthCapCall { principal: amount, rateBps: rate_bps, elapsed: seconds, repaid },
            expected(growth_cap(amount, rate, elapsed, repaid)),
        );
    } else {
        let call = Formulas::grownCall { amount, rateBps: rate_bps, elapsed: seconds };
        cases.add(call, expected(grown(amount, rate, elapsed)));
    }
}

/// About the second from which on all is called, which is the one of the block.
fn add_call(cases: &mut Cases, random: &mut Random, now: u64) {
    let (term_s, default_grace_s): (u32, u32) = (random.magnitude(30).to(), random.magnitude(20).to());
    let funded_at = (now - u64::from(term_s).min(now)).saturating_sub(u64::from(default_grace_s)) + random.below(3);
    let funded_at = funded_at.saturating_sub(random.below(2));
    let (called, paid, debt) = (random.u128(), random.u128(), random.magnitude(128));
    let default = RegisterDefault { called, paid, funded_at, term_s, default_grace_s };
    let call = Formulas::callableOfCall {
        fundedAt: funded_at,
        term: term_s,
        defaultGrace: default_grace_s,
        called,
        paid,
        debt,
    };
    cases.add(call, expected(Ok(default.callable_at(debt, now))));
}

#[tokio::test]
async fn interest_growth_caps_and_calls_are_the_contracts_to_the_unit() {
    eprintln!("seed {SEED:#x}");
    let node = Node::start().await;
    let harness = node.double(Double::Formulas).await;
    let now = node.now().await;
    let mut random = Random::new(5);
    let mut cases = Cases::default();
    while cases.len() < CASES {
        match cases.len() % 6 {
            0 | 1 => add_interest(&mut cases, &mut random),
            2 => add_allocation(&mut cases, &mut random),
            3 => add_growth(&mut cases, &mut random, false),
            4 => add_growth(&mut cases, &mut random, true),
            _ => add_call(&mut cases, &mut random, now),
        }
    }
    let figures = cases.figures();
    assert!((CASES / 2..CASES * 19 / 20).contains(&figures), "{figures} of {CASES} cases come to a figure");
    cases.hold(&node, harness).await;
    node.stop().await;
}
