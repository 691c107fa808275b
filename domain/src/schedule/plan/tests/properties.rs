//! Laws that hold whatever the terms.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::day_count::DayCount;
use crate::schedule::AdditionKind;

fn any_repayment(count: usize) -> impl Strategy<Value = Repayment> {
    prop_oneof![
        4 => Just(Repayment::Level(None)),
        2 => (prop::collection::vec(0_u32..4, count), 1_u32..4).prop_map(|(parts, full)| {
            Repayment::Level(Some(Weights { parts, full: NonZeroU32::new(full).unwrap() }))
        }),
        1 => Just(Repayment::EqualPrincipal),
        1 => (1_u64..200_000).prop_map(|each| Repayment::FixedPrincipal(U256::from(each))),
        1 => (1_u64..200_000).prop_map(|each| Repayment::FixedPayment(U256::from(each))),
        1 => Just(Repayment::Flat),
        1 => Just(Repayment::InterestOnly),
    ]
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    let mode = || prop_oneof![Just(Mode::HalfEven), Just(Mode::HalfUp), Just(Mode::Up), Just(Mode::Down)];
    let round = move || {
        (prop_oneof![Just(1_u64), Just(5), Just(100)], mode())
            .prop_map(|(unit, mode)| Round { unit: NonZeroU64::new(unit).unwrap(), mode })
    };
    let residue = prop_oneof![
        2 => Just(Residue::LastPayment),
        2 => Just(Residue::LastInterest),
        2 => Just(Residue::Leave),
        1 => Just(Residue::Spread),
        1 => Just(Residue::IntoRate),
    ];
    (round(), round(), round(), residue, any::<bool>()).prop_map(
        |(interest, payment, principal, residue, each_segment)| Rounding {
            interest,
            payment,
            principal,
            residue,
            each_segment,
        },
    )
}

fn any_basis() -> impl Strategy<Value = Basis> {
    let interval = Interval::MONTH;
    let year = YearLength::Fixed(NonZeroU32::new(360).unwrap());
    prop_oneof![
        Just(Basis::Days(DayCount::Act365Fixed)),
        Just(Basis::Days(DayCount::ActActIsda)),
        Just(Basis::Days(DayCount::ThirtyE360Isda)),
        Just(Basis::UnitPeriod { interval, stub: NonZeroU32::new(365) }),
        Just(Basis::Nominal { interval, year, month: MonthLength::Thirty }),
        Just(Basis::Nominal { interval, year: YearLength::Actual, month: MonthLength::Actual }),
    ]
}

/// Parts that do not go with everything are seldom there, so that most terms are possible.
fn rarely(below: u32) -> impl Strategy<Value = u32> {
    prop_oneof![6 => Just(0), 1 => 0..below]
}

fn draws(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(i64, u64)>> {
    prop::collection::vec((0_i64..150, prop_oneof![1 => Just(0), 20 => 1_u64..1_000_000]), count)
}

fn changes(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1_i64..60, 0_i64..3_000), count)
}

prop_compose! {
    /// Possible and impossible terms alike.
    fn any_terms()(count in 1_usize..14)(
        gaps in prop::collection::vec(prop_oneof![50 => 1_i64..70, 1 => Just(0)], count),
        repayment in any_repayment(count),
        draws in prop_oneof![2 => draws(1..2), 1 => draws(2..4)],
        (yearly, basis) in (0_i64..3_000, any_basis()),
        changes in prop_oneof![3 => changes(0..1), 1 => changes(1..3)],
        grace in (rarely(4), rarely(3), rarely(3), rarely(3)),
        down in prop::option::of(0_i64..100),
        posting in rarely(5),
        balloon in rarely(300_000),
        rounding in any_rounding(),
    ) -> Terms {
        let percent = |hundredths| Rate::try_new(Decimal::new(hundredths, 4)).unwrap();
        let later = |on: Date, days: i64| on.checked_add(days.days()).unwrap();
        let mut at = START;
        let due_dates = gaps.iter().map(|gap| { at = later(at, *gap); at }).collect();
        let drawdowns: Vec<_> = draws.iter().enumerate().map(|(index, (days, amount))| Drawdown {
            on: if index == 0 { START } else { later(START, *days) },
            amount: U256::from(*amount),
        }).collect();
        let mut at = START;
        let changes = changes.iter().map(|(days, yearly)| {
            at = later(at, *days);
            RateChange { on: at, rate: percent(*yearly) }
        }).collect();
        Terms {
            start: START, drawdowns, due_dates,
            pricing: Pricing::Yearly { rate: percent(yearly), basis, changes },
            repayment, balloon: U256::from(balloon),
            grace: Grace { principal: grace.0, interest: grace.1, interest_free: grace.2, capitalised: grace.3 },
            down_payment: down.map(|share| Rate::try_new(Decimal::new(share, 2)).unwrap()),
            posting: NonZeroU32::new(posting),
            rounding, payments: Payments::default(),
        }
    }
}

