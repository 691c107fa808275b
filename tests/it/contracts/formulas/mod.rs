//! Health, power, liquidation, ramps, prices and accrual, ten thousand cases each.

mod accrual;
mod collateral;
mod policy;

use alloy::primitives::U256;
use domain::secured::{AssetTerms, PricedToken};

use super::harness::IRiskPolicy;
use super::random::Random;

const CASES: usize = 10_000;
/// 10^36, the highest bound of a price, has 120 bits.
const PRICE_BITS: usize = 120;

/// A token as the routes allow it: decimals 0 to 24, a price below the highest bound.
fn token(random: &mut Random) -> PricedToken {
    let decimals = random.pick(&[0, 1, 2, 6, 8, 12, 18, 23, 24]);
    let price = random.magnitude(PRICE_BITS).min(U256::from(10).pow(U256::from(36)) - U256::ONE).max(U256::ONE);
    PricedToken { price, decimals }
}

fn wild_token(random: &mut Random) -> PricedToken {
    PricedToken { price: random.magnitude(256), decimals: random.pick(&[0, 1, 18, 24, 76, 77, 78, 255]) }
}

/// Shares as the rules allow them.
fn terms(random: &mut Random) -> AssetTerms {
    let threshold_bps = random.bps(9_998).max(2);
    let most_bonus = (99_999_999 / u64::from(threshold_bps)).saturating_sub(10_000).min(u64::from(u16::MAX));
    AssetTerms {
        token: token(random),
        ltv_bps: random.bps(threshold_bps - 1),
        threshold_bps,
        bonus_bps: random.bps(u16::try_from(most_bonus).unwrap()),
        haircut_bps: random.bps(10_000),
    }
}

fn wild_terms(random: &mut Random) -> AssetTerms {
    AssetTerms {
        token: wild_token(random),
        ltv_bps: random.any(),
        threshold_bps: random.any(),
        bonus_bps: random.any(),
        haircut_bps: if random.chance(4) { random.any() } else { random.bps(10_000) },
    }
}

fn on_chain(terms: &AssetTerms) -> IRiskPolicy::Terms {
    let AssetTerms { token, ltv_bps, threshold_bps, bonus_bps, haircut_bps } = *terms;
    IRiskPolicy::Terms {
        price: token.price,
        decimals: token.decimals,
        ltvBps: ltv_bps,
        thresholdBps: threshold_bps,
        bonusBps: bonus_bps,
        haircutBps: haircut_bps,
    }
}
