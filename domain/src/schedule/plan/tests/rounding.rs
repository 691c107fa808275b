//! What is rounded how, and where the residue goes.

use super::*;

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
