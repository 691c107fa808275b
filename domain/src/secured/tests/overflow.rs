//! Every figure that does not fit says which one it is.

use super::*;
use crate::secured::liquidation::{Position, closeable, cover_of, seized_for};
use crate::secured::{ArithmeticError, RegisterDebt, SignedDebt, grown, interest_at, power, weight};

#[test]
fn what_does_not_fit_is_named() {
    let dear = PricedToken { price: U256::MAX, decimals: 0 };
    assert_eq!(dear.value_up(U256::from(2)), Err(ArithmeticError::Overflow("value")));
    assert_eq!(dear.value_down(U256::ONE), Ok(U256::MAX));
    let tiny = PricedToken { price: U256::ONE, decimals: 78 };
    assert_eq!(tiny.value_down(U256::ONE), Err(ArithmeticError::Overflow("decimals")));
    assert_eq!(tiny.amount_up(U256::ONE), Err(ArithmeticError::Overflow("decimals")));
    let free = PricedToken { price: U256::ZERO, decimals: 18 };
    assert_eq!(free.amount_up(U256::ONE), Err(ArithmeticError::DivisionByZero("amount")));
    assert_eq!(seized_for(U256::ONE, &free, &weth(U256::ZERO)), Err(ArithmeticError::DivisionByZero("seized")));

    let whole = AssetTerms { token: dear, threshold_bps: 10_000, ltv_bps: 10_000, ..weth(U256::ZERO) };
    let two = [held(U256::ONE, whole); 2];
    assert_eq!(weight(&two), Err(ArithmeticError::Overflow("weight")));
    assert_eq!(power(&two), Err(ArithmeticError::Overflow("power")));
    let shorn = AssetTerms { haircut_bps: 10_001, ..whole };
    assert_eq!(power(&[held(U256::ONE, shorn)]), Err(ArithmeticError::BelowZero("haircut")));
    assert_eq!(cover_of(U256::from(2), &whole), Err(ArithmeticError::Overflow("value")));
    assert_eq!(seized_for(U256::ONE, &dear, &whole), Err(ArithmeticError::Overflow("value with bonus")));
}

#[test]
fn twice_a_dust_threshold_counts_only_where_it_is_asked_for() {
    let half = U256::MAX >> 1;
    let sum = |dust| closeable(U256::from(10), wad(1), U256::MAX, dust, true);
    assert_eq!(sum(half), Ok(U256::from(10)));
    assert_eq!(sum(half + U256::ONE), Err(ArithmeticError::Overflow("twice the dust")));
    assert_eq!(closeable(U256::from(10), wad(1), U256::ZERO, U256::MAX, true), Ok(U256::from(10)));
    let sound = Position::try_new(vec![held(wad(1), weth(wad(9)))], dollars(U256::ONE), U256::ZERO, U256::MAX);
    assert!(sound.unwrap().read().is_ok());
}

#[test]
fn time_runs_forward_and_debts_stay_numbers() {
    let debt = RegisterDebt { outstanding: U256::MAX, interest: U256::ZERO, apr: U256::from(2), accrued_at: 5 };
    assert_eq!(debt.owed_at(4), Err(ArithmeticError::BelowZero("seconds since the last booking")));
    assert_eq!(debt.owed_at(6), Err(ArithmeticError::Overflow("interest")));
    assert_eq!(interest_at(U256::ONE, U256::MAX, U256::ONE, 1), Err(ArithmeticError::Overflow("interest")));
    // The widest that the register takes fits.
    let most = (U256::ONE << 112) - U256::ONE;
    assert_eq!(interest_at(most, U256::ZERO, U256::from(u64::MAX), u64::MAX), Ok(most));
    assert_eq!(grown(U256::MAX, 1, 1), Err(ArithmeticError::Overflow("debt")));
    let signed = SignedDebt::funded(u128::MAX, 50_000, 0, 0).unwrap();
    assert!(signed.due_at(u64::MAX).is_ok());
    let late = signed.repay(U256::ONE, u64::MAX);
    assert_eq!(late.map(|(repaid, _)| repaid), Err(ArithmeticError::Overflow("debt left")));
    assert_eq!(SignedDebt::funded(1, 1, 0, u64::MAX), Err(ArithmeticError::Overflow("validity")));
}
