//! What shares of an asset may be, and how its threshold moves: `contracts/src/collateral/RiskRules.sol`.

use super::arithmetic::{ArithmeticError, BPS, elapsed};

/// How long a threshold takes from one figure to the next, in seconds: 48 hours.
pub const RAMP_S: u64 = 48 * 3_600;

/// Why shares cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RiskRefusal {
    #[error("an opening LTV of {ltv_bps} bps is not below the threshold, which is {threshold_bps} bps along its ramp")]
    LtvNotBelowThreshold { ltv_bps: u16, threshold_bps: u16 },
    #[error(
        "a threshold of {threshold_bps} bps with a bonus of {bonus_bps} bps: a liquidation could not pay for itself"
    )]
    BonusTooHigh { threshold_bps: u16, bonus_bps: u16 },
}

/// Refuses unless `ltv < threshold` and `threshold * (1 + bonus) < 1` all along a ramp between two thresholds.
///
/// # Errors
/// [`RiskRefusal`], the LTV first.
pub fn check_risk(ltv_bps: u16, from_bps: u16, to_bps: u16, bonus_bps: u16) -> Result<(), RiskRefusal> {
    let (low, high) = (from_bps.min(to_bps), from_bps.max(to_bps));
    if ltv_bps >= low {
        return Err(RiskRefusal::LtvNotBelowThreshold { ltv_bps, threshold_bps: low });
    }
    // Two factors of at most seventeen bits.
    let with_bonus = u64::from(high).saturating_mul(BPS.saturating_add(u64::from(bonus_bps)));
    if with_bonus >= BPS * BPS {
        return Err(RiskRefusal::BonusTooHigh { threshold_bps: high, bonus_bps });
    }
    Ok(())
}

/// A threshold on its way, so that no change liquidates at once who was healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ramp {
    pub from_bps: u16,
    pub to_bps: u16,
    /// Seconds since 1970; 0 is a ramp that is over.
    pub start: u64,
}

impl Ramp {
    /// The threshold at a second: `from ± floor(|to - from| * elapsed / RAMP)`, in basis points.
    ///
    /// # Errors
    /// [`ArithmeticError::BelowZero`] before the start.
    pub fn threshold_at(&self, timestamp: u64) -> Result<u16, ArithmeticError> {
        let elapsed = elapsed(self.start, timestamp, "seconds of the ramp")?;
        if elapsed >= RAMP_S {
            return Ok(self.to_bps);
        }
        let way = u64::from(self.from_bps.abs_diff(self.to_bps));
        // Sixteen bits times less than 2^18, and a share of `way`: neither can leave its type.
        let moved = way.saturating_mul(elapsed).checked_div(RAMP_S).and_then(|moved| u16::try_from(moved).ok());
        let moved = moved.ok_or(ArithmeticError::Overflow("threshold"))?;
        let stands = if self.to_bps >= self.from_bps {
            self.from_bps.checked_add(moved)
        } else {
            self.from_bps.checked_sub(moved)
        };
        stands.ok_or(ArithmeticError::Overflow("threshold"))
    }
}
