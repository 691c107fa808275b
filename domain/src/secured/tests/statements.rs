//! What is owed by a signed book.

use super::*;
use crate::secured::{
    CHALLENGE_DELAY_S, Jump, MAX_VALIDITY_S, SignedDebt, Stated, Statement, StatementRefusal, grown, growth_cap,
};

const FUNDED: u64 = 1_750_000_000;
const YEAR: u64 = 31_536_000;

/// A million at 5 % a year.
fn funded() -> SignedDebt {
    SignedDebt::funded(1_000_000, 500, FUNDED + 10 * YEAR, FUNDED).unwrap()
}

fn statement(amount: u128, sequence: u64, stated_at: u64) -> Statement {
    Statement { amount, repaid: 0, sequence, stated_at, valid_until: stated_at + MAX_VALIDITY_S }
}

fn in_force(stated: Result<Stated, StatementRefusal>) -> SignedDebt {
    match stated {
        Ok(Stated::InForce(debt)) => debt,
        other => panic!("in force: {other:?}"),
    }
}

fn waits(stated: Result<Stated, StatementRefusal>) -> (SignedDebt, Jump) {
    match stated {
        Ok(Stated::Waits(debt)) => (debt, debt.jump.unwrap()),
        other => panic!("waits: {other:?}"),
    }
}

#[test]
fn growth_is_simple_and_rounded_up() {
    assert_eq!(grown(U256::from(1_000), 500, YEAR), Ok(U256::from(1_050)));
    assert_eq!(grown(U256::from(1_000), 500, 1), Ok(U256::from(1_001)));
    assert_eq!(grown(U256::from(1_000), 0, YEAR), Ok(U256::from(1_000)));
    assert_eq!(growth_cap(U256::from(1_000), 500, YEAR, U256::from(50)), Ok(U256::from(1_000)));
    assert_eq!(growth_cap(U256::from(1_000), 500, YEAR, U256::from(2_000)), Ok(U256::ZERO));
}

#[test]
fn the_debt_grows_from_the_amount_in_force_up_to_the_cap() {
    assert_eq!(funded().due_at(FUNDED + YEAR), Ok(U256::from(1_050_000)));
    let lower = in_force(funded().state(&statement(500_000, 1, FUNDED + YEAR), FUNDED + YEAR));
    assert_eq!(lower.due_at(FUNDED + 2 * YEAR), Ok(U256::from(525_000)));
    assert_eq!(lower.cap_at(FUNDED + 2 * YEAR), Ok(U256::from(1_100_000)));
}

#[test]
fn what_the_rate_does_not_explain_waits_and_can_be_overtaken() {
    let now = FUNDED + YEAR;
    let lower = in_force(funded().state(&statement(500_000, 1, now), now));
    let (jumped, jump) = waits(lower.state(&statement(600_000, 2, now + 10), now + 10));
    assert_eq!(jump, Jump { amount: 600_000, at: now + 10, from: now + 10 + CHALLENGE_DELAY_S });
    assert_eq!(jumped.due_at(jump.from - 1), lower.due_at(jump.from - 1), "not yet");
    // 600,000 × 5 % × 172,800 s / 365 days = 164.38…
    assert_eq!(jumped.due_at(jump.from), Ok(U256::from(600_165)));

    // Within what the first explains the date stays; beyond it starts again.
    let later = now + 20;
    assert_eq!(waits(jumped.state(&statement(600_001, 3, later), later)).1.from, jump.from);
    assert_eq!(waits(jumped.state(&statement(600_002, 3, later), later)).1.from, later + CHALLENGE_DELAY_S);
    assert_eq!(in_force(jumped.state(&statement(500_000, 3, later), later)).jump, None);
}

#[test]
fn nothing_above_the_principal_with_its_interest_is_stated() {
    let now = FUNDED + YEAR;
    assert_eq!(in_force(funded().state(&statement(1_050_000, 1, now), now)).amount, 1_050_000);
    let refused = funded().state(&statement(1_050_001, 1, now), now);
    assert_eq!(refused, Err(StatementRefusal::GrowthAboveCap { amount: 1_050_001, cap: U256::from(1_050_000) }));
    assert_eq!(funded().state(&statement(0, 1, now), now), Ok(Stated::Closed));
}

#[test]
fn a_statement_is_timely_and_newer_than_every_other() {
    let now = FUNDED + 100;
    let held = in_force(funded().state(&statement(1, 7, now), now));
    let state = |statement: Statement| held.state(&statement, now).unwrap_err();
    assert_eq!(state(statement(1, 7, now)), StatementRefusal::SequenceOld { held: 7, given: 7 });
    assert_eq!(state(statement(1, 8, now + 1)), StatementRefusal::StatedInFuture { stated_at: now + 1 });
    let stated_at = FUNDED - 1;
    assert_eq!(state(statement(1, 8, stated_at)), StatementRefusal::StatedBefore { funded_at: FUNDED, stated_at });
    let ahead = Statement { repaid: 1, ..statement(1, 8, now) };
    assert_eq!(state(ahead), StatementRefusal::RepaidAhead { held: 0, given: 1 });
    for valid_until in [now - 1, now + MAX_VALIDITY_S + 1] {
        let refused = StatementRefusal::ValidityRefused { stated_at: now, valid_until };
        assert_eq!(state(Statement { valid_until, ..statement(1, 8, now) }), refused);
    }
}

#[test]
fn a_repayment_is_taken_off_the_debt_the_jump_and_a_statement_made_before_it() {
    let now = FUNDED + YEAR;
    let lower = in_force(funded().state(&statement(500_000, 1, now), now));
    let (jumped, _) = waits(lower.state(&statement(600_000, 2, now), now));
    let (repaid, after) = jumped.repay(U256::from(100_000), now + YEAR / 2).unwrap();
    // 500,000 + 2.5 % − 100,000 by then, had the jump not ripened: 600,000 + 2.5 % − 100,000 since it has.
    assert_eq!((repaid, after.amount, after.amount_at), (U256::from(100_000), 515_000, now + YEAR / 2));
    let (_, early) = jumped.repay(U256::from(100_000), now).unwrap();
    assert_eq!((early.amount, early.jump.unwrap().amount, early.repaid), (400_000, 500_000, 100_000));
    assert_eq!(jumped.repay(U256::from(600_001), now).unwrap().0, U256::from(500_000), "at most what is due");

    // Stated a second before the repayment and brought after it: with that second's interest, less what was repaid.
    let carried = in_force(early.state(&statement(499_999, 3, now - 1), now + 5));
    assert_eq!((carried.amount, carried.amount_at, carried.jump), (400_000, now, None));
    let aware = Statement { repaid: 100_000, ..statement(399_999, 3, now) };
    assert_eq!(in_force(early.state(&aware, now + 5)).amount, 399_999);
}

#[test]
fn from_the_maturity_on_all_is_called() {
    let at = FUNDED + 10 * YEAR;
    assert_eq!(funded().callable_at(at - 1), Ok(U256::ZERO));
    assert_eq!(funded().callable_at(at), funded().due_at(at));
}
