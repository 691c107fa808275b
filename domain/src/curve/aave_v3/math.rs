//! `WadRayMath`, `PercentageMath` and `MathUtils` of Aave v3: products and quotients round half up, and what would not
//! fit 256 bits on the way reverts.

use ruint::aliases::U256;

use super::CurveError;
use crate::curve::SECONDS_PER_YEAR;

/// 1e27, the unit of rates and indices.
pub const RAY: U256 = U256::from_limbs([0x9fd0_803c_e800_0000, 0x033b_2e3c, 0, 0]);

/// 0.5e27.
const HALF_RAY: U256 = U256::from_limbs([0x4fe8_401e_7400_0000, 0x019d_971e, 0, 0]);

const PERCENTAGE_FACTOR: U256 = U256::from_limbs([10_000, 0, 0, 0]);
const HALF_PERCENTAGE_FACTOR: U256 = U256::from_limbs([5_000, 0, 0, 0]);

/// a·b / 1e27, half up.
///
/// # Errors
/// [`CurveError::Overflow`] where the contract reverts.
pub fn ray_mul(a: U256, b: U256) -> Result<U256, CurveError> {
    mul_over(a, b, HALF_RAY, RAY, "rayMul")
}

/// a·1e27 / b, half up.
///
/// # Errors
/// [`CurveError::DivisionByZero`] and [`CurveError::Overflow`] where the contract reverts.
pub fn ray_div(a: U256, b: U256) -> Result<U256, CurveError> {
    if b.is_zero() {
        return Err(CurveError::DivisionByZero("rayDiv"));
    }
    mul_over(a, RAY, b >> 1, b, "rayDiv")
}

/// value·bps / 10,000, half up.
pub(super) fn percent_mul(value: U256, bps: u16) -> Result<U256, CurveError> {
    mul_over(value, U256::from(bps), HALF_PERCENTAGE_FACTOR, PERCENTAGE_FACTOR, "percentMul")
}

fn mul_over(a: U256, b: U256, half: U256, over: U256, name: &'static str) -> Result<U256, CurveError> {
    let raised = a.checked_mul(b).and_then(|product| product.checked_add(half));
    raised.and_then(|raised| raised.checked_div(over)).ok_or(CurveError::Overflow(name))
}

/// `calculateLinearInterest`: 1 + rate·seconds / year, in ray.
///
/// # Errors
/// [`CurveError::Overflow`].
pub fn linear_interest(rate_ray: U256, seconds: u64) -> Result<U256, CurveError> {
    let overflow = CurveError::Overflow("linear interest");
    let grown = rate_ray.checked_mul(U256::from(seconds)).ok_or(overflow)?;
    grown.checked_div(U256::from(SECONDS_PER_YEAR)).and_then(|part| part.checked_add(RAY)).ok_or(overflow)
}

/// `calculateCompoundedInterest`: the first three terms of (1 + rate/year)^seconds, in ray.
///
/// # Errors
/// [`CurveError::Overflow`]. The contract leaves the powers of the rate unchecked; they cannot wrap for a rate that
/// fits its `uint128`, and a larger one is refused here.
pub fn compounded_interest(rate_ray: U256, seconds: u64) -> Result<U256, CurveError> {
    if seconds == 0 {
        return Ok(RAY);
    }
    let overflow = CurveError::Overflow("compounded interest");
    let year = U256::from(SECONDS_PER_YEAR);
    let exp = U256::from(seconds);
    let minus_one = exp.saturating_sub(U256::from(1));
    let minus_two = exp.saturating_sub(U256::from(2));
    let square = ray_mul(rate_ray, rate_ray)?.checked_div(year.checked_mul(year).ok_or(overflow)?).ok_or(overflow)?;
    let cube = ray_mul(square, rate_ray)?.checked_div(year).ok_or(overflow)?;

    let pairs = exp.checked_mul(minus_one).ok_or(overflow)?;
    let first = rate_ray.checked_mul(exp).and_then(|product| product.checked_div(year)).ok_or(overflow)?;
    let second = pairs.checked_mul(square).ok_or(overflow)? >> 1;
    let triples = pairs.checked_mul(minus_two).and_then(|triples| triples.checked_mul(cube)).ok_or(overflow)?;
    let third = triples.checked_div(U256::from(6)).ok_or(overflow)?;
    let terms = [first, second, third];
    terms.into_iter().try_fold(RAY, |sum, term| sum.checked_add(term)).ok_or(overflow)
}
