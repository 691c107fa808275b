use std::str::FromStr;

use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::interest::Interest;
use super::*;
use crate::period::Frequency;
use crate::rate::{Bps, Compounding, PeriodicRate, Rate};

const DRAWN: Date = date(2026, 1, 15);

fn monthly(text: &str) -> PeriodicRate {
    let rate = Rate::try_new(Decimal::from_str(text).unwrap()).unwrap();
    PeriodicRate::from_nominal(rate, Compounding::Monthly, Frequency::Monthly).unwrap()
}

fn months(count: u32) -> Vec<Date> {
    Frequency::Monthly.due_dates_after(DRAWN, count).unwrap()
}

fn annuity(units: u64, rate: &str, count: u32) -> Schedule {
    Schedule::annuity(U256::from(units), &monthly(rate), Frequency::Monthly, DRAWN, &months(count)).unwrap()
}

fn units(value: U256) -> u64 {
    u64::try_from(value).unwrap()
}

/// (principal, interest, balance after) of one instalment.
fn parts(schedule: &Schedule, number: usize) -> (u64, u64, u64) {
    let instalment = &schedule.instalments()[number - 1];
    (units(instalment.principal), units(instalment.interest), units(instalment.balance_after))
}

#[test]
fn level_payments_equal_published_ones() {
    let table = [
        // Reg Z Appendix J, iteration example: 1,000 over 36 months at 12.83 %.
        (100_000, "0.1283", 36, 3_361),
        // European Commission, examples for the calculation of the APRC (2015), example 1: 200,000 at 6 %, 20 years.
        (20_000_000, "0.06", 240, 143_286),
        // The same report, examples 20 and 27.
        (20_000_000, "0.05", 240, 131_991),
        (17_000_000, "0.06", 240, 121_793),
        // The textbook mortgage: 100,000 at 6 % over 30 years.
        (10_000_000, "0.06", 360, 59_955),
        (1_000_000, "0", 36, 27_778),
    ];
    for (principal, rate, count, payment) in table {
        let schedule = annuity(principal, rate, count);
        assert_eq!(units(schedule.instalments()[0].payment().unwrap()), payment, "{principal} at {rate}");
    }
}

#[test]
fn an_annuity_is_right_in_every_row() {
    // 1,000.00 at 12 % over 3 months: 340.02, the rows by hand.
    let schedule = annuity(100_000, "0.12", 3);
    assert_eq!(parts(&schedule, 1), (33_002, 1_000, 66_998));
    assert_eq!(parts(&schedule, 2), (33_332, 670, 33_666));
    assert_eq!(parts(&schedule, 3), (33_666, 337, 0));
    assert_eq!(schedule.total_payments(), Ok(U256::from(102_007)));
}

#[test]
fn an_odd_first_period_scales_the_first_interest_and_the_level_payment() {
    // A month and 15 days at 1 % a month.
    let due = Frequency::Monthly.due_dates(date(2026, 3, 2), 12).unwrap();
    let long = Schedule::annuity(U256::from(1_000_000), &monthly("0.12"), Frequency::Monthly, DRAWN, &due).unwrap();
    assert_eq!(FirstPeriod::from_dates(DRAWN, &due, Frequency::Monthly).map(FirstPeriod::ratio), Ok((48, 30)));
    assert_eq!(units(long.instalments()[0].interest), 16_000);
    // 88,848.79 × (1 + 0.01 × 48/30) / 1.01 = 89,376.6 for the regular payment of 88,848.79.
    assert_eq!(units(long.instalments()[0].payment().unwrap()), 89_377);
    let last = long.instalments().last().unwrap().payment().unwrap();
    assert!(last.abs_diff(U256::from(89_377)) <= U256::from(6), "the residue is rounding only: {last}");

    let early = Frequency::Monthly.due_dates(date(2026, 1, 25), 12).unwrap();
    let short = Schedule::annuity(U256::from(1_000_000), &monthly("0.12"), Frequency::Monthly, DRAWN, &early).unwrap();
    assert_eq!(units(short.instalments()[0].interest), 3_333);
}

