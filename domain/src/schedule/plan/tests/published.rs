//! Whole tables as other systems publish them. Figures only; sources beside each.

use super::*;
use crate::day_count::DayCount;
use crate::period::Frequency;

fn nominal(text: &str, year: YearLength, month: MonthLength) -> Pricing {
    let basis = Basis::Nominal { interval: Interval::MONTH, year, month };
    Pricing::Yearly { rate: rate(text), basis, changes: vec![] }
}

/// Apache Fineract's progressive calculator: 30/360, parts rounded one by one, residue spread.
pub(super) fn progressive(text: &str, changes: Vec<RateChange>) -> Terms {
    let start = date(2024, 1, 1);
    let year = YearLength::Fixed(NonZeroU32::new(360).unwrap());
    let mut pricing = nominal(text, year, MonthLength::Thirty);
    if let Pricing::Yearly { changes: held, .. } = &mut pricing {
        *held = changes;
    }
    let due = Interval::MONTH.due_dates_after(start, 6).unwrap();
    let mut terms = Terms::new(drawn(10_000, start), due, pricing, Repayment::Level(None));
    terms.rounding = Rounding { residue: Residue::Spread, each_segment: true, ..Rounding::default() };
    terms
}

#[test]
fn a_second_drawdown_inside_a_period_is_levelled_from_that_period() {
    // apache/fineract @4198b0bc, ProgressiveEMICalculatorTest, multiDisbursedAmt200InDifferentPeriod.
    let mut terms = progressive("0.094822", vec![]);
    assert_eq!(
        rows(&plan(terms.clone()).unwrap()),
        [
            (1_634, 79, 8_366),
            (1_647, 66, 6_719),
            (1_660, 53, 5_059),
            (1_673, 40, 3_386),
            (1_686, 27, 1_700),
            (1_700, 13, 0)
        ]
    );
    terms.drawdowns.push(drawn(10_000, date(2024, 2, 15)));
    let schedule = plan(terms).unwrap();
    assert_eq!(payments(&schedule), [1_713, 3_753, 3_753, 3_753, 3_753, 3_753]);
    assert_eq!(rows(&schedule)[1..4], [(3_646, 107, 14_720), (3_637, 116, 11_083), (3_665, 88, 7_418)]);
    assert_eq!(additions(&schedule), [(date(2024, 2, 15), 10_000, true, 2)]);
}

#[test]
fn the_spread_is_kept_only_where_it_brings_the_last_closer() {
    // The same test class: CheckEmiButNewEmiNotBetterThanOriginal, 15.678 % over 365 days; the last is off by 0.04.
    let start = date(2024, 1, 1);
    let year = YearLength::Fixed(NonZeroU32::new(365).unwrap());
    let mut terms = progressive("0.15678", vec![]);
    terms.pricing = nominal("0.15678", year, MonthLength::Actual);
    assert_eq!(payments(&plan(terms.clone()).unwrap()), [1_743, 1_743, 1_743, 1_743, 1_743, 1_747]);
    // By the same rule: a last instalment that is 0.04 short moves the level down, to 0.02 too much.
    let mut moved = progressive("0.07", vec![]);
    moved.drawdowns = vec![drawn(11_369, start)];
    assert_eq!(payments(&plan(moved.clone()).unwrap()), [1_933, 1_933, 1_933, 1_933, 1_933, 1_935]);
    moved.rounding.residue = Residue::LastPayment;
    assert_eq!(payments(&plan(moved).unwrap()), [1_934, 1_934, 1_934, 1_934, 1_934, 1_930]);
    // disbursedAmt100, actual years, from 12 December 2023: the level of 17.13 stays.
    terms.start = date(2023, 12, 12);
    terms.drawdowns = vec![drawn(10_000, terms.start)];
    terms.due_dates = Interval::MONTH.due_dates_after(terms.start, 6).unwrap();
    terms.pricing = nominal("0.094822", YearLength::Actual, MonthLength::Actual);
    let schedule = plan(terms).unwrap();
    assert_eq!(
        rows(&schedule),
        [
            (1_633, 80, 8_367),
            (1_646, 67, 6_721),
            (1_663, 50, 5_058),
            (1_672, 41, 3_386),
            (1_687, 26, 1_699),
            (1_699, 14, 0)
        ]
    );
    assert!(schedule.drawn_on() < start);
}

