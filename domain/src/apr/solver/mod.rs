//! The rate that makes advances and payments worth the same: a certified root, or a reason why there is none.
//!
//! The unknown is u = ln(1 + rate), from 0 up to the limit, in which discounting is close to a plain exponential and
//! Newton's method from 0 needs a handful of steps even at thousands of percent. Where the flows change sign once the
//! root is unique (each discount factor falls faster the later its flow); a sign change over the whole range proves
//! that it exists. Otherwise the range is cut until every piece provably holds no root or is provably monotonic, so
//! that "none" and "several" are answers and not guesses. Every loop has a bound.
//!
//! A root is the cost of credit only where the value to the borrower, advances less payments, rises through zero: the
//! credit is dearer than the rates below and cheaper than those above. A charge paid before the first advance
//! (European Commission example 43, a guarantee fee a year ahead) adds a far root at which that charge has outgrown
//! the credit and the value falls. So the lowest root is the rate when it rises and no other one does; when none
//! rises there is no rate, and otherwise there are several.

use std::cmp::Ordering;

use super::{AprError, quick};

/// Newton and bisection steps together: sixty bisections alone exhaust a float.
const MAX_STEPS: usize = 200;

/// After a step as short as this, Newton's method is off by about its square: less than a float can tell.
const NEWTON_DONE: f64 = 1e-11;

/// Terms that the search for several roots may evaluate, all pieces together: tens of milliseconds at most.
const MAX_TERMS_EXAMINED: usize = 1_000_000;

/// A piece this narrow that still cannot be decided holds roots that touch.
const NARROWEST: f64 = 1e-10;

/// Relative room for the rounding of a sum of some thousand terms.
const ROUNDING: f64 = 1e-12;

/// What the module promises of the equation: this share of the amount advanced.
pub(super) const BALANCE: f64 = 1e-10;

/// Advances above zero, payments below, as shares of the amount advanced. Discounted by
/// (1 + fraction·i)·(1 + i)^whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) amount: f64,
    pub(super) whole: f64,
    pub(super) fraction: f64,
}

impl Term {
    /// The discount factor at u, which falls with u, and the speed -d'/d at which it falls, which rises with u.
    pub(super) fn discount(&self, u: f64) -> (f64, f64) {
        if self.fraction == 0.0 {
            return ((-self.whole * u).exp(), self.whole);
        }
        let simple = self.fraction.mul_add(u.exp_m1(), 1.0);
        ((-self.whole * u).exp() / simple, self.fraction * u.exp() / simple + self.whole)
    }
}

/// What `read` makes of u, where the rate per period lies between 0 and `max`. `at_zero` compares the plain sums of advances and
/// payments. `read` rises with u: where both ends of a short bracket around the root read the same, the root does.
pub(super) fn solve<T: PartialEq>(
    mut terms: Vec<Term>,
    at_zero: Ordering,
    max: f64,
    read: impl Fn(f64) -> T,
) -> Result<T, AprError> {
    order(&mut terms)?;
    // Everything cancels on the day it is advanced: credit that costs nothing.
    let Some(first) = terms.first() else {
        return Ok(read(0.0));
    };
    let limit = max.ln_1p();
    let changes = sign_changes(&terms);
    if changes == 0 {
        return Err(AprError::NoSolution);
    }
    let u = if changes == 1 {
        let advance_first = first.amount.is_sign_positive();
        if at_zero == Ordering::Less
            && advance_first
            && let Some((low, high)) = quick::bracket(&terms, limit)
        {
            let low = read(low);
            if low == read(high) {
                return Ok(low);
            }
        }
        single_root(&terms, at_zero, advance_first, limit)?
    } else {
        isolated_root(&terms, at_zero, limit)?
    };
    if value_and_slope(&terms, u).0.abs() > BALANCE {
        return Err(AprError::NotBalanced);
    }
    Ok(read(u))
}

/// Sorts by time from zero on, adds up flows of the same time, leaves out what cancels. The order of the input has no
/// influence on the result.
fn order(terms: &mut Vec<Term>) -> Result<(), AprError> {
    if terms.iter().any(|term| !(term.whole.is_finite() && term.fraction.is_finite() && term.amount.is_finite())) {
        return Err(AprError::Time("every time is a finite number"));
    }
    let earliest = terms.iter().map(|term| term.whole).fold(f64::INFINITY, f64::min);
    for term in terms.iter_mut() {
        term.whole -= earliest;
    }
    terms.sort_unstable_by(|a, b| {
        a.whole.total_cmp(&b.whole).then(a.fraction.total_cmp(&b.fraction)).then(a.amount.total_cmp(&b.amount))
    });
    terms.dedup_by(|term, last| {
        let same = last.whole == term.whole && last.fraction == term.fraction;
        if same {
            last.amount += term.amount;
        }
        same
    });
    terms.retain(|term| term.amount != 0.0);
    Ok(())
}

fn sign_changes(terms: &[Term]) -> usize {
    terms
        .iter()
        .zip(terms.iter().skip(1))
        .filter(|(a, b)| a.amount.is_sign_positive() != b.amount.is_sign_positive())
        .count()
}

/// The one root of flows that change sign once, if it lies in the range. Payments that precede every advance are a
/// deposit: their root falls, and is no cost of credit.
fn single_root(terms: &[Term], at_zero: Ordering, advance_first: bool, limit: f64) -> Result<f64, AprError> {
    match at_zero {
        Ordering::Equal => return Ok(0.0),
        Ordering::Less if advance_first => {}
        _ => return Err(AprError::NoSolution),
    }
    if value_and_slope(terms, limit).0 <= 0.0 {
        return Err(AprError::AboveRange);
    }
    root_between(|u| value_and_slope(terms, u), 0.0, limit, true).ok_or(AprError::NotBalanced)
}