#[test]
fn interest_that_a_payment_does_not_cover_is_carried_and_paid_first() {
    // Two years before the first of 360 payments: the first ones only pay interest.
    let due = Frequency::Monthly.due_dates(date(2028, 1, 15), 360).unwrap();
    let schedule =
        Schedule::annuity(U256::from(10_000_000), &monthly("0.12"), Frequency::Monthly, DRAWN, &due).unwrap();
    assert_eq!(parts(&schedule, 1).0, 0);
    assert_eq!(parts(&schedule, 1).2, 10_000_000);
    let payments: Vec<_> = schedule.instalments().iter().map(|i| i.payment().unwrap()).collect();
    assert!(payments.windows(2).rev().skip(1).all(|pair| pair[0] == pair[1]));
    assert!(payments[359].abs_diff(payments[0]) < U256::from(20_000), "the last payment stays near the others");
}

#[test]
fn interest_only_returns_the_principal_with_the_last_payment() {
    let schedule =
        Schedule::interest_only(U256::from(1_000_000), &monthly("0.12"), Frequency::Monthly, DRAWN, &months(3))
            .unwrap();
    assert_eq!(
        [1, 2, 3].map(|n| parts(&schedule, n)),
        [(0, 10_000, 1_000_000), (0, 10_000, 1_000_000), (1_000_000, 10_000, 0)]
    );
}

#[test]
fn a_bullet_compounds_every_period_and_pays_once() {
    let compounded = |count| {
        Schedule::bullet(U256::from(1_000_000), &monthly("0.12"), Frequency::Monthly, DRAWN, &months(count)).unwrap()
    };
    // 1.01^12 = 1.126825030
    assert_eq!(parts(&compounded(12), 1), (1_000_000, 126_825, 0));
    assert_eq!(parts(&compounded(1), 1), (1_000_000, 10_000, 0));
    assert_eq!(compounded(12).instalments().len(), 1);
    assert_eq!(compounded(12).instalments()[0].due, date(2027, 1, 15));
    let simple = Schedule::single_repayment(U256::from(500), U256::from(7), DRAWN, date(2026, 2, 1)).unwrap();
    assert_eq!(parts(&simple, 1), (500, 7, 0));
}

#[test]
fn an_agreed_total_is_paid_in_equal_parts_and_shared_in_a_straight_line() {
    let level = |principal: u64, total: u64, count| {
        Schedule::level_total(U256::from(principal), U256::from(total), DRAWN, &months(count)).unwrap()
    };
    let factor = level(1_000_000, 1_150_000, 12);
    assert_eq!(parts(&factor, 1), (83_333, 12_500, 916_667));
    assert_eq!(parts(&factor, 12), (83_337, 12_500, 0));
    assert_eq!(factor.total_payments(), Ok(U256::from(1_150_000)));
    // The nearest share of 3 units among 5 would ask for 4 of them before the last.
    let tiny = level(3, 3, 5);
    assert_eq!(tiny.instalments().iter().map(|i| units(i.payment().unwrap())).collect::<Vec<_>>(), [0, 0, 0, 0, 3]);
    let refused = Schedule::level_total(U256::from(5), U256::from(4), DRAWN, &months(2));
    assert_eq!(refused, Err(ScheduleError::TotalBelowPrincipal { total: U256::from(4), principal: U256::from(5) }));
}

#[test]
fn stated_payments_are_split_at_the_rate_that_they_amount_to() {
    // The payments of an annuity at 12 %, 30.4 days apart on average: interest close to the annuity's own.
    let own = annuity(1_000_000, "0.12", 12);
    let stated: Vec<_> = own.instalments().iter().map(|i| (i.due, i.payment().unwrap())).collect();
    let split = Schedule::from_flows(U256::from(1_000_000), DRAWN, &stated).unwrap();
    assert_eq!(split.total_interest(), own.total_interest());
    for (a, b) in split.instalments().iter().zip(own.instalments()) {
        assert_eq!(a.payment(), b.payment());
        assert!(a.interest.abs_diff(b.interest) < U256::from(1_000), "{a:?} {b:?}");
    }
    let free =
        Schedule::from_flows(U256::from(900), DRAWN, &[(DRAWN, U256::from(400)), (date(2026, 3, 1), U256::from(500))]);
    assert_eq!(free.unwrap().total_interest(), Ok(U256::ZERO));
    // Nothing is paid for months: the interest is carried, and compounds.
    let late = [(date(2026, 7, 15), U256::from(10)), (date(2027, 1, 15), U256::from(1_500))];
    let carried = Schedule::from_flows(U256::from(1_000), DRAWN, &late).unwrap();
    assert_eq!(parts(&carried, 1), (0, 10, 1_000));
    assert_eq!(parts(&carried, 2), (1_000, 500, 0));
}

