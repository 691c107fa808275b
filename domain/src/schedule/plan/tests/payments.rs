//! Payments on other days than the due dates and of other amounts.

use super::published::progressive;
use super::*;

/// (interest, principal, balance) of every instalment, as the source prints its periods.
fn dues(terms: &Terms) -> Vec<(u64, u64, u64)> {
    let small = |amount: U256| u64::try_from(amount).unwrap();
    let dues = Plan::try_new(terms.clone()).unwrap().dues().unwrap();
    dues.iter().map(|due| (small(due.interest), small(due.principal), small(due.balance))).collect()
}

/// (date, principal, interest) of everything that is paid.
fn flows(terms: &Terms) -> Vec<(Date, u64, u64)> {
    let schedule = plan(terms.clone()).unwrap();
    assert_eq!(schedule.left(), U256::ZERO);
    let small = |amount: U256| u64::try_from(amount).unwrap();
    schedule.instalments().iter().map(|row| (row.due, small(row.principal), small(row.interest))).collect()
}

fn principal(due: Date, on: Date, cents: u64) -> Payment {
    Payment { on, paid: Paid::Principal { due, amount: U256::from(cents) } }
}

fn sum(due: Date, on: Date, cents: u64) -> Payment {
    Payment { on, paid: Paid::Sum { due, amount: U256::from(cents) } }
}

/// 100.00 at 7 % over the first half of 2024.
fn half_year(made: Vec<Payment>) -> Terms {
    let mut terms = progressive("0.07", vec![]);
    terms.payments.made = made;
    terms
}

const MARCH: Date = date(2024, 3, 1);
const MID_FEBRUARY: Date = date(2024, 2, 15);

#[test]
fn an_instalment_that_is_met_early_leaves_the_interest_of_its_other_days_to_the_next() {
    // apache/fineract @4198b0bc, ProgressiveEMICalculatorTest, add_balance_correction_on0215.
    let early = [principal(MARCH, MID_FEBRUARY, 1_677), sum(MARCH, MID_FEBRUARY, 1_701)];
    for payment in early {
        let terms = half_year(vec![payment]);
        assert_eq!(
            dues(&terms),
            [
                (58, 1_643, 8_357),
                (24, 1_677, 6_680),
                (59, 1_642, 5_038),
                (29, 1_672, 3_366),
                (20, 1_681, 1_685),
                (10, 1_685, 0)
            ]
        );
        assert_eq!(flows(&terms)[1..3], [(MID_FEBRUARY, 1_677, 24), (MARCH, 0, 0)]);
    }
    let terms = half_year(vec![early[0], principal(date(2024, 4, 1), MARCH, 1_642)]);
    assert_eq!(
        dues(&terms),
        [
            (58, 1_643, 8_357),
            (24, 1_677, 5_038),
            (49, 1_652, 5_028),
            (29, 1_672, 3_356),
            (20, 1_681, 1_675),
            (10, 1_675, 0)
        ]
    );
}

#[test]
fn what_an_early_instalment_leaves_of_its_interest_is_paid_first_from_the_next_period_on() {
    // 66.80 · 15/29 of 0.5833 % wait on 1 March.
    let april = date(2024, 4, 1);
    let terms = half_year(vec![principal(MARCH, MID_FEBRUARY, 1_677), sum(april, MARCH, 100)]);
    assert_eq!(flows(&terms)[2..4], [(MARCH, 0, 0), (MARCH, 80, 20)]);
    let before = half_year(vec![principal(MARCH, MID_FEBRUARY, 1_677), sum(april, date(2024, 2, 29), 100)]);
    assert_eq!(flows(&before)[2], (date(2024, 2, 29), 100, 0));
}

#[test]
fn a_pay_off_is_the_interest_to_the_day_and_all_principal() {
    // The same test class: payoff_on0215, where the first instalment is paid with it, late and as if it had been due.
    let february = date(2024, 2, 1);
    let everything = |on| Payment { on, paid: Paid::Everything };
    let mut terms = half_year(vec![principal(february, MID_FEBRUARY, 1_500), everything(MID_FEBRUARY)]);
    terms.payments.late = Late::AsDue;
    assert_eq!(
        dues(&terms),
        [(58, 1_643, 8_357), (24, 1_677, 0), (0, 1_701, 0), (0, 1_701, 0), (0, 1_701, 0), (0, 1_577, 0)]
    );
    // payoff_on0115: 0.26 for the days from 1 to 15 January.
    let terms = half_year(vec![everything(date(2024, 1, 15))]);
    assert_eq!(
        dues(&terms),
        [(26, 1_675, 0), (0, 1_701, 0), (0, 1_701, 0), (0, 1_701, 0), (0, 1_701, 0), (0, 1_521, 0)]
    );
    assert_eq!(plan(terms).unwrap().total_payments(), Ok(U256::from(10_026)));
}

