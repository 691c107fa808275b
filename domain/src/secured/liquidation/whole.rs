//! Ending a position: `CollateralLiquidation.liquidateAll`.

use ruint::aliases::U256;

use super::LiquidationRefusal;
use super::position::{Liquidated, Position, Reading};
use crate::secured::arithmetic::mul_div_down;

impl Position {
    /// Repays all that collateral covers, at most the debt, and seizes a like share of every asset: all of each where the
    /// loan is not covered, and what is then left owed is a shortfall. `max_paid` in the debt's smallest unit,
    /// `min_received` in each asset's, in the order of the collateral.
    ///
    /// # Errors
    /// [`LiquidationRefusal`], in the order of its variants.
    pub fn liquidate_all(&self, max_paid: U256, min_received: &[U256]) -> Result<Liquidated, LiquidationRefusal> {
        let reading = self.read_unsound()?;
        if reading.closeable != self.debt.amount {
            let Reading { health, closeable, .. } = reading;
            return Err(LiquidationRefusal::OnlyPart { health, closeable });
        }
        let repaid = if reading.covered() { self.debt.amount } else { self.debt.token.amount_up(reading.cover)? };
        if repaid > max_paid {
            return Err(LiquidationRefusal::PaidAboveMax { repaid, max_paid });
        }
        let seized = self.shares(&reading, min_received)?;
        let left = self.without(repaid, &seized)?;
        Ok(Self::settled(&reading, repaid, seized, left)?)
    }

    /// Of a covered loan `floor(amount * base / cover)` of every asset, where `base` is the value of the debt rounded
    /// down; of another all.
    fn shares(&self, reading: &Reading, min_received: &[U256]) -> Result<Vec<U256>, LiquidationRefusal> {
        let (assets, given) = (self.collateral.len(), min_received.len());
        if assets != given {
            return Err(LiquidationRefusal::ListsMismatch { assets, given });
        }
        let base = self.debt.token.value_down(self.debt.amount)?;
        let mut seized = Vec::with_capacity(assets);
        for (asset, (holding, least)) in self.collateral.iter().zip(min_received).enumerate() {
            let received = if reading.covered() {
                mul_div_down(holding.amount, base, reading.cover, "seized")?
            } else {
                holding.amount
            };
            if received < *least {
                return Err(LiquidationRefusal::ReceivedBelowMin { asset, received, min_received: *least });
            }
            seized.push(received);
        }
        Ok(seized)
    }
}
