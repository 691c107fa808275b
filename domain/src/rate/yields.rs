//! Yields as statutes and protocols define them, where that is not a plain conversion of a rate.

use std::num::NonZeroU32;

use ruint::aliases::{U256, U1024};
use rust_decimal::Decimal;

use super::compounding::gcd;
use super::fixed::ratio_decimal;
use super::{Fixed, PeriodicRate, Rate, RateError};

/// Days of the year in Regulation DD's formula. It allows 366 in a leap year; one figure for all years compares better.
const DAYS_PER_YEAR: u32 = 365;

/// Compound v2's mantissa of one.
const MANTISSA: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// The annual percentage yield of Regulation DD (12 CFR 1030, Appendix A, part I, general formula):
/// (1 + interest / principal)^(365 / days in term) - 1, to 20 decimal places, a half going to even. Both amounts are in the
/// same unit.
///
/// # Errors
/// [`RateError::NotPositive`] for a principal of zero, [`RateError::YieldOverflow`] above [`Rate::MAX`].
pub fn annual_percentage_yield(interest: U256, principal: U256, days: NonZeroU32) -> Result<Rate, RateError> {
    if principal.is_zero() {
        return Err(RateError::NotPositive { argument: "principal" });
    }
    let days = days.get();
    let common = u32::try_from(gcd(u64::from(DAYS_PER_YEAR), u64::from(days))).unwrap_or(1);
    let (power, degree) = (DAYS_PER_YEAR.checked_div(common), days.checked_div(common));
    // The root first: the power of a long term's growth would not fit.
    let growth = Fixed::from_ratio(interest, principal)
        .and_then(|ratio| ratio.checked_add(Fixed::ONE))
        .zip(degree)
        .and_then(|(growth, degree)| growth.root(degree))
        .zip(power)
        .and_then(|(root, power)| root.pow(power));
    let fraction = growth.and_then(Fixed::minus_one).ok_or(RateError::YieldOverflow)?;
    Rate::try_new(fraction).map_err(|_| RateError::YieldOverflow)
}

/// The APY that Compound v2 states for a `supplyRatePerBlock` or `borrowRatePerBlock`: simple within a day of so many blocks,
/// compound over so many days, (rate / 1e18 · blocks + 1)^days - 1, to 20 decimal places, a half going to even.
///
/// # Errors
/// [`RateError::YieldOverflow`] above [`Rate::MAX`].
pub fn compound_v2_apy(rate_per_block_mantissa: U256, blocks_per_day: u32, days: u32) -> Result<Rate, RateError> {
    let daily = rate_per_block_mantissa.checked_mul(U256::from(blocks_per_day)).ok_or(RateError::YieldOverflow)?;
    PeriodicRate::from_ratio(daily, MANTISSA)?.compounded(days)
}

/// The effective annual rate by the first three terms of the binomial expansion of (1 + r/c)^c, which Aave v3 compounds by
/// (`MathUtils.calculateCompoundedInterest`, c of 31,536,000): r + r²·(c-1)/2c + r³·(c-1)(c-2)/6c², exactly, rounded once
/// to 20 decimal places, a half to even. The pool cuts off each power in rays and charges a little less: what it charges is
/// [`compounded_interest`](crate::curve::aave_v3::compounded_interest).
///
/// # Errors
/// [`RateError::Negative`], and [`RateError::Overflow`] when the result is above [`Rate::MAX`].
pub fn three_term_effective(nominal: Rate, periods_per_year: NonZeroU32) -> Result<Rate, RateError> {
    let fraction = nominal.value();
    if nominal.is_negative() {
        return Err(RateError::Negative(fraction));
    }
    let overflow = || RateError::Overflow(fraction);
    Rate::try_new(three_terms(fraction, periods_per_year).ok_or_else(overflow)?).map_err(|_| overflow())
}

/// All three over 6c²·10^3s, where 10^s is the rate's denominator. A rate has 96 bits, 10^s 94 and c 32: no product reaches
/// half of its 1024 bits.
fn three_terms(rate: Decimal, periods_per_year: NonZeroU32) -> Option<Decimal> {
    let unit = U1024::from(10u128.checked_pow(rate.scale())?);
    let [rate, c] = [U1024::from(rate.mantissa().unsigned_abs()), U1024::from(periods_per_year.get())];
    let [less_one, less_two] = [c.saturating_sub(U1024::ONE), c.saturating_sub(U1024::from(2))];
    let first = product(&[U1024::from(6), c, c, unit, unit, rate])?;
    let second = product(&[U1024::from(3), c, less_one, unit, rate, rate])?;
    let third = product(&[less_one, less_two, rate, rate, rate])?;
    let sum = first.checked_add(second)?.checked_add(third)?;
    ratio_decimal(sum, product(&[U1024::from(6), c, c, unit, unit, unit])?)
}

