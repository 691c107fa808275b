//! The root of an equation whose flows change sign once, between two bounds, with one exponential for a run of flows
//! that lie equally far apart.
//!
//! The discount of a flow is the one before times what the interval between them discounts. That is a little less exact
//! than an exponential for each flow, so the answer is a bracket: at its ends the equation is further from balance than
//! both ways of adding it up can be off, with opposite signs. The slow way's root lies inside. Where the reader cannot
//! tell the ends apart there is nothing more to compute; otherwise the slow way decides.

use super::solver::{BALANCE, Term, root_between};

/// How far the bracket's ends lie from the root in terms of the error: a little more than proves the sign.
pub(super) const WIDTH: f64 = 1.25;

/// Flows after which a discount is taken from an exponential again where the proof is made.
const RUN: usize = 8;

/// What the additions of the two ways can be off by together for each flow: half a last place of the sum each, which
/// falls from one, all advances, to zero.
pub(super) const ERROR_PER_FLOW: f64 = f64::EPSILON;

/// What the discounts can be off by: a last place for each flow of a run, and a few for the factors and the fraction.
pub(super) const ERROR_OF_DISCOUNTS: f64 = 16.0 * f64::EPSILON;

/// What the times can be off by, for each period of the last one and each unit of u: [`SAME`], and the rounding of the
/// exponents of the two ways.
pub(super) const ERROR_OF_TIMES: f64 = 4.0 * f64::EPSILON;

/// Intervals this near to each other, as a share of the time, are one: a count of months over 12 is not exact.
pub(super) const SAME: f64 = 2.0 * f64::EPSILON;

/// What the ends of a bracket may be off balance by: half of what is promised, as the other way may be off as much.
const NEAR_BALANCE: f64 = BALANCE / 2.0;

/// A value at the limit above this is above zero however it is added up.
const CLEARLY_ABOVE: f64 = 1e-9;

/// Bounds of u around the one root of flows that begin with an advance, change sign once and are worth less than the
/// payments at a rate of zero. `None` when they cannot be proven.
pub(super) fn bracket(terms: &[Term], limit: f64) -> Option<(f64, f64)> {
    if !clearly_above_zero(terms, limit) {
        return None;
    }
    let near = root_between(|u| value_and_slope(terms, u, usize::MAX), 0.0, limit, true)?;
    let (value, slope) = value_and_slope(terms, near, RUN);
    let u = near - value / slope;
    let last = terms.last()?.whole;
    let flows = f64::from(u32::try_from(terms.len()).ok()?);
    let error = ERROR_PER_FLOW * flows + ERROR_OF_DISCOUNTS + ERROR_OF_TIMES * u * last;
    let width = WIDTH * error / slope + 4.0 * f64::EPSILON * u;
    let (low, high) = (u - width, u + width);
    let (below, above) = (value_and_slope(terms, low, RUN).0, value_and_slope(terms, high, RUN).0);
    proven(below, above, error).then_some((low, high))
}

/// Whether values at the ends of a bracket have the signs of a root between them, however they are added up, and are as
/// near to balance as is promised.
pub(super) fn proven(below: f64, above: f64, error: f64) -> bool {
    let told = error.next_up()..NEAR_BALANCE;
    told.contains(&-below) && told.contains(&above)
}

/// A bound from below: the first advance alone against all payments as if they were made on the first one's day.
fn clearly_above_zero(terms: &[Term], u: f64) -> bool {
    let paid: f64 = terms.iter().map(|term| term.amount.min(0.0)).sum();
    let payment = terms.iter().find(|term| term.amount < 0.0);
    let bound = terms
        .first()
        .zip(payment)
        .map(|(first, payment)| first.amount * first.discount(u).0 + paid * payment.discount(u).0);
    bound.is_some_and(|bound| bound > CLEARLY_ABOVE)
}

