use std::cell::Cell;

use proptest::prelude::*;

use super::*;

fn term(amount: f64, whole: f64, fraction: f64) -> Term {
    Term { amount, whole, fraction }
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} for {expected}");
}

/// The root, and how often the function was asked.
fn root(function: impl Fn(f64) -> (f64, f64), low: f64, high: f64, rising: bool) -> (Option<f64>, usize) {
    let asked = Cell::new(0);
    let counted = |at| {
        asked.set(asked.get() + 1);
        function(at)
    };
    (root_between(counted, low, high, rising), asked.get())
}

/// At 10 % a period, two and a half periods away: 1 / (1.05 · 1.21), which falls by 0.55 / 1.05 + 2 of itself.
#[test]
fn a_discount_is_simple_for_the_fraction_and_compound_for_the_rest() {
    let u = 1.1f64.ln();
    let (discount, speed) = term(1.0, 2.0, 0.5).discount(u);
    near(discount, 1.0 / (1.05 * 1.21));
    near(speed, 0.55 / 1.05 + 2.0);
    let (discount, speed) = term(1.0, 2.0, 0.0).discount(u);
    near(discount, 1.0 / 1.21);
    near(speed, 2.0);
}

#[test]
fn the_value_is_the_sum_and_its_slope_what_the_sum_falls_by() {
    let terms = [term(1.0, 0.0, 0.0), term(-0.6, 1.0, 0.0), term(-0.7, 2.0, 0.5)];
    let u = 1.1f64.ln();
    let (value, slope) = value_and_slope(&terms, u);
    near(value, 1.0 - 0.6 / 1.1 - 0.7 / (1.05 * 1.21));
    near(slope, 0.6 / 1.1 + 0.7 / (1.05 * 1.21) * (0.55 / 1.05 + 2.0));
}

#[test]
fn newton_takes_a_few_steps_in_either_direction_and_bisection_no_more_than_a_float_has_places() {
    let square = |x: f64| (x * x - 2.0, 2.0 * x);
    let (found, steps) = root(square, 1.0, 10.0, true);
    near(found.unwrap(), 2f64.sqrt());
    assert!(steps <= 6, "{steps}");
    let (found, steps) = root(|x| (2.0 - x * x, -2.0 * x), 1.0, 10.0, false);
    near(found.unwrap(), 2f64.sqrt());
    assert!(steps <= 6, "{steps}");
    // A slope that leads out of the bracket leaves bisection.
    let (found, steps) = root(|x| (x * x - 2.0, 1e-300), 1.0, 10.0, true);
    near(found.unwrap(), 2f64.sqrt());
    assert!(steps <= 60, "{steps}");
    // One that makes steps as long as the last would jump to and fro for ever.
    let (found, steps) = root(|x| (x.cbrt(), x.cbrt() / (2.0 * x)), -1.0, 1.5, true);
    assert!(found.unwrap().abs() < 1e-9, "{found:?}");
    assert!(steps <= 80, "{steps}");
}

#[test]
fn a_root_at_an_edge_or_in_the_middle_is_exact() {
    assert_eq!(root(|x| (x - 1.0, 1.0), 1.0, 3.0, true), (Some(1.0), 1));
    assert_eq!(root(|x| (x - 2.0, f64::NAN), 1.0, 3.0, true), (Some(2.0), 2));
}

#[test]
fn a_piece_is_empty_monotonic_or_undecided() {
    // 1 now for 1.21 in two periods: the value rises from -0.21.
    let loan = [term(1.0, 0.0, 0.0), term(-1.21, 2.0, 0.0)];
    assert_eq!(examine(&loan, 0.0, 0.05), Piece::Empty);
    assert_eq!(examine(&loan, 0.05, 0.15), Piece::Monotonic { rising: true });
    assert_eq!(examine(&loan, 0.15, 5.0), Piece::Empty);
    let deposit = loan.map(|held| Term { amount: -held.amount, ..held });
    assert_eq!(examine(&deposit, 0.0, 0.05), Piece::Empty);
    assert_eq!(examine(&deposit, 0.05, 0.15), Piece::Monotonic { rising: false });
    // 1, -2.3 and 1.32 have roots at 10 and 20 %.
    let both = [term(1.0, 0.0, 0.0), term(-2.3, 1.0, 0.0), term(1.32, 2.0, 0.0)];
    assert_eq!(examine(&both, 0.05, 0.25), Piece::Undecided);
    assert_eq!(examine(&both, 1.1f64.ln() - 0.001, 1.1f64.ln() + 0.001), Piece::Monotonic { rising: false });
    assert_eq!(examine(&both, 1.2f64.ln() - 0.001, 1.2f64.ln() + 0.001), Piece::Monotonic { rising: true });
}