fn product(factors: &[U1024]) -> Option<U1024> {
    factors.iter().try_fold(U1024::ONE, |product, factor| product.checked_mul(*factor))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;
    use crate::rate::effective_from_nominal;

    fn rate(text: &str) -> Rate {
        Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
    }

    fn days(count: u32) -> NonZeroU32 {
        NonZeroU32::new(count).unwrap()
    }

    /// The examples of 12 CFR 1030, Appendix A, part I: 61.68, 30.37 and 133.13 on 1,000; and 20 digits of the formula.
    #[test]
    fn yields_are_those_of_regulation_dd() {
        let table = [
            (6_168, 365, "6.17", "0.06168"),
            (3_037, 182, "6.18", "0.06183687197266667556"),
            (13_313, 730, "6.45", "0.06448579135655915997"),
        ];
        for (interest, term, printed, expected) in table {
            let found = annual_percentage_yield(U256::from(interest), U256::from(100_000), days(term)).unwrap();
            assert_eq!(found, rate(expected));
            assert_eq!(found.percent(2).to_string(), printed);
        }
    }

    #[test]
    fn short_and_long_terms_have_their_yield() {
        let of = |interest: u64, principal: u64, term| {
            annual_percentage_yield(U256::from(interest), U256::from(principal), days(term))
        };
        assert_eq!(of(1, 1_000, 36_500), Ok(rate("0.00000999505328104754")));
        // A growth of a million in ten years: its 365th power would not fit.
        assert_eq!(of(1_000_000, 1, 3_650), Ok(rate("2.98107210364196391309")));
        assert_eq!(of(0, 1, 1), Ok(Rate::ZERO));
        assert_eq!(of(1, 1, 365), Ok(rate("1")));
        assert_eq!(of(30_000, 1, 365), Ok(Rate::MAX));
        assert_eq!(of(30_001, 1, 365), Err(RateError::YieldOverflow));
        assert_eq!(of(1, 3, 1), Err(RateError::YieldOverflow));
        assert_eq!(of(1, 0, 365), Err(RateError::NotPositive { argument: "principal" }));
        let most = annual_percentage_yield(U256::MAX, U256::ONE, days(365));
        assert_eq!(most, Err(RateError::YieldOverflow));
    }

    /// The figure for 6,570 blocks a day is a public port's of Compound v2; the rest are exact.
    #[test]
    fn blocks_add_up_in_a_day_and_days_compound() {
        let apy = |rate: u64, blocks, days| compound_v2_apy(U256::from(rate), blocks, days);
        assert_eq!(apy(37_893_566, 6_570, 365), Ok(rate("0.00009087478349768836")));
        assert_eq!(apy(1_000_000_000_000_000, 100, 2), Ok(rate("0.21")));
        assert_eq!(apy(1_000_000_000_000_000, 100, 0), Ok(Rate::ZERO));
        assert_eq!(apy(0, 6_570, 365), Ok(Rate::ZERO));
        assert_eq!(apy(1_000_000_000_000_000_000, 1, 365), Err(RateError::YieldOverflow));
        assert_eq!(compound_v2_apy(U256::MAX, 2, 1), Err(RateError::YieldOverflow));
        assert_eq!(compound_v2_apy(U256::MAX, 1, 1), Err(RateError::YieldOverflow));
    }

    /// The percentages are those of `rates.json` of the reference figures; all places from the formula.
    #[test]
    fn three_terms_are_aaves_yield_and_a_little_below_compounding() {
        let seconds = NonZeroU32::new(31_536_000).unwrap();
        let table = [
            ("0.01", "1.005016667", "0.01005016666506532217"),
            ("0.05", "5.127083329", "0.05127083329171423140"),
            ("0.125", "13.313802055", "0.13313802055463399038"),
            ("0.4", "49.066666312", "0.49066666311516998594"),
        ];
        for (nominal, percent, expected) in table {
            let found = three_term_effective(rate(nominal), seconds).unwrap();
            assert_eq!(found, rate(expected), "{nominal}");
            assert_eq!(found.percent(9).to_string(), percent);
        }
        // Up to two periods the terms are the whole power; of four periods' they leave out the last.
        for (periods, expected) in [(1, "0.1"), (2, "0.1025"), (4, "0.1038125")] {
            let found = three_term_effective(rate("0.1"), NonZeroU32::new(periods).unwrap());
            assert_eq!(found, Ok(rate(expected)), "{periods}");
        }
        assert_eq!(three_term_effective(rate("-0.1"), seconds), Err(RateError::Negative(Decimal::new(-1, 1))));
        assert_eq!(three_term_effective(Rate::MAX, seconds), Err(RateError::Overflow(Decimal::from(30_000))));
        assert_eq!(three_term_effective(Rate::MAX, NonZeroU32::MIN), Ok(Rate::MAX));
    }

    proptest! {
        #[test]
        fn three_terms_lie_between_the_nominal_and_the_effective_rate(units in 0u64..50_000_000_000, periods in 1u32..) {
            let nominal = Rate::try_new(Decimal::new(i64::try_from(units).unwrap(), 10)).unwrap();
            let periods = NonZeroU32::new(periods).unwrap();
            let found = three_term_effective(nominal, periods).unwrap();
            prop_assert!(found >= nominal);
            prop_assert!(found <= effective_from_nominal(nominal, periods).unwrap());
        }

        #[test]
        fn no_rate_makes_three_terms_panic(mantissa in any::<i64>(), scale in 0u32..=28, periods in 1u32..) {
            if let Ok(nominal) = Rate::try_new(Decimal::new(mantissa, scale)) {
                let _ = three_term_effective(nominal, NonZeroU32::new(periods).unwrap());
            }
        }

        #[test]
        fn a_longer_term_for_the_same_interest_yields_less(interest in 1u64..1_000_000, a in 1u32..40_000, b in 1u32..40_000) {
            let principal = U256::from(100_000_000u64);
            let of = |term| annual_percentage_yield(U256::from(interest), principal, days(term)).unwrap();
            prop_assert!(of(a.max(b)) <= of(a.min(b)));
        }

        #[test]
        fn no_amount_or_term_makes_a_yield_panic(interest in any::<[u64; 4]>(), principal in any::<[u64; 4]>(), shifts in any::<[u8; 2]>(), term in 1u32.., blocks in any::<u32>(), count in any::<u32>()) {
            let [interest, principal] = [U256::from_limbs(interest) >> shifts[0], U256::from_limbs(principal) >> shifts[1]];
            if let Ok(found) = annual_percentage_yield(interest, principal, days(term)) {
                prop_assert!(found >= Rate::ZERO);
            }
            let _ = compound_v2_apy(interest, blocks, count);
        }
    }
}