#[test]
fn the_instalment_that_is_left_bears_the_interest_that_those_paid_ahead_do_not() {
    // payoff_on0115 before its last payment: 0.05 for the rest of January and 0.09 in each month from then on.
    let first = Interval::MONTH.due_dates_after(date(2024, 1, 1), 5).unwrap();
    let on = date(2024, 1, 15);
    let made = first.iter().enumerate().map(|(index, due)| principal(*due, on, if index == 0 { 1_675 } else { 1_701 }));
    assert_eq!(
        dues(&half_year(made.collect())),
        [
            (26, 1_675, 1_521),
            (0, 1_701, 1_521),
            (0, 1_701, 1_521),
            (0, 1_701, 1_521),
            (0, 1_701, 1_521),
            (50, 1_521, 0)
        ]
    );
}

#[test]
fn a_new_rate_levels_what_is_not_paid_ahead() {
    // The same test class: reschedule_interest_on0120_adjsLst, which holds its rate from the day before.
    let mut terms = half_year(vec![principal(date(2024, 7, 1), date(2024, 1, 15), 1_701)]);
    if let Pricing::Yearly { changes, .. } = &mut terms.pricing {
        changes.push(RateChange { on: date(2024, 1, 19), rate: rate("0.04") });
    }
    assert_eq!(
        dues(&terms),
        [(44, 1_636, 6_663), (22, 1_658, 5_005), (17, 1_663, 3_342), (11, 1_669, 1_673), (6, 1_673, 0), (0, 1_701, 0)]
    );
}

#[test]
fn an_instalment_of_which_more_is_paid_than_a_new_level_stays_what_it_was() {
    // The same test class: reschedule_interest_on0201_2nd_EMI_not_changeable.
    let february = date(2024, 2, 1);
    let mut terms = half_year(vec![sum(february, february, 1_701), principal(MARCH, february, 1_690)]);
    if let Pricing::Yearly { changes, .. } = &mut terms.pricing {
        changes.push(RateChange { on: february, rate: rate("0.04") });
    }
    assert_eq!(
        dues(&terms),
        [
            (58, 1_643, 6_667),
            (0, 1_701, 6_656),
            (44, 1_639, 5_017),
            (17, 1_666, 3_351),
            (11, 1_672, 1_679),
            (6, 1_679, 0)
        ]
    );
}

#[test]
fn principal_that_is_paid_late_bears_interest_to_the_day_and_leaves_the_level() {
    let late = sum(date(2024, 2, 1), MID_FEBRUARY, 1_701);
    let terms = half_year(vec![late]);
    // 100.00 · 14/29 and 83.57 · 15/29 of 0.5833 %: 0.28 and 0.25 instead of 0.49.
    assert_eq!(dues(&terms)[..2], [(58, 1_643, 8_357), (53, 1_648, 6_709)]);
    assert_eq!(flows(&terms)[..3], [(date(2024, 2, 1), 0, 0), (MID_FEBRUARY, 1_643, 58), (MARCH, 1_648, 53)]);
    let mut as_due = half_year(vec![late]);
    as_due.payments.late = Late::AsDue;
    assert_eq!(dues(&as_due), dues(&half_year(vec![])));
    assert_eq!(flows(&as_due)[..3], [(date(2024, 2, 1), 0, 0), (MID_FEBRUARY, 1_643, 58), (MARCH, 1_652, 49)]);
    // A part that is late: 10.00 of which 0.58 is interest, so that 9.42 bear interest and 7.01 are paid when due.
    let part = half_year(vec![sum(date(2024, 2, 1), MID_FEBRUARY, 1_000)]);
    assert_eq!(flows(&part)[..2], [(date(2024, 2, 1), 701, 0), (MID_FEBRUARY, 942, 58)]);
    assert_eq!(dues(&part)[1], (51, 1_650, 6_707), "92.99 · 14/29 and 83.57 · 15/29: 0.26 and 0.25");
}

