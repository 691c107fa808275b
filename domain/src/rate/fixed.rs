//! Unsigned binary fixed point with 256 places after the point and 256 before it, for roots and powers of growth
//! factors. Every operation rounds to nearest or down by at most one last place (2^-256), so that the 2^-192 that
//! [`super::PeriodicRate`] keeps and the annuity factor are right in every place that is used. Overflow is `None`.
#![expect(clippy::float_arithmetic, reason = "the seed of a root or logarithm that integers then refine")]

use ruint::Uint;
use ruint::aliases::{U256, U512, U1024};
use rust_decimal::Decimal;

use super::root;

pub(crate) const FRACTION_BITS: usize = 256;

/// Half of a limb.
const HALF_LIMB: u64 = 1 << 63;

/// Decimal places of a rate that comes out of fixed point. 30000 with 20 places is 25 digits: a `Decimal` holds 28.
const DECIMAL_PLACES: u32 = 20;

/// Each of Newton's steps doubles the good bits, 50 in the floating seed, less the bits of the degree: four steps pass 256
/// even for a degree of 2^32, the rest is slack.
const ROOT_STEPS: usize = 12;

/// Halvings of the argument before the exponential series, undone by as many squarings.
const EXP_HALVINGS: u32 = 16;

/// Terms of the series for an argument below 2^-12: (2^-12)^24 is beyond the last place.
const EXP_TERMS: u32 = 24;

/// e^11 is above 59,000, and no growth above 30,001 is of use.
const EXP_LIMIT: u32 = 11;

/// The seed of a logarithm lies about 2^-40 below it, far more than its own error.
const LN_REST_BITS: i32 = 40;

/// Terms of the logarithm's series for a rest of 2^-40: (2^-40)^7 is beyond the last place.
const LN_TERMS: u32 = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fixed(pub(super) U512);

impl Fixed {
    pub(crate) const ONE: Self = Self(Uint::from_limbs([0, 0, 0, 0, 1, 0, 0, 0]));

    pub(crate) const ZERO: Self = Self(Uint::ZERO);

    /// The value of 512 bits over 2^256.
    pub(crate) fn from_bits(bits: U512) -> Self {
        Self(bits)
    }

    /// A whole number.
    pub(crate) fn whole(number: u32) -> Option<Self> {
        U512::from(number).checked_shl(FRACTION_BITS).map(Self)
    }

    /// The 512 bits: the value times 2^256.
    pub(crate) fn bits(self) -> U512 {
        self.0
    }

    /// Rounded down.
    pub(crate) fn from_ratio(numerator: U256, denominator: U256) -> Option<Self> {
        let wide: U512 = Uint::from(numerator);
        wide.checked_shl(FRACTION_BITS)?.checked_div(Uint::from(denominator)).map(Self)
    }

    /// 1 + fraction / parts, for a fraction above -1.
    pub(crate) fn one_plus(fraction: Decimal, parts: u32) -> Option<Self> {
        let change = Self::magnitude(fraction, parts)?.0;
        if fraction < Decimal::ZERO {
            Self::ONE.0.checked_sub(change).map(Self)
        } else {
            Self::ONE.0.checked_add(change).map(Self)
        }
    }

    fn magnitude(fraction: Decimal, parts: u32) -> Option<Self> {
        let scale = U256::from(10u128.checked_pow(fraction.scale())?);
        Self::from_ratio(U256::from(fraction.mantissa().unsigned_abs()), scale.checked_mul(U256::from(parts))?)
    }

    pub(crate) fn checked_mul(self, other: Self) -> Option<Self> {
        let product: U1024 = self.0.widening_mul::<512, 8, 1024, 16>(other.0);
        narrow(product.checked_add(U1024::ONE.checked_shl(FRACTION_BITS - 1)?)? >> FRACTION_BITS)
    }