fn total(schedule: &Schedule, kind: AdditionKind) -> U256 {
    let own = schedule.additions().iter().filter(|addition| addition.kind == kind);
    own.fold(U256::ZERO, |sum, addition| sum + addition.amount)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3 * ProptestConfig::default().cases))]

    #[test]
    fn whatever_the_terms_the_parts_add_up_or_an_error_says_why(terms in any_terms()) {
        let Ok(schedule) = plan(terms.clone()) else { return Ok(()) };
        let drawn = terms.drawdowns.iter().fold(U256::ZERO, |sum, drawdown| sum + drawdown.amount);
        prop_assert_eq!(schedule.check(), Ok(()));
        prop_assert_eq!(schedule.principal(), drawn);
        let repaid = schedule.instalments().iter().fold(U256::ZERO, |sum, row| sum + row.principal);
        prop_assert_eq!(Ok(repaid), schedule.principal_repaid());
        prop_assert_eq!(repaid + schedule.left(), drawn + total(&schedule, AdditionKind::Interest));
        if terms.rounding.residue != Residue::Leave {
            prop_assert_eq!(schedule.left(), U256::ZERO);
        }
        let paid = schedule.instalments().iter().fold(U256::ZERO, |sum, row| sum + row.payment().unwrap());
        prop_assert_eq!(Ok(paid), schedule.total_payments());
    }

    #[test]
    fn the_order_in_which_drawdowns_are_named_is_irrelevant(terms in any_terms()) {
        let mut turned = terms.clone();
        turned.drawdowns.reverse();
        // Errors number the drawdowns in the order in which they are named.
        if let (Ok(one), Ok(other)) = (plan(terms.clone()), plan(turned)) {
            let same_day = terms.drawdowns.iter().skip(1).any(|drawdown| terms.drawdowns.iter().filter(|own| own.on == drawdown.on).count() > 1);
            if same_day && terms.down_payment.is_some() {
                prop_assert_eq!(one.total_payments(), other.total_payments());
            } else {
                prop_assert_eq!(one.instalments(), other.instalments());
            }
        }
    }

    #[test]
    fn without_interest_only_the_principal_is_paid(units in 1_u64..10_000_000, count in 1_u32..30) {
        for repayment in [Repayment::Level(None), Repayment::EqualPrincipal, Repayment::Flat, Repayment::InterestOnly] {
            let schedule = plan(months(units, "0", count, repayment)).unwrap();
            prop_assert_eq!(schedule.total_payments(), Ok(U256::from(units)));
        }
    }

    #[test]
    fn a_level_payment_rises_with_the_rate(units in 100_000_u64..10_000_000, count in 2_u32..30, low in 1_i64..2_000, more in 100_i64..1_000) {
        let at = |hundredths: i64| {
            let schedule = plan(months(units, &Decimal::new(hundredths, 4).to_string(), count, Repayment::Level(None)));
            schedule.unwrap().instalments()[0].payment().unwrap()
        };
        prop_assert!(at(low) < at(low + more));
    }

    #[test]
    fn the_residue_of_a_level_plan_is_below_a_unit_a_period_grown(units in 100_000_u64..10_000_000, count in 2_u32..60, yearly in 0_i64..2_400) {
        let schedule = plan(months(units, &Decimal::new(yearly, 4).to_string(), count, Repayment::Level(None))).unwrap();
        let first = schedule.instalments()[0].payment().unwrap();
        let last = schedule.instalments().last().unwrap().payment().unwrap();
        // Half a unit of the payment and half of each interest, at 2 % a month at most over 60 months: 1.02^60 < 3.3.
        prop_assert!(first.abs_diff(last) <= U256::from(count) * U256::from(4), "{} and {}", first, last);
    }

    #[test]
    fn equal_principal_is_equal_but_for_the_residue(units in 1_000_u64..10_000_000, count in 1_u32..30, yearly in 0_i64..5_000) {
        let schedule = plan(months(units, &Decimal::new(yearly, 4).to_string(), count, Repayment::EqualPrincipal)).unwrap();
        let parts: Vec<_> = schedule.instalments().iter().map(|row| row.principal).collect();
        prop_assert!(parts[..parts.len() - 1].windows(2).all(|pair| pair[0] == pair[1]));
        prop_assert!(parts[0].abs_diff(parts[parts.len() - 1]) <= U256::from(count));
    }

    #[test]
    fn a_level_payment_over_equal_periods_is_that_of_the_closed_formula(units in 1_u64..u64::MAX, count in 1_u32..40, yearly in 1_i64..20_000) {
        let text = Decimal::new(yearly, 4).to_string();
        let due = Interval::MONTH.due_dates_after(date(2026, 1, 15), count).unwrap();
        let frequency = crate::period::Frequency::Monthly;
        let period = PeriodicRate::from_nominal(rate(&text), Compounding::Monthly, frequency);
        let annuity = Schedule::annuity(U256::from(units), &period.unwrap(), frequency, START, &due).unwrap();
        let own = plan(months(units, &text, count, Repayment::Level(None))).unwrap();
        // Where the payment does not cover the interest the two differ in how they show it.
        if own.is_plain() {
            prop_assert_eq!(own.instalments()[0].payment(), annuity.instalments()[0].payment());
        }
    }
}