#[test]
fn what_a_payment_has_above_its_instalment_goes_where_the_product_says() {
    // 100,000 at 1 % a month: 34,002 each, of which 66,998 are left after the first.
    let with = |surplus| {
        let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
        terms.payments =
            Payments { made: vec![sum(date(2026, 2, 15), date(2026, 2, 15), 44_002)], surplus, ..Payments::default() };
        terms
    };
    let next = with(Surplus::Next);
    assert_eq!(dues(&next), [(1_000, 33_002, 56_998), (570, 33_432, 33_566), (336, 33_566, 0)]);
    assert_eq!(
        flows(&next)[..3],
        [(date(2026, 2, 15), 33_002, 1_000), (date(2026, 2, 15), 10_000, 0), (date(2026, 3, 15), 23_432, 570)]
    );
    // The last instalment is 10,000 of what it would have been; the second stays at its level.
    let last = with(Surplus::Last);
    assert_eq!(dues(&last), [(1_000, 33_002, 56_998), (570, 33_432, 23_566), (236, 33_566, 0)]);
    // 56,998 over two: 28,927.2.
    let level = with(Surplus::Level);
    assert_eq!(dues(&level), [(1_000, 33_002, 56_998), (570, 28_357, 28_641), (286, 28_641, 0)]);
}

#[test]
fn principal_is_repaid_early_whatever_the_way_of_repayment() {
    let on = date(2026, 2, 1);
    let with = |repayment| {
        let mut terms = months(90_000, "0.12", 3, repayment);
        terms.payments.made = vec![sum(date(2026, 2, 15), on, 30_493)];
        terms
    };
    // 17 of 31 days of 900 are 493.55; the rest of the month bears 14/31 of 1 % on 60,000: 270.97.
    let equal = with(Repayment::EqualPrincipal);
    assert_eq!(dues(&equal), [(765, 30_000, 60_000), (600, 30_000, 30_000), (300, 30_000, 0)]);
    assert_eq!(flows(&equal)[..2], [(on, 29_999, 494), (date(2026, 2, 15), 1, 271)]);
    let only = with(Repayment::InterestOnly);
    assert_eq!(dues(&only), [(765, 0, 60_001), (600, 0, 60_001), (600, 90_000, 0)]);
    let fixed = with(Repayment::FixedPayment(U256::from(40_000)));
    assert_eq!(flows(&fixed)[..2], [(on, 29_999, 494), (date(2026, 2, 15), 9_236, 271)]);
}

#[test]
fn an_instalment_is_paid_in_full_on_its_due_date_the_last_one_too() {
    let due = Interval::MONTH.due_dates_after(date(2024, 1, 1), 6).unwrap();
    let plain = half_year(vec![]);
    let amounts = dues(&plain).into_iter().map(|(interest, principal, _)| interest + principal);
    let made: Vec<_> = due.iter().zip(amounts).map(|(due, cents)| sum(*due, *due, cents)).collect();
    assert_eq!(flows(&half_year(made.clone())), flows(&plain));
    let mut more = made;
    more.push(sum(due[5], due[5], 1));
    assert_eq!(plan(half_year(more)), Err(PlanError::PaymentTooLarge { number: 7, most: U256::ZERO }));
}

#[test]
fn payments_of_one_day_add_up_in_any_split() {
    let on = date(2024, 3, 10);
    let one = half_year(vec![sum(date(2024, 4, 1), on, 1_234)]);
    let two = half_year(vec![sum(date(2024, 4, 1), on, 1_000), sum(date(2024, 4, 1), on, 234)]);
    assert_eq!(dues(&one), dues(&two));
    let told = half_year(vec![sum(MARCH, MARCH, 1_000), sum(MARCH, MARCH, 701)]);
    assert_eq!(flows(&told), flows(&half_year(vec![])));
}

