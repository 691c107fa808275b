//! From nominal to effective yearly rates and back, for any number of periods a year: 12 months, 2,254,153 blocks,
//! 31,536,000 seconds.
//!
//! A nominal rate r with c periods and an effective rate X are the same price when (1 + r/c)^c = 1 + X. Powers and roots
//! are taken in 256 binary places, of which the largest c leaves 200; the result is rounded once, half to even, to 20
//! decimal places. [`PeriodicRate`](super::PeriodicRate) has the rate of one period, and what periods add up to.

use std::num::NonZeroU32;

use rust_decimal::Decimal;

use super::{Compounding, Fixed, Rate, RateError};

/// The effective annual rate of a nominal rate: (1 + r/c)^c - 1, or e^r - 1, to 20 decimal places.
///
/// # Errors
/// [`RateError::Overflow`] when the result is above [`Rate::MAX`].
pub fn effective_annual(nominal: Rate, compounding: Compounding) -> Result<Rate, RateError> {
    match compounding.periods_per_year().and_then(NonZeroU32::new) {
        Some(periods) => effective_from_nominal(nominal, periods),
        None => effective(Fixed::exp(nominal.value(), 1), nominal),
    }
}

/// The nominal rate of an effective annual rate, to 20 decimal places: what [`effective_annual`] undoes.
///
/// # Errors
/// [`RateError::OutOfRange`] for a loss that only a nominal rate of -1 or below comes to.
pub fn nominal_annual(effective: Rate, compounding: Compounding) -> Result<Rate, RateError> {
    match compounding.periods_per_year().and_then(NonZeroU32::new) {
        Some(periods) => nominal_from_effective(effective, periods),
        None => nominal(Fixed::one_plus(effective.value(), 1).and_then(Fixed::ln), effective),
    }
}

/// (1 + r/c)^c - 1 for c periods a year, to 20 decimal places; one period leaves the rate as it is.
///
/// # Errors
/// [`RateError::Overflow`] when the result is above [`Rate::MAX`].
pub fn effective_from_nominal(nominal: Rate, periods_per_year: NonZeroU32) -> Result<Rate, RateError> {
    let periods = periods_per_year.get();
    if periods == 1 {
        return Ok(nominal);
    }
    effective(Fixed::one_plus(nominal.value(), periods).and_then(|growth| growth.pow(periods)), nominal)
}

/// c·((1 + X)^(1/c) - 1) for c periods a year, to 20 decimal places; one period leaves the rate as it is.
///
/// # Errors
/// [`RateError::OutOfRange`] for a loss that only a nominal rate of -1 or below comes to.
pub fn nominal_from_effective(effective: Rate, periods_per_year: NonZeroU32) -> Result<Rate, RateError> {
    let periods = periods_per_year.get();
    if periods == 1 {
        return Ok(effective);
    }
    let root = Fixed::one_plus(effective.value(), 1).and_then(|growth| growth.root(periods));
    nominal(root.and_then(|root| root.change_times(periods)), effective)
}

fn effective(growth: Option<Fixed>, from: Rate) -> Result<Rate, RateError> {
    let overflow = || RateError::Overflow(from.value());
    Rate::try_new(growth.and_then(Fixed::minus_one).ok_or_else(overflow)?).map_err(|_| overflow())
}

