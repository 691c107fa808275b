//! Ethereum's values as people write them.

use alloy::primitives::{Address, U256};
use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressRule {
    #[error("is no address: 0x and 40 hexadecimal digits")]
    Shape,
    #[error("has letters of both cases, so that they are a checksum (EIP-55), and it does not match")]
    Checksum,
    #[error("must not be the zero address")]
    Zero,
}

/// An address in one case, or with its checksum.
pub(super) fn address(text: &str) -> Result<Address, AddressRule> {
    let digits = text.strip_prefix("0x").ok_or(AddressRule::Shape)?;
    let found: Address = text.parse().map_err(|_| AddressRule::Shape)?;
    let both = digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if both && text != found.to_checksum(None) {
        return Err(AddressRule::Checksum);
    }
    if found.is_zero() { Err(AddressRule::Zero) } else { Ok(found) }
}

/// An amount in the smallest unit of a chain's coin: a whole number, as text where it is more than TOML can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WeiText")]
pub struct Wei(pub U256);

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a whole number of wei")]
enum WeiText {
    Number(u64),
    Text(String),
}

impl TryFrom<WeiText> for Wei {
    type Error = &'static str;

    fn try_from(wei: WeiText) -> Result<Self, Self::Error> {
        match wei {
            WeiText::Number(number) => Ok(Self(U256::from(number))),
            // `from_str_radix` takes underscores as well.
            WeiText::Text(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                U256::from_str_radix(&text, 10).map(Self).map_err(|_| "is more wei than 256 bits hold")
            }
            WeiText::Text(_) => Err("must be a whole number of wei"),
        }
    }
}
