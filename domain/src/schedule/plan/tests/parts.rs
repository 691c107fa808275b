//! The parts that a plan is made of: due dates, bases, resets, values.

use super::*;
use crate::day_count::DayCount;
use crate::period::TermUnit;

#[test]
fn a_present_value_discounts_each_payment_by_every_period_before_it() {
    let one = PeriodicRate::from_ratio(U256::from(1), U256::from(100)).unwrap();
    let flows = [(one, U256::from(34_002)), (one, U256::from(34_002)), (one, U256::from(34_002))];
    assert_eq!(present_value(&flows, Round::NEAREST), Ok(U256::from(99_999)));
    assert_eq!(present_value(&flows, Round::units(Mode::Up)), Ok(U256::from(100_000)));
    assert_eq!(present_value(&[], Round::NEAREST), Ok(U256::ZERO));
}

#[test]
fn a_level_payment_that_is_a_half_is_rounded_as_one() {
    // At 1/16 a period, 8 and 24 grow to 8.5 and 25.5, which 16/17 in binary places only comes near to.
    let sixteenth = PeriodicRate::from_ratio(U256::from(1), U256::from(16)).unwrap();
    let periods = [(level::growth(std::iter::once(sixteenth)).unwrap(), 1)];
    let payment = |balance, mode| {
        let level = level::Level { balance, balloon: 0, periods: &periods, posting: None };
        level.payment(1, Round::units(mode)).unwrap()
    };
    let both = |mode| (payment(8, mode), payment(24, mode));
    assert_eq!([both(Mode::HalfEven), both(Mode::HalfUp)], [(8, 26), (9, 26)]);
    assert_eq!([both(Mode::Up), both(Mode::Down)], [(9, 26), (8, 25)]);
    // 16 grows to 17, which is no more than 17.
    assert_eq!((payment(16, Mode::Up), payment(16, Mode::Down)), (17, 17));
}

#[test]
fn a_reset_moves_by_its_periodic_cap_and_stays_between_floor_and_cap() {
    let bare = RateReset { spread: rate("0.02"), ..RateReset::default() };
    let next = |rule, index: &str, previous: &str| {
        Resets::try_new(rule).unwrap().next(rate(index), rate(previous)).map(Rate::value)
    };
    let dec = |text| Ok(Decimal::from_str(text).unwrap());
    let stepped = RateReset { periodic_cap: Some(rate("0.01")), ..bare };
    assert_eq!(next(bare, "0.05", "0.01"), dec("0.07"));
    assert_eq!((next(stepped, "0.05", "0.04"), next(stepped, "0.00", "0.04")), (dec("0.05"), dec("0.03")));
    assert_eq!(next(stepped, "0.025", "0.04"), dec("0.045"), "within the step");
    let bounded = RateReset { cap: Some(rate("0.06")), floor: Some(rate("0.03")), ..bare };
    assert_eq!((next(bounded, "0.05", "0.05"), next(bounded, "0.005", "0.05")), (dec("0.06"), dec("0.03")));
    // The floor holds though the step would not reach it.
    let both = RateReset { floor: Some(rate("0.05")), ..stepped };
    assert_eq!(next(both, "0.1", "0.01"), dec("0.05"));
    let negative = RateReset { spread: rate("-0.02"), ..bare };
    assert_eq!(next(negative, "0.05", "0"), dec("0.03"));
    assert!(matches!(next(negative, "0.01", "0"), Err(PlanError::Rate(_))));
    assert_eq!(next(RateReset { floor: Some(Rate::ZERO), ..negative }, "0.01", "0"), dec("0"));
    let resets = Resets::try_new(stepped).unwrap();
    let dates = [1, 2, 3].map(|month| (date(2026, month, 1), rate("0.03")));
    let changes = resets.changes(rate("0.035"), &dates).unwrap();
    // 3.5 % to 4.5 % to 5 %, where it stays.
    let told: Vec<_> = changes.iter().map(|change| (change.on, change.rate)).collect();
    assert_eq!(told, [(date(2026, 1, 1), rate("0.045")), (date(2026, 2, 1), rate("0.05"))]);
}