/// As the solver's, up to rounding: an exponential after each `run` of multiplications.
fn value_and_slope(terms: &[Term], u: f64, run: usize) -> (f64, f64) {
    let interest = u.exp_m1();
    let (mut value, mut slope) = (0.0, 0.0);
    let (mut at, mut discount) = (0.0, 1.0);
    let (mut interval, mut factor, mut left) = (0.0, 1.0, run);
    let (mut fraction, mut simple, mut speed) = (0.0, 1.0, 0.0);
    for term in terms {
        if left == 0 && at != term.whole {
            (at, discount, left) = (term.whole, (-term.whole * u).exp(), run);
        } else if (at + interval - term.whole).abs() <= SAME * term.whole {
            at += interval;
            discount *= factor;
            left = left.saturating_sub(1);
        } else if at != term.whole {
            interval = term.whole - at;
            factor = (-interval * u).exp();
            at += interval;
            discount *= factor;
            left = left.saturating_sub(1);
        }
        if term.fraction != fraction {
            fraction = term.fraction;
            simple = 1.0 / (fraction * interest + 1.0);
            speed = fraction * (interest + 1.0) * simple;
        }
        let present = term.amount * discount * simple;
        value += present;
        slope -= present * (speed + term.whole);
    }
    (value, slope)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::solver;
    use super::*;

    fn loan(count: u32, payment: f64, periods: f64, fraction: f64) -> Vec<Term> {
        let mut terms = vec![Term { amount: 1.0, whole: 0.0, fraction: 0.0 }];
        terms.extend((1..=count).map(|k| Term { amount: -payment, whole: f64::from(k) / periods, fraction }));
        terms
    }

    /// The slow way's root of level payments, and the bracket.
    fn roots(count: u32, payment: f64, periods: f64, fraction: f64) -> Option<(f64, (f64, f64))> {
        let terms = loan(count, payment, periods, fraction);
        let limit = 2_500f64.ln_1p();
        let slow = root_between(|u| solver::value_and_slope(&terms, u), 0.0, limit, true)?;
        bracket(&terms, limit).map(|bracket| (slow, bracket))
    }

    #[test]
    fn value_and_slope_are_those_of_the_solver_however_the_flows_lie() {
        let term = |amount: f64, whole: f64, fraction: f64| Term { amount, whole, fraction };
        let level: Vec<_> = (1..40).map(|k| term(-0.03, f64::from(k) / 12.0, 0.0)).collect();
        let odd: Vec<_> = (1..20).map(|k| term(-0.06, f64::from(k) * 2.0, 0.25)).collect();
        let uneven = vec![term(-0.1, 1.0, 0.0), term(-0.2, 1.0, 0.5), term(-0.3, 4.5, 0.5), term(-0.7, 5.0, 0.0)];
        for payments in [level, odd, uneven] {
            let terms = [vec![term(1.0, 0.0, 0.0)], payments].concat();
            for u in [0.0, 0.004, 0.3, 2.0] {
                let expected = solver::value_and_slope(&terms, u);
                for run in [1, RUN, usize::MAX] {
                    let found = value_and_slope(&terms, u, run);
                    assert!((found.0 - expected.0).abs() < 1e-14, "{found:?} for {expected:?}");
                    assert!((found.1 - expected.1).abs() < 1e-13 * expected.1.abs(), "{found:?} for {expected:?}");
                }
            }
        }
    }

    /// The bracket is wide enough for the error that is proven at its ends, and not much wider.
    #[test]
    fn a_bracket_is_as_wide_as_the_errors_make_it() {
        for (count, payment, periods, fraction) in
            [(12, 0.09, 12.0, 0.0), (36, 0.0313, 1.0, 0.5), (400, 0.004, 1.0, 0.0), (12, 0.5, 1.0, 0.0)]
        {
            let (slow, (low, high)) = roots(count, payment, periods, fraction).unwrap();
            let (terms, limit) = (loan(count, payment, periods, fraction), 2_500f64.ln_1p());
            let slope = solver::value_and_slope(&terms, slow).1;
            assert!(clearly_above_zero(&terms, limit));
            let last = f64::from(count) / periods;
            let error = f64::EPSILON * (f64::from(count) + 17.0 + 4.0 * slow * last);
            let expected = 2.0 * (1.25 * error / slope + 4.0 * f64::EPSILON * slow);
            assert!(((high - low) / expected - 1.0).abs() < 0.1, "{} for {expected}", high - low);
        }
    }

    #[test]
    fn ends_prove_a_root_where_each_is_clearly_on_its_side_and_near_balance() {
        assert!(proven(-1.5e-12, 1.5e-12, 1e-12));
        for (below, above) in [
            (-1e-12, 1.5e-12),
            (-1.5e-12, 1e-12),
            (1.5e-12, 1.5e-12),
            (-1.5e-12, -1.5e-12),
            (-5e-11, 1.5e-12),
            (-1.5e-12, 5e-11),
        ] {
            assert!(!proven(below, above, 1e-12), "{below} {above}");
        }
    }

    #[test]
    fn a_value_at_the_limit_that_rounding_could_turn_is_not_clearly_above_zero() {
        let loan = |paid: f64| {
            [Term { amount: 1.0, whole: 0.0, fraction: 0.0 }, Term { amount: -paid, whole: 1.0, fraction: 0.0 }]
        };
        assert!(clearly_above_zero(&loan(2.0), 4f64.ln()));
        assert!(!clearly_above_zero(&loan(4.0), 4f64.ln()));
        assert!(!clearly_above_zero(&loan(8.0), 4f64.ln()));
    }

    #[test]
    fn most_brackets_are_too_short_for_two_rates() {
        let reads = |u: f64| super::super::to_rate(u.exp_m1() * 12.0);
        let told = (0..1_000u32).filter_map(|case| roots(36, 0.028 + f64::from(case) * 2e-5, 1.0, 0.0));
        let read = told.filter(|(_, (low, high))| reads(*low) == reads(*high)).count();
        assert!(read > 900, "{read} of 1000");
    }

    proptest! {
        #[test]
        fn the_slow_root_lies_in_the_bracket(
            count in 1u32..500,
            dear in 1.0001f64..4.0,
            periods in prop::sample::select(vec![1.0, 12.0, 52.0]),
            fraction in prop::sample::select(vec![0.0, 0.5, 1.0 / 3.0]),
        ) {
            if let Some((slow, (low, high))) = roots(count, dear / f64::from(count), periods, fraction) {
                prop_assert!(low < slow && slow < high, "{} not in {} to {}", slow, low, high);
            }
        }
    }
}
