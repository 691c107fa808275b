//! Laws of health, of liquidation and of accrual.

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_assume, proptest};

use super::*;
use crate::secured::arithmetic::{BPS, mul_div_up};
use crate::secured::liquidation::{Liquidated, LiquidationRefusal, Position, cover_of};
use crate::secured::{
    RAMP_S, Ramp, RegisterDebt, WAD, grown, growth_cap, health, most_that_opens, opens, power, weight,
};

/// Of any magnitude up to so many bits.
fn magnitude(bits: u32) -> impl Strategy<Value = U256> {
    (any::<u128>(), 0..bits).prop_map(move |(value, less)| U256::from(value >> (128 - bits) >> less))
}

fn token() -> impl Strategy<Value = PricedToken> {
    (magnitude(120), 0_u8..=24).prop_map(|(price, decimals)| PricedToken { price: price + U256::ONE, decimals })
}

/// Shares that the rules allow: `ltv < threshold` and `threshold * (1 + bonus) < 1`.
fn terms() -> impl Strategy<Value = AssetTerms> {
    (token(), 1_u16..=9_900, 0_u16..=10_000, any::<u16>(), any::<u16>()).prop_map(
        |(token, threshold_bps, haircut_bps, ltv, bonus)| {
            let most_bonus = u16::try_from((100_000_000 - 1) / u32::from(threshold_bps) - 10_000).unwrap_or(u16::MAX);
            let (ltv_bps, bonus_bps) = (ltv % threshold_bps, bonus % most_bonus.saturating_add(1).max(1));
            AssetTerms { token, ltv_bps, threshold_bps, bonus_bps, haircut_bps }
        },
    )
}

fn collateral() -> impl Strategy<Value = Vec<Holding>> {
    prop::collection::vec((magnitude(112), terms()), 1..=8)
        .prop_map(|list| list.into_iter().map(|(amount, terms)| held(amount, terms)).collect())
}

fn debt() -> impl Strategy<Value = Debt> {
    (magnitude(112), token()).prop_map(|(amount, token)| Debt { amount, token })
}

/// A position about as healthy as liquidators meet: the debt is worth some share of the weight.
fn position() -> impl Strategy<Value = Position> {
    (collateral(), token(), 5_000_u64..20_000, magnitude(70), any::<bool>()).prop_filter_map(
        "a debt that 256 bits hold",
        |(collateral, token, share, dust, called)| {
            let value = weight(&collateral).unwrap() * U256::from(share) / U256::from(BPS);
            let amount = token.amount_down(value).ok()?;
            let callable = if called { amount / U256::from(3) } else { U256::ZERO };
            Position::try_new(collateral, Debt { amount, token }, callable, dust)
        },
    )
}

/// What is seized is worth at most what was repaid with the bonus, asset by asset; nothing appears and nothing is lost.
fn is_fair(before: &Position, sold: &Liquidated) {
    let paid = before.debt().token.value_up(sold.repaid).unwrap();
    let mut cover = U256::ZERO;
    for (holding, (left, seized)) in before.collateral().iter().zip(sold.left.collateral().iter().zip(&sold.seized)) {
        assert_eq!(left.amount + seized, holding.amount);
        let with_bonus = U256::from(BPS + u64::from(holding.terms.bonus_bps));
        let most = mul_div_up(paid, with_bonus, U256::from(BPS), "most").unwrap();
        assert!(holding.terms.token.value_down(*seized).unwrap() <= most, "{sold:?}");
        cover += cover_of(*seized, &holding.terms).unwrap();
    }
    // Rounded up twice for each asset.
    assert!(cover <= paid + U256::from(2 * sold.seized.len()), "{sold:?}");
    assert_eq!(sold.left.debt().amount + sold.repaid, before.debt().amount);
    let emptied = sold.left.collateral().iter().all(|holding| holding.amount.is_zero());
    assert_eq!(sold.shortfall, if emptied { sold.left.debt().amount } else { U256::ZERO });
    assert!(emptied || sold.health_after >= sold.health_before, "{sold:?}");
}

