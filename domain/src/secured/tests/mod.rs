//! Figures worked out by hand, and laws that hold whatever the figures.

mod accrual;
mod collateral;
mod overflow;
mod policy;
mod properties;
mod sale;
mod statements;

use ruint::aliases::U256;

use super::{AssetTerms, Debt, Holding, PricedToken};

fn units(whole: u128, decimals: u32) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(decimals))
}

fn wad(whole: u128) -> U256 {
    units(whole, 18)
}

/// 18 decimals; LTV 75 %, threshold 80 %, bonus 5 %.
fn weth(price: U256) -> AssetTerms {
    let token = PricedToken { price, decimals: 18 };
    AssetTerms { token, ltv_bps: 7_500, threshold_bps: 8_000, bonus_bps: 500, haircut_bps: 0 }
}

/// 8 decimals; LTV 70 %, threshold 75 %, bonus 10 %.
fn wbtc(price: U256) -> AssetTerms {
    let token = PricedToken { price, decimals: 8 };
    AssetTerms { token, ltv_bps: 7_000, threshold_bps: 7_500, bonus_bps: 1_000, haircut_bps: 0 }
}

/// 6 decimals at 1.
fn dollars(amount: U256) -> Debt {
    Debt { amount, token: PricedToken { price: wad(1), decimals: 6 } }
}

fn held(amount: U256, terms: AssetTerms) -> Holding {
    Holding { amount, terms }
}
