//! Interest on a balance: one exact product, one division, rounded to the nearest unit with a half to even.
//!
//! Balances of every fiat loan and of most tokens fit the 128-bit way; the others take the 512-bit one. Both give the
//! same integer.

use ruint::aliases::U256;

use crate::rate::{PeriodicRate, mul_div_half_even};

use super::{FirstPeriod, ScheduleError};

/// A rate ready to be applied many times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interest {
    numerator: U256,
    denominator: U256,
    small: Option<(u128, u128)>,
}

impl Interest {
    pub(super) fn new(numerator: U256, denominator: U256) -> Self {
        let small = u128::try_from(numerator).ok().zip(u128::try_from(denominator).ok());
        Self { numerator, denominator, small }
    }

    pub(super) fn regular(rate: PeriodicRate) -> Self {
        Self::new(rate.numerator(), rate.denominator())
    }

    pub(super) fn first(rate: PeriodicRate, first: FirstPeriod) -> Result<Self, ScheduleError> {
        let (days, regular_days) = first.ratio();
        let numerator = rate.numerator().checked_mul(U256::from(days));
        let denominator = rate.denominator().checked_mul(U256::from(regular_days));
        let both = numerator.zip(denominator).ok_or(ScheduleError::Overflow("rate of the first period"))?;
        let reduced = PeriodicRate::from_ratio(both.0, both.1);
        reduced.map(Self::regular).map_err(|_| ScheduleError::Overflow("rate of the first period"))
    }

    pub(super) fn on(&self, balance: U256) -> Result<U256, ScheduleError> {
        if let Some(interest) = self.on_small(balance) {
            return Ok(U256::from(interest));
        }
        self.on_wide(balance).ok_or(ScheduleError::Overflow("interest"))
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
