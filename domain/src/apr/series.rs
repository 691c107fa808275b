//! The root of level series: flows that change sign once, written as a few runs of equal amounts at equal intervals, each
//! of which has its present value in closed form, however many flows it holds.
//!
//! As in [`super::quick`] the answer is a bracket whose ends are proven: there the equation is further from balance than
//! this way and a plain sum of all flows can be off together, with opposite signs. Where the reader cannot tell the ends
//! apart there is nothing more to compute; otherwise the plain sum decides.

use ruint::aliases::U256;

use super::Side;
use super::quick::{ERROR_OF_DISCOUNTS, ERROR_OF_TIMES, ERROR_PER_FLOW, SAME, WIDTH, proven};
use super::solver::Term;

/// Runs beyond which the flows are no level series, and exponentials for each run cost more than they save.
const MAX_RUNS: usize = 6;

/// Steps of Newton's method before it is left to the plain way. Three are usual.
const MAX_STEPS: usize = 12;

/// After a step as short as this, one more that is not looked at again is exact.
const NEARLY: f64 = 1e-5;

/// What the closed forms can be off by, as a share: three exponentials, a division and a product.
const ERROR_OF_SUMS: f64 = 8.0 * f64::EPSILON;

/// Equal amounts at equal intervals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) side: Side,
    pub(super) amount: U256,
    pub(super) first: f64,
    pub(super) step: f64,
    pub(super) fraction: f64,
    pub(super) count: u32,
}

impl Run {
    pub(super) fn of_one(side: Side, amount: U256, first: f64, fraction: f64) -> Self {
        Self { side, amount, first, step: 0.0, fraction, count: 1 }
    }

    fn last(&self) -> f64 {
        self.first + self.step * f64::from(self.count.saturating_sub(1))
    }

    /// Takes a flow in, if it goes on as the run does.
    #[inline]
    pub(super) fn takes(&mut self, side: Side, amount: U256, at: f64, fraction: f64) -> bool {
        let step = if self.count == 1 { at - self.first } else { self.step };
        let goes_on = (self.first + step * f64::from(self.count) - at).abs() <= SAME * at.abs()
            && step > 0.0
            && self.amount == amount
            && self.side == side
            && self.fraction == fraction;
        if goes_on {
            self.step = step;
            self.count = self.count.saturating_add(1);
        }
        goes_on
    }

    /// Its flows one by one.
    pub(super) fn terms(&self, amount: f64) -> impl Iterator<Item = Term> + use<> {
        let Self { first, step, fraction, count, .. } = *self;
        (0..count).map(move |index| Term { amount, whole: first + step * f64::from(index), fraction })
    }
}

/// A run with its amount as a share of what is advanced, and its time from the first flow on.
#[derive(Debug, Clone, Copy)]
struct Series {
    share: f64,
    first: f64,
    step: f64,
    fraction: f64,
    count: f64,
}

/// What flows are worth at u, and the slope of it.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    value: f64,
    slope: f64,
}

impl Series {
    const NONE: Self = Self { share: 0.0, first: 0.0, step: 0.0, fraction: 0.0, count: 0.0 };

    /// Its amounts, and the moments of its times: the sum, and the sum of the squares.
    fn moments(&self) -> [f64; 3] {
        let total = self.share * self.count;
        let mean = self.first + self.step * (self.count - 1.0) / 2.0 + self.fraction;
        let spread = self.step * self.step * (self.count * self.count - 1.0) / 12.0;
        [total, total * mean, total * (mean * mean + spread)]
    }

    /// Σ q^k = (1 - q^n) / (1 - q) and Σ k·q^k = (q·Σ q^k - n·q^n) / (1 - q), where q discounts a step.
    fn at(&self, u: f64) -> Worth {
        if self.first == 0.0 && self.fraction == 0.0 && self.count == 1.0 {
            return Worth { value: self.share, slope: 0.0 };
        }
        let less_step = (-self.step * u).exp_m1();
        let mut discount = if self.first == self.step { 1.0 + less_step } else { (-self.first * u).exp() };
        let mut speed = self.first;
        if self.fraction != 0.0 {
            let simple = 1.0 / (1.0 + self.fraction * u.exp_m1());
            discount *= simple;
            speed += self.fraction * u.exp() * simple;
        }
        let (sum, weighted) = if self.count == 1.0 {
            (1.0, 0.0)
        } else {
            let less_all = (-self.count * self.step * u).exp_m1();
            let sum = less_all / less_step;
            (sum, (self.count * (1.0 + less_all) - (1.0 + less_step) * sum) / less_step)
        };
        let present = self.share * discount;
        Worth { value: present * sum, slope: -present * (speed * sum + self.step * weighted) }
    }
}

/// Advances and payments in order: every advance comes before every payment.
struct Sides {
    /// Those of advances first.
    series: [Series; MAX_RUNS],
    advances: usize,
    runs: usize,
    flows: f64,
    last: f64,
}

