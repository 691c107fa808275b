//! Repaying part of a debt for one asset: `CollateralLiquidation.liquidate`.

use ruint::aliases::U256;

use super::position::{Liquidated, Position, Reading};
use super::{LiquidationRefusal, cover_of, seized_for};
use crate::secured::ArithmeticError;
use crate::secured::arithmetic::sub;
use crate::secured::health::Holding;

impl Position {
    /// Repays the least of `max_paid`, what may be closed and what covers all of the asset, and seizes of it. It may not
    /// lower health while collateral is left, nor leave dust. `asset` counts the collateral from zero; `max_paid` in the
    /// debt's smallest unit, `min_received` in the asset's.
    ///
    /// # Errors
    /// [`LiquidationRefusal`], in the order of its variants.
    pub fn liquidate(
        &self,
        asset: usize,
        max_paid: U256,
        min_received: U256,
    ) -> Result<Liquidated, LiquidationRefusal> {
        let reading = self.read_unsound()?;
        let held = self.collateral.get(asset).filter(|holding| !holding.amount.is_zero());
        let held = held.ok_or(LiquidationRefusal::NothingLocked { asset })?;
        let (repaid, received) = self.size(&reading, held, max_paid)?;
        if repaid.is_zero() {
            return Err(LiquidationRefusal::NothingRepaid);
        }
        if received < min_received {
            return Err(LiquidationRefusal::ReceivedBelowMin { asset, received, min_received });
        }
        self.require_no_dust(held, repaid, received)?;

        let share = |of| if of == asset { received } else { U256::ZERO };
        let seized: Vec<U256> = (0..self.collateral.len()).map(share).collect();
        let left = self.without(repaid, &seized)?;
        let liquidated = Self::settled(&reading, repaid, seized, left)?;
        let (before, after) = (liquidated.health_before, liquidated.health_after);
        if after < before && liquidated.left.has_collateral() {
            return Err(LiquidationRefusal::HealthLowered { before, after });
        }
        Ok(liquidated)
    }

    /// What is repaid and what is seized for it.
    fn size(&self, reading: &Reading, held: &Holding, max_paid: U256) -> Result<(U256, U256), ArithmeticError> {
        let for_all = self.debt.token.amount_up(cover_of(held.amount, &held.terms)?)?;
        let repaid = max_paid.min(reading.closeable);
        if repaid >= for_all {
            return Ok((for_all, held.amount));
        }
        Ok((repaid, seized_for(repaid, &self.debt.token, &held.terms)?.min(held.amount)))
    }

    /// Debt of dust may stay only where the asset is used up, since another pays for it; an asset's dust only where no
    /// debt stays.
    fn require_no_dust(&self, held: &Holding, repaid: U256, received: U256) -> Result<(), LiquidationRefusal> {
        let asset_left = sub(held.amount, received, "collateral left")?;
        if repaid == self.debt.amount || asset_left.is_zero() {
            return Ok(());
        }
        let debt_left = self.debt.token.value_up(sub(self.debt.amount, repaid, "debt left")?)?;
        let collateral_left = held.terms.token.value_up(asset_left)?;
        if debt_left < self.dust || collateral_left < self.dust {
            return Err(LiquidationRefusal::DustLeft { debt_left, collateral_left, dust: self.dust });
        }
        Ok(())
    }
}