#[test]
fn a_fee_per_instalment_is_paid_with_each_and_changes_nothing_else() {
    let plain = annuity(1_000_000, "0.10", 36);
    let with_fee = plain.clone().with_fee_per_instalment(U256::from(150)).unwrap();
    assert_eq!(with_fee.total_fees(), Ok(U256::from(36 * 150)));
    assert_eq!(with_fee.total_interest(), plain.total_interest());
    assert_eq!(with_fee.total_payments().unwrap(), plain.total_payments().unwrap() + U256::from(5_400));
    assert_eq!(plain.with_fee_per_instalment(U256::MAX), Err(ScheduleError::Overflow("total fees")));
}

#[test]
fn arguments_that_make_no_schedule_are_named() {
    let rate = monthly("0.1");
    let build =
        |principal: u64, due: &[Date]| Schedule::annuity(U256::from(principal), &rate, Frequency::Monthly, DRAWN, due);
    assert_eq!(build(0, &months(1)), Err(ScheduleError::NoPrincipal));
    assert_eq!(build(1, &[]), Err(ScheduleError::Count(0)));
    assert_eq!(build(1, &[DRAWN]), Err(ScheduleError::DatesOutOfOrder { number: 1, due: DRAWN, before: DRAWN }));
    let twice = [months(1)[0], months(1)[0]];
    assert_eq!(build(1, &twice), Err(ScheduleError::DatesOutOfOrder { number: 2, due: twice[0], before: twice[0] }));
    let too_many = vec![DRAWN; 4_001];
    assert_eq!(Schedule::from_flows(U256::ONE, DRAWN, &[]), Err(ScheduleError::Count(0)));
    assert_eq!(build(1, &too_many), Err(ScheduleError::Count(4_001)));
    let huge = Schedule::annuity(U256::MAX, &rate, Frequency::Monthly, DRAWN, &months(12));
    assert!(matches!(huge, Err(ScheduleError::Overflow(_))), "{huge:?}");
}

#[test]
fn a_schedule_that_breaks_a_promise_is_not_taken_back() {
    let good = annuity(100_000, "0.12", 3);
    let taken = |change: fn(&mut Vec<Instalment>)| {
        let mut instalments = good.instalments().to_vec();
        change(&mut instalments);
        Schedule::try_new(DRAWN, good.principal(), instalments)
    };
    assert_eq!(taken(|_| {}), Ok(good.clone()));
    assert!(matches!(taken(|all| all[1].principal += U256::ONE), Err(ScheduleError::Broken(_))));
    assert!(matches!(taken(|all| all[2].number = 4), Err(ScheduleError::Broken(_))));
    assert!(matches!(taken(|all| all[0].balance_after += U256::ONE), Err(ScheduleError::Broken(_))));
    assert_eq!(
        taken(|all| all.truncate(2)),
        Err(ScheduleError::Broken("the balance ends at zero, or at what the product leaves"))
    );
    assert_eq!(taken(Vec::clear), Err(ScheduleError::Count(0)));
    assert!(matches!(taken(|all| all[2].due = DRAWN), Err(ScheduleError::DatesOutOfOrder { number: 3, .. })));
}

#[test]
fn amounts_of_sixty_digits_amortise_to_the_unit() {
    let principal = U256::from_str("123456789012345678901234567890123456789012345678901234567890").unwrap();
    let effective = Rate::try_new(Decimal::from_str("0.0799").unwrap()).unwrap();
    let rate = PeriodicRate::from_effective(effective, Frequency::Monthly).unwrap();
    let schedule = Schedule::annuity(principal, &rate, Frequency::Monthly, DRAWN, &months(360)).unwrap();
    let first = schedule.instalments()[0].payment().unwrap();
    let last = schedule.instalments()[359].payment().unwrap();
    // The level payment is right to the unit, so that 360 roundings of half a unit, grown for 30 years, are all.
    assert!(first.abs_diff(last) < U256::from(2_000), "{first} {last}");
}

