//! What holds for all flows, on random ones.

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use ruint::aliases::U256;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::eu_ccd::{self, YearFlow};
use super::tests::{cents, on, series};
use super::us_reg_z::{self, UnitPeriodFlow};
use super::*;

fn annual_payments(amounts: &[u32]) -> Vec<DatedFlow> {
    let dates = (1i64..).map(|year| date(2026, 3, 15).checked_add(year.years()).unwrap());
    dates.zip(amounts).map(|(on, amount)| DatedFlow { on, amount: cents(u64::from(*amount)) }).collect()
}

proptest! {
    /// With whole years the unit-period is a year and both equations are the same one.
    #[test]
    fn us_and_eu_agree_on_whole_years(amounts in prop::collection::vec(1u32..1_000_000, 2..30), share in 10u64..100) {
        let total: u64 = amounts.iter().map(|amount| u64::from(*amount)).sum();
        let advance = [DatedFlow { on: date(2026, 3, 15), amount: cents((total * share / 100).max(1)) }];
        let payments = annual_payments(&amounts);
        let us = us_reg_z::from_dates(&advance, &payments).unwrap();
        let eu = eu_ccd::from_dates(&advance, &payments).unwrap();
        prop_assert_eq!(us.unit_period, Some(UnitPeriod::Year));
        prop_assert!((us.apr.value() - eu.apr.value()).abs() < Decimal::new(1, 11) * (Decimal::ONE + eu.apr.value()));
    }

    /// The rate that comes out makes both sides equal to 1e-10 of the amount advanced, checked by plain summation.
    #[test]
    fn the_equation_balances(amounts in prop::collection::vec(1u32..1_000_000, 1..60), share in 50u64..100) {
        let total: u64 = amounts.iter().map(|amount| u64::from(*amount)).sum();
        let amount = (total * share / 100).max(1);
        let times: Vec<_> = (1u32..).zip(&amounts).map(|(k, paid)| YearFlow { amount: cents(u64::from(*paid)), years: f64::from(k) / 12.0 }).collect();
        let found = eu_ccd::from_times(&[YearFlow { amount: cents(amount), years: 0.0 }], &times);
        if let Ok(found) = found {
            let rate = found.apr.value().to_f64().unwrap();
            let paid: f64 = times.iter().map(|flow| f64::from(flow.amount) * (1.0 + rate).powf(-flow.years)).sum();
            prop_assert!((paid / f64::from(cents(amount)) - 1.0).abs() < 1e-10);
        } else {
            prop_assert!(matches!(found, Err(AprError::AboveRange)));
        }
    }

    #[test]
    fn a_higher_fee_never_lowers_the_rate(payment in 1_000u64..100_000, count in 2i64..60, a in 0u64..900, b in 0u64..900) {
        let payments = series("2026-02-15", 1.month(), count, payment);
        let face = payment * u64::try_from(count).unwrap() * 9 / 10;
        let apr = |fee: u64| {
            let advance = [on("2026-01-10", face - fee)];
            (us_reg_z::from_dates(&advance, &payments).unwrap().apr, eu_ccd::from_dates(&advance, &payments).unwrap().apr)
        };
        let (low, high) = (apr(a.min(b)), apr(a.max(b)));
        prop_assert!(low.0 <= high.0 && low.1 <= high.1);
    }

    #[test]
    fn the_order_of_flows_is_irrelevant(mut flows in prop::collection::vec((0i64..2_000, 1u64..100_000), 2..40), seed in any::<usize>()) {
        let start = date(2026, 1, 1);
        let dated = |flows: &[(i64, u64)]| flows.iter().map(|(day, amount)| DatedFlow { on: start.checked_add(day.days()).unwrap(), amount: cents(*amount) }).collect::<Vec<_>>();
        let advance = [DatedFlow { on: start, amount: cents(50_000) }];
        let before = (us_reg_z::from_dates(&advance, &dated(&flows)), eu_ccd::from_dates(&advance, &dated(&flows)));
        let middle = seed % flows.len();
        flows.rotate_left(middle);
        flows.reverse();
        let after = (us_reg_z::from_dates(&advance, &dated(&flows)), eu_ccd::from_dates(&advance, &dated(&flows)));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn no_flows_make_the_solver_panic_or_run_away(
        advances in prop::collection::vec((any::<[u64; 4]>(), 0usize..256, -3_000i64..40_000), 0..12),
        payments in prop::collection::vec((any::<[u64; 4]>(), 0usize..256, -3_000i64..40_000), 0..12),
    ) {
        let start = date(2026, 1, 31);
        let dated = |flows: &[([u64; 4], usize, i64)]| -> Vec<DatedFlow> {
            flows.iter().map(|(limbs, shift, day)| DatedFlow { on: start.checked_add(day.days()).unwrap(), amount: U256::from_limbs(*limbs) >> *shift }).collect()
        };
        let (advances, payments) = (dated(&advances), dated(&payments));
        if let Ok(found) = us_reg_z::from_dates(&advances, &payments) {
            prop_assert!(!found.apr.is_negative());
        }
        if let Ok(found) = eu_ccd::from_dates(&advances, &payments) {
            prop_assert!(!found.apr.is_negative());
        }
    }

    #[test]
    fn no_times_make_the_solver_panic(flows in prop::collection::vec((any::<u64>(), any::<f64>(), any::<u32>(), 0.0f64..=1.0), 1..10), per_year in any::<i64>(), scale in 0u32..20) {
        let years: Vec<_> = flows.iter().map(|(amount, years, ..)| YearFlow { amount: cents(*amount), years: years % 1_200.0 }).collect();
        let periods: Vec<_> = flows.iter().map(|(amount, _, whole, fraction)| UnitPeriodFlow { amount: cents(*amount), whole: whole % 400_000, fraction: *fraction }).collect();
        let (some, others) = years.split_at(years.len() / 2);
        if let Ok(found) = eu_ccd::from_times(some, others) {
            prop_assert!(!found.apr.is_negative());
        }
        let (some, others) = periods.split_at(periods.len() / 2);
        if let Ok(found) = us_reg_z::from_times(some, others, Decimal::new(per_year, scale)) {
            prop_assert!(!found.apr.is_negative());
        }
    }
}

proptest! {
    #[test]
    fn monthly_payments_are_counted_as_any_others_are(
        wait in 1i64..400,
        day in 1i8..=31,
        months in 1i64..13,
        amounts in prop_oneof![prop::collection::vec(1u64..100_000, 1..30), (1u64..100_000, 1usize..60).prop_map(|(amount, count)| vec![amount; count])],
        share in 50u64..100,
    ) {
        let first = date(2027, 8, day);
        let total: u64 = amounts.iter().sum();
        let advances = [DatedFlow { on: first.checked_sub(wait.days()).unwrap(), amount: cents((total * share / 100).max(1)) }];
        let dates = (0i64..).map(|index| first.checked_add((index * months).months()).unwrap());
        let payments: Vec<_> = dates.zip(&amounts).map(|(on, amount)| DatedFlow { on, amount: cents(*amount) }).collect();
        prop_assert_eq!(us_reg_z::from_dates(&advances, &payments), us_reg_z::from_any_dates(&advances, &payments));
        prop_assert_eq!(eu_ccd::from_dates(&advances, &payments), eu_ccd::from_any_dates(&advances, &payments));
    }

    /// Of level series in closed form and flow by flow.
    #[test]
    fn a_level_series_has_the_rate_of_its_flows(
        advances in prop::collection::vec((1u64..1_000_000, 0u32..3), 1..3),
        payments in prop::collection::vec((1u64..100_000, 3u32..40, 1u32..100, 1u32..4), 1..5),
        parts in prop::sample::select(vec![1.0, 12.0, 52.0]),
        fraction in prop::sample::select(vec![0.0, 0.5, 1.0 / 3.0]),
    ) {
        let mut equation = Equation::new();
        for (amount, at) in advances {
            equation.push(Side::Advance, cents(amount), f64::from(at) / parts, 0.0);
        }
        for (amount, first, count, step) in payments {
            for index in 0..count {
                equation.push(Side::Payment, cents(amount), f64::from(first + index * step) / parts, fraction);
            }
        }
        let at_zero = equation.total(Side::Advance).unwrap().cmp(&equation.total(Side::Payment).unwrap());
        let terms = equation.terms(float(equation.total(Side::Advance).unwrap()));
        let plain = solver::solve(terms, at_zero, 2_500.0, |u| to_rate(u.exp_m1()));
        prop_assert_eq!(equation.solve(2_500.0, |u| to_rate(u.exp_m1())), plain);
    }
}

proptest! {
    #[test]
    fn rates_rounded_by_integers_are_those_of_decimals(value in 0.0f64..40_000.0, exponent in 0i32..40) {
        let value = value / 2f64.powi(exponent);
        if let Some(found) = rounded(value) {
            prop_assert_eq!(Rate::try_new(found).ok(), to_rate_by_decimal(value));
            prop_assert_eq!(found.scale(), found.normalize().scale());
        }
    }
}

#[test]
fn the_largest_rate_is_the_same_in_floats() {
    assert_eq!(Rate::MAX.value().to_f64(), Some(MAX_RATE));
}

#[test]
fn rates_of_an_ordinary_size_are_rounded_by_integers() {
    let table = [
        (0.0799, "0.0799"),
        (1.0, "1"),
        (20.0, "20"),
        (0.25, "0.25"),
        (29_999.5, "29999.5"),
        (0.128_300_000_000_04, "0.1283"),
        (0.333_333_333_333_333, "0.333333333333"),
        (0.666_666_666_666_666, "0.666666666667"),
        (0.000_000_002, "0.000000002"),
    ];
    for (value, expected) in table {
        assert_eq!(rounded(value), Some(expected.parse().unwrap()), "{value}");
    }
    for beyond in [0.0, -0.1, 1e-10, MAX_RATE, f64::NAN, f64::INFINITY] {
        assert_eq!(rounded(beyond), None, "{beyond}");
    }
}
