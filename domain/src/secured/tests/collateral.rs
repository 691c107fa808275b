//! Health and power.

use super::*;
use crate::secured::{WAD, factor, health, most_that_opens, opens, power, weight};

#[test]
fn ten_weth_at_two_thousand_open_fifteen_thousand_dollars_and_not_a_unit_more() {
    // 10 × 2,000 = 20,000; × 75 % = 15,000.
    let collateral = [held(wad(10), weth(wad(2_000)))];
    assert_eq!(power(&collateral), Ok(wad(15_000)));
    let most = most_that_opens(&collateral, &dollars(U256::ZERO).token).unwrap();
    assert_eq!(most, units(15_000, 6));
    assert_eq!(opens(&collateral, &dollars(most)), Ok(true));
    assert_eq!(opens(&collateral, &dollars(most + U256::ONE)), Ok(false));
}

#[test]
fn a_haircut_takes_from_power_and_leaves_health() {
    let mut terms = weth(wad(2_000));
    let before = health(&[held(wad(10), terms)], &dollars(units(15_000, 6)));
    terms.haircut_bps = 2_000;
    // 20,000 × 75 % × 80 %.
    assert_eq!(power(&[held(wad(10), terms)]), Ok(wad(12_000)));
    assert_eq!(health(&[held(wad(10), terms)], &dollars(units(15_000, 6))), before);
}

#[test]
fn health_is_weight_over_debt_rounded_down() {
    // 20,000 × 80 % = 16,000; 16,000 / 15,000 = 1.0666…
    let collateral = [held(wad(10), weth(wad(2_000)))];
    assert_eq!(weight(&collateral), Ok(wad(16_000)));
    let expected = U256::from(1_066_666_666_666_666_666_u64);
    assert_eq!(health(&collateral, &dollars(units(15_000, 6))), Ok(expected));
}

#[test]
fn several_assets_add_up_and_one_that_is_used_up_is_not_priced() {
    // 20,000 × 80 % + 50,000 × 75 % = 53,500; 53,500 / 53,500 = 1.
    let mut collateral = vec![held(wad(10), weth(wad(2_000))), held(units(1, 8), wbtc(wad(50_000)))];
    assert_eq!(weight(&collateral), Ok(wad(53_500)));
    assert_eq!(health(&collateral, &dollars(units(53_500, 6))), Ok(WAD));
    let mut unpriced = weth(U256::MAX);
    unpriced.token.decimals = u8::MAX;
    collateral.push(held(U256::ZERO, unpriced));
    assert_eq!(weight(&collateral), Ok(wad(53_500)));
}

#[test]
fn values_round_down_for_collateral_and_up_for_debt() {
    // A third of 10^-18 of the unit of account.
    let token = PricedToken { price: U256::from(10), decimals: 2 };
    assert_eq!(token.value_down(U256::from(19)), Ok(U256::from(1)));
    assert_eq!(token.value_up(U256::from(11)), Ok(U256::from(2)));
    assert_eq!(token.value_up(U256::from(10)), Ok(U256::from(1)));
    assert_eq!(token.amount_up(U256::from(1)), Ok(U256::from(10)));
    let three = PricedToken { price: U256::from(3), decimals: 0 };
    assert_eq!(
        (three.amount_up(U256::from(10)), three.amount_down(U256::from(10))),
        (Ok(U256::from(4)), Ok(U256::from(3)))
    );
}

#[test]
fn who_owes_nothing_or_next_to_nothing_has_the_highest_health() {
    assert_eq!(factor(wad(1), U256::ZERO), Ok(U256::MAX));
    assert_eq!(factor(U256::ZERO, U256::ZERO), Ok(U256::MAX));
    assert_eq!(factor(U256::ZERO, U256::ONE), Ok(U256::ZERO));
    assert_eq!(health(&[], &dollars(U256::ZERO)), Ok(U256::MAX));
    // The bound is reached where the whole quotient is the largest that times 10^18 might not fit.
    let highest = U256::MAX / WAD;
    assert_eq!(factor(highest, U256::ONE), Ok(U256::MAX));
    assert_eq!(factor(highest - U256::ONE, U256::ONE), Ok((highest - U256::ONE) * WAD));
}