    pub(crate) fn checked_div(self, other: Self) -> Option<Self> {
        let numerator: U1024 = Uint::<1024, 16>::from(self.0) << FRACTION_BITS;
        narrow(numerator.checked_div(Uint::from(other.0))?)
    }

    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(crate) fn pow(self, exponent: u32) -> Option<Self> {
        let (mut result, mut base, mut left) = (Self::ONE, self, exponent);
        while left > 0 {
            if left & 1 == 1 {
                // One times a number is that number in every place.
                result = if result == Self::ONE { base } else { result.checked_mul(base)? };
            }
            left >>= 1;
            if left > 0 {
                base = base.checked_mul(base)?;
            }
        }
        Some(result)
    }

    /// The value to the nearest 2^-192, a half going to even.
    pub(crate) fn rounded_to_192(self) -> Option<U256> {
        let [below, kept @ .., 0, 0, 0] = *self.0.as_limbs() else {
            return None;
        };
        let kept = U256::from_limbs(kept);
        let up = below > HALF_LIMB || (below == HALF_LIMB && kept.bit(0));
        kept.checked_add(U256::from(u64::from(up)))
    }

    /// The positive root of the given degree: its rounding to 192 places is always that of [`Fixed::root_by_division`].
    pub(crate) fn root(self, degree: u32) -> Option<Self> {
        match root::inverse_newton(self, degree).filter(|root| root.rounds_surely()) {
            Some(root) => Some(root),
            None => self.root_by_division(degree),
        }
    }

    /// Whether what lies below 192 places is so far from a half that an error of 2^-224 does not matter.
    fn rounds_surely(self) -> bool {
        self.0.as_limbs().first().is_some_and(|below| below.abs_diff(HALF_LIMB) > 1 << 32)
    }

    /// The positive root of the given degree, by Newton's method from a floating seed, to all places but the last few.
    pub(crate) fn root_by_division(self, degree: u32) -> Option<Self> {
        if degree <= 1 || self == Self::ONE {
            return Some(self);
        }
        // 2^64 keeps every bit of the seed; the remaining 192 places are filled by the iteration.
        let value = f64::from(self.0) / 2f64.powi(256);
        let seed = value.powf(1.0 / f64::from(degree)) * 2f64.powi(64);
        let mut guess = U512::try_from(seed).ok().filter(|bits| !bits.is_zero()).map(|bits| Self(bits << 192))?;
        let (n, below) = (U512::from(degree), degree.checked_sub(1)?);
        for _ in 0..ROOT_STEPS {
            let quotient = self.checked_div(guess.pow(below)?)?;
            let next = guess.0.checked_mul(U512::from(below))?.checked_add(quotient.0)?.checked_div(n)?;
            let moved = next.abs_diff(guess.0);
            guess = Self(next);
            if moved <= U512::ONE {
                break;
            }
        }
        Some(guess)
    }

    /// e^(fraction / parts).
    pub(crate) fn exp(fraction: Decimal, parts: u32) -> Option<Self> {
        let argument = Self::magnitude(fraction, parts)?;
        if argument.0 > Self::ONE.0.checked_mul(U512::from(EXP_LIMIT))? {
            return None;
        }
        let grown = argument.raised()?;
        if fraction < Decimal::ZERO { Self::ONE.checked_div(grown) } else { Some(grown) }
    }

    /// e to this power, which is below 100.
    fn raised(self) -> Option<Self> {
        let small = Self(self.0 >> usize::try_from(EXP_HALVINGS).ok()?);
        let (mut sum, mut term) = (Self::ONE, Self::ONE);
        for k in 1..=EXP_TERMS {
            term = Self(term.checked_mul(small)?.0.checked_div(U512::from(k))?);
            sum = Self(sum.0.checked_add(term.0)?);
        }
        for _ in 0..EXP_HALVINGS {
            sum = sum.checked_mul(sum)?;
        }
        Some(sum)
    }

    /// The natural logarithm of a value above 2^-93 as a decimal of 20 places, a half going to even.
    pub(crate) fn ln(self) -> Option<Decimal> {
        let negative = self < Self::ONE;
        let above_one = if negative { Self::ONE.checked_div(self)? } else { self };
        decimal(negative, above_one.ln_above_one()?.0)
    }

