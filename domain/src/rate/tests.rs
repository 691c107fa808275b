use std::str::FromStr;

use proptest::prelude::*;
use ruint::aliases::U256;

use super::*;
use crate::period::{Frequency, TermUnit};

fn rate(text: &str) -> Rate {
    Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
}

fn close(found: Decimal, expected: &str, places: u32) -> bool {
    (found - Decimal::from_str(expected).unwrap()).abs() <= Decimal::new(1, places)
}

#[test]
fn rates_outside_the_bounds_are_refused() {
    let tried = |text: &str| Rate::try_new(Decimal::from_str(text).unwrap());
    assert_eq!(tried("-1"), Err(RateError::OutOfRange(Decimal::NEGATIVE_ONE)));
    assert!(tried("-0.9999").is_ok_and(Rate::is_negative));
    assert_eq!(tried("30000"), Ok(Rate::MAX));
    assert_eq!(tried("30000.0001"), Err(RateError::OutOfRange(Decimal::new(300_000_001, 4))));
    assert_eq!(Rate::from_bps(Bps(799)), Ok(rate("0.0799")));
    assert!(Rate::from_bps(Bps(u32::MAX)).is_err());
}

#[test]
fn a_rate_is_shown_as_it_is_disclosed() {
    assert_eq!(rate("0.0785").percent(1).to_string(), "7.9");
    assert_eq!(rate("0.1214499").percent(2).to_string(), "12.14");
    assert_eq!(rate("0.07990").to_string(), "0.0799");
    assert_eq!(Bps(25).to_string(), "25 bps");
}

/// Formulas of any text on interest; figures from a 60-digit evaluation of them.
#[test]
fn nominal_rates_reach_their_effective_annual_rate() {
    let table = [
        ("0.12", Compounding::Monthly, "0.12682503013196972066"),
        ("0.05", Compounding::Quarterly, "0.0509453369140625"),
        ("0.10", Compounding::SemiAnnual, "0.1025"),
        ("0.08", Compounding::Continuous, "0.08328706767495855444"),
        ("-0.5", Compounding::Continuous, "-0.39346934028736657640"),
        ("-0.12", Compounding::Monthly, "-0.11361512828387071934"),
        ("0.07", Compounding::Daily365, "0.07250098317114460033"),
        ("0.0799", Compounding::Annual, "0.0799"),
        ("9.9", Compounding::Continuous, "19929.37043823028949"),
    ];
    for (nominal, compounding, expected) in table {
        let found = effective_annual(rate(nominal), compounding).unwrap().value();
        assert!(close(found, expected, if nominal == "9.9" { 14 } else { 19 }), "{nominal} {compounding:?}: {found}");
    }
    assert!(matches!(effective_annual(rate("10.4"), Compounding::Continuous), Err(RateError::Overflow(_))));
    assert!(matches!(effective_annual(Rate::MAX, Compounding::Daily365), Err(RateError::Overflow(_))));
    assert!(matches!(effective_annual(Rate::MAX, Compounding::Continuous), Err(RateError::Overflow(_))));
}

#[test]
fn a_nominal_rate_compounded_as_paid_is_an_exact_ratio() {
    let monthly = PeriodicRate::from_nominal(rate("0.0799"), Compounding::Monthly, Frequency::Monthly).unwrap();
    assert_eq!((monthly.numerator(), monthly.denominator()), (U256::from(799), U256::from(120_000)));
    let weekly = PeriodicRate::from_nominal(rate("0.13"), Compounding::Weekly, Frequency::Weekly).unwrap();
    assert_eq!((weekly.numerator(), weekly.denominator()), (U256::from(1), U256::from(400)));
    let none = PeriodicRate::from_nominal(Rate::ZERO, Compounding::Continuous, Frequency::Weekly).unwrap();
    assert!(none.is_zero());
    assert_eq!(PeriodicRate::from_ratio(U256::ONE, U256::ZERO), Err(RateError::ZeroDenominator));
    let negative = PeriodicRate::from_nominal(rate("-0.01"), Compounding::Monthly, Frequency::Monthly);
    assert_eq!(negative, Err(RateError::Negative(Decimal::new(-1, 2))));
}