#[test]
fn a_payment_that_cannot_be_is_refused_with_its_number_and_the_rule() {
    let on = MID_FEBRUARY;
    let refused = |made: Vec<Payment>| plan(half_year(made)).unwrap_err();
    let everything = |on| Payment { on, paid: Paid::Everything };
    assert_eq!(refused(vec![sum(MARCH, on, 1); MAX_PAYMENTS + 1]), PlanError::PaymentCount(MAX_PAYMENTS + 1));
    assert_eq!(refused(vec![sum(MARCH, on, 1), sum(MARCH, on, 0)]), PlanError::EmptyPayment { number: 2 });
    assert_eq!(refused(vec![principal(MARCH, on, 0)]), PlanError::EmptyPayment { number: 1 });
    assert_eq!(refused(vec![sum(on, on, 1)]), PlanError::NoInstalment { number: 1, due: on });
    let huge = Paid::Sum { due: MARCH, amount: U256::ONE << 120_usize };
    assert_eq!(refused(vec![Payment { on, paid: huge }]), PlanError::TooLarge("payment"));
    let (start, last) = (date(2024, 1, 1), date(2024, 7, 1));
    for on in [date(2023, 12, 31), date(2024, 7, 2)] {
        assert_eq!(refused(vec![everything(on)]), PlanError::PaymentOutside { number: 1, on, start, last });
    }
    assert_eq!(refused(vec![everything(on), sum(MARCH, on, 1)]), PlanError::PaidOff { number: 2, on });
    assert_eq!(refused(vec![sum(MARCH, MARCH, 1), everything(on)]), PlanError::PaidOff { number: 1, on: MARCH });
    assert!(plan(half_year(vec![sum(MARCH, on, 1), everything(on)])).is_ok());
    // 83.57 are left and 0.24 have accrued.
    let most = |cents: u64| PlanError::PaymentTooLarge { number: 1, most: U256::from(cents) };
    assert_eq!(refused(vec![sum(MARCH, on, 8_382)]), most(8_381));
    assert_eq!(refused(vec![principal(MARCH, on, 8_358)]), most(8_357));
    assert_eq!(refused(vec![principal(date(2024, 2, 1), on, 1_644)]), most(1_643));
}

#[test]
fn payments_are_refused_with_what_moves_an_instalment_by_another_rule() {
    let with = |change: fn(&mut Terms)| {
        let mut terms = half_year(vec![sum(MARCH, MID_FEBRUARY, 1)]);
        terms.rounding.residue = Residue::LastPayment;
        change(&mut terms);
        plan(terms).unwrap_err()
    };
    let not = |with| PlanError::NotTogether { what: "payments", with };
    assert_eq!(with(|terms| terms.repayment = Repayment::Flat), not("flat interest"));
    assert_eq!(with(|terms| terms.posting = NonZeroU32::new(2)), not("posting of interest"));
    assert_eq!(with(|terms| terms.grace.interest = 1), not("grace of interest"));
    assert_eq!(with(|terms| terms.grace.capitalised = 1), not("capitalised grace"));
    let moved = not("a residue that is not in the last payment");
    assert_eq!(with(|terms| terms.rounding.residue = Residue::Leave), moved);
    assert_eq!(with(|terms| terms.rounding.residue = Residue::LastInterest), moved);
}

#[test]
fn a_drawdown_after_a_payment_ahead_is_levelled_over_what_is_not_met() {
    let mut terms = months(100_000, "0", 2, Repayment::Level(None));
    terms.drawdowns.push(drawn(1_000, date(2026, 2, 15)));
    terms.payments.made = vec![principal(date(2026, 3, 15), START, 50_000)];
    assert_eq!(dues(&terms), [(0, 50_000, 1_000), (0, 51_000, 0)]);
    let mut terms = months(90_000, "0", 3, Repayment::EqualPrincipal);
    terms.drawdowns.push(drawn(1_000, date(2026, 2, 15)));
    terms.payments.made = vec![principal(date(2026, 3, 15), START, 30_000)];
    assert_eq!(dues(&terms), [(0, 30_000, 31_000), (0, 30_000, 31_000), (0, 31_000, 0)]);
}

#[test]
fn what_is_drawn_and_paid_ahead_on_a_due_date_leaves_its_instalment_alone() {
    let first = date(2026, 2, 15);
    let mut terms = months(10_000, "0", 2, Repayment::Level(None));
    terms.drawdowns.push(drawn(5_000, first));
    terms.payments.made = vec![principal(date(2026, 3, 15), first, 8_000)];
    assert_eq!(dues(&terms), [(0, 5_000, 2_000), (0, 10_000, 0)]);
    // Also where the instalment is met before.
    terms.payments.made.insert(0, principal(first, date(2026, 2, 1), 5_000));
    assert_eq!(dues(&terms), [(0, 5_000, 2_000), (0, 10_000, 0)]);
}
