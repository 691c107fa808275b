use super::super::solver;
use super::*;

const LIMIT: f64 = 7.0;

fn run(side: Side, amount: u64, first: f64, step: f64, count: u32) -> Run {
    Run { side, amount: U256::from(amount), first, step, fraction: 0.0, count }
}

fn advance(amount: u64) -> Run {
    run(Side::Advance, amount, 0.0, 0.0, 1)
}

/// The plain sum's root, and the bracket.
fn roots(runs: &[Run]) -> (f64, Option<(f64, f64)>) {
    let signed = |run: &Run| if run.side == Side::Advance { 1e-6 } else { -1e-6 } * super::super::float(run.amount);
    let terms: Vec<Term> = runs.iter().flat_map(|run| run.terms(signed(run))).collect();
    let slow = solver::root_between(|u| solver::value_and_slope(&terms, u), 0.0, LIMIT, true).unwrap();
    (slow, bracket(runs, 1e6, LIMIT))
}

fn is_tight(runs: &[Run]) -> bool {
    let (slow, found) = roots(runs);
    found.is_some_and(|(low, high)| low < slow && slow < high && high - low < 1e-13)
}

#[test]
fn loans_of_every_usual_form_have_a_tight_bracket() {
    let level = [advance(1_000_000), run(Side::Payment, 31_332, 1.0, 1.0, 36)];
    let last_differs = [level[0], run(Side::Payment, 31_332, 1.0, 1.0, 35), run(Side::Payment, 31_340, 36.0, 0.0, 1)];
    let fortnightly = [advance(1_000_000), run(Side::Payment, 31_332, 3.0, 2.0, 36)];
    let odd = [level[0], Run { fraction: 0.4, ..level[1] }];
    let balloon =
        [advance(1_000_000), run(Side::Payment, 6_000, 1.0, 1.0, 36), run(Side::Payment, 950_000, 37.0, 0.0, 1)];
    let drawn_thrice = [
        run(Side::Advance, 400_000, 0.0, 1.0, 2),
        run(Side::Advance, 200_000, 2.0, 0.0, 1),
        run(Side::Payment, 31_332, 3.0, 1.0, 36),
    ];
    let dear = [advance(1_000_000), run(Side::Payment, 2_000_000, 1.0, 1.0, 12)];
    for runs in [&level[..], &last_differs, &fortnightly, &odd, &balloon, &drawn_thrice, &dear] {
        assert!(is_tight(runs), "{runs:?}: {:?}", roots(runs));
    }
    let later: Vec<Run> = level.iter().map(|run| Run { first: run.first + 10.0, ..*run }).collect();
    assert_eq!(bracket(&later, 1e6, LIMIT), bracket(&level, 1e6, LIMIT), "time is counted from the first flow");
}

fn usual() -> [Vec<Run>; 4] {
    let level = vec![advance(1_000_000), run(Side::Payment, 31_332, 1.0, 1.0, 36)];
    let odd = vec![advance(1_000_000), Run { fraction: 0.4, ..run(Side::Payment, 31_332, 3.0, 2.0, 36) }];
    let balloon =
        vec![advance(1_000_000), run(Side::Payment, 6_000, 1.0, 1.0, 36), run(Side::Payment, 950_000, 37.0, 0.0, 1)];
    let drawn_thrice = vec![
        run(Side::Advance, 400_000, 0.0, 1.0, 2),
        run(Side::Advance, 200_000, 2.0, 0.0, 1),
        run(Side::Payment, 31_332, 3.0, 1.0, 36),
    ];
    [level, odd, balloon, drawn_thrice]
}

#[test]
fn the_balance_and_its_slope_are_those_of_the_flows_one_by_one() {
    for runs in usual() {
        let signed = |run: &Run| if run.side == Side::Advance { 1e-6 } else { -1e-6 } * super::super::float(run.amount);
        let terms: Vec<Term> = runs.iter().flat_map(|run| run.terms(signed(run))).collect();
        for u in [0.001, 0.01, 0.2, 1.5] {
            let (found, expected) = (Sides::of(&runs, 1e6).unwrap().balance(u), solver::value_and_slope(&terms, u));
            assert!((found.0 - expected.0).abs() < 1e-13, "{found:?} for {expected:?}");
            assert!((found.1 - expected.1).abs() < 1e-10 * expected.1.abs().max(1.0), "{found:?} for {expected:?}");
        }
    }
}