#[test]
fn a_rate_change_holds_from_the_day_that_it_is_given() {
    // The same test class: 7 % to 4 % on 15 February, which that source holds from the 14th.
    let change = RateChange { on: date(2024, 2, 14), rate: rate("0.04") };
    let schedule = plan(progressive("0.07", vec![change])).unwrap();
    assert_eq!(
        rows(&schedule),
        [
            (1_643, 58, 8_357),
            (1_653, 37, 6_704),
            (1_668, 22, 5_036),
            (1_673, 17, 3_363),
            (1_679, 11, 1_684),
            (1_684, 6, 0)
        ]
    );
}

#[test]
fn grace_in_whole_unit_instalments() {
    // apache/fineract @4198b0bc, LoanRepayment.feature:471 and :503: 5,000 at 12 % over 18 months, six without principal.
    let mut terms = months(500_000, "0.12", 18, Repayment::Level(None));
    terms.grace.principal = 6;
    terms.rounding.payment.unit = NonZeroU64::new(100).unwrap();
    let schedule = plan(terms.clone()).unwrap();
    assert_eq!(rows(&schedule)[5..8], [(0, 5_000, 500_000), (39_400, 5_000, 460_600), (39_794, 4_606, 420_806)]);
    assert_eq!(rows(&schedule)[16..], [(43_522, 878, 44_266), (44_266, 443, 0)]);
    terms.grace.interest = 3;
    let deferred = plan(terms).unwrap();
    assert_eq!(
        deferred.instalments()[..5].iter().map(|row| row.interest).collect::<Vec<_>>(),
        [0, 0, 0, 20_000, 5_000].map(U256::from)
    );
    assert_eq!(rows(&deferred)[6..], rows(&schedule)[6..]);
    // LoanRepayment.feature:375: by actual days over 365, also in 2024.
    let start = date(2022, 11, 1);
    let due = Interval::MONTH.due_dates_after(start, 18).unwrap();
    let pricing = Pricing::Yearly { rate: rate("0.12"), basis: Basis::Days(DayCount::Act365Fixed), changes: vec![] };
    let mut terms = Terms::new(drawn(500_000, start), due, pricing, Repayment::Level(None));
    terms.rounding.payment.unit = NonZeroU64::new(100).unwrap();
    let daily = rows(&plan(terms).unwrap());
    assert_eq!(daily[..2], [(25_568, 4_932, 474_432), (25_665, 4_835, 448_767)]);
    assert_eq!(daily[14..], [(29_290, 1_210, 89_475), (29_647, 853, 59_828), (29_890, 610, 29_938), (29_938, 295, 0)]);
}

#[test]
fn two_drawdowns_of_one_day_have_a_down_payment_each() {
    // apache/fineract @4198b0bc, LoanDownPayment.feature:2349.
    let start = date(2023, 10, 1);
    let fortnight = Interval::try_new(15, crate::period::TermUnit::Days).unwrap();
    let due = fortnight.due_dates_after(start, 3).unwrap();
    let mut terms = Terms::new(drawn(10_000, start), due, monthly("0"), Repayment::Flat);
    terms.drawdowns.push(drawn(90_000, start));
    terms.down_payment = Some(rate("0.25"));
    let schedule = plan(terms).unwrap();
    assert_eq!(
        rows(&schedule),
        [(2_500, 0, 97_500), (22_500, 0, 75_000), (25_000, 0, 50_000), (25_000, 0, 25_000), (25_000, 0, 0)]
    );
    assert_eq!(additions(&schedule), [(start, 90_000, true, 1)]);
}