/// The payment from its definition with 200 decimal places, by a way that shares nothing with the code under test:
/// the balance is a straight line in the payment, so two trial payments give the exact one.
fn payment_by_trial(principal: u64, rate: PeriodicRate, count: usize) -> U256 {
    type Wide = ruint::Uint<2048, 32>;
    let scale = Wide::from(1u8) << 700;
    let (mut owed, mut unit) = (Wide::from(principal) * scale, Wide::ZERO);
    let (n, d) = (Wide::from(rate.numerator()), Wide::from(rate.denominator()));
    for _ in 0..count {
        owed = owed * (d + n) / d;
        unit = unit * (d + n) / d + scale;
    }
    let doubled = owed * Wide::from(2u8) / unit;
    U256::from((doubled + Wide::from(1u8)) / Wide::from(2u8))
}

proptest! {
    #[test]
    fn level_payments_are_correctly_rounded(principal in 1u64..u64::MAX / 2, bps in 1u32..20_000, count in 1u32..480) {
        let rate = PeriodicRate::from_nominal(Rate::from_bps(Bps(bps)).unwrap(), Compounding::Monthly, Frequency::Monthly).unwrap();
        let due = months(count);
        let first = FirstPeriod::from_dates(DRAWN, &due, Frequency::Monthly).unwrap();
        let found = level_payment::level_payment(U256::from(principal), &rate, first, due.len()).unwrap();
        prop_assert_eq!(found, payment_by_trial(principal, rate, due.len()));
    }

    #[test]
    fn both_ways_of_computing_interest_agree(balance in any::<u128>(), n in 0u64..1 << 60, d in 1u64..1 << 60) {
        let interest = Interest::new(U256::from(n), U256::from(d));
        if let Some(small) = interest.on_small(U256::from(balance)) {
            prop_assert_eq!(Some(U256::from(small)), interest.on_wide(U256::from(balance)));
        } else {
            prop_assert!(balance.checked_mul(u128::from(n)).is_none());
        }
    }

    #[test]
    fn interest_by_64_bits_is_the_wide_one(balance in any::<u64>(), bits in 0u32..64, n in any::<u64>(), d in 1u64..) {
        let (interest, balance) = (Interest::new(U256::from(n), U256::from(d)), balance >> bits);
        if let Some(small) = interest.on_u64(balance) {
            prop_assert_eq!(Some(U256::from(small)), interest.on_wide(U256::from(balance)));
        }
    }

    #[test]
    fn interest_over_a_power_of_two_is_the_wide_one(balance in any::<u64>(), limbs in any::<[u64; 4]>(), shift in 40usize..256, places in 0usize..=192, zeros in 0usize..200) {
        let numerator = (U256::from_limbs(limbs) >> shift) >> zeros << zeros;
        let interest = Interest::new(numerator, U256::ONE << places);
        if let Some(small) = interest.on_binary(balance) {
            prop_assert_eq!(Some(U256::from(small)), interest.on_wide(U256::from(balance)));
        }
    }

    #[test]
    fn a_narrow_level_payment_is_the_wide_one(principal in 1u128..1 << 93, bits in 0u32..90, bps in 1u32..100_000, count in 1u32..=480, days in 1u32..800, effective in any::<bool>()) {
        let yearly = Rate::from_bps(Bps(bps)).unwrap();
        let rate = if effective {
            PeriodicRate::from_effective(yearly, Frequency::Monthly).unwrap()
        } else {
            PeriodicRate::from_nominal(yearly, Compounding::Monthly, Frequency::Monthly).unwrap()
        };
        let principal = U256::from((principal >> bits).max(1));
        let due = DRAWN.checked_add(jiff::Span::new().days(days)).unwrap();
        for first in [FirstPeriod::REGULAR, FirstPeriod::from_dates(DRAWN, &[due], Frequency::Monthly).unwrap()] {
            if let Some(narrow) = level_payment::narrow(principal, &rate, first, count) {
                prop_assert_eq!(Ok(narrow), level_payment::wide(principal, &rate, first, count));
            }
        }
    }

    #[test]
    fn rows_by_64_bits_are_the_wide_ones(principal in 1u64.., bits in 0u32..60, level in any::<u64>(), bps in 0u32..100_000, count in 1u32..60, effective in any::<bool>()) {
        let yearly = Rate::from_bps(Bps(bps)).unwrap();
        let rate = if effective {
            PeriodicRate::from_effective(yearly, Frequency::Monthly).unwrap()
        } else {
            PeriodicRate::from_nominal(yearly, Compounding::Monthly, Frequency::Monthly).unwrap()
        };
        let due = months(count);
        let interests = annuity::Interests { first: Interest::regular(rate), regular: Interest::regular(rate) };
        let (principal, level) = ((principal >> bits).max(1), U256::from(level >> bits));
        let rows = || Rows::new(DRAWN, U256::from(principal), due.len());
        if let Some(small) = annuity::level_rows_small(rows(), level, &interests, &due) {
            let wide = annuity::level_rows(rows(), level, &interests, &due).unwrap();
            prop_assert_eq!(&small.instalments, &wide.instalments);
            prop_assert_eq!(small.proven().check(), Ok(()));
        } else {
            prop_assert!(principal > 1 << 32 || level > U256::from(1u64 << 32) || bps > 20_000);
        }
    }

    #[test]
    fn parts_add_up_whatever_the_terms(principal in 1u64.., bps in 0u32..100_000, count in 1u32..120, wait in 1i64..800, fee in any::<u32>()) {
        use jiff::ToSpan;
        let due = Frequency::Monthly.due_dates(DRAWN.checked_add(wait.days()).unwrap(), count).unwrap();
        let rate = PeriodicRate::from_nominal(Rate::from_bps(Bps(bps)).unwrap(), Compounding::Monthly, Frequency::Monthly).unwrap();
        let principal = U256::from(principal);
        let builders = [Schedule::annuity, Schedule::interest_only, Schedule::bullet];
        for build in builders {
            let schedule = build(principal, &rate, Frequency::Monthly, DRAWN, &due).unwrap().with_fee_per_instalment(U256::from(fee)).unwrap();
            prop_assert_eq!(schedule.check(), Ok(()));
            let repaid = schedule.instalments().iter().fold(U256::ZERO, |sum, i| sum + i.principal);
            let paid = schedule.instalments().iter().fold(U256::ZERO, |sum, i| sum + i.payment().unwrap());
            prop_assert_eq!(repaid, principal);
            prop_assert_eq!(paid, schedule.total_payments().unwrap());
        }
    }

    #[test]
    fn more_rate_never_costs_less(principal in 100_000u64..1_000_000_000_000, a in 0u32..40_000, b in 0u32..40_000, count in 1u32..120) {
        let cost = |bps| {
            let rate = PeriodicRate::from_nominal(Rate::from_bps(Bps(bps)).unwrap(), Compounding::Monthly, Frequency::Monthly).unwrap();
            let due = months(count);
            Schedule::bullet(U256::from(principal), &rate, Frequency::Monthly, DRAWN, &due).unwrap().total_interest().unwrap()
        };
        prop_assert!(cost(a.min(b)) <= cost(a.max(b)));
        let level = |bps| {
            let rate = PeriodicRate::from_nominal(Rate::from_bps(Bps(bps)).unwrap(), Compounding::Monthly, Frequency::Monthly).unwrap();
            level_payment::level_payment(U256::from(principal), &rate, FirstPeriod::REGULAR, count as usize).unwrap()
        };
        prop_assert!(level(a.min(b)) <= level(a.max(b)));
    }

    #[test]
    fn stated_payments_are_kept_and_add_up(principal in any::<u64>(), amounts in prop::collection::vec((any::<u64>(), 0i64..90), 1..40)) {
        use jiff::ToSpan;
        let mut on = DRAWN;
        let payments: Vec<_> = amounts.iter().map(|(amount, gap)| {
            on = on.checked_add(gap.days()).unwrap();
            (on, U256::from(*amount))
        }).collect();
        let total = payments.iter().fold(U256::ZERO, |sum, (_, amount)| sum + amount);
        let principal = U256::from(principal);
        match Schedule::from_flows(principal, DRAWN, &payments) {
            Ok(schedule) => {
                prop_assert_eq!(schedule.total_interest().unwrap() + principal, total);
                for (instalment, (due, amount)) in schedule.instalments().iter().zip(&payments) {
                    prop_assert_eq!((instalment.due, instalment.payment().unwrap()), (*due, *amount));
                }
            }
            Err(error) => prop_assert!(principal.is_zero() || total < principal, "{}", error),
        }
    }
}
