//! Ways of repayment and graces, with the figures by hand.

use super::*;

#[test]
fn a_level_plan_of_regular_months_is_the_annuity_of_quoting() {
    let due = Interval::MONTH.due_dates_after(START, 36).unwrap();
    let period = PeriodicRate::from_nominal(rate("0.1283"), Compounding::Monthly, crate::period::Frequency::Monthly);
    let annuity =
        Schedule::annuity(U256::from(100_000), &period.unwrap(), crate::period::Frequency::Monthly, START, &due);
    assert_eq!(plan(months(100_000, "0.1283", 36, Repayment::Level(None))).unwrap(), annuity.unwrap());
}

#[test]
fn equal_principal_leaves_its_residue_to_the_last() {
    let schedule = plan(months(100_000, "0.12", 3, Repayment::EqualPrincipal)).unwrap();
    assert_eq!(rows(&schedule), [(33_333, 1_000, 66_667), (33_333, 667, 33_334), (33_334, 333, 0)]);
    let mut terms = months(100_000, "0.12", 3, Repayment::EqualPrincipal);
    terms.balloon = U256::from(40_000);
    assert_eq!(rows(&plan(terms).unwrap()), [(20_000, 1_000, 80_000), (20_000, 800, 60_000), (60_000, 600, 0)]);
}

#[test]
fn a_balloon_is_what_the_last_level_payment_leaves() {
    let mut terms = months(1_000_000, "0.12", 12, Repayment::Level(None));
    terms.balloon = U256::from(400_000);
    let schedule = plan(terms).unwrap();
    // (1,000,000 - 400,000 / 1.01^12) · 0.01 / (1 - 1.01^-12) = 57,309.27
    let paid = payments(&schedule);
    assert_eq!(paid[..11], [57_309; 11]);
    assert_eq!(paid[11], 457_312, "level, balloon and residue");
}

#[test]
fn fixed_principal_and_interest_only_end_with_the_rest() {
    let each = Repayment::FixedPrincipal(U256::from(30_000));
    assert_eq!(
        rows(&plan(months(100_000, "0.12", 3, each)).unwrap()),
        [(30_000, 1_000, 70_000), (30_000, 700, 40_000), (40_000, 400, 0)]
    );
    // More than there is: the schedule ends when all is repaid.
    let each = Repayment::FixedPrincipal(U256::from(60_000));
    assert_eq!(rows(&plan(months(100_000, "0.12", 3, each)).unwrap()), [(60_000, 1_000, 40_000), (40_000, 400, 0)]);
    assert_eq!(
        rows(&plan(months(100_000, "0.12", 2, Repayment::InterestOnly)).unwrap()),
        [(0, 1_000, 100_000), (100_000, 1_000, 0)]
    );
}

#[test]
fn a_fixed_payment_runs_until_all_is_repaid_and_says_when_it_never_is() {
    let pays = |cents: u64, count| plan(months(100_000, "0.12", count, Repayment::FixedPayment(U256::from(cents))));
    assert_eq!(rows(&pays(60_000, 12).unwrap()), [(59_000, 1_000, 41_000), (41_000, 410, 0)]);
    assert_eq!(pays(60_000, 1), Err(PlanError::NotRepaid { left: U256::from(41_000) }));
    assert_eq!(pays(1_000, 3), Err(PlanError::NotRepaid { left: U256::from(100_000) }));
    let mut terms = months(100_000, "0.12", 1, Repayment::FixedPayment(U256::from(60_000)));
    terms.rounding.residue = Residue::Leave;
    let left = plan(terms).unwrap();
    assert_eq!((left.left(), left.principal_repaid()), (U256::from(41_000), Ok(U256::from(59_000))));
    assert_eq!(left.total_payments(), Ok(U256::from(60_000)));
}

#[test]
fn flat_interest_is_of_the_original_principal_and_the_last_takes_what_does_not_divide() {
    let schedule = plan(months(100_000, "0.11", 3, Repayment::Flat)).unwrap();
    // 2,750 in all: 916.67 each, 34,250 a payment.
    assert_eq!(rows(&schedule), [(33_333, 917, 66_667), (33_333, 917, 33_334), (33_334, 916, 0)]);
    // 2,500 in all: 833.33 each.
    let interest = rows(&plan(months(100_000, "0.1", 3, Repayment::Flat)).unwrap()).into_iter().map(|row| row.1);
    assert_eq!(interest.collect::<Vec<_>>(), [833, 833, 834]);
    let mut terms = months(100_000, "0.11", 3, Repayment::Flat);
    terms.grace.principal = 1;
    // Two payments of 50,000 and 916.67.
    assert_eq!(rows(&plan(terms).unwrap()), [(0, 917, 100_000), (50_000, 917, 50_000), (50_000, 916, 0)]);
    let mut terms = months(100_000, "0.11", 3, Repayment::Flat);
    terms.grace.interest_free = 1;
    assert_eq!(plan(terms).unwrap().total_interest(), Ok(U256::from(1_833)));
}

