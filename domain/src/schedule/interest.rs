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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way of computing interest that takes the rate, at a balance.
    fn ways(numerator: u64, denominator: u64, balance: u64) -> Vec<Option<u64>> {
        let interest = Interest::new(U256::from(numerator), U256::from(denominator));
        let wide = U256::from(balance);
        let small = |found: Option<U256>| found.and_then(|found| u64::try_from(found).ok());
        let mut ways = vec![interest.on_u64(balance), small(interest.on_small(wide).map(U256::from))];
        ways.extend([small(interest.on_wide(wide)), small(interest.on(wide).ok())]);
        if denominator.is_power_of_two() {
            ways.push(interest.on_binary(balance));
        }
        ways
    }

    #[test]
    fn every_way_rounds_a_half_to_even_and_the_rest_to_the_nearest() {
        let table = [
            (1, 2, 1, 0),
            (1, 2, 3, 2),
            (1, 2, 4, 2),
            (1, 2, 5, 2),
            (3, 4, 1, 1),
            (1, 4, 1, 0),
            (5, 4, 2, 2),
            (1, 4, 6, 2),
            (1, 3, 1, 0),
            (1, 3, 2, 1),
            (1, 3, 4, 1),
            (1, 6, 3, 0),
            (1, 6, 9, 2),
            (1, 6, 15, 2),
            (0, 1, 7, 0),
        ];
        for (numerator, denominator, balance, expected) in table {
            let found = ways(numerator, denominator, balance);
            assert!(found.iter().all(|way| *way == Some(expected)), "{balance} · {numerator}/{denominator}: {found:?}");
        }
    }

    #[test]
    fn a_rate_is_taken_by_every_way_that_it_fits_and_by_no_other() {
        let of = |numerator: U256, denominator: U256| Interest::new(numerator, denominator);
        let third = of(U256::ONE, U256::from(3));
        assert!(third.tiny.is_some() && third.small.is_some() && third.binary.is_none());
        let root = of(U256::from(5), U256::ONE << 192);
        assert!(root.tiny.is_none() && root.small.is_none() && root.binary == Some([5, 0, 0, 0]));
        assert_eq!(of(U256::from(5), U256::ONE << 128).binary, Some([0, 5, 0, 0]));
        assert_eq!(of(U256::from(5), U256::ONE << 193).binary, None);
        // Just above, at and below one half of a unit over 2^192, and what does not fit in 64 bits.
        let half = U256::ONE << 191;
        for (numerator, balance, expected) in [
            (half, 1, Some(0)),
            (half, 3, Some(2)),
            (half + U256::ONE, 1, Some(1)),
            (half + (U256::ONE << 64), 1, Some(1)),
            (half - U256::ONE, 1, Some(0)),
            (U256::from(2) << 192, u64::MAX, None),
            (U256::ONE << 192, u64::MAX, Some(u64::MAX)),
        ] {
            assert_eq!(of(numerator, U256::ONE << 192).on_binary(balance), expected, "{numerator} {balance}");
        }
    }

    #[test]
    fn the_first_period_has_the_rate_of_its_days() {
        let rate = PeriodicRate::from_ratio(U256::from(1), U256::from(100)).unwrap();
        let due = [jiff::civil::date(2026, 3, 16)];
        let frequency = crate::period::Frequency::Monthly;
        let first = |drawn| FirstPeriod::from_dates(drawn, &due, frequency).unwrap();
        let on = |drawn| Interest::first(rate, first(drawn)).unwrap().on(U256::from(30_000)).unwrap();
        assert_eq!(on(jiff::civil::date(2026, 2, 16)), U256::from(300));
        assert_eq!(on(jiff::civil::date(2026, 2, 1)), U256::from(450), "a month and 15 of 30 days");
        assert_eq!(on(jiff::civil::date(2026, 3, 1)), U256::from(150), "15 of 30 days");
    }
}
