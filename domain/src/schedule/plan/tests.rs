//! Rules at their edges, with the figures by hand; and what the other test modules build their terms with.

use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;
use crate::rate::{Compounding, PeriodicRate};
use crate::schedule::AdditionKind;

pub(super) const START: Date = date(2026, 1, 15);

pub(super) fn rate(text: &str) -> Rate {
    Rate::try_new(Decimal::from_str(text).unwrap()).unwrap()
}

/// A month is a twelfth of a year.
pub(super) fn monthly(text: &str) -> Pricing {
    let basis = Basis::UnitPeriod { interval: Interval::MONTH, stub: None };
    Pricing::Yearly { rate: rate(text), basis, changes: vec![] }
}

pub(super) fn drawn(cents: u64, on: Date) -> Drawdown {
    Drawdown { on, amount: U256::from(cents) }
}

/// One drawdown on [`START`], repaid in months.
pub(super) fn months(cents: u64, yearly: &str, count: u32, repayment: Repayment) -> Terms {
    let due_dates = Interval::MONTH.due_dates_after(START, count).unwrap();
    Terms::new(drawn(cents, START), due_dates, monthly(yearly), repayment)
}

pub(super) fn plan(terms: Terms) -> Result<Schedule, PlanError> {
    Plan::try_new(terms)?.schedule()
}

/// (principal, interest, balance after) of every instalment.
pub(super) fn rows(schedule: &Schedule) -> Vec<(u64, u64, u64)> {
    let small = |amount: U256| u64::try_from(amount).unwrap();
    schedule
        .instalments()
        .iter()
        .map(|row| (small(row.principal), small(row.interest), small(row.balance_after)))
        .collect()
}

pub(super) fn payments(schedule: &Schedule) -> Vec<u64> {
    schedule.instalments().iter().map(|row| u64::try_from(row.payment().unwrap()).unwrap()).collect()
}

/// (date, amount, drawn, the instalment that it precedes) of every addition.
pub(super) fn additions(schedule: &Schedule) -> Vec<(Date, u64, bool, u32)> {
    let told = schedule.additions().iter().map(|addition| {
        let drawn = addition.kind == AdditionKind::Drawdown;
        (addition.on, u64::try_from(addition.amount).unwrap(), drawn, addition.before)
    });
    told.collect()
}

pub(super) fn weights(parts: &[u32], full: u32) -> Repayment {
    Repayment::Level(Some(Weights { parts: parts.to_vec(), full: NonZeroU32::new(full).unwrap() }))
}

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
fn interest_is_rounded_as_the_product_says() {
    let one = |mode, unit, each: &str| {
        let mut terms = months(1_000, each, 1, Repayment::InterestOnly);
        terms.rounding.interest = Round { unit: NonZeroU64::new(unit).unwrap(), mode };
        rows(&plan(terms).unwrap())[0].1
    };
    // 12.5 and 13.5 units.
    assert_eq!([Mode::HalfEven, Mode::HalfUp, Mode::Up, Mode::Down].map(|mode| one(mode, 1, "0.15")), [12, 13, 13, 12]);
    assert_eq!(
        [Mode::HalfEven, Mode::HalfUp, Mode::Up, Mode::Down].map(|mode| one(mode, 1, "0.162")),
        [14, 14, 14, 13]
    );
    // 12.1 up, 12.9 down, 12 stays.
    assert_eq!((one(Mode::Up, 1, "0.1452"), one(Mode::Down, 1, "0.1548"), one(Mode::Up, 1, "0.144")), (13, 12, 12));
    // To multiples of 5: 12.5 is the half of 10 and 15; 2 is even.
    assert_eq!([Mode::HalfEven, Mode::HalfUp, Mode::Up, Mode::Down].map(|mode| one(mode, 5, "0.15")), [10, 15, 15, 10]);
}

#[test]
fn whole_unit_instalments_leave_the_cents_to_the_last() {
    let mut terms = months(100_050, "0", 3, Repayment::Level(None));
    terms.rounding.payment.unit = NonZeroU64::new(100).unwrap();
    assert_eq!(payments(&plan(terms).unwrap()), [33_400, 33_400, 33_250]);
    // 2.50 is the half of whole units and goes to the even one.
    let mut terms = months(1_000, "0", 4, Repayment::Level(None));
    terms.rounding.payment.unit = NonZeroU64::new(100).unwrap();
    assert_eq!(payments(&plan(terms).unwrap()), [200, 200, 200, 400]);
}

