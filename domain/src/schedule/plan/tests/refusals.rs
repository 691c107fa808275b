//! Every rule that terms can break, by the error that names it.

use super::*;
use crate::day_count::{DayCount, DayCountError};
use crate::period::TermUnit;
use crate::rate::RateError;
use crate::schedule::{MAX_INSTALMENTS, ScheduleError};

fn level() -> Terms {
    months(100_000, "0.12", 3, Repayment::Level(None))
}

fn refused(change: impl FnOnce(&mut Terms)) -> PlanError {
    let mut terms = level();
    change(&mut terms);
    plan(terms).unwrap_err()
}

#[test]
fn due_dates_rise_from_the_start() {
    let (february, march) = (date(2026, 2, 15), date(2026, 3, 15));
    let order = |number, due, before| PlanError::Schedule(ScheduleError::DatesOutOfOrder { number, due, before });
    assert_eq!(refused(|t| t.due_dates.clear()), PlanError::Schedule(ScheduleError::Count(0)));
    assert_eq!(refused(|t| t.due_dates = vec![march, february]), order(2, february, march));
    assert_eq!(refused(|t| t.due_dates = vec![march, march]), order(2, march, march));
    assert_eq!(refused(|t| t.due_dates = vec![date(2026, 1, 14), march]), order(1, date(2026, 1, 14), START));
    // In advance needs a payment after it.
    assert_eq!(refused(|t| t.due_dates = vec![START]), order(1, START, START));
    let most = usize::try_from(MAX_INSTALMENTS).unwrap();
    let days = Interval::try_new(1, TermUnit::Days).unwrap();
    let beyond = |count: u32| (1..=count).map(|day| days.after(START, day).unwrap()).collect::<Vec<_>>();
    let many = beyond(MAX_INSTALMENTS + 1);
    assert_eq!(refused(|t| t.due_dates = many.clone()), PlanError::Schedule(ScheduleError::Count(most + 1)));
    let mut terms = level();
    terms.due_dates = beyond(MAX_INSTALMENTS);
    assert_eq!(plan(terms).unwrap().instalments().len(), most);
}

#[test]
fn intervals_are_of_at_least_one_and_stay_in_the_calendar() {
    assert_eq!(Interval::try_new(0, TermUnit::Months), Err(PlanError::Zero("interval")));
    assert_eq!(Interval::MONTH.due_dates_after(START, 0), Err(PlanError::Zero("due dates")));
    assert_eq!(Interval::MONTH.due_dates(START, 0, DueDay::Anchor), Err(PlanError::Zero("due dates")));
    let many = PlanError::TooManyDueDates(u64::from(MAX_INSTALMENTS) + 1);
    assert_eq!(Interval::MONTH.due_dates_after(START, MAX_INSTALMENTS + 1), Err(many.clone()));
    assert_eq!(Interval::MONTH.due_dates(START, MAX_INSTALMENTS + 1, DueDay::Anchor), Err(many));
    assert!(Interval::MONTH.due_dates_after(START, MAX_INSTALMENTS).is_ok());
    assert!(Interval::MONTH.due_dates(START, MAX_INSTALMENTS, DueDay::Anchor).is_ok());
    let weeks = Interval::try_new(1, TermUnit::Weeks).unwrap();
    assert_eq!(weeks.due_dates(START, 2, DueDay::MonthEnd), Err(PlanError::NotMonthly));
    let ages = Interval::try_new(u32::MAX, TermUnit::Years).unwrap();
    assert!(matches!(ages.after(START, 1), Err(PlanError::Calendar { .. })));
    assert!(matches!(ages.after(START, u32::MAX), Err(PlanError::Calendar { .. })));
    let end = date(9999, 12, 5);
    assert!(matches!(Interval::MONTH.due_dates(end, 1, DueDay::NextMonthStart), Err(PlanError::Calendar { .. })));
    assert!(matches!(Interval::MONTH.due_dates(end, 2, DueDay::Anchor), Err(PlanError::Calendar { .. })));
}