/// What the module says of its errors, at both ends.
#[test]
fn a_bracket_is_as_wide_as_the_errors_make_it() {
    for runs in usual() {
        let (sides, (slow, found)) = (Sides::of(&runs, 1e6).unwrap(), roots(&runs));
        let ((low, high), slope) = (found.unwrap(), sides.balance(slow).1);
        let error = f64::EPSILON * (sides.flows + 24.0 + 4.0 * slow * sides.last);
        let expected = 2.0 * (1.25 * error / slope + 4.0 * f64::EPSILON * slow);
        assert!(((high - low) / expected - 1.0).abs() < 0.05, "{} for {expected}", high - low);
    }
}

#[test]
fn newton_starts_near_the_root() {
    for runs in usual() {
        let (sides, (slow, _)) = (Sides::of(&runs, 1e6).unwrap(), roots(&runs));
        let off = sides.guess() / slow - 1.0;
        assert!(off.abs() < 0.002, "{off} of {slow}");
        assert!((sides.near(LIMIT).unwrap() / slow - 1.0).abs() < 1e-7);
    }
}

/// The mean time of 3, 5, 7 and 9.5 (amounts 1, 1, 1 and 3) and the variance around it.
#[test]
fn times_have_the_mean_and_the_variance_of_their_amounts() {
    let side = [
        Series { share: 1.0, first: 2.75, step: 2.0, fraction: 0.25, count: 3.0 },
        Series { share: 3.0, first: 9.5, step: 0.0, fraction: 0.0, count: 1.0 },
    ];
    let (total, mean, variance) = times_of(&side);
    assert!((total - 6.0).abs() + (mean - 7.25).abs() < 1e-12, "{total} {mean}");
    let expected = (4.25f64.powi(2) + 2.25f64.powi(2) + 0.25f64.powi(2) + 3.0 * 2.25f64.powi(2)) / 6.0;
    assert!((variance - expected).abs() < 1e-12, "{variance} for {expected}");
}

#[test]
fn months_as_parts_of_a_year_are_one_run_although_their_times_are_rounded() {
    let mut run = Run::of_one(Side::Payment, U256::ONE, 1.0 / 12.0, 0.0);
    for month in 2..=480 {
        assert!(run.takes(Side::Payment, U256::ONE, f64::from(month) / 12.0, 0.0), "month {month}");
    }
    assert!(!run.takes(Side::Payment, U256::ONE, 481.0 / 12.0 + 1e-13, 0.0), "a time that no rounding explains");
}

#[test]
fn what_is_no_loan_or_no_series_is_left_to_the_plain_way() {
    let payments = run(Side::Payment, 31_332, 1.0, 1.0, 36);
    let none = |runs: &[Run]| assert_eq!(bracket(runs, 1e6, LIMIT), None, "{runs:?}");
    none(&[advance(1_000_000), Run { amount: U256::from(20_000), ..payments }]);
    none(&[advance(1_000_000), Run { first: 0.0, ..payments }]);
    none(&[advance(500_000), payments, run(Side::Advance, 500_000, 0.5, 0.0, 1)]);
    none(&[advance(500_000), run(Side::Advance, 500_000, 1.0, 0.0, 1), payments]);
    none(&[advance(1_000_000), run(Side::Payment, 3_000_000_000, 1.0, 0.0, 1)]);
    let many: Vec<Run> =
        (1..7).map(|k| run(Side::Payment, 170_000 + k, f64::from(u32::try_from(k).unwrap()), 0.0, 1)).collect();
    none(&[&[advance(1_000_000)], many.as_slice()].concat());
    assert!(is_tight(&[&[advance(850_000)], &many[..5]].concat()));
}

#[test]
fn a_run_takes_only_what_goes_on_as_it_does() {
    let payment = U256::from(5);
    let start = || Run::of_one(Side::Payment, payment, 1.0, 0.5);
    let mut run = start();
    assert!(run.takes(Side::Payment, payment, 3.0, 0.5) && run.takes(Side::Payment, payment, 5.0, 0.5));
    assert_eq!((run.first, run.step, run.count, run.last()), (1.0, 2.0, 3, 5.0));
    assert_eq!(run.terms(2.0).map(|term| term.whole).collect::<Vec<_>>(), [1.0, 3.0, 5.0]);
    assert!(!run.takes(Side::Payment, payment, 8.0, 0.5), "another interval");
    assert!(!run.takes(Side::Payment, U256::from(6), 7.0, 0.5), "another amount");
    assert!(!run.takes(Side::Advance, payment, 7.0, 0.5), "the other side");
    assert!(!run.takes(Side::Payment, payment, 7.0, 0.4), "another fraction");
    assert_eq!(run.count, 3);
    assert!(!start().takes(Side::Payment, payment, 1.0, 0.5), "the same moment");
    assert!(!start().takes(Side::Payment, payment, 0.0, 0.5), "an earlier one");
}