impl Sides {
    /// `None` where an advance is not before every payment, or there are too many runs.
    fn of(runs: &[Run], scale: f64) -> Option<Self> {
        let earliest = runs.iter().map(|run| run.first).fold(f64::INFINITY, f64::min);
        let mut sides = Self { series: [Series::NONE; MAX_RUNS], advances: 0, runs: 0, flows: 0.0, last: 0.0 };
        let (mut last_advance, mut first_payment) = (0.0_f64, f64::INFINITY);
        for run in runs {
            let (first, last) = (run.first - earliest, run.last() - earliest);
            match run.side {
                Side::Advance if sides.runs > sides.advances => return None,
                Side::Advance => {
                    sides.advances = sides.advances.saturating_add(1);
                    last_advance = last_advance.max(last + run.fraction);
                }
                Side::Payment => first_payment = first_payment.min(first + run.fraction),
            }
            let (share, count) = (super::float(run.amount) / scale, f64::from(run.count));
            *sides.series.get_mut(sides.runs)? = Series { share, first, step: run.step, fraction: run.fraction, count };
            sides.runs = sides.runs.saturating_add(1);
            sides.flows += count;
            sides.last = sides.last.max(last);
        }
        (last_advance < first_payment).then_some(sides)
    }

    fn both(&self) -> (&[Series], &[Series]) {
        let known = self.series.get(..self.runs).unwrap_or_default();
        known.split_at_checked(self.advances).unwrap_or_default()
    }

    fn worth(&self, u: f64) -> (Worth, Worth) {
        let side = |side: &[Series]| {
            side.iter().fold(Worth::default(), |sum, series| {
                let worth = series.at(u);
                Worth { value: sum.value + worth.value, slope: sum.slope + worth.slope }
            })
        };
        let (advances, payments) = self.both();
        (side(advances), side(payments))
    }

    /// Advances less payments, and its slope.
    fn balance(&self, u: f64) -> (f64, f64) {
        let (advanced, paid) = self.worth(u);
        (advanced.value - paid.value, advanced.slope - paid.slope)
    }

    /// The logarithm of what the payments are worth against the advances is almost a straight line in u, bent by how far
    /// the times are spread.
    fn guess(&self) -> f64 {
        let (advances, payments) = self.both();
        let ((advanced, early, early_spread), (paid, late, late_spread)) = (times_of(advances), times_of(payments));
        let (apart, bend) = (late - early, late_spread - early_spread);
        let straight = (paid / advanced).ln() / apart;
        straight + bend * straight * straight / (2.0 * apart)
    }

    /// Near the root, by Newton's method on that logarithm.
    fn near(&self, limit: f64) -> Option<f64> {
        let mut u = self.guess();
        for _ in 0..MAX_STEPS {
            if !(u > 0.0 && u < limit) {
                return None;
            }
            let (advances, payments) = self.worth(u);
            let against = (payments.value / advances.value).ln();
            let step = against / (payments.slope / payments.value - advances.slope / advances.value);
            u -= step;
            if step.abs() < NEARLY {
                return Some(u);
            }
        }
        None
    }
}

/// The sum of the amounts, the mean of their times, and the variance.
fn times_of(side: &[Series]) -> (f64, f64, f64) {
    let [total, first, second] = side.iter().fold([0.0; 3], |[total, first, second], series| {
        let [t, f, s] = series.moments();
        [total + t, first + f, second + s]
    });
    let mean = first / total;
    (total, mean, second / total - mean * mean)
}

/// Bounds of u around the one root of flows that are worth less than nothing at a rate of zero, and of which every
/// advance precedes every payment: as an advance comes first and the sign changes once, there is exactly one. `None` when
/// they cannot be proven, or the flows are no level series.
pub(super) fn bracket(runs: &[Run], scale: f64, limit: f64) -> Option<(f64, f64)> {
    let sides = Sides::of(runs, scale)?;
    let near = sides.near(limit)?;
    let (value, slope) = sides.balance(near);
    let u = near - value / slope;
    let rounding = ERROR_PER_FLOW * sides.flows + ERROR_OF_DISCOUNTS + ERROR_OF_SUMS;
    let error = rounding + ERROR_OF_TIMES * u * sides.last;
    let width = WIDTH * error / slope + 4.0 * f64::EPSILON * u;
    let (low, high) = (u - width, u + width);
    let (below, above) = (sides.balance(low).0, sides.balance(high).0);
    (proven(below, above, error) && low > 0.0 && high < limit).then_some((low, high))
}

#[cfg(test)]
mod tests {
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
        let last_differs =
            [level[0], run(Side::Payment, 31_332, 1.0, 1.0, 35), run(Side::Payment, 31_340, 36.0, 0.0, 1)];
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
        let balloon = vec![
            advance(1_000_000),
            run(Side::Payment, 6_000, 1.0, 1.0, 36),
            run(Side::Payment, 950_000, 37.0, 0.0, 1),
        ];
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
            let signed =
                |run: &Run| if run.side == Side::Advance { 1e-6 } else { -1e-6 } * super::super::float(run.amount);
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
}
