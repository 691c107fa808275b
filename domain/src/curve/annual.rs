//! What a rate per second comes to in a year, for pools whose interest joins the debt whenever somebody touches them.
//!
//! How often that will be is nobody's to know, but both ends are: never within the year is simple interest, at every
//! instant is e^r - 1. One number would claim to know.

use rust_decimal::Decimal;

use crate::rate::{Compounding, Rate, RateError, effective_annual};

/// 365 days, leap years ignored: the year of all three protocols here.
pub const SECONDS_PER_YEAR: u64 = 31_536_000;

/// Decimal places of a wad (1e18).
const WAD_PLACES: u32 = 18;

/// A year's interest at a rate per second that does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnualBounds {
    /// Rate per second × 31,536,000, exactly: the APR, and the least that a year can yield.
    pub apr: Rate,
    /// e^APR - 1, half to even at 20 decimal places: the most.
    pub effective_at_most: Rate,
}

impl AnnualBounds {
    /// Of a rate per second in wad (1e18 is 100 % a second).
    ///
    /// # Errors
    /// [`RateError::OutOfRange`] for an APR above [`Rate::MAX`], [`RateError::Overflow`] where e^APR - 1 is.
    pub fn per_second(rate_wad: u64) -> Result<Self, RateError> {
        // A rate of 64 bits times a year has 27 digits: a decimal holds 28.
        let yearly = i128::from(rate_wad).saturating_mul(i128::from(SECONDS_PER_YEAR));
        let apr = Rate::try_new(Decimal::from_i128_with_scale(yearly, WAD_PLACES))?;
        Ok(Self { apr, effective_at_most: effective_annual(apr, Compounding::Continuous)? })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
    }

    /// e^x - 1 from a 60-digit evaluation.
    #[test]
    fn a_rate_per_second_is_simple_at_least_and_continuous_at_most() {
        let table = [
            (0, "0", "0"),
            (1, "0.000000000031536", "0.00000000003153600000"),
            (1_268_391_679, "0.039999999988944", "0.04081077418088102284"),
            (2_949_010_653, "0.092999999953008", "0.09746173521651007222"),
        ];
        for (per_second, apr, upper) in table {
            let found = AnnualBounds::per_second(per_second).unwrap();
            assert_eq!(found, AnnualBounds { apr: rate(apr), effective_at_most: rate(upper) }, "{per_second}");
        }
    }

    #[test]
    fn a_rate_beyond_every_published_one_is_refused() {
        // The APR passes 30000 between these two; e^APR - 1 has long passed it.
        let (last, first) = (951_293_759_512_937, 951_293_759_512_938);
        assert!(matches!(AnnualBounds::per_second(last), Err(RateError::Overflow(_))));
        assert!(matches!(AnnualBounds::per_second(first), Err(RateError::OutOfRange(_))));
        assert!(matches!(AnnualBounds::per_second(u64::MAX), Err(RateError::OutOfRange(_))));
    }

    proptest! {
        #[test]
        fn the_bounds_are_in_order_and_grow_with_the_rate(a in 0u64..300_000_000_000, b in 0u64..300_000_000_000) {
            let (low, high) = (AnnualBounds::per_second(a.min(b)).unwrap(), AnnualBounds::per_second(a.max(b)).unwrap());
            prop_assert!(low.apr <= high.apr && low.effective_at_most <= high.effective_at_most);
            prop_assert!(low.apr <= low.effective_at_most);
        }

        #[test]
        fn no_rate_per_second_makes_the_bounds_panic(rate in any::<u64>()) {
            let _ = AnnualBounds::per_second(rate);
        }
    }
}