#[test]
fn a_sign_that_rounding_could_have_made_decides_nothing() {
    for off in [1e-14, -1e-14] {
        assert_eq!(examine(&[term(1.0, 0.0, 0.0), term(-1.0 - off, 0.0, 0.0)], 0.0, 1.0), Piece::Undecided);
    }
}

fn solved(terms: &[Term]) -> Result<f64, AprError> {
    let sum: f64 = terms.iter().map(|held| held.amount).sum();
    solve(terms.to_vec(), sum.total_cmp(&0.0), 100.0, |u| u)
}

#[test]
fn of_several_roots_the_one_that_is_the_cost_is_found_or_there_is_none() {
    // What is advanced is worth more at any rate.
    let gift = [term(1.0, 0.0, 0.0), term(-0.1, 1.0, 0.0), term(1.0, 2.0, 0.0), term(-0.1, 3.0, 0.0)];
    assert_eq!(solved(&gift), Err(AprError::NoSolution));
    // At 10 % the value falls and at 20 % it rises, and the other way about.
    let both = [term(1.0, 0.0, 0.0), term(-2.3, 1.0, 0.0), term(1.32, 2.0, 0.0)];
    assert_eq!(solved(&both), Err(AprError::Several));
    near(solved(&both.map(|held| Term { amount: -held.amount, ..held })).unwrap(), 1.1f64.ln());
    // 10, 20 and 30 %: two of them rise.
    let three = [term(1.0, 0.0, 0.0), term(-3.6, 1.0, 0.0), term(4.31, 2.0, 0.0), term(-1.716, 3.0, 0.0)];
    assert_eq!(solved(&three), Err(AprError::Several));
    assert!(matches!(solved(&three.map(|held| Term { amount: -held.amount, ..held })), Err(AprError::Several)));
    // Twice 10 %: a root that touches.
    let touch = [term(-1.0, 0.0, 0.0), term(2.2, 1.0, 0.0), term(-1.21, 2.0, 0.0)];
    assert!(solved(&touch).is_err());
}

#[test]
fn rates_end_at_the_limit() {
    let loan = |paid: f64| [term(1.0, 0.0, 0.0), term(-paid, 1.0, 0.0)];
    near(solved(&loan(100.9)).unwrap(), 100.9f64.ln());
    assert_eq!(solved(&loan(101.1)), Err(AprError::AboveRange));
    assert_eq!(solved(&loan(1.0)), Ok(0.0));
    assert_eq!(solved(&loan(0.9)), Err(AprError::NoSolution));
}

#[test]
fn terms_are_counted_from_the_first_and_those_of_one_moment_are_one() {
    let mut terms = vec![term(-0.5, 3.0, 0.5), term(1.0, 1.0, 0.0), term(-0.25, 3.0, 0.5), term(-0.5, 3.0, 0.25)];
    terms.extend([term(2.0, 2.0, 0.0), term(-2.0, 2.0, 0.0)]);
    order(&mut terms).unwrap();
    let found: Vec<_> = terms.iter().map(|held| (held.amount, held.whole, held.fraction)).collect();
    assert_eq!(found, [(1.0, 0.0, 0.0), (-0.5, 2.0, 0.25), (-0.75, 2.0, 0.5)]);
    for odd in [term(1.0, f64::NAN, 0.0), term(1.0, 0.0, f64::INFINITY), term(f64::NAN, 0.0, 0.0)] {
        assert!(matches!(order(&mut vec![odd]), Err(AprError::Time(_))));
    }
}

proptest! {
    #[test]
    fn what_is_said_of_a_piece_holds_all_over_it(
        flows in prop::collection::vec((-1.0f64..1.0, 0.0f64..6.0, prop::sample::select(vec![0.0, 0.5])), 2..6),
        low in 0.0f64..3.0,
        width in 0.001f64..0.5,
    ) {
        let terms: Vec<_> = flows.into_iter().map(|(amount, whole, fraction)| term(amount, whole, fraction)).collect();
        let found = examine(&terms, low, low + width);
        let inside = (0..=8).map(|part| value_and_slope(&terms, low + width * f64::from(part) / 8.0));
        let (values, slopes): (Vec<_>, Vec<_>) = inside.unzip();
        match found {
            Piece::Empty => prop_assert!(values.iter().all(|value| value * values[0] > 0.0)),
            Piece::Monotonic { rising } => prop_assert!(slopes.iter().all(|slope| (*slope > 0.0) == rising)),
            Piece::Undecided => {}
        }
    }
}