#[test]
fn due_dates_keep_their_day_or_stand_at_the_months_edge() {
    let first = date(2026, 10, 31);
    let dates = |day| Interval::MONTH.due_dates(first, 5, day).unwrap();
    assert_eq!(
        dates(DueDay::Anchor)[1..],
        [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]
    );
    let ends = Interval::MONTH.due_dates(date(2026, 10, 17), 2, DueDay::MonthEnd).unwrap();
    assert_eq!(ends, [date(2026, 10, 31), date(2026, 11, 30)]);
    let starts = Interval::MONTH.due_dates(date(2026, 11, 17), 2, DueDay::NextMonthStart).unwrap();
    assert_eq!(starts, [date(2026, 12, 1), date(2027, 1, 1)]);
    let fortnights = Interval::try_new(2, TermUnit::Weeks).unwrap().due_dates_after(START, 2).unwrap();
    assert_eq!(fortnights, [date(2026, 1, 29), date(2026, 2, 12)]);
    let years = Interval::try_new(1, TermUnit::Years).unwrap().due_dates(date(2024, 2, 29), 5, DueDay::Anchor).unwrap();
    assert_eq!(years[3..], [date(2027, 2, 28), date(2028, 2, 29)]);
}

#[test]
fn a_basis_counts_a_stretch_by_its_own_rule() {
    let years = |basis: Basis, stretch| {
        let years = basis.years(stretch).unwrap();
        (years.numerator(), years.denominator())
    };
    let month = Stretch::whole(date(2026, 2, 15), date(2026, 3, 15));
    let half = Stretch { to: date(2026, 3, 1), ..month };
    let long = Stretch::whole(date(2026, 1, 10), date(2026, 2, 20));
    let unit = |stub| Basis::UnitPeriod { interval: Interval::MONTH, stub: NonZeroU32::new(stub) };
    assert_eq!((years(unit(365), month), years(unit(365), half)), ((1, 12), (1, 24)));
    assert_eq!((years(unit(365), long), years(unit(0), long)), ((41, 365), (1, 12)));
    // Short months are regular from either side.
    assert_eq!(years(unit(365), Stretch::whole(date(2026, 1, 31), date(2026, 2, 28))), (1, 12));
    assert_eq!(years(unit(365), Stretch::whole(date(2026, 2, 28), date(2026, 3, 31))), (1, 12));
    assert_eq!(years(Basis::Days(DayCount::Act360), month), (7, 90));
    assert_eq!(years(Basis::Days(DayCount::ActActIcma), month), (1, 12));
    let nominal = |year, month| Basis::Nominal { interval: Interval::MONTH, year, month };
    let fixed = |days| YearLength::Fixed(NonZeroU32::new(days).unwrap());
    assert_eq!(years(nominal(fixed(360), MonthLength::Thirty), half), (1, 24));
    assert_eq!(years(nominal(fixed(365), MonthLength::Actual), month), (28, 365));
    // 19 days to 31 December 2023 over 365 and 12 from it over 366.
    let across = Stretch::whole(date(2023, 12, 12), date(2024, 1, 12));
    let counted = Decimal::from(19) / Decimal::from(365) + Decimal::from(12) / Decimal::from(366);
    let found = nominal(YearLength::Actual, MonthLength::Actual).years(across).unwrap();
    assert_eq!(found.rounded(20), Some(counted.round_dp(20)));
    let weeks = Interval::try_new(2, TermUnit::Weeks).unwrap();
    let fortnight = Stretch::whole(date(2026, 1, 1), date(2026, 1, 15));
    assert_eq!(
        years(Basis::Nominal { interval: weeks, year: fixed(364), month: MonthLength::Actual }, fortnight),
        (1, 26)
    );
    assert_eq!(years(unit(365), Stretch::whole(START, START)), (0, 1));
    // February's last day is a 30th but on the contract's own last day.
    let end = Stretch::whole(date(2026, 1, 30), date(2026, 2, 28));
    let inside = Stretch { termination: date(2026, 3, 31), ..end };
    let german = Basis::Days(DayCount::ThirtyE360Isda);
    assert_eq!((years(german, end), years(german, inside)), ((7, 90), (1, 12)));
}

#[test]
fn a_plan_knows_its_own_last_day() {
    let mut terms = months(360_000, "0.1", 2, Repayment::InterestOnly);
    (terms.start, terms.drawdowns[0].on) = (date(2026, 1, 30), date(2026, 1, 30));
    terms.due_dates = vec![date(2026, 2, 28), date(2026, 3, 30)];
    terms.pricing =
        Pricing::Yearly { rate: rate("0.1"), basis: Basis::Days(DayCount::ThirtyE360Isda), changes: vec![] };
    assert_eq!(rows(&plan(terms).unwrap())[0].1, 3_000, "30 days, not 28");
}