proptest! {
    #[test]
    fn a_lower_price_raises_neither_health_nor_power(mut assets in collateral(), debt in debt(), less in 0_u64..=10_000) {
        let (healthy, powerful) = (health(&assets, &debt).unwrap(), power(&assets).unwrap());
        let price = &mut assets[0].terms.token.price;
        *price = *price * U256::from(less) / U256::from(10_000);
        prop_assert!(health(&assets, &debt).unwrap() <= healthy);
        prop_assert!(power(&assets).unwrap() <= powerful);
    }

    #[test]
    fn more_debt_or_less_collateral_never_raises_health(mut assets in collateral(), debt in debt(), more in magnitude(64)) {
        let before = health(&assets, &debt).unwrap();
        let deeper = Debt { amount: debt.amount + more, ..debt };
        prop_assert!(health(&assets, &deeper).unwrap() <= before);
        assets.pop();
        prop_assert!(health(&assets, &debt).unwrap() <= before);
    }

    #[test]
    fn what_opens_is_healthy_and_the_most_that_opens_is_the_most(assets in collateral(), token in token()) {
        let most = most_that_opens(&assets, &token);
        prop_assume!(most.is_ok());
        let most = most.unwrap();
        let debt = Debt { amount: most, token };
        prop_assert!(opens(&assets, &debt).unwrap());
        prop_assert!(health(&assets, &debt).unwrap() >= WAD);
        let more = Debt { amount: most + U256::ONE, token };
        prop_assert!(!opens(&assets, &more).unwrap());
    }

    #[test]
    fn a_partial_liquidation_is_fair(position in position(), asset in 0_usize..8, max_paid in magnitude(128)) {
        for max_paid in [max_paid, U256::MAX] {
            if let Ok(sold) = position.liquidate(asset, max_paid, U256::ZERO) {
                prop_assert!(sold.repaid <= max_paid && !sold.repaid.is_zero());
                is_fair(&position, &sold);
            }
        }
    }

    #[test]
    fn ending_a_position_is_fair_and_ends_it(position in position()) {
        let least = vec![U256::ZERO; position.collateral().len()];
        match position.liquidate_all(U256::MAX, &least) {
            Ok(sold) => {
                is_fair(&position, &sold);
                prop_assert!(sold.left.debt().amount.is_zero() || sold.left.collateral().iter().all(|left| left.amount.is_zero()));
            }
            Err(refusal) => {
                let expected = matches!(refusal, LiquidationRefusal::HealthSound { .. } | LiquidationRefusal::OnlyPart { .. });
                prop_assert!(expected, "{refusal:?}");
            }
        }
    }

    #[test]
    fn a_sound_loan_is_covered(position in position()) {
        let reading = position.read().unwrap();
        prop_assert!(reading.health < WAD || reading.covered(), "threshold × (1 + bonus) < 1 promises it");
    }

    #[test]
    fn a_ramp_never_turns_back(from_bps in any::<u16>(), to_bps in any::<u16>(), a in 0..=RAMP_S, b in 0..=RAMP_S) {
        let ramp = Ramp { from_bps, to_bps, start: 1_000 };
        let (early, late) = (ramp.threshold_at(1_000 + a.min(b)).unwrap(), ramp.threshold_at(1_000 + a.max(b)).unwrap());
        prop_assert!(early.abs_diff(to_bps) >= late.abs_diff(to_bps));
        prop_assert!((from_bps.min(to_bps)..=from_bps.max(to_bps)).contains(&early));
    }

    #[test]
    fn interest_grows_with_time_and_booking_often_gains_nothing(
        outstanding in magnitude(112), apr in magnitude(64), first in 0_u64..1 << 40, second in 0_u64..1 << 40,
    ) {
        let debt = RegisterDebt { outstanding, interest: U256::ZERO, apr, accrued_at: 0 };
        let (early, at_once) = (debt.interest_at(first).unwrap(), debt.interest_at(first + second).unwrap());
        prop_assert!(early <= at_once && at_once <= outstanding);
        let booked = debt.pay(U256::ZERO, first).unwrap().left.interest_at(first + second).unwrap();
        prop_assert!(booked >= at_once && booked <= at_once + U256::ONE);
    }

    #[test]
    fn a_payment_is_split_to_the_unit(outstanding in magnitude(112), apr in magnitude(64), amount in magnitude(113), seconds in any::<u32>()) {
        let debt = RegisterDebt { outstanding, interest: U256::ZERO, apr, accrued_at: 0 };
        let (owed, payment) = (debt.owed_at(seconds.into()).unwrap(), debt.pay(amount, seconds.into()).unwrap());
        let credited = payment.to_interest + payment.to_principal;
        prop_assert_eq!(credited, amount.min(owed));
        prop_assert_eq!(payment.left.owed_at(seconds.into()).unwrap(), owed - credited);
    }

    #[test]
    fn growth_never_shrinks_a_debt_and_repaying_lowers_its_cap(
        amount in magnitude(128), rate in 0_u32..=50_000, seconds in any::<u32>(), repaid in magnitude(128),
    ) {
        let later = grown(amount, rate, u64::from(seconds) + 1).unwrap();
        let now = grown(amount, rate, seconds.into()).unwrap();
        prop_assert!(amount <= now && now <= later);
        prop_assert_eq!(growth_cap(amount, rate, seconds.into(), repaid).unwrap(), now.saturating_sub(repaid));
    }
}