#[test]
fn each_residue_goes_where_it_says() {
    let with = |residue| {
        let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
        terms.rounding.payment.unit = NonZeroU64::new(100).unwrap();
        terms.rounding.residue = residue;
        plan(terms)
    };
    let head = [(33_000, 1_000, 67_000), (33_330, 670, 33_670)];
    let last = |residue| {
        let schedule = with(residue).unwrap();
        assert_eq!(rows(&schedule)[..2], head);
        rows(&schedule)[2]
    };
    assert_eq!(last(Residue::LastPayment), (33_670, 337, 0));
    assert_eq!(last(Residue::LastInterest), (33_670, 330, 0));
    assert_eq!(last(Residue::Leave), (33_663, 337, 7));
    assert_eq!(with(Residue::Leave).unwrap().left(), U256::from(7));
    // At the rate that three payments of 340.00 amount to: 11.9596 % a year.
    let implied = with(Residue::IntoRate).unwrap();
    assert_eq!(payments(&implied), [34_000; 3]);
    assert_eq!(rows(&implied), [(33_003, 997, 66_997), (33_332, 668, 33_665), (33_665, 335, 0)]);
}

#[test]
fn a_balloon_is_due_with_the_last_instalment_whatever_the_residue() {
    let with = |residue| {
        let mut terms = months(1_000_000, "0.12", 12, Repayment::Level(None));
        (terms.balloon, terms.rounding.residue) = (U256::from(400_000), residue);
        let schedule = plan(terms).unwrap();
        (payments(&schedule)[11], u64::try_from(schedule.left()).unwrap())
    };
    assert_eq!(with(Residue::Leave), (457_309, 3));
    assert_eq!(with(Residue::LastInterest), (457_309, 0));
}

#[test]
fn a_last_payment_that_only_meets_the_principal_leaves_no_interest() {
    let mut terms = months(100, "0.12", 1, Repayment::Level(None));
    terms.rounding.payment = Round { unit: NonZeroU64::new(100).unwrap(), mode: Mode::Down };
    terms.rounding.residue = Residue::LastInterest;
    assert_eq!(rows(&plan(terms.clone()).unwrap()), [(100, 0, 0)]);
    // And one that does not meet it is what is owed.
    terms.drawdowns = vec![drawn(150, START)];
    assert_eq!(rows(&plan(terms).unwrap()), [(150, 2, 0)]);
}

#[test]
fn no_more_than_what_is_owed_is_paid_whatever_the_rounding() {
    // 30 over 4 in tens: 10, 10, 10 and nothing.
    for residue in [Residue::LastPayment, Residue::Leave, Residue::LastInterest] {
        let mut terms = months(30, "0", 4, Repayment::Level(None));
        terms.rounding.payment = Round { unit: NonZeroU64::new(10).unwrap(), mode: Mode::Up };
        terms.rounding.residue = residue;
        let schedule = plan(terms).unwrap();
        assert_eq!(schedule.left(), U256::ZERO);
        assert_eq!(schedule.principal_repaid(), Ok(U256::from(30)), "{residue:?}");
    }
}

#[test]
fn a_rate_change_levels_again_from_the_period_that_it_begins_in() {
    let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
    let change = |on, yearly: &str| RateChange { on, rate: rate(yearly) };
    let basis = Basis::UnitPeriod { interval: Interval::MONTH, stub: None };
    let changing = |changes| Pricing::Yearly { rate: rate("0.12"), basis, changes };
    terms.pricing = changing(vec![change(date(2026, 2, 15), "0.24")]);
    let schedule = plan(terms.clone()).unwrap();
    // 66,998 at 2 % over two: 66,998 / (1.02^-1 + 1.02^-2) = 34,507.286
    assert_eq!(payments(&schedule), [34_002, 34_507, 34_508]);
    assert_eq!(rows(&schedule)[1], (33_167, 1_340, 33_831));
    // In the middle of the second period, which is 28 days: 14 of them at each rate.
    terms.pricing = changing(vec![change(date(2026, 3, 1), "0.24")]);
    let schedule = plan(terms.clone()).unwrap();
    assert_eq!(rows(&schedule)[1].1, 1_005, "66,998 at 1.5 %");
    let cuts = Plan::try_new(terms).unwrap().cuts().unwrap();
    let told: Vec<_> = cuts.iter().map(|cut| (cut.period, cut.from, cut.to)).collect();
    assert_eq!(told[2..4], [(2, date(2026, 2, 15), date(2026, 3, 1)), (2, date(2026, 3, 1), date(2026, 3, 15))]);
    assert_eq!(cuts[2].rate, PeriodicRate::from_ratio(U256::from(1), U256::from(200)).unwrap());
    assert_eq!(cuts[3].rate, PeriodicRate::from_ratio(U256::from(1), U256::from(100)).unwrap());
}

