//! How much is repaid and seized: `contracts/src/collateral/LiquidationMath.sol` and `CollateralLiquidation.sol`.
//!
//! What is seized is rounded down and what must be repaid for it up, so that what is seized is never worth more than
//! `repaid * (1 + bonus)`. For a seized asset c and the debt d:
//!
//! ```text
//! base     = floor(repaid * price_d / 10^decimals_d)
//! seized   = floor(floor(base * (10^4 + bonus_c) / 10^4) * 10^decimals_c / price_c)
//! cover_c  = ceil(ceil(amount_c * price_c / 10^decimals_c) * 10^4 / (10^4 + bonus_c))
//! forAll_c = ceil(cover_c * 10^decimals_d / price_d)
//! ```

mod partial;
mod position;
mod refusal;
mod whole;

use ruint::aliases::U256;

pub use position::{Liquidated, MAX_ASSETS, Position, Reading};
pub use refusal::LiquidationRefusal;

use super::arithmetic::{ArithmeticError, BPS, mul, mul_div_down, mul_div_up, power_of_ten};
use super::health::{AssetTerms, PricedToken};

/// At or below this health, in WAD, all of the debt may be repaid at once: 0.95.
pub const FULL_CLOSE_HEALTH: U256 = U256::from_limbs([950_000_000_000_000_000, 0, 0, 0]);

/// What of a debt may be repaid in one liquidation: all where health is at most 0.95, where the debt is worth less than
/// twice the dust threshold (half of it would be dust), where collateral does not cover it, or where it is one unit, which
/// has no half; otherwise half, rounded down. `debt_value`, `health` and `dust` in WAD.
///
/// # Errors
/// [`ArithmeticError::Overflow`] for a dust threshold of which twice does not fit.
pub fn closeable(
    debt: U256,
    debt_value: U256,
    health: U256,
    dust: U256,
    covered: bool,
) -> Result<U256, ArithmeticError> {
    let all = health <= FULL_CLOSE_HEALTH
        || debt_value < mul(U256::from(2), dust, "twice the dust")?
        || !covered
        || debt == U256::ONE;
    Ok(if all { debt } else { debt >> 1 })
}

/// What is seized of an asset for what was repaid.
///
/// # Errors
/// [`ArithmeticError::Overflow`], [`ArithmeticError::DivisionByZero`] for a price of zero.
pub fn seized_for(repaid: U256, debt: &PricedToken, terms: &AssetTerms) -> Result<U256, ArithmeticError> {
    let value = mul_div_down(debt.value_down(repaid)?, with_bonus(terms), U256::from(BPS), "value with bonus")?;
    mul_div_down(value, power_of_ten(terms.token.decimals, "decimals")?, terms.token.price, "seized")
}

/// The value that must be repaid for all of an amount, in WAD.
///
/// # Errors
/// [`ArithmeticError::Overflow`].
pub fn cover_of(amount: U256, terms: &AssetTerms) -> Result<U256, ArithmeticError> {
    mul_div_up(terms.token.value_up(amount)?, U256::from(BPS), with_bonus(terms), "cover")
}

fn with_bonus(terms: &AssetTerms) -> U256 {
    U256::from(BPS.saturating_add(u64::from(terms.bonus_bps)))
}