#[test]
fn drawdowns_are_above_zero_and_inside_the_term() {
    let (start, last) = (START, date(2026, 4, 15));
    assert_eq!(refused(|t| t.drawdowns.clear()), PlanError::DrawdownCount(0));
    let hundred = vec![drawn(1, START); MAX_DRAWDOWNS + 1];
    assert_eq!(refused(|t| t.drawdowns = hundred), PlanError::DrawdownCount(MAX_DRAWDOWNS + 1));
    assert_eq!(refused(|t| t.drawdowns.push(drawn(0, START))), PlanError::EmptyDrawdown { number: 2 });
    let early = date(2026, 1, 14);
    assert_eq!(
        refused(|t| t.drawdowns.push(drawn(1, early))),
        PlanError::DrawdownTooEarly { number: 2, on: early, start }
    );
    assert_eq!(refused(|t| t.drawdowns.push(drawn(1, last))), PlanError::DrawdownTooLate { number: 2, on: last, last });
    let mut terms = level();
    terms.drawdowns.push(drawn(1, date(2026, 4, 14)));
    assert!(plan(terms).is_ok());
    let huge = Drawdown { on: START, amount: U256::ONE << 120 };
    assert_eq!(refused(|t| t.drawdowns = vec![huge]), PlanError::TooLarge("drawdown"));
    let half = Drawdown { on: START, amount: U256::ONE << 119 };
    assert_eq!(refused(|t| t.drawdowns = vec![half, half]), PlanError::TooLarge("drawdowns"));
    assert!(matches!(refused(|t| t.down_payment = Some(rate("1"))), PlanError::DownPaymentShare(_)));
    assert!(matches!(refused(|t| t.down_payment = Some(rate("-0.1"))), PlanError::DownPaymentShare(_)));
}

#[test]
fn drawdowns_rate_changes_and_payments_are_taken_up_to_their_limits() {
    let days = Interval::try_new(1, TermUnit::Days).unwrap();
    let each = |count: usize| (1..=u32::try_from(count).unwrap()).map(|day| days.after(START, day).unwrap());
    let mut terms = months(1_000_000, "0.12", 24, Repayment::Level(None));
    terms.drawdowns = vec![drawn(10_000, START); MAX_DRAWDOWNS];
    if let Pricing::Yearly { changes, .. } = &mut terms.pricing {
        changes.extend(each(MAX_RATE_CHANGES).map(|on| RateChange { on, rate: rate("0.1") }));
    }
    let due = terms.due_dates[23];
    let paid = Paid::Principal { due, amount: U256::ONE };
    terms.payments.made = each(MAX_PAYMENTS).map(|on| Payment { on, paid }).collect();
    assert!(Plan::try_new(terms).is_ok());
}

#[test]
fn rates_are_not_negative_and_changes_are_in_order() {
    let basis = Basis::Days(DayCount::Act365Fixed);
    let yearly = |text: &str, changes| Pricing::Yearly { rate: rate(text), basis, changes };
    let change = |on, text: &str| RateChange { on, rate: rate(text) };
    let negative = |error| matches!(error, PlanError::Rate(RateError::Negative(_)));
    assert!(negative(refused(|t| t.pricing = yearly("-0.01", vec![]))));
    let (day, last) = (date(2026, 2, 1), date(2026, 4, 15));
    assert!(negative(refused(|t| t.pricing = yearly("0.01", vec![change(day, "-0.01")]))));
    let order = |number, on, after| PlanError::RateChangeOrder { number, on, after };
    let changed = |changes| refused(|t: &mut Terms| t.pricing = yearly("0.01", changes));
    assert_eq!(changed(vec![change(START, "0.02")]), order(1, START, START));
    assert_eq!(changed(vec![change(last, "0.02")]), order(1, last, START));
    assert_eq!(changed(vec![change(day, "0.02"), change(day, "0.03")]), order(2, day, day));
    let many = vec![change(day, "0.02"); MAX_RATE_CHANGES + 1];
    assert_eq!(changed(many), PlanError::RateChangeCount(MAX_RATE_CHANGES + 1));
    let short = Pricing::PerPeriod(vec![PeriodicRate::ZERO; 2]);
    assert_eq!(refused(|t| t.pricing = short), PlanError::PeriodRateCount { found: 2, expected: 3 });
    let irregular = Pricing::Yearly { rate: rate("0.1"), basis: Basis::Days(DayCount::ActActIcma), changes: vec![] };
    let odd = vec![date(2026, 6, 20)];
    let error = refused(|t| (t.pricing, t.due_dates) = (irregular, odd));
    assert!(matches!(error, PlanError::DayCount(DayCountError::Irregular { .. })), "{error}");
    let years = Interval::try_new(1, TermUnit::Years).unwrap();
    let basis = Basis::Nominal { interval: years, year: YearLength::Actual, month: MonthLength::Actual };
    let pricing = Pricing::Yearly { rate: rate("0.1"), basis, changes: vec![] };
    assert_eq!(refused(|t| t.pricing = pricing), PlanError::NoNominalYear);
    let (cap, floor) = (rate("0.01"), rate("0.02"));
    let crossed = RateReset { cap: Some(cap), floor: Some(floor), ..RateReset::default() };
    assert_eq!(Resets::try_new(crossed), Err(PlanError::CapBelowFloor { cap, floor }));
    let equal = RateReset { cap: Some(cap), floor: Some(cap), ..RateReset::default() };
    assert!(Resets::try_new(equal).is_ok());
    let step = RateReset { periodic_cap: Some(rate("-0.01")), ..RateReset::default() };
    assert!(matches!(Resets::try_new(step), Err(PlanError::Rate(RateError::Negative(_)))));
}

