//! Amounts that are not rounded yet.
//!
//! Base units are signed 128-bit integers inside a plan: amounts are below 2^120, so that sums of a few do not
//! overflow and products with a rate fit in 512 bits. What does not fit all the same is an error, never a wrap.

use ruint::aliases::{U256, U512};

use crate::rate::{PeriodicRate, Rate};

use super::PlanError;
use super::rounding::Round;

/// No amount of a plan has more bits: 10^36 base units, 10^18 of a token with 18 decimals.
const MAX_BITS: usize = 120;

/// An amount that a caller names, in base units.
pub(super) fn units(amount: U256, argument: &'static str) -> Result<i128, PlanError> {
    let small = if amount.bit_len() > MAX_BITS { None } else { i128::try_from(amount).ok() };
    small.ok_or(PlanError::TooLarge(argument))
}

/// An amount that a schedule shows. Below zero is a defect of the plan that shows it.
pub(super) fn shown(amount: i128, what: &'static str) -> Result<U256, PlanError> {
    U256::try_from(amount).map_err(|_| PlanError::Overflow(what))
}

/// # Errors
/// [`PlanError::Overflow`] outside ±2^120, which keeps every later product in bounds.
pub(super) fn add(a: i128, b: i128) -> Result<i128, PlanError> {
    a.checked_add(b).filter(|sum| sum.unsigned_abs() >> MAX_BITS == 0).ok_or(PlanError::Overflow("amount"))
}

pub(super) fn sub(a: i128, b: i128) -> Result<i128, PlanError> {
    a.checked_sub(b).filter(|rest| rest.unsigned_abs() >> MAX_BITS == 0).ok_or(PlanError::Overflow("amount"))
}

/// numerator / denominator of base units, zero or above.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    numerator: U512,
    denominator: U512,
}

impl Exact {
    pub(super) const ZERO: Self = Self { numerator: U512::ZERO, denominator: U512::ONE };

    /// A balance times a rate; nothing on a balance that is not above zero.
    pub(super) fn interest(balance: i128, rate: PeriodicRate) -> Result<Self, PlanError> {
        let balance = U512::try_from(balance.max(0)).map_err(|_| PlanError::Overflow("interest"))?;
        let numerator = balance.checked_mul(U512::from(rate.numerator())).ok_or(PlanError::Overflow("interest"))?;
        Ok(Self { numerator, denominator: U512::from(rate.denominator()) })
    }

    pub(super) fn ratio(amount: i128, divisor: u128) -> Result<Self, PlanError> {
        let numerator = U512::try_from(amount.max(0)).map_err(|_| PlanError::Overflow("amount"))?;
        Ok(Self { numerator, denominator: U512::from(divisor) })
    }

    pub(super) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, PlanError> {
        let sum = || {
            let common = self.denominator.gcd(other.denominator);
            let (mine, others) = (self.denominator.checked_div(common)?, other.denominator.checked_div(common)?);
            let numerator = self.numerator.checked_mul(others)?.checked_add(other.numerator.checked_mul(mine)?)?;
            let (numerator, denominator) = (numerator, self.denominator.checked_mul(others)?);
            let common = numerator.gcd(denominator);
            Some(Self { numerator: numerator.checked_div(common)?, denominator: denominator.checked_div(common)? })
        };
        sum().ok_or(PlanError::Overflow("interest"))
    }

    pub(super) fn times_over(self, times: u32, over: u32) -> Result<Self, PlanError> {
        let numerator = self.numerator.checked_mul(U512::from(times));
        let both = numerator.zip(self.denominator.checked_mul(U512::from(over)));
        both.map(|(numerator, denominator)| Self { numerator, denominator }).ok_or(PlanError::Overflow("amount"))
    }

    pub(super) fn rounded(self, rule: Round) -> Result<i128, PlanError> {
        let rounded = || {
            let unit = U512::from(rule.unit.get());
            let divisor = self.denominator.checked_mul(unit)?;
            let quotient = self.numerator.checked_div(divisor)?;
            let rest = self.numerator.checked_sub(quotient.checked_mul(divisor)?)?;
            let missing = divisor.checked_sub(rest)?;
            let up = rule.mode.goes_up(quotient.bit(0), rest.is_zero(), &rest, &missing);
            let multiples = quotient.checked_add(U512::from(u8::from(up)))?;
            let amount = multiples.checked_mul(unit)?;
            if amount.bit_len() > MAX_BITS { None } else { i128::try_from(amount).ok() }
        };
        rounded().ok_or(PlanError::Overflow("interest"))
    }
}

/// A share of an amount.
pub(super) fn share_of(amount: i128, share: Rate) -> Result<Exact, PlanError> {
    let (value, overflow) = (share.value(), || PlanError::Overflow("share"));
    let over = 10u128.checked_pow(value.scale()).ok_or_else(overflow)?;
    let numerator = U256::from(value.mantissa().unsigned_abs());
    Exact::interest(amount, PeriodicRate::from_ratio(numerator, U256::from(over))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_120_bits_and_no_more() {
        let most = (1_i128 << 120) - 1;
        assert_eq!(units(U256::from(most), "amount"), Ok(most));
        assert_eq!(units(U256::from(most + 1), "amount"), Err(PlanError::TooLarge("amount")));
        assert_eq!(add(most, 0), Ok(most));
        assert_eq!(add(most, 1), Err(PlanError::Overflow("amount")));
        assert_eq!(sub(-most, 0), Ok(-most));
        assert_eq!(sub(-most, 1), Err(PlanError::Overflow("amount")));
        let rounded = |amount: i128| Exact::ratio(amount, 1).unwrap().rounded(Round::NEAREST);
        assert_eq!(rounded(most), Ok(most));
        assert_eq!(rounded(most + 1), Err(PlanError::Overflow("interest")));
    }
}