#[test]
fn a_drawdown_on_a_due_date_stands_after_the_instalment_and_leaves_it_alone() {
    let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
    terms.drawdowns.push(drawn(50_000, date(2026, 2, 15)));
    let schedule = plan(terms).unwrap();
    assert_eq!(rows(&schedule)[0], (33_002, 1_000, 66_998));
    assert_eq!(additions(&schedule), [(date(2026, 2, 15), 50_000, true, 2)]);
    assert_eq!(rows(&schedule)[1].1, 1_170, "interest on 116,998");
    assert_eq!((schedule.principal(), schedule.drawn_on()), (U256::from(150_000), START));
}

#[test]
fn a_drawdown_between_due_dates_bears_interest_from_its_day() {
    let mut terms = months(100_000, "0.12", 2, Repayment::InterestOnly);
    terms.drawdowns.push(drawn(100_000, date(2026, 3, 1)));
    let schedule = plan(terms).unwrap();
    assert_eq!(rows(&schedule), [(0, 1_000, 100_000), (200_000, 1_500, 0)]);
    assert_eq!(additions(&schedule), [(date(2026, 3, 1), 100_000, true, 2)]);
}

#[test]
fn cut_periods_are_added_exactly_and_rounded_once_unless_the_product_rounds_each_part() {
    let split = |each_segment| {
        let mut terms = months(50, "0.12", 1, Repayment::InterestOnly);
        terms.due_dates = vec![date(2026, 1, 25)];
        terms.drawdowns.push(drawn(50, date(2026, 1, 20)));
        terms.rounding.each_segment = each_segment;
        rows(&plan(terms).unwrap())[0].1
    };
    // 0.25 and 0.5 units.
    assert_eq!((split(false), split(true)), (1, 0));
}

#[test]
fn a_down_payment_is_paid_on_the_day_and_the_rest_is_levelled() {
    let mut terms = months(100_000, "0", 3, Repayment::Level(None));
    terms.down_payment = Some(rate("0.25"));
    terms.drawdowns.push(drawn(10_002, date(2026, 2, 15)));
    let schedule = plan(terms).unwrap();
    assert_eq!(
        rows(&schedule),
        [(25_000, 0, 75_000), (25_000, 0, 50_000), (2_500, 0, 57_502), (28_751, 0, 28_751), (28_751, 0, 0)]
    );
    assert_eq!(schedule.instalments()[2].due, date(2026, 2, 15));
    assert_eq!(additions(&schedule), [(date(2026, 2, 15), 10_002, true, 3)]);
}

#[test]
fn a_down_payment_is_no_more_than_what_is_drawn() {
    let mut terms = months(30, "0.12", 2, Repayment::Level(None));
    terms.down_payment = Some(rate("0.9"));
    terms.rounding.payment = Round { unit: NonZeroU64::new(100).unwrap(), mode: Mode::Up };
    assert_eq!(rows(&plan(terms).unwrap()), [(30, 0, 0), (0, 0, 0), (0, 0, 0)]);
}

#[test]
fn the_rate_of_posted_interest_counts_what_is_posted_last() {
    let first_posting = |residue| {
        let mut terms = months(1_000_000, "0.12", 5, Repayment::Level(None));
        (terms.posting, terms.rounding.residue) = (NonZeroU32::new(3), residue);
        additions(&plan(terms).unwrap())[0].1
    };
    assert!(first_posting(Residue::IntoRate).abs_diff(first_posting(Residue::LastPayment)) <= 5);
}

#[test]
fn in_advance_the_first_payment_bears_no_interest() {
    let mut terms = months(100_000, "0.12", 2, Repayment::Level(None));
    terms.due_dates = vec![START, date(2026, 2, 15)];
    // 100,000 / (1 + 1 / 1.01) = 50,248.756
    assert_eq!(rows(&plan(terms).unwrap()), [(50_249, 0, 49_751), (49_751, 498, 0)]);
}

#[test]
fn interest_that_is_posted_joins_the_balance_every_so_many_periods() {
    let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
    terms.posting = NonZeroU32::new(2);
    let schedule = plan(terms).unwrap();
    // End value 103,020 of 100,000 and 3.0301 of payments of one: p = 33,998.878.
    assert_eq!(payments(&schedule), [33_999, 33_999, 33_999]);
    assert_eq!(additions(&schedule), [(date(2026, 3, 15), 1_660, false, 2), (date(2026, 4, 15), 337, false, 3)]);
    assert_eq!(schedule.total_interest(), Ok(U256::ZERO));
    assert_eq!(schedule.total_payments(), Ok(U256::from(101_997)));
    // A drawdown after one of the two periods: its level counts one until the next posting.
    let mut terms = months(100_000, "0.12", 4, Repayment::Level(None));
    terms.posting = NonZeroU32::new(2);
    terms.drawdowns.push(drawn(50_000, date(2026, 2, 15)));
    let paid = payments(&plan(terms).unwrap());
    assert!(paid[1] == paid[2] && paid[3].abs_diff(paid[2]) <= 3, "{paid:?}");
}
