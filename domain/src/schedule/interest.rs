//! Interest on a balance: one exact product, one division, rounded to the nearest unit with a half to even.
//!
//! Balances of every fiat loan fit the 64-bit ways, those of most tokens the 128-bit one; the others take the 512-bit
//! one. All give the same integer. A rate that is a root has a power of two below the line, and needs no division.

use ruint::aliases::U256;

use crate::rate::{PeriodicRate, mul_div_half_even};

use super::{FirstPeriod, ScheduleError, small_of};

/// The denominator that ratios over a smaller power of two are brought to.
const BINARY_PLACES: usize = 192;

/// A rate ready to be applied many times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interest {
    numerator: U256,
    denominator: U256,
    tiny: Option<(u64, u64)>,
    small: Option<(u128, u128)>,
    /// Limbs of the numerator over 2^192, least first.
    binary: Option<[u64; 4]>,
}

impl Interest {
    pub(super) fn new(numerator: U256, denominator: U256) -> Self {
        let small = u128::try_from(numerator).ok().zip(u128::try_from(denominator).ok());
        let tiny = small_of(numerator).zip(small_of(denominator));
        let binary = binary_numerator(numerator, denominator).map(U256::into_limbs);
        Self { numerator, denominator, tiny, small, binary }
    }

    pub(super) fn regular(rate: PeriodicRate) -> Self {
        Self::new(rate.numerator(), rate.denominator())
    }

    pub(super) fn first(rate: PeriodicRate, first: FirstPeriod) -> Result<Self, ScheduleError> {
        let (days, regular_days) = first.ratio();
        let numerator = rate.numerator().checked_mul(U256::from(days));
        let denominator = rate.denominator().checked_mul(U256::from(regular_days));
        let both = numerator.zip(denominator).ok_or(ScheduleError::Overflow("rate of the first period"))?;
        if days == regular_days {
            return Ok(Self::regular(rate));
        }
        let reduced = PeriodicRate::from_ratio(both.0, both.1);
        reduced.map(Self::regular).map_err(|_| ScheduleError::Overflow("rate of the first period"))
    }

    pub(super) fn on(&self, balance: U256) -> Result<U256, ScheduleError> {
        if let Some(interest) = small_of(balance).and_then(|balance| self.on_u64(balance)) {
            return Ok(U256::from(interest));
        }
        if let Some(interest) = self.on_small(balance) {
            return Ok(U256::from(interest));
        }
        self.on_wide(balance).ok_or(ScheduleError::Overflow("interest"))
    }

    /// Where balance, interest and their product over the rate's numerator stay below 2^64.
    pub(super) fn on_u64(&self, balance: u64) -> Option<u64> {
        if let Some((numerator, denominator)) = self.tiny
            && let Some(product) = balance.checked_mul(numerator)
        {
            let quotient = product.checked_div(denominator)?;
            let remainder = product.checked_rem(denominator)?;
            let missing = denominator.checked_sub(remainder)?;
            let up = remainder > missing || (remainder == missing && quotient & 1 == 1);
            return quotient.checked_add(u64::from(up));
        }
        if self.binary.is_some() {
            return self.on_binary(balance);
        }
        self.on_small(U256::from(balance)).and_then(|interest| u64::try_from(interest).ok())
    }

    /// balance * numerator / 2^192: the fourth limb of the product is the quotient, the three below it the remainder.
    pub(super) fn on_binary(&self, balance: u64) -> Option<u64> {
        const HALF: u64 = 1 << 63;
        let [first, second, third, fourth] = self.binary?;
        let (lowest, carry) = balance.carrying_mul(first, 0);
        let (lower, carry) = balance.carrying_mul(second, carry);
        let (low, carry) = balance.carrying_mul(third, carry);
        let (quotient, beyond) = balance.carrying_mul(fourth, carry);
        let tie = low == HALF && lower == 0 && lowest == 0;
        let up = if tie { quotient & 1 == 1 } else { low >= HALF };
        quotient.checked_add(u64::from(up)).filter(|_| beyond == 0)
    }

    pub(super) fn on_small(&self, balance: U256) -> Option<u128> {
        let (numerator, denominator) = self.small?;
        let product = u128::try_from(balance).ok()?.checked_mul(numerator)?;
        let quotient = product.checked_div(denominator)?;
        let remainder = product.checked_sub(quotient.checked_mul(denominator)?)?;
        let missing = denominator.checked_sub(remainder)?;
        let up = remainder > missing || (remainder == missing && quotient & 1 == 1);
        quotient.checked_add(u128::from(up))
    }

    pub(super) fn on_wide(&self, balance: U256) -> Option<U256> {
        mul_div_half_even(balance, self.numerator, self.denominator)
    }
}

/// The numerator over 2^192 of a ratio over a power of two.
fn binary_numerator(numerator: U256, denominator: U256) -> Option<U256> {
    if !denominator.is_power_of_two() {
        return None;
    }
    numerator.checked_shl(BINARY_PLACES.checked_sub(denominator.trailing_zeros())?)
}
