//! Liquidations of ten WETH against 15,000 dollars, and of two assets.

use super::*;
use crate::secured::liquidation::{
    FULL_CLOSE_HEALTH, LiquidationRefusal, MAX_ASSETS, Position, closeable, cover_of, seized_for,
};

const DUST: u128 = 100;

fn position(collateral: Vec<Holding>, debt: Debt) -> Position {
    Position::try_new(collateral, debt, U256::ZERO, wad(DUST)).unwrap()
}

fn at(price: U256) -> Position {
    position(vec![held(wad(10), weth(price))], dollars(units(15_000, 6)))
}

#[test]
fn at_ninety_six_percent_half_is_repaid_and_health_rises() {
    // 10 × 1,800 × 80 % = 14,400; / 15,000 = 0.96. Half is 7,500; with 5 % 7,875; / 1,800 = 4.375.
    let sold = at(wad(1_800)).liquidate(0, U256::MAX, U256::ZERO).unwrap();
    assert_eq!(sold.health_before, U256::from(960_000_000_000_000_000_u64));
    assert_eq!((sold.repaid, sold.seized), (units(7_500, 6), vec![units(4_375, 15)]));
    // 5.625 × 1,800 × 80 % = 8,100; / 7,500 = 1.08.
    assert_eq!(sold.health_after, U256::from(1_080_000_000_000_000_000_u64));
    assert_eq!(sold.left.debt().amount, units(7_500, 6));
    assert_eq!(sold.left.collateral()[0].amount, units(5_625, 15));
    assert_eq!(sold.shortfall, U256::ZERO);
}

#[test]
fn at_ninety_five_percent_all_is_repaid() {
    // 10 × 1,781.25 × 80 % = 14,250; / 15,000 = 0.95. 15,000 × 1.05 / 1,781.25 = 8.842105263157894736…
    let position = at(units(178_125, 16));
    assert_eq!(position.read().unwrap().health, FULL_CLOSE_HEALTH);
    let expected = U256::from(8_842_105_263_157_894_736_u64);
    for sold in [position.liquidate(0, U256::MAX, U256::ZERO), position.liquidate_all(U256::MAX, &[U256::ZERO])] {
        let sold = sold.unwrap();
        assert_eq!((sold.repaid, sold.seized), (units(15_000, 6), vec![expected]));
        assert_eq!((sold.health_after, sold.shortfall), (U256::MAX, U256::ZERO));
    }
}

#[test]
fn what_collateral_does_not_cover_is_left_as_shortfall() {
    // 10,000 / 1.05 = 9,523.809523…, in dollars of six decimals rounded up 9,523.809524; 15,000 less that is left.
    let position = at(wad(1_000));
    let reading = position.read().unwrap();
    assert_eq!(reading.cover, U256::from(9_523_809_523_809_523_809_524_u128));
    assert!(!reading.covered());
    for sold in [position.liquidate(0, U256::MAX, U256::ZERO), position.liquidate_all(U256::MAX, &[wad(10)])] {
        let sold = sold.unwrap();
        assert_eq!((sold.repaid, &sold.seized), (U256::from(9_523_809_524_u64), &vec![wad(10)]));
        assert_eq!((sold.shortfall, sold.health_after), (U256::from(5_476_190_476_u64), U256::ZERO));
    }
}

#[test]
fn ending_a_loan_with_two_assets_takes_a_like_share_of_each() {
    // Worth 18,000 and 44,000: covers of 17,142.857… and 40,000, together 57,142.857…; weight 14,400 + 33,000 = 47,400.
    let collateral = vec![held(wad(10), weth(wad(1_800))), held(units(1, 8), wbtc(wad(44_000)))];
    let loan = position(collateral.clone(), dollars(units(50_000, 6)));
    let sold = loan.liquidate_all(U256::MAX, &[U256::ZERO; 2]).unwrap();
    // 50,000 / 57,142.857142857142857143 = 0.87499999999999999999999…
    assert_eq!(sold.repaid, units(50_000, 6));
    assert_eq!(sold.seized, vec![units(875, 16) - U256::ONE, U256::from(87_499_999)]);
    assert_eq!(sold.shortfall, U256::ZERO);

    // Worth less than is owed: all of both, for 57,142.857143.
    let sold = position(collateral, dollars(units(60_000, 6))).liquidate_all(U256::MAX, &[U256::ZERO; 2]).unwrap();
    assert_eq!(sold.repaid, U256::from(57_142_857_143_u64));
    assert_eq!(sold.seized, vec![wad(10), units(1, 8)]);
    assert_eq!(sold.shortfall, U256::from(2_857_142_857_u64));
}

#[test]
fn a_call_sells_at_any_health_and_no_more_than_is_called() {
    let collateral = vec![held(wad(10), weth(wad(2_000)))];
    let called = Position::try_new(collateral, dollars(units(10_000, 6)), units(1_000, 6), wad(DUST)).unwrap();
    // 1,000 × 1.05 / 2,000.
    let sold = called.liquidate(0, U256::MAX, U256::ZERO).unwrap();
    assert_eq!((sold.repaid, sold.seized), (units(1_000, 6), vec![units(525, 15)]));
    assert_eq!(sold.health_before, U256::from(1_600_000_000_000_000_000_u64));
    let sound = sold.left.liquidate(0, U256::MAX, U256::ZERO);
    assert!(matches!(sound, Err(LiquidationRefusal::HealthSound { .. })), "what was called is paid: {sound:?}");
    let part = called.liquidate_all(U256::MAX, &[U256::ZERO]);
    let health = sold.health_before;
    assert_eq!(part, Err(LiquidationRefusal::OnlyPart { health, closeable: units(1_000, 6) }));
}

