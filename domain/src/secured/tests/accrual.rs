//! What is owed on the register.

use super::*;
use crate::secured::{RegisterDebt, RegisterDefault, interest_at};

const YEAR: u64 = 31_536_000;
/// 10 % in WAD.
const TENTH: u64 = 100_000_000_000_000_000;

fn million() -> RegisterDebt {
    RegisterDebt { outstanding: U256::from(1_000_000), interest: U256::ZERO, apr: U256::from(TENTH), accrued_at: 1_000 }
}

#[test]
fn interest_is_simple_and_rounded_up_once() {
    // 1,000,000 × 10 % / 365 = 273.97…
    assert_eq!(million().interest_at(1_000 + 86_400), Ok(U256::from(274)));
    assert_eq!(million().interest_at(1_000), Ok(U256::ZERO));
    assert_eq!(million().interest_at(1_001), Ok(U256::ONE));
    assert_eq!(million().owed_at(1_000 + 2 * YEAR), Ok(U256::from(1_200_000)));
}

#[test]
fn unpaid_interest_never_passes_the_principal() {
    assert_eq!(million().owed_at(1_000 + 10 * YEAR), Ok(U256::from(2_000_000)));
    assert_eq!(million().owed_at(1_000 + 11 * YEAR), Ok(U256::from(2_000_000)));
    assert_eq!(million().owed_at(u64::MAX), Ok(U256::from(2_000_000)));
    assert_eq!(interest_at(U256::ZERO, U256::from(5), U256::from(TENTH), YEAR), Ok(U256::ZERO));
}

#[test]
fn a_payment_goes_to_interest_first() {
    let payment = million().pay(U256::from(1_000), 1_000 + 86_400).unwrap();
    assert_eq!((payment.to_interest, payment.to_principal), (U256::from(274), U256::from(726)));
    assert_eq!(payment.left.owed_at(1_000 + 86_400), Ok(U256::from(999_274)));
    let all = million().pay(U256::MAX, 1_000 + 86_400).unwrap();
    assert_eq!((all.to_principal, all.left.owed_at(u64::MAX)), (U256::from(1_000_000), Ok(U256::ZERO)));
}

#[test]
fn a_default_calls_what_fell_due_and_past_the_maturity_all() {
    let default = RegisterDefault { called: 500, paid: 200, funded_at: 1_000, term_s: 100, default_grace_s: 10 };
    let debt = U256::from(900);
    assert_eq!(default.callable_at(debt, 1_110), U256::from(300));
    assert_eq!(default.callable_at(debt, 1_111), debt);
    assert_eq!(default.callable_at(U256::from(250), 1_110), U256::from(250));
    assert_eq!(RegisterDefault { paid: 500, ..default }.callable_at(debt, 1_110), U256::ZERO);
}
