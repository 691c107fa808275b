//! Roots of growth factors without division: Newton's method on the inverse root, in 256 binary places.
//!
//! y = a^(-1/n) is the root of 1 - a y^n, and y + y (1 - a y^n) / n doubles its good bits; a y^(n - 1) is then the root of
//! a. The floating seed has about 50 bits, so three steps fill 256 places but for the rounding of some ten products. The
//! last step's correction tells how good the step before was: without that proof there is no answer.
#![expect(clippy::float_arithmetic, reason = "the seed of a root that integers then refine")]

use ruint::aliases::{U256, U512};

use super::fixed::{FRACTION_BITS, Fixed};

/// 50, 100 and 200 good bits before each step.
const STEPS: usize = 3;

/// A residual below 2^-150 before the last step leaves one of about its square after it.
const PROVEN_BITS: usize = 150;

/// Degrees in use end at 52; the error of 2^-224 that is promised assumes so.
const MAX_DEGREE: u32 = 64;

/// Bits before the point: each costs one below it, and a growth of 16 a year is rare.
const MAX_WHOLE_BITS: usize = 4;

/// The root of a value above one, off by less than 2^-224; `None` where that cannot be promised.
pub(super) fn inverse_newton(value: Fixed, degree: u32) -> Option<Fixed> {
    let bits = value.bits();
    let whole_bits = bits.bit_len().checked_sub(FRACTION_BITS).filter(|bits| (1..=MAX_WHOLE_BITS).contains(bits))?;
    if !(2..=MAX_DEGREE).contains(&degree) || value == Fixed::ONE {
        return None;
    }
    // The value over 2^whole_bits, so that it is below one.
    let scaled = U256::checked_from_limbs_slice((bits >> whole_bits).as_limbs())?;
    let one = U256::ONE.checked_shl(FRACTION_BITS.checked_sub(whole_bits)?)?;
    let seed = (f64::from(bits) / 2f64.powi(256)).powf(-1.0 / f64::from(degree)) * 2f64.powi(64);
    let mut inverse = U256::try_from(seed).ok()?.checked_shl(192)?;
    let mut residual_bits = FRACTION_BITS;
    for _ in 0..STEPS {
        let product = times(scaled, power(inverse, degree));
        let residual = one.abs_diff(product);
        residual_bits = residual.bit_len();
        let step = times(inverse, residual.checked_shl(whole_bits)?).checked_div(U256::from(degree))?;
        inverse = if product > one { inverse.checked_sub(step)? } else { inverse.checked_add(step)? };
    }
    if residual_bits.checked_add(PROVEN_BITS)?.checked_add(whole_bits)? > FRACTION_BITS {
        return None;
    }
    let root = times(scaled, power(inverse, degree.checked_sub(1)?));
    U512::from(root).checked_shl(whole_bits).map(Fixed)
}

/// The product of two numbers below one, rounded down.
fn times(a: U256, b: U256) -> U256 {
    let [_, _, _, _, high @ ..] = a.widening_mul::<256, 4, 512, 8>(b).into_limbs();
    U256::from_limbs(high)
}

fn power(base: U256, exponent: u32) -> U256 {
    let (mut result, mut base, mut left) = (None, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result = Some(result.map_or(base, |result| times(result, base)));
        }
        left >>= 1;
        if left > 0 {
            base = times(base, base);
        }
    }
    result.unwrap_or(U256::MAX)
}