fn nominal(fraction: Option<Decimal>, from: Rate) -> Result<Rate, RateError> {
    Rate::try_new(fraction.ok_or(RateError::Overflow(from.value()))?)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::rate::PeriodicRate;

    const SECONDS: u32 = 31_536_000;

    fn rate(text: &str) -> Rate {
        Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
    }

    fn times(periods: u32) -> NonZeroU32 {
        NonZeroU32::new(periods).unwrap()
    }

    /// Figures from a 110-digit evaluation of the formula; the same by way of the rate of one period where it is not negative.
    #[test]
    fn nominal_rates_reach_their_effective_rate_at_any_count() {
        let table = [
            ("0.12", 12, "0.12682503013196972066"),
            ("0.03", 365, "0.03045326360050983241"),
            ("0.0799", 2_254_153, "0.08317874285060503456"),
            ("0.05", SECONDS, "0.05127109633435455501"),
            ("0.40", SECONDS, "0.49182469385683428755"),
            ("0.0000000001", SECONDS, "0.0000000001"),
            ("-0.5", SECONDS, "-0.39346934269148672845"),
            ("10.3", u32::MAX, "29731.61848567866306786723"),
            ("0.0799", 1, "0.0799"),
            ("0", 7, "0"),
        ];
        for (nominal, periods, expected) in table {
            let (nominal, periods) = (rate(nominal), times(periods));
            assert_eq!(effective_from_nominal(nominal, periods), Ok(rate(expected)), "{nominal} {periods}");
            if !nominal.is_negative() {
                let one = PeriodicRate::nominal_over(nominal, periods).unwrap();
                assert_eq!(one.compounded(periods.get()), Ok(rate(expected)), "{nominal} {periods}");
                assert_eq!(one.added_up(periods.get()), Ok(nominal));
            }
        }
    }

    /// Figures from a 110-digit evaluation of the formula. The second is 12 times the 0.604 % a month of the European
    /// Commission's examples of 2015, page 22; the first the "5.82 %" that is said of 6 % by blocks.
    #[test]
    fn effective_rates_reach_their_nominal_rate_at_any_count() {
        let table = [
            ("0.06", 2_254_153, "0.05826890887708918070"),
            ("0.075", 12, "0.07253902829150049536"),
            ("0.05", SECONDS, "0.04879016420717426779"),
            ("0.00000000000000000001", SECONDS, "0.00000000000000000001"),
            ("-0.5", 365, "-0.69248944216795851673"),
            ("-0.63", SECONDS, "-0.99425225767070652506"),
            ("29999", 2, "344.41016151377545870549"),
            ("29999", u32::MAX, "10.30895267301627313709"),
            ("0.0799", 1, "0.0799"),
        ];
        for (effective, periods, expected) in table {
            let found = nominal_from_effective(rate(effective), times(periods));
            assert_eq!(found, Ok(rate(expected)), "{effective} {periods}");
        }
        let lost = nominal_from_effective(rate("-0.64"), times(SECONDS));
        assert!(matches!(lost, Err(RateError::OutOfRange(fraction)) if fraction < Decimal::NEGATIVE_ONE));
    }

    #[test]
    fn the_logarithm_is_the_nominal_rate_of_continuous_compounding() {
        let table = [
            ("0.05", "0.04879016416943200307"),
            ("0.08328706767495855444", "0.08"),
            ("-0.5", "-0.69314718055994530942"),
            ("-0.63212055", "-0.99999997600149237925"),
            ("-0.6321205588285576784", "-0.99999999999999999999"),
            ("30000", "10.30898599342208255062"),
            ("0.00000000000000000001", "0.00000000000000000001"),
            ("0", "0"),
        ];
        for (effective, expected) in table {
            assert_eq!(nominal_annual(rate(effective), Compounding::Continuous), Ok(rate(expected)), "{effective}");
        }
        for lost in ["-0.64", "-0.9999999999999999999999999999"] {
            let found = nominal_annual(rate(lost), Compounding::Continuous);
            assert!(matches!(found, Err(RateError::OutOfRange(_))), "{lost}: {found:?}");
        }
        assert_eq!(nominal_annual(rate("0.075"), Compounding::Monthly), Ok(rate("0.07253902829150049536")));
        assert_eq!(nominal_annual(rate("0.0799"), Compounding::Annual), Ok(rate("0.0799")));
    }

    #[test]
    fn what_compounds_beyond_every_rate_is_an_error() {
        for periods in [2, SECONDS, u32::MAX] {
            let found = effective_from_nominal(Rate::MAX, times(periods));
            assert_eq!(found, Err(RateError::Overflow(Decimal::from(30_000))), "{periods}");
        }
        assert!(matches!(effective_from_nominal(rate("10.4"), times(u32::MAX)), Err(RateError::Overflow(_))));
    }

    proptest! {
        #[test]
        fn an_effective_rate_survives_its_nominal_rate(units in 0u64..3_000_000_000_000, periods in 1u32..) {
            let effective = Rate::try_new(Decimal::new(i64::try_from(units).unwrap(), 10)).unwrap();
            let nominal = nominal_from_effective(effective, times(periods)).unwrap();
            prop_assert!(nominal <= effective);
            // Half a last place of the nominal rate is (1 + X) as much of the effective one.
            let tolerance = (effective.value() + Decimal::ONE) * Decimal::new(1, 20);
            let back = effective_from_nominal(nominal, times(periods)).unwrap();
            prop_assert!((back.value() - effective.value()).abs() <= tolerance, "{} {}", back, effective);
            let continuous = nominal_annual(effective, Compounding::Continuous).unwrap();
            let back = effective_annual(continuous, Compounding::Continuous).unwrap();
            prop_assert!((back.value() - effective.value()).abs() <= tolerance, "{} {}", back, effective);
            prop_assert!(continuous.value() <= nominal.value() + Decimal::new(1, 20));
        }

        #[test]
        fn a_nominal_rate_survives_its_effective_rate(units in -9_999_999_999i64..50_000_000_000, periods in 2u32..) {
            let nominal = Rate::try_new(Decimal::new(units, 10)).unwrap();
            let effective = effective_from_nominal(nominal, times(periods)).unwrap();
            let back = nominal_from_effective(effective, times(periods)).unwrap();
            // An effective rate near -1 has fewer places: (1 + X) is what they are of.
            let tolerance = Decimal::new(1, 20) + Decimal::new(1, 20) / (effective.value() + Decimal::ONE);
            prop_assert!((back.value() - nominal.value()).abs() <= tolerance, "{} {}", back, nominal);
            prop_assert!(effective.value() + Decimal::new(1, 20) >= nominal.value());
        }

        #[test]
        fn the_rate_of_one_period_loses_nothing(units in 0u64..3_000_000_000_000, periods in 1u32..=SECONDS) {
            let yearly = Rate::try_new(Decimal::new(i64::try_from(units).unwrap(), 10)).unwrap();
            let of_effective = PeriodicRate::effective_over(yearly, times(periods)).unwrap();
            prop_assert_eq!(of_effective.compounded(periods), Ok(yearly));
            let of_nominal = PeriodicRate::nominal_over(yearly, times(periods)).unwrap();
            prop_assert_eq!(of_nominal.added_up(periods), Ok(yearly));
            prop_assert_eq!(of_effective.added_up(periods), nominal_from_effective(yearly, times(periods)));
        }

        #[test]
        fn compounding_more_often_never_yields_less(units in 0u64..50_000_000_000, a in 1u32.., b in 1u32..) {
            let nominal = Rate::try_new(Decimal::new(i64::try_from(units).unwrap(), 10)).unwrap();
            let effective = |periods| effective_from_nominal(nominal, times(periods)).unwrap();
            prop_assert!(effective(a.min(b)) <= effective(a.max(b)));
            prop_assert!(effective(b) <= effective_annual(nominal, Compounding::Continuous).unwrap());
        }

        #[test]
        fn no_rate_makes_a_conversion_panic(mantissa in any::<i64>(), scale in 0u32..=28, periods in 1u32.., c in prop::sample::select(vec![Compounding::Annual, Compounding::Daily365, Compounding::Continuous])) {
            if let Ok(rate) = Rate::try_new(Decimal::new(mantissa, scale)) {
                let _ = effective_from_nominal(rate, times(periods));
                let _ = nominal_from_effective(rate, times(periods));
                let _ = effective_annual(rate, c);
                let _ = nominal_annual(rate, c);
                let negative = rate.is_negative();
                prop_assert_eq!(PeriodicRate::nominal_over(rate, times(periods)).is_err(), negative);
                prop_assert_eq!(PeriodicRate::effective_over(rate, times(periods)).is_err(), negative);
            }
        }
    }
}
