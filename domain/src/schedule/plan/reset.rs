//! Rates that follow an index.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::rate::Rate;

use super::{PlanError, RateChange};

/// How a rate is set again: index and spread, at most the periodic cap away from the rate before, and between floor and
/// cap over the life of the loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateReset {
    /// Added to the index; may be below zero.
    pub spread: Rate,
    /// Up or down from one reset to the next.
    pub periodic_cap: Option<Rate>,
    pub cap: Option<Rate>,
    pub floor: Option<Rate>,
}

/// A checked [`RateReset`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resets(RateReset);

impl Resets {
    /// # Errors
    /// [`PlanError::CapBelowFloor`], [`PlanError::Rate`] for a periodic cap below zero.
    pub fn try_new(rule: RateReset) -> Result<Self, PlanError> {
        if let (Some(cap), Some(floor)) = (rule.cap, rule.floor)
            && cap < floor
        {
            return Err(PlanError::CapBelowFloor { cap, floor });
        }
        match rule.periodic_cap {
            Some(cap) if cap.is_negative() => Err(crate::rate::RateError::Negative(cap.value()).into()),
            _ => Ok(Self(rule)),
        }
    }

    /// The rate that an index gives after `previous`. The periodic cap is applied before floor and cap, which hold
    /// whatever the step.
    ///
    /// # Errors
    /// [`PlanError::Rate`] for a rate below zero or beyond what rates can be.
    pub fn next(&self, index: Rate, previous: Rate) -> Result<Rate, PlanError> {
        let overflow = || PlanError::Overflow("rate");
        let mut rate = index.value().checked_add(self.0.spread.value()).ok_or_else(overflow)?;
        if let Some(step) = self.0.periodic_cap {
            let lowest = previous.value().checked_sub(step.value()).ok_or_else(overflow)?;
            let highest = previous.value().checked_add(step.value()).ok_or_else(overflow)?;
            rate = rate.min(highest).max(lowest);
        }
        if let Some(cap) = self.0.cap {
            rate = rate.min(cap.value());
        }
        if let Some(floor) = self.0.floor {
            rate = rate.max(floor.value());
        }
        if rate < Decimal::ZERO {
            return Err(crate::rate::RateError::Negative(rate).into());
        }
        Ok(Rate::try_new(rate)?)
    }

    /// The changes that a list of index values makes, each from its date on. A reset that leaves the rate as it is
    /// makes none.
    ///
    /// # Errors
    /// As [`Resets::next`].
    pub fn changes(&self, first: Rate, indexes: &[(Date, Rate)]) -> Result<Vec<RateChange>, PlanError> {
        let (mut previous, mut changes) = (first, Vec::with_capacity(indexes.len()));
        for (on, index) in indexes {
            let rate = self.next(*index, previous)?;
            if rate != previous {
                changes.push(RateChange { on: *on, rate });
            }
            previous = rate;
        }
        Ok(changes)
    }
}
