//! The parts of an offer, from text to the domain.

use std::str::FromStr;

use domain::asset::Asset;
use domain::money::Money;
use domain::offer::{Fee, FeeAmount, Pricing};
use domain::rate::Rate;
use domain::{Decimal, U256};

use super::{AnswerError, wire};

/// # Errors
/// When a figure cannot be read, or is out of range.
pub fn pricing(pricing: wire::Pricing, asset: &Asset) -> Result<Pricing, AnswerError> {
    Ok(match pricing {
        wire::Pricing::Nominal { rate: text, compounding } => {
            Pricing::Nominal { rate: rate("pricing.rate", &text)?, compounding }
        }
        wire::Pricing::EffectiveAnnual { rate: text } => {
            Pricing::EffectiveAnnual { rate: rate("pricing.rate", &text)? }
        }
        wire::Pricing::Flat { rate: text } => Pricing::Flat { rate: rate("pricing.rate", &text)? },
        wire::Pricing::Factor { factor } => Pricing::Factor { factor: decimal("pricing.factor", &factor)? },
        wire::Pricing::Flows { payments } => Pricing::Flows {
            payments: payments
                .into_iter()
                .map(|payment| Ok((payment.due, units("pricing.payments", &payment.amount, asset)?)))
                .collect::<Result<_, AnswerError>>()?,
            stated_rate: None,
        },
    })
}

/// # Errors
/// When it has both an amount and a rate, or neither, or one that cannot be read.
pub fn fee(fee: wire::Fee, asset: &Asset) -> Result<Fee, AnswerError> {
    let amount = match (&fee.amount, &fee.rate) {
        (Some(amount), None) => FeeAmount::Fixed(money("fees.amount", amount, asset)?),
        (None, Some(text)) => FeeAmount::Share(rate("fees.rate", text)?),
        _ => return Err(AnswerError::FeeForm),
    };
    Ok(Fee { kind: fee.kind, amount, timing: fee.when, in_apr: fee.in_apr })
}

/// An amount that must be in `asset`.
///
/// # Errors
/// When it is in another asset or cannot be read.
pub fn money(field: &'static str, money: &wire::Money, asset: &Asset) -> Result<Money, AnswerError> {
    if money.asset != asset.name() {
        let found = money.asset.chars().take(64).collect();
        return Err(AnswerError::Asset { field, found, asked: asset.to_string() });
    }
    Money::parse(&money.amount, asset).map_err(|source| AnswerError::Money { field, source })
}

fn units(field: &'static str, amount: &str, asset: &Asset) -> Result<U256, AnswerError> {
    Money::parse(amount, asset).map(|money| money.units()).map_err(|source| AnswerError::Money { field, source })
}

/// Longest decimal that is read: more digits than a `Decimal` holds are no rate.
const MAX_DECIMAL_CHARS: usize = 30;

fn decimal(field: &'static str, text: &str) -> Result<Decimal, AnswerError> {
    let plain = text.len() <= MAX_DECIMAL_CHARS
        && text.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || b == b'.' || (i == 0 && b == b'-'));
    let parsed = if plain { Decimal::from_str(text).ok() } else { None };
    parsed.ok_or_else(|| AnswerError::Decimal { field, found: text.chars().take(MAX_DECIMAL_CHARS).collect() })
}

pub(super) fn rate(field: &'static str, text: &str) -> Result<Rate, AnswerError> {
    Rate::try_new(decimal(field, text)?).map_err(|source| AnswerError::Rate { field, source })
}
