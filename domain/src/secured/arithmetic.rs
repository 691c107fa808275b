//! `Math.mulDiv` of OpenZeppelin and the checked operations of Solidity: the exact result, or an error where they revert.

use ruint::aliases::{U256, U512};

/// Basis points in a whole.
pub(super) const BPS: u64 = 10_000;

/// Why a figure does not exist. The contracts revert on the same input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    #[error("{0}: more than 256 bits hold")]
    Overflow(&'static str),
    #[error("{0}: below zero")]
    BelowZero(&'static str),
    #[error("{0}: divided by zero")]
    DivisionByZero(&'static str),
}

type Figure = Result<U256, ArithmeticError>;

/// `floor(a * b / over)`.
pub(super) fn mul_div_down(a: U256, b: U256, over: U256, name: &'static str) -> Figure {
    divided(a, b, over, name).map(|(quotient, _)| quotient)
}

/// `ceil(a * b / over)`.
pub(super) fn mul_div_up(a: U256, b: U256, over: U256, name: &'static str) -> Figure {
    let (quotient, exact) = divided(a, b, over, name)?;
    if exact { Ok(quotient) } else { add(quotient, U256::ONE, name) }
}

fn divided(a: U256, b: U256, over: U256, name: &'static str) -> Result<(U256, bool), ArithmeticError> {
    if over.is_zero() {
        return Err(ArithmeticError::DivisionByZero(name));
    }
    let product: U512 = a.widening_mul(b);
    let (quotient, rest) = product.div_rem(U512::from(over));
    let quotient = U256::checked_from_limbs_slice(quotient.as_limbs()).ok_or(ArithmeticError::Overflow(name))?;
    Ok((quotient, rest.is_zero()))
}

pub(super) fn add(a: U256, b: U256, name: &'static str) -> Figure {
    a.checked_add(b).ok_or(ArithmeticError::Overflow(name))
}

pub(super) fn sub(a: U256, b: U256, name: &'static str) -> Figure {
    a.checked_sub(b).ok_or(ArithmeticError::BelowZero(name))
}

pub(super) fn mul(a: U256, b: U256, name: &'static str) -> Figure {
    a.checked_mul(b).ok_or(ArithmeticError::Overflow(name))
}

/// Smallest units of a whole token; 10^77 is the last power that 256 bits hold.
pub(super) fn power_of_ten(decimals: u8, name: &'static str) -> Figure {
    U256::from(10).checked_pow(U256::from(decimals)).ok_or(ArithmeticError::Overflow(name))
}

/// A figure that the contracts keep in 128 bits and refuse beyond.
pub(super) fn fits_128(value: U256, name: &'static str) -> Result<u128, ArithmeticError> {
    u128::try_from(value).map_err(|_| ArithmeticError::Overflow(name))
}

/// Seconds from one time to a later one.
pub(super) fn elapsed(from: u64, to: u64, name: &'static str) -> Result<u64, ArithmeticError> {
    to.checked_sub(from).ok_or(ArithmeticError::BelowZero(name))
}
