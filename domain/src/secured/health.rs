//! What collateral counts for: `contracts/src/collateral/Health.sol`.
//!
//! Over the collateral assets i and the debt:
//!
//! ```text
//! value_i = floor(amount_i * price_i / 10^decimals_i)
//! weight  = sum_i floor(value_i * threshold_i / 10^4)
//! power   = sum_i floor(value_i * ltv_i * (10^4 - haircut_i) / 10^8)
//! debt    = ceil(amount * price / 10^decimals)
//! health  = floor(weight * 10^18 / debt), at most 2^256 - 1, which is also the health where nothing is owed
//! ```

use ruint::aliases::U256;

use super::arithmetic::{ArithmeticError, BPS, add, mul, mul_div_down, mul_div_up, power_of_ten, sub};

/// 1e18: one unit of account, and the health below which a loan may be liquidated.
pub const WAD: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// A share of a share, in hundredths of a hundredth of a percent.
const BPS_SQUARED: u64 = BPS * BPS;

/// A token and what a whole one of it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedToken {
    /// In WAD.
    pub price: U256,
    pub decimals: u8,
}

impl PricedToken {
    /// The value of an amount in WAD, rounded down.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn value_down(&self, amount: U256) -> Result<U256, ArithmeticError> {
        mul_div_down(amount, self.price, power_of_ten(self.decimals, "decimals")?, "value")
    }

    /// The value of an amount in WAD, rounded up.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn value_up(&self, amount: U256) -> Result<U256, ArithmeticError> {
        mul_div_up(amount, self.price, power_of_ten(self.decimals, "decimals")?, "value")
    }

    /// The amount that a value in WAD buys, rounded down.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::DivisionByZero`] for a price of zero.
    pub fn amount_down(&self, value: U256) -> Result<U256, ArithmeticError> {
        mul_div_down(value, power_of_ten(self.decimals, "decimals")?, self.price, "amount")
    }

    /// The amount that is worth a value in WAD, rounded up: `LiquidationMath.amountUp`.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::DivisionByZero`] for a price of zero.
    pub fn amount_up(&self, value: U256) -> Result<U256, ArithmeticError> {
        mul_div_up(value, power_of_ten(self.decimals, "decimals")?, self.price, "amount")
    }
}

/// What the policy in force says of an asset at one second: `IRiskPolicy.Terms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetTerms {
    pub token: PricedToken,
    /// Share of the value that a debt may be opened against, before the haircut.
    pub ltv_bps: u16,
    /// Share of the value that counts in the health factor, at this second of its ramp.
    pub threshold_bps: u16,
    /// What a liquidator gets above what they paid.
    pub bonus_bps: u16,
    /// Share of the value that does not count when a debt is opened; it does not enter the health factor.
    pub haircut_bps: u16,
}

impl AssetTerms {
    /// What an amount adds to the weight, in WAD.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn weight_of(&self, amount: U256) -> Result<U256, ArithmeticError> {
        let value = self.token.value_down(amount)?;
        mul_div_down(value, U256::from(self.threshold_bps), U256::from(BPS), "weight")
    }

    /// What an amount adds to the power, in WAD.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::BelowZero`] for a haircut above the whole.
    pub fn power_of(&self, amount: U256) -> Result<U256, ArithmeticError> {
        let counted = sub(U256::from(BPS), U256::from(self.haircut_bps), "haircut")?;
        let share = mul(U256::from(self.ltv_bps), counted, "share")?;
        mul_div_down(self.token.value_down(amount)?, share, U256::from(BPS_SQUARED), "power")
    }
}

/// Collateral of one asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    pub amount: U256,
    pub terms: AssetTerms,
}

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    pub amount: U256,
    pub token: PricedToken,
}

impl Debt {
    /// In WAD, rounded up.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn value(&self) -> Result<U256, ArithmeticError> {
        self.token.value_up(self.amount)
    }
}

/// What the collateral counts for in the health factor, in WAD.
///
/// # Errors
/// [`ArithmeticError::Overflow`].
pub fn weight(collateral: &[Holding]) -> Result<U256, ArithmeticError> {
    sum(collateral, |holding| holding.terms.weight_of(holding.amount), "weight")
}

/// What the collateral could open, in WAD.
///
/// # Errors
/// As [`AssetTerms::power_of`].
pub fn power(collateral: &[Holding]) -> Result<U256, ArithmeticError> {
    sum(collateral, |holding| holding.terms.power_of(holding.amount), "power")
}

/// Over what is held; an asset that was used up is not priced.
pub(super) fn sum(
    collateral: &[Holding],
    part: impl Fn(&Holding) -> Result<U256, ArithmeticError>,
    name: &'static str,
) -> Result<U256, ArithmeticError> {
    let held = collateral.iter().filter(|holding| !holding.amount.is_zero());
    held.map(part).try_fold(U256::ZERO, |total, part| add(total, part?, name))
}

/// The health factor in WAD of a weight over the value of a debt.
///
/// # Errors
/// None in practice: what would not fit is the highest health.
pub fn factor(weight: U256, debt_value: U256) -> Result<U256, ArithmeticError> {
    let highest = U256::MAX.checked_div(WAD).ok_or(ArithmeticError::DivisionByZero("health"))?;
    match weight.checked_div(debt_value) {
        Some(whole) if whole < highest => mul_div_down(weight, WAD, debt_value, "health"),
        _ => Ok(U256::MAX),
    }
}

/// The health factor of a loan in WAD; `U256::MAX` where nothing is owed.
///
/// # Errors
/// [`ArithmeticError::Overflow`].
pub fn health(collateral: &[Holding], debt: &Debt) -> Result<U256, ArithmeticError> {
    if debt.amount.is_zero() {
        return Ok(U256::MAX);
    }
    factor(weight(collateral)?, debt.value()?)
}

/// Whether the collateral opens the debt: `CollateralLocks._requirePower`.
///
/// # Errors
/// As [`power`], and [`ArithmeticError::Overflow`].
pub fn opens(collateral: &[Holding], debt: &Debt) -> Result<bool, ArithmeticError> {
    Ok(power(collateral)? >= debt.value()?)
}

/// The most of a token that the collateral opens: one unit more does not.
///
/// # Errors
/// As [`power`], and [`ArithmeticError::DivisionByZero`] for a price of zero.
pub fn most_that_opens(collateral: &[Holding], token: &PricedToken) -> Result<U256, ArithmeticError> {
    token.amount_down(power(collateral)?)
}
