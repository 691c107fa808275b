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
mod tests;