#[test]
fn a_skipped_payment_joins_its_interest_to_the_balance() {
    let schedule = plan(months(100_000, "0.12", 3, weights(&[1, 0, 1], 1))).unwrap();
    // 100,000 / (1.01^-1 + 1.01^-3) = 51,002.475
    assert_eq!(payments(&schedule), [51_002, 0, 51_003]);
    assert_eq!(rows(&schedule)[1], (0, 0, 50_498), "49,998 and its interest");
    assert_eq!(additions(&schedule), [(date(2026, 3, 15), 500, false, 2)]);
    assert_eq!(schedule.principal(), U256::from(100_000));
    assert_eq!(schedule.principal_repaid(), Ok(U256::from(100_500)));
}

#[test]
fn a_step_is_a_share_of_the_full_payment_as_it_is_charged() {
    // 1,000.01 without interest over 1 + 1/2 + 1/2: the full payment is 500.005, charged as 500.00 (to even).
    let schedule = plan(months(100_001, "0", 3, weights(&[2, 1, 1], 2))).unwrap();
    assert_eq!(payments(&schedule), [50_000, 25_000, 25_001]);
}

#[test]
fn interest_that_a_payment_does_not_cover_is_shown_where_it_joins() {
    // A first payment of a hundredth of the others does not cover the interest.
    let schedule = plan(months(100_000, "0.12", 3, weights(&[1, 100, 100], 100))).unwrap();
    let first = &schedule.instalments()[0];
    assert_eq!((first.principal, first.interest), (U256::ZERO, U256::from(510)));
    assert_eq!(additions(&schedule), [(date(2026, 2, 15), 490, false, 1)]);
    assert_eq!(first.balance_after, U256::from(100_490));
}

#[test]
fn graces_let_off_what_they_say() {
    let graced = |grace| {
        let mut terms = months(100_000, "0.12", 4, Repayment::EqualPrincipal);
        terms.grace = grace;
        rows(&plan(terms).unwrap())
    };
    let none = Grace::default();
    assert_eq!(
        graced(Grace { principal: 2, ..none }),
        [(0, 1_000, 100_000), (0, 1_000, 100_000), (50_000, 1_000, 50_000), (50_000, 500, 0)]
    );
    assert_eq!(
        graced(Grace { interest: 1, ..none }),
        [(25_000, 0, 75_000), (25_000, 1_750, 50_000), (25_000, 500, 25_000), (25_000, 250, 0)]
    );
    assert_eq!(
        graced(Grace { interest_free: 2, ..none }),
        [(25_000, 0, 75_000), (25_000, 0, 50_000), (25_000, 500, 25_000), (25_000, 250, 0)]
    );
    assert_eq!(
        graced(Grace { capitalised: 2, ..none }),
        [(0, 0, 101_000), (0, 0, 102_010), (51_005, 1_020, 51_005), (51_005, 510, 0)]
    );
    // Both together: nothing is paid, then interest, then principal.
    assert_eq!(
        graced(Grace { capitalised: 1, principal: 2, ..none }),
        [(0, 0, 101_000), (0, 1_010, 101_000), (50_500, 1_010, 50_500), (50_500, 505, 0)]
    );
}

#[test]
fn a_grace_of_principal_levels_over_the_periods_that_are_left() {
    let mut terms = months(500_000, "0.12", 18, Repayment::Level(None));
    terms.grace.principal = 6;
    assert_eq!(payments(&plan(terms).unwrap())[5..8], [5_000, 44_424, 44_424]);
}

#[test]
fn in_advance_the_first_payment_bears_no_interest() {
    let mut terms = months(100_000, "0.12", 2, Repayment::Level(None));
    terms.due_dates = vec![START, date(2026, 2, 15)];
    // 100,000 / (1 + 1 / 1.01) = 50,248.756
    assert_eq!(rows(&plan(terms).unwrap()), [(50_249, 0, 49_751), (49_751, 498, 0)]);
}