#[test]
fn repayment_repays() {
    assert_eq!(refused(|t| t.repayment = weights(&[0, 0, 0], 1)), PlanError::NoWeight);
    assert_eq!(refused(|t| t.repayment = weights(&[1], 1)), PlanError::WeightCount { found: 1, expected: 3 });
    assert_eq!(refused(|t| t.repayment = Repayment::FixedPayment(U256::ZERO)), PlanError::Zero("payment"));
    let none = Repayment::FixedPrincipal(U256::ZERO);
    assert_eq!(refused(|t| t.repayment = none), PlanError::Zero("principal of an instalment"));
    let huge = U256::ONE << 120;
    assert_eq!(refused(|t| t.repayment = Repayment::FixedPayment(huge)), PlanError::TooLarge("payment"));
    let each = Repayment::FixedPrincipal(huge);
    assert_eq!(refused(|t| t.repayment = each), PlanError::TooLarge("principal of an instalment"));
    assert_eq!(refused(|t| t.balloon = huge), PlanError::TooLarge("balloon"));
    let balloon = U256::from(103_031);
    assert_eq!(refused(|t| t.balloon = balloon), PlanError::BalloonTooLarge { balloon });
    // 100,000 grows to 103,030.1 in three months.
    let mut terms = level();
    terms.balloon = U256::from(103_030);
    assert!(plan(terms).is_ok());
    let more = refused(|t| (t.repayment, t.balloon) = (Repayment::EqualPrincipal, U256::from(100_001)));
    assert_eq!(more, PlanError::BalloonTooLarge { balloon: U256::from(100_001) });
    // A rate of its own cannot make up for payments below the principal.
    let payment = Repayment::FixedPayment(U256::from(33_000));
    let below = refused(|t| (t.repayment, t.rounding.residue) = (payment, Residue::IntoRate));
    assert_eq!(below, PlanError::NoRate);
    // Nor is one so far above the agreed one what rounding made of it: 45,000 three times are 10 % a month instead of 1 %.
    let payment = Repayment::FixedPayment(U256::from(45_000));
    let above = refused(|t| (t.repayment, t.rounding.residue) = (payment, Residue::IntoRate));
    assert_eq!(above, PlanError::NoRate);
}

#[test]
fn a_grace_leaves_a_period_to_repay_in() {
    let too_long = |which, periods| PlanError::GraceTooLong { which, periods, of: 3 };
    assert_eq!(refused(|t| t.grace.principal = 3), too_long("grace of principal", 3));
    assert_eq!(refused(|t| t.grace.interest = 3), too_long("grace of interest", 3));
    assert_eq!(refused(|t| t.grace.capitalised = 3), too_long("capitalised grace", 3));
    assert_eq!(refused(|t| t.grace.interest_free = 4), too_long("interest-free grace", 4));
    let mut terms = level();
    terms.grace = Grace { principal: 2, interest: 2, interest_free: 3, capitalised: 0 };
    assert_eq!(plan(terms).unwrap().total_interest(), Ok(U256::ZERO));
}