/// The root of flows that change sign several times, out of all roots in the range.
fn isolated_root(terms: &[Term], at_zero: Ordering, limit: f64) -> Result<f64, AprError> {
    let mut roots = all_roots(terms, at_zero, limit)?;
    roots.sort_unstable_by(|a, b| a.at.total_cmp(&b.at));
    // Neighbouring pieces share an edge, and a root on it is one root.
    roots.dedup_by(|a, b| (a.at - b.at).abs() <= NARROWEST);
    let rising = roots.iter().filter(|root| root.rising).count();
    match roots.first() {
        _ if rising == 0 => Err(AprError::NoSolution),
        Some(lowest) if lowest.rising && rising == 1 => Ok(lowest.at),
        _ => Err(AprError::Several),
    }
}

fn all_roots(terms: &[Term], at_zero: Ordering, limit: f64) -> Result<Vec<Root>, AprError> {
    let mut pieces = vec![(0.0, limit)];
    let mut roots = Vec::new();
    let most_pieces = MAX_TERMS_EXAMINED.checked_div(terms.len()).unwrap_or(0);
    for _ in 0..most_pieces {
        let Some((low, high)) = pieces.pop() else {
            return Ok(roots);
        };
        match examine(terms, low, high) {
            Piece::Empty => {}
            Piece::Monotonic { rising } => {
                roots.extend(root_in_piece(terms, at_zero, low, high)?.map(|at| Root { at, rising }));
            }
            Piece::Undecided if high - low < NARROWEST => return Err(AprError::Several),
            Piece::Undecided => {
                let middle = f64::midpoint(low, high);
                pieces.extend([(low, middle), (middle, high)]);
            }
        }
    }
    Err(AprError::Undecided)
}

#[derive(Debug, Clone, Copy)]
struct Root {
    at: f64,
    /// The value to the borrower rises through it.
    rising: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Empty,
    Monotonic { rising: bool },
    Undecided,
}

/// Bounds the value and the slope of the equation over a piece: discount factors fall and their speeds rise with u,
/// so the edges bound each term.
fn examine(terms: &[Term], low: f64, high: f64) -> Piece {
    let (mut value, mut slope, mut size) = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0));
    for term in terms {
        let ((most, slow), (least, fast)) = (term.discount(low), term.discount(high));
        let values = (term.amount * least, term.amount * most);
        let falls = (-term.amount * least * slow, -term.amount * most * fast);
        value = (value.0 + values.0.min(values.1), value.1 + values.0.max(values.1));
        slope = (slope.0 + falls.0.min(falls.1), slope.1 + falls.0.max(falls.1));
        size = (size.0 + values.1.abs(), size.1 + falls.1.abs());
    }
    let above_zero = |(least, _): (f64, f64), size: f64| least > size * ROUNDING;
    let below_zero = |(_, most): (f64, f64), size: f64| most < -size * ROUNDING;
    if above_zero(value, size.0) || below_zero(value, size.0) {
        Piece::Empty
    } else if above_zero(slope, size.1) {
        Piece::Monotonic { rising: true }
    } else if below_zero(slope, size.1) {
        Piece::Monotonic { rising: false }
    } else {
        Piece::Undecided
    }
}

fn root_in_piece(terms: &[Term], at_zero: Ordering, low: f64, high: f64) -> Result<Option<f64>, AprError> {
    let at_low = if low == 0.0 { ordering_value(at_zero) } else { value_and_slope(terms, low).0 };
    let at_high = value_and_slope(terms, high).0;
    if at_low == 0.0 {
        return Ok(Some(low));
    }
    if at_high == 0.0 {
        return Ok(Some(high));
    }
    if at_low.is_sign_positive() == at_high.is_sign_positive() {
        return Ok(None);
    }
    let root = root_between(|u| value_and_slope(terms, u), low, high, at_high.is_sign_positive());
    root.map(Some).ok_or(AprError::NotBalanced)
}

fn ordering_value(ordering: Ordering) -> f64 {
    match ordering {
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => 1.0,
    }
}

/// Net present value at u and its slope.
pub(super) fn value_and_slope(terms: &[Term], u: f64) -> (f64, f64) {
    terms.iter().fold((0.0, 0.0), |(value, slope), term| {
        let (discount, speed) = term.discount(u);
        let present = term.amount * discount;
        (value + present, slope - present * speed)
    })
}

/// The root of a function whose values at `low` and `high` are known to have opposite signs (`rising`: from below
/// zero to above). Newton's step where it stays inside the bracket and shrinks, bisection where it does not. `None`
/// when the steps run out, which takes a function that is not continuous.
pub(crate) fn root_between(function: impl Fn(f64) -> (f64, f64), low: f64, high: f64, rising: bool) -> Option<f64> {
    let (mut low, mut high) = (low, high);
    let mut at = low;
    let mut last_step = f64::INFINITY;
    for _ in 0..MAX_STEPS {
        let (value, slope) = function(at);
        if value == 0.0 {
            return Some(at);
        }
        if value.is_sign_positive() == rising {
            high = at
        } else {
            low = at
        }
        let newton = at - value / slope;
        let step = newton - at;
        let inside = newton >= low && newton <= high && step.abs() < last_step.abs() * 0.75;
        if inside && step.abs() < NEWTON_DONE {
            return Some(newton);
        }
        let next = if inside { newton } else { f64::midpoint(low, high) };
        last_step = next - at;
        if next == at {
            return Some(next);
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests;
