//! Laws that hold whatever is paid when.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy)]
struct Try {
    instalment: usize,
    day: i64,
    amount: u64,
    kind: u8,
}

fn any_try() -> impl Strategy<Value = Try> {
    (0_usize..8, 0_i64..250, 1_u64..40_000, 0_u8..32).prop_map(|(instalment, day, amount, kind)| Try {
        instalment,
        day,
        amount,
        kind,
    })
}

fn any_way(count: usize) -> impl Strategy<Value = Repayment> {
    prop_oneof![
        4 => Just(Repayment::Level(None)),
        1 => prop::collection::vec(0_u32..4, count).prop_map(|parts| weights(&parts, 2)),
        1 => Just(Repayment::EqualPrincipal),
        1 => (1_u64..60_000).prop_map(|each| Repayment::FixedPrincipal(U256::from(each))),
        1 => (30_000_u64..60_000).prop_map(|each| Repayment::FixedPayment(U256::from(each))),
        1 => Just(Repayment::InterestOnly),
    ]
}

/// A day of the term, but for its first and last.
fn within(day: i64, due_dates: &[Date]) -> Date {
    let span = i64::from((*due_dates.last().unwrap() - START).get_days());
    START.checked_add((1 + day % (span - 1)).days()).unwrap()
}

fn payment(of: Try, due_dates: &[Date]) -> Payment {
    let (due, amount) = (due_dates[of.instalment % due_dates.len()], U256::from(of.amount));
    let paid = match of.kind {
        0 => Paid::Everything,
        1..12 => Paid::Principal { due, amount },
        _ => Paid::Sum { due, amount },
    };
    Payment { on: within(of.day, due_dates), paid }
}

prop_compose! {
    fn any_paid()(count in 2_u32..8)(
        repayment in any_way(count as usize),
        count in Just(count),
        (yearly, grace) in (0_i64..4_000, prop_oneof![4 => Just(0_u32), 1 => 0_u32..2]),
        tries in prop::collection::vec(any_try(), 1..5),
        (later, change) in (prop::option::of((1_i64..100, 1_u64..50_000)), prop::option::of((1_i64..100, 0_i64..3_000))),
        surplus in prop_oneof![Just(Surplus::Next), Just(Surplus::Last), Just(Surplus::Level)],
        late in prop_oneof![Just(Late::ToTheDay), Just(Late::AsDue)],
        (spread, each_segment) in any::<(bool, bool)>(),
    ) -> Terms {
        let mut terms = months(100_000, &Decimal::new(yearly, 4).to_string(), count, repayment);
        terms.grace.principal = grace;
        let on_day = |day| within(day, &terms.due_dates);
        terms.drawdowns.extend(later.map(|(day, amount)| drawn(amount, on_day(day))));
        if let Pricing::Yearly { changes, .. } = &mut terms.pricing {
            let on = |(day, yearly)| RateChange { on: on_day(day), rate: rate(&Decimal::new(yearly, 4).to_string()) };
            changes.extend(change.map(on));
        }
        let residue = if spread && terms.repayment == Repayment::Level(None) { Residue::Spread } else { Residue::LastPayment };
        terms.rounding = Rounding { residue, each_segment, ..Rounding::default() };
        let made = tries.into_iter().map(|of| payment(of, &terms.due_dates)).collect();
        terms.payments = Payments { made, surplus, late };
        terms
    }
}

fn total(amounts: impl Iterator<Item = U256>) -> U256 {
    amounts.fold(U256::ZERO, |sum, amount| sum + amount)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * ProptestConfig::default().cases))]

    #[test]
    fn whatever_is_paid_the_balance_ends_at_zero_and_nothing_is_lost(terms in any_paid()) {
        let Ok(whole) = Plan::try_new(terms.clone()) else { return Ok(()) };
        let schedule = match whole.schedule() {
            Ok(schedule) => schedule,
            Err(PlanError::PaymentTooLarge { .. } | PlanError::NotRepaid { .. }) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let (rows, dues) = (schedule.instalments(), whole.dues().unwrap());
        prop_assert_eq!(schedule.check(), Ok(()));
        prop_assert_eq!(schedule.left(), U256::ZERO);
        prop_assert_eq!(dues.last().unwrap().balance, U256::ZERO);
        prop_assert_eq!(Ok(total(rows.iter().map(|row| row.principal))), schedule.principal_repaid());
        // Principal that a payment takes off the balance alone belongs to no instalment.
        if terms.payments.surplus != Surplus::Level {
            prop_assert_eq!(Ok(total(dues.iter().map(|due| due.principal))), schedule.principal_repaid());
        }
        prop_assert_eq!(Ok(total(dues.iter().map(|due| due.interest))), schedule.total_interest());
    }

    #[test]
    fn what_is_paid_on_a_day_is_shown_on_that_day(terms in any_paid()) {
        let Ok(schedule) = plan(terms.clone()) else { return Ok(()) };
        let days: std::collections::BTreeSet<_> = terms.payments.made.iter().map(|payment| payment.on).collect();
        for on in days {
            let own = terms.payments.made.iter().filter(|payment| payment.on == on);
            let least = total(own.map(|payment| match payment.paid {
                Paid::Sum { amount, .. } | Paid::Principal { amount, .. } => amount,
                Paid::Everything => U256::ZERO,
            }));
            let rows = schedule.instalments().iter().filter(|row| row.due == on);
            let shown = total(rows.map(|row| row.payment().unwrap()));
            prop_assert!(shown >= least, "{} of {} on {}", shown, least, on);
        }
    }

    #[test]
    fn nothing_is_paid_after_a_pay_off_and_no_interest_after_its_day(terms in any_paid(), day in 1_i64..60) {
        let mut terms = terms;
        terms.drawdowns.truncate(1);
        let on = START.checked_add(day.days()).unwrap();
        terms.payments.made = vec![Payment { on, paid: Paid::Everything }];
        let Ok(schedule) = plan(terms) else { return Ok(()) };
        for row in schedule.instalments().iter().filter(|row| row.due > on) {
            prop_assert_eq!((row.principal, row.interest, row.balance_after), (U256::ZERO, U256::ZERO, U256::ZERO));
        }
    }

    #[test]
    fn what_is_paid_early_saves_interest_and_what_is_paid_late_costs_it(
        yearly in 1_i64..3_000, instalment in 0_usize..6, day in 1_i64..180, amount in 100_u64..17_000,
    ) {
        let mut terms = months(100_000, &Decimal::new(yearly, 4).to_string(), 6, Repayment::Level(None));
        let due = terms.due_dates[instalment];
        let on = START.checked_add(day.days()).unwrap();
        let without = plan(terms.clone()).unwrap().total_interest().unwrap();
        terms.payments.made = vec![Payment { on, paid: Paid::Sum { due, amount: U256::from(amount) } }];
        let Ok(schedule) = plan(terms) else { return Ok(()) };
        // Half a unit of each period's interest.
        let slack = U256::from(6);
        let with = schedule.total_interest().unwrap();
        prop_assert!(if on <= due { with <= without + slack } else { with + slack >= without }, "{} and {}", with, without);
    }
}
