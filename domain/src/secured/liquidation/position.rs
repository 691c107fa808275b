//! A loan as a liquidator meets it.

use ruint::aliases::U256;

use super::{LiquidationRefusal, closeable, cover_of};
use crate::secured::ArithmeticError;
use crate::secured::arithmetic::sub;
use crate::secured::health::{Debt, Holding, WAD, factor, sum, weight};

/// The most assets that a loan may have, emptied ones included: `CollateralLocks.MAX_ASSETS`.
pub const MAX_ASSETS: usize = 8;

/// What secures a loan, what is owed on it, what of that is called, and what is too small to be left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub(super) collateral: Vec<Holding>,
    pub(super) debt: Debt,
    /// In default by the terms of the loan, by the word of a book that the policy allows: sold for at any health.
    pub(super) callable: U256,
    /// In WAD.
    pub(super) dust: U256,
}

/// What follows from a position: `CollateralLiquidation._read`. Values and health in WAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub debt_value: U256,
    pub weight: U256,
    /// The value that must be repaid for all of the collateral.
    pub cover: U256,
    pub health: U256,
    /// What of the debt may be repaid at once, smallest unit.
    pub closeable: U256,
}

impl Reading {
    /// Whether the collateral pays for all of the debt, bonuses included.
    #[must_use]
    pub fn covered(&self) -> bool {
        self.cover >= self.debt_value
    }
}

/// A liquidation and what it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liquidated {
    /// Smallest unit of the debt's asset.
    pub repaid: U256,
    /// Of each asset, in the order of the collateral, smallest units.
    pub seized: Vec<U256>,
    pub health_before: U256,
    pub health_after: U256,
    pub left: Position,
    /// What is left owed with no collateral; zero where nothing is, or collateral is.
    pub shortfall: U256,
}

impl Position {
    /// `None` for more than [`MAX_ASSETS`] assets. Amounts in smallest units, `dust` in WAD.
    #[must_use]
    pub fn try_new(collateral: Vec<Holding>, debt: Debt, callable: U256, dust: U256) -> Option<Self> {
        (collateral.len() <= MAX_ASSETS).then_some(Self { collateral, debt, callable, dust })
    }

    #[must_use]
    pub fn collateral(&self) -> &[Holding] {
        &self.collateral
    }

    #[must_use]
    pub fn debt(&self) -> &Debt {
        &self.debt
    }

    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn read(&self) -> Result<Reading, ArithmeticError> {
        let debt_value = self.debt.value()?;
        let weight = weight(&self.collateral)?;
        let cover = sum(&self.collateral, |holding| cover_of(holding.amount, &holding.terms), "cover")?;
        let health = factor(weight, debt_value)?;
        let reading = Reading { debt_value, weight, cover, health, closeable: U256::ZERO };
        Ok(Reading { closeable: self.closeable(&reading)?, ..reading })
    }

    /// As [`Position::read`], of a position that may be liquidated: `quoteLiquidation`.
    ///
    /// # Errors
    /// [`LiquidationRefusal::HealthSound`], [`LiquidationRefusal::Arithmetic`].
    pub fn read_unsound(&self) -> Result<Reading, LiquidationRefusal> {
        let reading = self.read()?;
        if reading.closeable.is_zero() {
            return Err(LiquidationRefusal::HealthSound { health: reading.health });
        }
        Ok(reading)
    }

    /// What may be closed by price, or what is called where that is more.
    fn closeable(&self, reading: &Reading) -> Result<U256, ArithmeticError> {
        let by_price = if reading.health < WAD {
            closeable(self.debt.amount, reading.debt_value, reading.health, self.dust, reading.covered())?
        } else {
            U256::ZERO
        };
        Ok(by_price.max(self.callable.min(self.debt.amount)))
    }

    /// The position once `repaid` was paid for these amounts of its assets.
    pub(super) fn without(&self, repaid: U256, seized: &[U256]) -> Result<Self, ArithmeticError> {
        let taken = self.collateral.iter().zip(seized).map(|(holding, seized)| {
            Ok(Holding { amount: sub(holding.amount, *seized, "collateral left")?, ..*holding })
        });
        let collateral = taken.collect::<Result<_, ArithmeticError>>()?;
        let debt = Debt { amount: sub(self.debt.amount, repaid, "debt left")?, ..self.debt };
        Ok(Self { collateral, debt, callable: self.callable.saturating_sub(repaid), dust: self.dust })
    }

    pub(super) fn has_collateral(&self) -> bool {
        self.collateral.iter().any(|holding| !holding.amount.is_zero())
    }

    /// What a liquidation from here to `left` comes to.
    pub(super) fn settled(
        reading: &Reading,
        repaid: U256,
        seized: Vec<U256>,
        left: Self,
    ) -> Result<Liquidated, ArithmeticError> {
        let health_after = crate::secured::health::health(&left.collateral, &left.debt)?;
        let shortfall = if left.has_collateral() { U256::ZERO } else { left.debt.amount };
        Ok(Liquidated { repaid, seized, health_before: reading.health, health_after, left, shortfall })
    }
}
