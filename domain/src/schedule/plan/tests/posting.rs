//! Interest that joins the balance every so many periods.

use super::*;

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
fn interest_that_is_posted_joins_the_balance_every_so_many_periods() {
    let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
    terms.posting = NonZeroU32::new(2);
    let schedule = plan(terms).unwrap();
    // End value 103,020 of 100,000 and 3.0301 of payments of one: p = 33,998.878.
    assert_eq!(payments(&schedule), [33_999, 33_999, 33_999]);
    assert_eq!(additions(&schedule), [(date(2026, 3, 15), 1_660, false, 2), (date(2026, 4, 15), 337, false, 3)]);
    assert_eq!(schedule.total_interest(), Ok(U256::ZERO));
    assert_eq!(schedule.total_payments(), Ok(U256::from(101_997)));
    // A balloon of half of it is no part of the level: 53,020 over 3.0301 is 17,497.772.
    let mut terms = months(100_000, "0.12", 3, Repayment::Level(None));
    (terms.posting, terms.balloon) = (NonZeroU32::new(2), U256::from(50_000));
    assert_eq!(payments(&plan(terms).unwrap()), [17_498, 17_498, 67_497]);
    // A drawdown after one of the two periods: its level counts one until the next posting.
    let mut terms = months(100_000, "0.12", 4, Repayment::Level(None));
    terms.posting = NonZeroU32::new(2);
    terms.drawdowns.push(drawn(50_000, date(2026, 2, 15)));
    let paid = payments(&plan(terms).unwrap());
    assert!(paid[1] == paid[2] && paid[3].abs_diff(paid[2]) <= 3, "{paid:?}");
}
