//! `NUMERIC` as Postgres sends it, for integers of up to 256 bits.

use ruint::aliases::U256;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};

/// Digits of the wire format are numbers below this.
const BASE: u64 = 10_000;

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;

/// An amount in the smallest unit of its asset, at the database's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numeric(pub U256);

impl Type<Postgres> for Numeric {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("numeric")
    }
}

impl PgHasArrayType for Numeric {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_numeric")
    }
}

impl Encode<'_, Postgres> for Numeric {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let digits = digits_of(self.0);
        let count = u16::try_from(digits.len())?;
        for header in [count, count.saturating_sub(1), POSITIVE, 0] {
            buffer.extend(&header.to_be_bytes());
        }
        for digit in digits.iter().rev() {
            buffer.extend(&digit.to_be_bytes());
        }
        Ok(IsNull::No)
    }
}

/// From the lowest on; none for zero.
fn digits_of(amount: U256) -> Vec<u16> {
    let mut digits = Vec::with_capacity(20);
    if let Ok(mut rest) = u64::try_from(amount) {
        while rest != 0 {
            digits.push(u16::try_from(rest % BASE).unwrap_or_default());
            rest /= BASE;
        }
    } else {
        let (base, mut rest) = (U256::from(BASE), amount);
        while !rest.is_zero() {
            digits.push((rest % base).to());
            rest /= base;
        }
    }
    digits
}

/// Why a number is no amount.
#[derive(Debug, thiserror::Error)]
pub enum NumericError {
    #[error("a number came as text")]
    Text,
    #[error("a number below zero, or none at all")]
    NotPositive,
    #[error("a number that is not whole")]
    Fraction,
    #[error("a number above 256 bits")]
    TooLarge,
    #[error("a number cut short")]
    Short,
}

impl Decode<'_, Postgres> for Numeric {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() != PgValueFormat::Binary {
            return Err(NumericError::Text.into());
        }
        Ok(Self(read(value.as_bytes()?)?))
    }
}

/// Count of digits, weight of the first, sign, scale, digits: sixteen bits each.
fn read(bytes: &[u8]) -> Result<U256, NumericError> {
    let mut words =
        bytes.chunks_exact(2).map(|word| word.iter().fold(0_u16, |sum, byte| (sum << 8) | u16::from(*byte)));
    let mut next = || words.next().ok_or(NumericError::Short);
    let (count, weight, sign, _scale) = (next()?, next()?, next()?, next()?);
    if sign != POSITIVE {
        return Err(if sign == NEGATIVE { NumericError::NotPositive } else { NumericError::TooLarge });
    }
    // The weight is signed: below zero the number is below one.
    let places = if count == 0 { 0 } else { usize::from(weight.wrapping_add(1)) };
    if usize::from(count) > places {
        return Err(NumericError::Fraction);
    }
    if places > 20 {
        return Err(NumericError::TooLarge);
    }
    let mut amount = U256::ZERO;
    for place in 0..places {
        let digit = if place < usize::from(count) { next()? } else { 0 };
        amount = amount
            .checked_mul(U256::from(BASE))
            .and_then(|amount| amount.checked_add(U256::from(digit)))
            .ok_or(NumericError::TooLarge)?;
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn whole_numbers_are_read_whatever_zeros_were_left_out() {
        assert_eq!(read(&bytes(&[0, 0, 0, 0])).unwrap(), U256::ZERO);
        assert_eq!(read(&bytes(&[1, 0, 0, 0, 7])).unwrap(), U256::from(7));
        assert_eq!(read(&bytes(&[1, 2, 0, 0, 7])).unwrap(), U256::from(700_000_000));
        assert_eq!(read(&bytes(&[2, 1, 0, 0, 12, 3_456])).unwrap(), U256::from(123_456));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        assert!(matches!(read(&bytes(&[1, 0, NEGATIVE, 0, 7])), Err(NumericError::NotPositive)));
        assert!(matches!(read(&bytes(&[1, 0, 0xc000, 0])), Err(NumericError::TooLarge)));
        assert!(matches!(read(&bytes(&[1, 0xffff, 0, 4, 5_000])), Err(NumericError::Fraction)));
        assert!(matches!(read(&bytes(&[2, 0, 0, 4, 1, 5_000])), Err(NumericError::Fraction)));
        assert!(matches!(read(&bytes(&[1, 20, 0, 0, 1])), Err(NumericError::TooLarge)));
        assert!(matches!(read(&bytes(&[2, 1, 0, 0, 1])), Err(NumericError::Short)));
    }

    #[test]
    fn every_amount_comes_back_as_it_was_sent() {
        for amount in
            [U256::ZERO, U256::from(1), U256::from(9_999), U256::from(10_000), U256::from(u64::MAX), U256::MAX]
        {
            let mut buffer = PgArgumentBuffer::default();
            assert!(matches!(Numeric(amount).encode_by_ref(&mut buffer), Ok(IsNull::No)));
            assert_eq!(read(&buffer).unwrap(), amount);
        }
    }
}