#[test]
fn other_rates_reach_the_payment_period_through_the_growth_in_common() {
    let table = [
        // 1.12682503013196972066 is 1.01^12 to 20 places.
        (Compounding::Annual, "0.12682503013196972066", Frequency::Monthly, "0.01"),
        (Compounding::Monthly, "0.12", Frequency::Quarterly, "0.030301"),
        (Compounding::Weekly, "0.26", Frequency::Fortnightly, "0.010025"),
        (Compounding::SemiAnnual, "0.10", Frequency::Monthly, "0.00816484605190109196"),
        (Compounding::Continuous, "0.12", Frequency::Monthly, "0.01005016708416805754"),
        (Compounding::Annual, "0.05", Frequency::Weekly, "0.00093871270311172379"),
    ];
    for (compounding, yearly, frequency, expected) in table {
        let periodic = PeriodicRate::from_nominal(rate(yearly), compounding, frequency).unwrap();
        let found = periodic.to_decimal().unwrap();
        assert!(close(found, expected, 19), "{compounding:?} {yearly} {frequency:?}: {found}");
    }
    let direct = PeriodicRate::from_effective(rate("0.05"), Frequency::Weekly);
    assert_eq!(direct, PeriodicRate::from_nominal(rate("0.05"), Compounding::Annual, Frequency::Weekly));
    assert!(PeriodicRate::from_effective(Rate::MAX, Frequency::Weekly).is_ok());
}

#[test]
fn no_period_grows_by_more_than_a_year_may() {
    let year = PeriodicRate::effective_over(Rate::MAX, std::num::NonZeroU32::MIN).unwrap();
    assert_eq!(year.compounded(1), Ok(Rate::MAX));
    assert_eq!(year.compounded(2), Err(RateError::YieldOverflow));
    assert_eq!(year.added_up(1), Ok(Rate::MAX));
    assert_eq!(year.added_up(2), Err(RateError::YieldOverflow));
    let quarter = PeriodicRate::from_nominal(Rate::MAX, Compounding::Monthly, Frequency::Quarterly);
    assert_eq!(quarter, Err(RateError::Overflow(Decimal::from(30_000))));
}

#[test]
fn roots_are_right_to_the_last_places_that_are_kept() {
    for degree in [2, 4, 12, 26, 52, 365] {
        for (numerator, denominator) in [(10_799u64, 10_000u64), (30_001, 1), (1, 3), (100_000_001, 100_000_000)] {
            let value = Fixed::from_ratio(U256::from(numerator), U256::from(denominator)).unwrap();
            let back = value.root(degree).and_then(|root| root.pow(degree)).unwrap();
            let off = back.bits().abs_diff(value.bits());
            assert!(off.bit_len() <= 30, "root {degree} of {numerator}/{denominator} is off by 2^{}", off.bit_len());
        }
    }
}

#[test]
fn a_share_and_a_flat_rate_are_rounded_once_with_halves_to_even() {
    let months = |count| Term { count, unit: TermUnit::Months };
    assert_eq!(rate("1.15").of(U256::from(1_000_000)), Ok(U256::from(1_150_000)));
    assert_eq!(rate("0.5").of(U256::from(3)), Ok(U256::from(2)));
    assert_eq!(rate("0.5").of(U256::from(5)), Ok(U256::from(2)));
    // 10,000.00 at 8 % add-on for 18 months: 1,200.00.
    assert_eq!(rate("0.08").flat_interest(U256::from(1_000_000), months(18)), Ok(U256::from(120_000)));
    let weeks = Term { count: 26, unit: TermUnit::Weeks };
    assert_eq!(rate("0.1").flat_interest(U256::from(1_000), weeks), Ok(U256::from(50)));
    let days = Term { count: 73, unit: TermUnit::Days };
    assert_eq!(rate("0.1").flat_interest(U256::from(1_000), days), Ok(U256::from(20)));
    assert_eq!(rate("2").of(U256::MAX), Err(RateError::AmountOverflow(Decimal::TWO)));
    assert_eq!(rate("1").of(U256::MAX), Ok(U256::MAX));
    assert!(matches!(rate("-0.1").of(U256::ONE), Err(RateError::Negative(_))));
}