    /// A floating seed a little below the logarithm, and the series of what is left, so that every term is positive.
    fn ln_above_one(self) -> Option<Self> {
        let seed = (f64::from(self.0) / 2f64.powi(256)).ln() - 2f64.powi(-LN_REST_BITS);
        let seed = U512::try_from(seed.max(0.0) * 2f64.powi(64)).ok().map(|bits| Self(bits << 192))?;
        let rest = self.checked_div(seed.raised()?)?.checked_sub(Self::ONE)?;
        let (mut sum, mut power) = (seed, Self::ONE);
        for k in 1..=LN_TERMS {
            power = power.checked_mul(rest)?;
            let term = power.0.checked_div(U512::from(k))?;
            sum = Self(if k & 1 == 1 { sum.0.checked_add(term)? } else { sum.0.checked_sub(term)? });
        }
        Some(sum)
    }

    /// The value less one as a decimal of 20 places, a half going to even.
    pub(crate) fn minus_one(self) -> Option<Decimal> {
        self.change_times(1)
    }

    /// The value less one, `times` times, as a decimal of 20 places, a half going to even.
    pub(crate) fn change_times(self, times: u32) -> Option<Decimal> {
        decimal(self < Self::ONE, self.0.abs_diff(Self::ONE.0).checked_mul(U512::from(times))?)
    }
}

/// A signed number of 2^-256ths as a decimal of 20 places, a half going to even.
fn decimal(negative: bool, bits: U512) -> Option<Decimal> {
    let size = ratio_decimal(U1024::from(bits), U1024::ONE << FRACTION_BITS)?;
    Some(if negative { -size } else { size })
}

/// A ratio as a decimal of 20 places, a half going to even; `None` above what a decimal holds.
pub(super) fn ratio_decimal(numerator: U1024, denominator: U1024) -> Option<Decimal> {
    let scaled = numerator.checked_mul(U1024::from(10u128.checked_pow(DECIMAL_PLACES)?))?;
    let mantissa = i128::try_from(half_even(scaled, denominator)?).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, DECIMAL_PLACES).ok()
}

/// numerator / denominator rounded to the nearest integer, a half going to the even one.
pub(crate) fn half_even<const BITS: usize, const LIMBS: usize>(
    numerator: Uint<BITS, LIMBS>,
    denominator: Uint<BITS, LIMBS>,
) -> Option<Uint<BITS, LIMBS>> {
    let quotient = numerator.checked_div(denominator)?;
    let remainder = numerator.checked_sub(quotient.checked_mul(denominator)?)?;
    // Compared with what is missing to the next multiple: doubling the remainder could overflow.
    let missing = denominator.checked_sub(remainder)?;
    let up = remainder > missing || (remainder == missing && quotient.bit(0));
    if up { quotient.checked_add(Uint::from(1u8)) } else { Some(quotient) }
}

/// amount * times / over, rounded once, a half going to even; the product is 512 bits wide.
pub(crate) fn mul_div_half_even(amount: U256, times: U256, over: U256) -> Option<U256> {
    let product: U512 = amount.widening_mul::<256, 4, 512, 8>(times);
    let rounded = half_even(product, Uint::from(over))?;
    U256::checked_from_limbs_slice(rounded.as_limbs())
}

fn narrow(wide: U1024) -> Option<Fixed> {
    U512::checked_from_limbs_slice(wide.as_limbs()).map(Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithm_undoes_the_exponential_in_nearly_every_binary_place() {
        for (numerator, denominator) in [(1u64, 1u64), (21, 20), (2, 1), (30_001, 1), (1_000_000_001, 1_000_000_000)] {
            let value = Fixed::from_ratio(U256::from(numerator), U256::from(denominator)).unwrap();
            let back = value.ln_above_one().and_then(Fixed::raised).unwrap();
            let off = back.bits().abs_diff(value.bits());
            assert!(off.bit_len() <= 40, "{numerator}/{denominator} is off by 2^{}", off.bit_len());
        }
    }
}