#[test]
fn what_has_no_meaning_together_is_refused_by_name() {
    let not = |what, with| PlanError::NotTogether { what, with };
    let later = drawn(1, date(2026, 2, 1));
    let change = vec![RateChange { on: date(2026, 2, 1), rate: rate("0.1") }];
    let changing = Pricing::Yearly { rate: rate("0.1"), basis: Basis::Days(DayCount::Act360), changes: change };
    let flat = |t: &mut Terms| t.repayment = Repayment::Flat;
    let posting = |t: &mut Terms| t.posting = NonZeroU32::new(2);
    let spread = |t: &mut Terms| t.rounding.residue = Residue::Spread;
    let implied = |t: &mut Terms| t.rounding.residue = Residue::IntoRate;
    let balloon = |t: &mut Terms| t.balloon = U256::ONE;
    let grace = |t: &mut Terms| t.grace.principal = 1;
    assert_eq!(
        refused(|t| {
            flat(t);
            balloon(t)
        }),
        not("balloon", "this way of repayment")
    );
    assert_eq!(
        refused(|t| {
            flat(t);
            t.drawdowns.push(later)
        }),
        not("flat interest", "drawdowns after the first day")
    );
    assert_eq!(
        refused(|t| {
            flat(t);
            t.pricing = changing.clone()
        }),
        not("flat interest", "rate changes")
    );
    assert_eq!(
        refused(|t| {
            flat(t);
            t.grace.capitalised = 1
        }),
        not("flat interest", "capitalised grace")
    );
    assert_eq!(
        refused(|t| {
            flat(t);
            posting(t)
        }),
        not("posting of interest", "other than level payments")
    );
    assert_eq!(
        refused(|t| {
            grace(t);
            posting(t)
        }),
        not("posting of interest", "grace")
    );
    for grace in [(1, 0, 0), (0, 1, 0), (0, 0, 1)] {
        let grace = Grace { principal: grace.0, interest: grace.1, capitalised: grace.2, interest_free: 0 };
        assert_eq!(
            refused(|t| (t.grace, t.posting) = (grace, NonZeroU32::new(2))),
            not("posting of interest", "grace")
        );
        assert_eq!(
            refused(|t| (t.grace, t.rounding.residue) = (grace, Residue::IntoRate)),
            not("residue into the rate", "grace")
        );
    }
    let both = Grace { interest: 1, capitalised: 1, ..Grace::default() };
    assert_eq!(refused(|t| t.grace = both), not("grace of interest", "capitalised grace"));
    assert_eq!(
        refused(|t| {
            spread(t);
            balloon(t)
        }),
        not("spread residue", "other than equal payments")
    );
    assert_eq!(
        refused(|t| {
            spread(t);
            t.repayment = weights(&[1; 3], 1)
        }),
        not("spread residue", "other than equal payments")
    );
    assert_eq!(
        refused(|t| {
            spread(t);
            posting(t)
        }),
        not("spread residue", "posting of interest")
    );
    assert_eq!(
        refused(|t| {
            flat(t);
            implied(t)
        }),
        not("residue into the rate", "other than level or fixed payments")
    );
    assert_eq!(
        refused(|t| {
            implied(t);
            balloon(t)
        }),
        not("residue into the rate", "a balloon")
    );
    assert_eq!(
        refused(|t| {
            implied(t);
            grace(t)
        }),
        not("residue into the rate", "grace")
    );
    assert_eq!(
        refused(|t| {
            implied(t);
            t.drawdowns.push(later)
        }),
        not("residue into the rate", "drawdowns after the first day")
    );
    assert_eq!(
        refused(|t| {
            implied(t);
            t.pricing = changing
        }),
        not("residue into the rate", "rate changes")
    );
}

#[test]
fn amounts_that_grow_beyond_bounds_are_an_error_and_not_a_wrap() {
    let mut terms = months(u64::MAX, "30000", 120, Repayment::InterestOnly);
    terms.grace.capitalised = 119;
    assert_eq!(plan(terms), Err(PlanError::Overflow("interest")));
    let flows = vec![(PeriodicRate::ZERO, U256::MAX)];
    assert_eq!(present_value(&flows, Round::NEAREST), Err(PlanError::TooLarge("payment")));
}
