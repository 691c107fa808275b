//! What a borrower could take and how safe it would be: collateral against debt, as the pool itself counts them.
//!
//! Values are in the oracle's base currency; percentages in basis points, as in the pool's `percentMul`. Everything
//! rounds against the borrower, so that what is quoted can be borrowed.

use domain::decline::DeclineReason;
use domain::rate::Bps;
use domain::{Decimal, U256};

use super::reading::{CollateralReading, Reading};

const PERCENT: U256 = U256::from_limbs([10_000, 0, 0, 0]);
/// Decimal places of a health factor and of a price as they are shown.
const SHOWN_PLACES: u32 = 4;
/// Decimals of the base currency of Aave's oracle on every market that quotes in USD.
const BASE_DECIMALS: u32 = 8;

pub(super) fn power_of_ten(exponent: u8) -> U256 {
    U256::from(10).pow(U256::from(exponent))
}

/// Collateral and debt once the offered collateral is supplied and before anything is borrowed.
#[derive(Debug, Clone)]
pub(super) struct Position {
    collateral: U256,
    debt: U256,
    /// Sums of value × basis points.
    ltv_weighted: U256,
    threshold_weighted: U256,
}

/// One asset's share in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub reading: CollateralReading,
    pub decimals: u8,
    value: U256,
}

impl Share {
    pub(super) fn new(reading: CollateralReading, decimals: u8) -> Option<Self> {
        let value = reading.offered.checked_mul(reading.gates.price)?.checked_div(power_of_ten(decimals))?;
        Some(Self { reading, decimals, value })
    }

    /// Why the pool would not take it, if it would not.
    pub(super) fn refused(&self) -> Option<DeclineReason> {
        let gates = &self.reading.gates;
        let usable = gates.active
            && !gates.frozen
            && !gates.paused
            && gates.collateral_enabled
            // Isolated collateral borrows only what the ceiling leaves, and nothing beside other collateral.
            && gates.debt_ceiling.is_zero();
        let cap = gates.supply_cap.checked_mul(power_of_ten(self.decimals));
        let supplied = self.reading.total_supplied.checked_add(self.reading.offered);
        let within_cap = gates.supply_cap.is_zero() || supplied.zip(cap).is_some_and(|(after, cap)| after <= cap);
        (!usable || !within_cap).then_some(DeclineReason::CollateralTypeNotAccepted)
    }
}

impl Position {
    pub(super) fn new(reading: &Reading, shares: &[Share]) -> Option<Self> {
        let account = &reading.account;
        let mut position = Self {
            collateral: account.collateral,
            debt: account.debt,
            ltv_weighted: account.collateral.checked_mul(account.ltv_bps)?,
            threshold_weighted: account.collateral.checked_mul(account.liquidation_threshold_bps)?,
        };
        for share in shares {
            let gates = &share.reading.gates;
            let weighted = |bps| share.value.checked_mul(bps);
            position.collateral = position.collateral.checked_add(share.value)?;
            position.ltv_weighted = position.ltv_weighted.checked_add(weighted(gates.ltv_bps)?)?;
            position.threshold_weighted =
                position.threshold_weighted.checked_add(weighted(gates.liquidation_threshold_bps)?)?;
        }
        Some(position)
    }

    /// The most that can be borrowed of an asset, in its units. The pool averages the LTV to whole basis points,
    /// rounding down, before it applies it; so does this.
    pub(super) fn most(&self, price: U256, decimals: u8) -> U256 {
        let average_ltv = self.ltv_weighted.checked_div(self.collateral).unwrap_or(U256::ZERO);
        let limit = self.collateral.checked_mul(average_ltv).and_then(|w| w.checked_div(PERCENT));
        let left = limit.unwrap_or(U256::ZERO).saturating_sub(self.debt);
        left.checked_mul(power_of_ten(decimals)).and_then(|units| units.checked_div(price)).unwrap_or(U256::ZERO)
    }

    /// With this much more debt, in base currency.
    pub(super) fn with_debt(&self, more: U256) -> Self {
        Self { debt: self.debt.saturating_add(more), ..self.clone() }
    }

    /// Collateral × threshold over debt; none without debt.
    pub(super) fn health_factor(&self) -> Option<Decimal> {
        let denominator = self.debt.checked_mul(PERCENT)?;
        ratio(self.threshold_weighted, denominator, SHOWN_PLACES)
    }

    /// Debt over collateral, rounded up.
    pub(super) fn ltv(&self) -> Bps {
        let scaled = self.debt.saturating_mul(PERCENT);
        let bps = if self.collateral.is_zero() { PERCENT } else { scaled.div_ceil(self.collateral) };
        Bps(u32::try_from(bps).unwrap_or(u32::MAX))
    }

    /// The price of one major unit of this asset at which the whole position can be liquidated, all other prices as
    /// they are; none where the rest alone carries the debt. Rounded up.
    pub(super) fn liquidation_price(&self, share: &Share) -> Option<Decimal> {
        let own = share.value.checked_mul(share.reading.gates.liquidation_threshold_bps)?;
        let others = self.threshold_weighted.checked_sub(own)?;
        let needed = self.debt.checked_mul(PERCENT)?.checked_sub(others).filter(|needed| !needed.is_zero())?;
        let per_unit = share.reading.offered.checked_mul(share.reading.gates.liquidation_threshold_bps)?;
        let scaled = needed.checked_mul(power_of_ten(share.decimals))?;
        if per_unit.is_zero() {
            return None;
        }
        let price = scaled.div_ceil(per_unit);
        let price = i128::try_from(price).ok()?;
        Decimal::try_from_i128_with_scale(price, BASE_DECIMALS).ok().map(|price| price.normalize())
    }
}

/// `a / b` to so many places, rounded down.
fn ratio(a: U256, b: U256, places: u32) -> Option<Decimal> {
    let scaled = a.checked_mul(U256::from(10).pow(U256::from(places)))?.checked_div(b)?;
    let mantissa = i128::try_from(scaled).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, places).ok()
}
