//! Drawdowns, down payments and rate changes inside a term.

use super::*;

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