#[test]
fn half_is_closeable_unless_health_dust_cover_or_a_single_unit_say_all() {
    let (debt, value, dust) = (U256::from(1_001), wad(200), wad(100));
    let above = FULL_CLOSE_HEALTH + U256::ONE;
    assert_eq!(closeable(debt, value, above, dust, true), Ok(U256::from(500)));
    assert_eq!(closeable(debt, value, FULL_CLOSE_HEALTH, dust, true), Ok(debt));
    assert_eq!(closeable(debt, value - U256::ONE, above, dust, true), Ok(debt));
    assert_eq!(closeable(debt, value, above, dust, false), Ok(debt));
    assert_eq!(closeable(U256::ONE, value, above, dust, true), Ok(U256::ONE), "which has no half");
    assert_eq!(closeable(U256::from(2), value, above, dust, true), Ok(U256::ONE));
}

#[test]
fn seized_rounds_down_at_each_step_and_cover_up() {
    let debt = PricedToken { price: wad(1), decimals: 6 };
    // 1 unit is 10^12 WAD; × 1.05; at 3 × 10^18 a whole token of 18 decimals: 0.35 × 10^12.
    assert_eq!(seized_for(U256::ONE, &debt, &weth(wad(3))), Ok(units(35, 10)));
    let small = AssetTerms { token: PricedToken { price: wad(3), decimals: 6 }, ..weth(wad(3)) };
    assert_eq!(seized_for(U256::ONE, &debt, &small), Ok(U256::ZERO), "0.35 of a unit");
    // 3 × 10^12 × 10^4 / 10,500 = 2,857,142,857,142.857…
    assert_eq!(cover_of(U256::ONE, &small), Ok(U256::from(2_857_142_857_143_u64)));
}

#[test]
fn refusals_come_in_the_order_of_the_contract() {
    let sound = at(wad(2_000)).liquidate(0, U256::MAX, U256::ZERO);
    assert!(matches!(sound, Err(LiquidationRefusal::HealthSound { .. })), "{sound:?}");
    let half = at(wad(1_800));
    assert_eq!(half.liquidate(1, U256::MAX, U256::ZERO), Err(LiquidationRefusal::NothingLocked { asset: 1 }));
    assert_eq!(half.liquidate(0, U256::ZERO, U256::ZERO), Err(LiquidationRefusal::NothingRepaid));
    let refusal = half.liquidate(0, U256::MAX, units(4_375, 15) + U256::ONE);
    assert!(matches!(refusal, Err(LiquidationRefusal::ReceivedBelowMin { asset: 0, .. })), "{refusal:?}");
    assert!(half.liquidate(0, U256::MAX, units(4_375, 15)).is_ok());
    let refusal = half.liquidate_all(U256::MAX, &[U256::ZERO]);
    assert!(matches!(refusal, Err(LiquidationRefusal::OnlyPart { .. })), "{refusal:?}");

    let whole = at(wad(1_700));
    let refusal = whole.liquidate_all(units(15_000, 6) - U256::ONE, &[U256::ZERO]);
    assert!(matches!(refusal, Err(LiquidationRefusal::PaidAboveMax { .. })), "{refusal:?}");
    let refusal = whole.liquidate_all(U256::MAX, &[]);
    assert_eq!(refusal, Err(LiquidationRefusal::ListsMismatch { assets: 1, given: 0 }));
    let refusal = whole.liquidate_all(U256::MAX, &[wad(10)]);
    assert!(matches!(refusal, Err(LiquidationRefusal::ReceivedBelowMin { .. })), "{refusal:?}");
}

#[test]
fn neither_debt_nor_collateral_of_dust_is_left() {
    let position = at(wad(1_700));
    let all = units(15_000, 6);
    // 99.999999 dollars would stay owed.
    let refusal = position.liquidate(0, all - units(100, 6) + U256::ONE, U256::ZERO);
    assert!(matches!(refusal, Err(LiquidationRefusal::DustLeft { .. })), "{refusal:?}");
    assert!(position.liquidate(0, all - units(100, 6), U256::ZERO).is_ok());
}

#[test]
fn one_of_several_assets_is_not_sold_where_that_lowers_health() {
    // Seizing the dear asset (bonus 10 %) takes 75 % × 1.1 = 0.825 of weight for each dollar, at a health of 0.80.
    let collateral = vec![held(wad(10), weth(wad(1_000))), held(units(1, 8), wbtc(wad(44_000)))];
    let loan = position(collateral, dollars(units(51_250, 6)));
    assert_eq!(loan.read().unwrap().health, U256::from(800_000_000_000_000_000_u64));
    let refusal = loan.liquidate(1, units(1_000, 6), U256::ZERO);
    assert!(matches!(refusal, Err(LiquidationRefusal::HealthLowered { .. })), "{refusal:?}");
}

#[test]
fn a_loan_has_at_most_eight_assets() {
    let holding = held(wad(1), weth(wad(1)));
    let new = |count| Position::try_new(vec![holding; count], dollars(U256::ONE), U256::ZERO, wad(DUST));
    assert!(new(MAX_ASSETS).is_some() && new(MAX_ASSETS + 1).is_none());
}