fn half_up(residue: Residue) -> Rounding {
    let half_up = Round::units(Mode::HalfUp);
    Rounding { interest: half_up, payment: half_up, residue, ..Rounding::default() }
}

#[test]
fn a_commercial_engines_loans_round_halves_up_and_leave_the_residue() {
    // shermanloan/scejson-doc @c3ded052, module-equalpmt: 10,025 at 4.5 %, actual days over 365.
    let due = Interval::MONTH.due_dates(date(2022, 10, 1), 12, DueDay::Anchor).unwrap();
    let pricing = Pricing::Yearly { rate: rate("0.045"), basis: Basis::Days(DayCount::Act365Fixed), changes: vec![] };
    let mut terms = Terms::new(drawn(1_002_500, date(2022, 8, 22)), due, pricing, Repayment::Level(None));
    terms.rounding = half_up(Residue::Leave);
    let schedule = plan(terms).unwrap();
    assert_eq!(payments(&schedule), [85_692; 12]);
    assert_eq!((rows(&schedule)[0], rows(&schedule)[11]), ((80_748, 4_944, 921_752), (85_366, 326, 3)));
    assert_eq!((schedule.left(), schedule.total_interest()), (U256::from(3), Ok(U256::from(25_807))));
}

#[test]
fn an_adjustable_rate_levels_at_each_reset() {
    // The same documentation, module-arm: 4 % for a year, then 6 % + 2 % at most 2 points a year away.
    let due = Interval::MONTH.due_dates(date(2023, 1, 1), 120, DueDay::Anchor).unwrap();
    let rule = RateReset { spread: rate("0.02"), periodic_cap: Some(rate("0.02")), ..RateReset::default() };
    let index: Vec<_> = due.iter().skip(11).step_by(12).take(9).map(|on| (*on, rate("0.06"))).collect();
    let changes = Resets::try_new(rule).unwrap().changes(rate("0.04"), &index).unwrap();
    assert_eq!(changes.len(), 2);
    let basis = Basis::UnitPeriod { interval: Interval::MONTH, stub: NonZeroU32::new(365) };
    let pricing = Pricing::Yearly { rate: rate("0.04"), basis, changes };
    let mut terms = Terms::new(drawn(1_000_000, date(2022, 11, 15)), due, pricing, Repayment::Level(None));
    terms.rounding = half_up(Residue::Leave);
    let schedule = plan(terms).unwrap();
    let paid = payments(&schedule);
    assert_eq!((&paid[..12], &paid[12..24], &paid[24..]), (&[10_143; 12][..], &[11_029; 12][..], &[11_864; 96][..]));
    assert_eq!(rows(&schedule)[..2], [(4_992, 5_151, 995_008), (6_826, 3_317, 988_182)]);
    assert_eq!((rows(&schedule)[119], schedule.left()), ((11_785, 79, 60), U256::from(60)));
}