#[test]
fn rates_travel_as_strings() {
    assert_eq!(serde_json_free_round_trip("0.0799"), Ok(rate("0.0799")));
    assert!(serde_json_free_round_trip("-1").is_err());
    assert!(serde_json_free_round_trip("abc").is_err());
}

/// Through serde's own value deserialiser: this crate has no JSON.
fn serde_json_free_round_trip(text: &str) -> Result<Rate, serde::de::value::Error> {
    use serde::de::IntoDeserializer;
    Rate::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(text))
}

proptest! {
    #[test]
    fn no_rate_makes_a_conversion_panic(mantissa in any::<i64>(), scale in 0u32..=28, c in 0usize..8, f in 0usize..4) {
        let compounding = [Compounding::Annual, Compounding::SemiAnnual, Compounding::Quarterly, Compounding::Monthly,
            Compounding::Fortnightly, Compounding::Weekly, Compounding::Daily365, Compounding::Continuous][c];
        let frequency = [Frequency::Weekly, Frequency::Fortnightly, Frequency::Monthly, Frequency::Quarterly][f];
        if let Ok(rate) = Rate::try_new(Decimal::new(mantissa, scale)) {
            let effective = effective_annual(rate, compounding);
            let periodic = PeriodicRate::from_nominal(rate, compounding, frequency);
            prop_assert_eq!(periodic.is_err(), rate.is_negative() || periodic == Err(RateError::Overflow(rate.value())));
            if let Ok(effective) = effective {
                // Compounding more often never yields less.
                prop_assert!(effective.value() + Decimal::new(1, 20) >= rate.value());
            }
        }
    }

    #[test]
    fn effective_and_nominal_agree_on_the_period(bps in 1u32..200_000, f in 0usize..4) {
        let (frequency, compounding) = [(Frequency::Weekly, Compounding::Weekly), (Frequency::Fortnightly, Compounding::Fortnightly),
            (Frequency::Monthly, Compounding::Monthly), (Frequency::Quarterly, Compounding::Quarterly)][f];
        let nominal = Rate::from_bps(Bps(bps)).unwrap();
        let exact = PeriodicRate::from_nominal(nominal, compounding, frequency).unwrap().to_decimal().unwrap();
        if let Ok(effective) = effective_annual(nominal, compounding) {
            let through = PeriodicRate::from_effective(effective, frequency).unwrap().to_decimal().unwrap();
            prop_assert!((exact - through).abs() <= Decimal::new(2, 20) * (Decimal::ONE + exact));
        }
    }
}

proptest! {
    #[test]
    fn a_root_without_division_rounds_as_one_by_division(excess in 1u64..15_000_000_000, degree in prop::sample::select(vec![2u32, 4, 12, 13, 26, 52])) {
        let value = Fixed::from_ratio(U256::from(1_000_000_000 + excess), U256::from(1_000_000_000u64)).unwrap();
        let found = value.root(degree).and_then(Fixed::rounded_to_192);
        prop_assert_eq!(found, value.root_by_division(degree).and_then(Fixed::rounded_to_192));
        prop_assert!(found.is_some());
    }

    #[test]
    fn ratios_are_brought_to_lowest_terms_whatever_their_size(n in any::<u64>(), d in 1u64.., shift in 0usize..190) {
        let narrow = PeriodicRate::from_ratio(U256::from(n), U256::from(d)).unwrap();
        let wide = PeriodicRate::from_ratio(U256::from(n) << 128, U256::from(d) << 128).unwrap();
        prop_assert_eq!(narrow, wide);
        let binary = PeriodicRate::from_ratio(U256::from(n), U256::ONE << shift).unwrap();
        prop_assert_eq!(binary, PeriodicRate::from_ratio(U256::from(n) * U256::from(3u8), (U256::ONE << shift) * U256::from(3u8)).unwrap());
    }
}