#[test]
fn a_lease_is_charged_at_the_rate_of_its_rounded_payments() {
    // andrewmurphy353/curo @65ad93ba, example 5: 10,000 at 7 %, four payments of 100, 60 and 40 per cent each.
    let start = date(2026, 1, 5);
    let due = Interval::MONTH.due_dates_after(start, 12).unwrap();
    let basis = Basis::Days(DayCount::Thirty360BondBasis);
    let pricing = |text| Pricing::Yearly { rate: rate(text), basis, changes: vec![] };
    let parts = [[100; 4], [60; 4], [40; 4]].concat();
    let mut terms = Terms::new(drawn(1_000_000, start), due, pricing("0.07"), weights(&parts, 100));
    terms.rounding = half_up(Residue::IntoRate);
    let stepped = plan(terms).unwrap();
    assert_eq!(payments(&stepped), [[128_889; 4], [77_333; 4], [51_556; 4]].concat());
    assert_eq!(rows(&stepped)[..2], [(123_056, 5_833, 876_944), (123_774, 5_115, 753_170)]);
    assert_eq!(rows(&stepped)[11], (51_258, 298, 0));

    // Example 6: in advance, the first rental threefold.
    let mut due = Interval::MONTH.due_dates_after(start, 5).unwrap();
    due.insert(0, start);
    let mut terms = Terms::new(drawn(1_000_000, start), due, pricing("0.07"), weights(&[3, 1, 1, 1, 1, 1], 1));
    terms.rounding = half_up(Residue::IntoRate);
    let advance = plan(terms).unwrap();
    assert_eq!(rows(&advance)[..2], [(379_092, 0, 620_908), (122_741, 3_623, 498_167)]);
    assert_eq!(rows(&advance)[5], (125_631, 733, 0));

    // Example 3: interest posted each quarter, 8.25 %.
    let due = Interval::MONTH.due_dates_after(start, 6).unwrap();
    let mut terms = Terms::new(drawn(1_000_000, start), due, pricing("0.0825"), Repayment::Level(None));
    terms.rounding = half_up(Residue::IntoRate);
    terms.posting = NonZeroU32::new(3);
    let posted = plan(terms).unwrap();
    assert_eq!(payments(&posted), [170_667; 6]);
    assert_eq!(additions(&posted), [(date(2026, 4, 5), 17_104, false, 3), (date(2026, 7, 5), 6_898, false, 6)]);
    assert_eq!(posted.instalments()[2].balance_after, U256::from(505_103));
}

#[test]
fn whole_payments_over_unrounded_interest() {
    // frappe/lending @3f2cbc13, test_loan.py: 280,000 at 8.4 %; rows are rounded when they are printed. Here in 10^-4.
    let unit = 10_000;
    let mut terms = months(280_000 * unit, "0.084", 20, Repayment::Level(None));
    terms.rounding.payment = Round { unit: NonZeroU64::new(unit).unwrap(), mode: Mode::Up };
    let schedule = plan(terms).unwrap();
    assert_eq!(payments(&schedule)[0], 15_052 * unit);
    assert_eq!(schedule.total_interest().unwrap() / U256::from(unit), U256::from(21_034));
    let (principal, interest, balance) = rows(&schedule)[3];
    assert_eq!((principal / unit, interest / unit, balance / unit), (13_368, 1_683, 227_079));
    let fixed = plan(months(280_000 * unit, "0.084", 60, Repayment::FixedPayment(U256::from(14_000 * unit)))).unwrap();
    assert_eq!(fixed.instalments().len(), 22);
}

#[test]
fn the_commissions_examples_by_month() {
    // European Commission, examples for the calculation of the APRC (2015): 16 (equal principal), 30 (at the twelfth root),
    // 40 (interest joins the balance).
    let equal = plan(months(20_000_000, "0.06", 240, Repayment::EqualPrincipal)).unwrap();
    assert_eq!(rows(&equal)[0], (83_333, 100_000, 19_916_667));
    let period = PeriodicRate::from_effective(rate("0.07"), Frequency::Monthly).unwrap();
    let due = Interval::MONTH.due_dates_after(START, 180).unwrap();
    let pricing = Pricing::PerPeriod(vec![period; 180]);
    let root = plan(Terms::new(drawn(3_000_000, START), due, pricing, Repayment::EqualPrincipal)).unwrap();
    assert_eq!(rows(&root)[0], (16_667, 16_962, 2_983_333));
    let mut terms = months(20_000_000, "0.075", 12, Repayment::InterestOnly);
    terms.grace.capitalised = 11;
    let rolled = plan(terms).unwrap();
    assert_eq!(rows(&rolled)[..2], [(0, 0, 20_125_000), (0, 0, 20_250_781)]);
}
