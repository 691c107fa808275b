//! The chain-agnostic identifiers of the Ethereum ecosystem: CAIP-2 chains, CAIP-10 accounts, CAIP-19 assets.
//!
//! Grammar: <https://chainagnostic.org/CAIPs/caip-2>, `caip-10`, `caip-19`. Only the shape is checked here; whether a
//! chain or token is known is the registry's business. EVM references are held in lower case so that two spellings
//! of one address compare equal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaipError {
    #[error("`{0}` is not a CAIP-2 chain id (namespace:reference, for example eip155:1)")]
    Chain(String),
    #[error("`{0}` is not a CAIP-10 account id (chain:address, for example eip155:1:0x…)")]
    Account(String),
    #[error("`{0}` is not a CAIP-19 asset id (chain/namespace:reference, for example eip155:1/erc20:0x…)")]
    Asset(String),
    #[error("`{0}` is not an EVM address: 0x and 40 hexadecimal digits")]
    EvmAddress(String),
}

fn is_namespace(text: &str) -> bool {
    (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_reference(text: &str, most: usize, extra: &[u8]) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || extra.contains(&b))
}

fn evm_address(text: &str) -> Result<String, CaipError> {
    let digits = text.strip_prefix("0x").filter(|d| d.len() == 40 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    match digits {
        Some(_) => Ok(text.to_ascii_lowercase()),
        None => Err(CaipError::EvmAddress(text.to_owned())),
    }
}

macro_rules! text_form {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl TryFrom<String> for $name {
            type Error = CaipError;

            fn try_from(text: String) -> Result<Self, CaipError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

/// CAIP-2: a chain, such as `eip155:1`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChainId {
    namespace: String,
    reference: String,
}

text_form!(ChainId);

impl ChainId {
    /// The EVM chain with this EIP-155 number.
    #[must_use]
    pub fn evm(number: u64) -> Self {
        Self { namespace: "eip155".to_owned(), reference: number.to_string() }
    }

    /// The EIP-155 number, if this is an EVM chain.
    #[must_use]
    pub fn evm_number(&self) -> Option<u64> {
        if self.namespace == "eip155" { self.reference.parse().ok() } else { None }
    }

    fn is_evm(&self) -> bool {
        self.namespace == "eip155"
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.reference)
    }
}

impl FromStr for ChainId {
    type Err = CaipError;

    fn from_str(text: &str) -> Result<Self, CaipError> {
        let fail = || CaipError::Chain(text.to_owned());
        let (namespace, reference) = text.split_once(':').ok_or_else(fail)?;
        let number_ok = namespace != "eip155" || reference.parse::<u64>().is_ok_and(|n| n.to_string() == reference);
        if !is_namespace(namespace) || !is_reference(reference, 32, b"_") || !number_ok {
            return Err(fail());
        }
        Ok(Self { namespace: namespace.to_owned(), reference: reference.to_owned() })
    }
}

/// CAIP-10: an account on a chain, such as `eip155:1:0xab…`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId {
    chain: ChainId,
    address: String,
}

text_form!(AccountId);

impl AccountId {
    #[must_use]
    pub fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// The address as text; an EVM address is in lower case.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.chain, self.address)
    }
}

impl FromStr for AccountId {
    type Err = CaipError;

    fn from_str(text: &str) -> Result<Self, CaipError> {
        let fail = || CaipError::Account(text.to_owned());
        let (chain, address) = text.rsplit_once(':').ok_or_else(fail)?;
        let chain: ChainId = chain.parse().map_err(|_| fail())?;
        if !is_reference(address, 128, b".%") {
            return Err(fail());
        }
        let address = if chain.is_evm() { evm_address(address)? } else { address.to_owned() };
        Ok(Self { chain, address })
    }
}

/// CAIP-19: an asset type, such as `eip155:1/erc20:0xab…` or `eip155:1/slip44:60`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId {
    chain: ChainId,
    namespace: String,
    reference: String,
}

text_form!(AssetId);

impl AssetId {
    #[must_use]
    pub fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// The contract address when this is an ERC-20 token on an EVM chain.
    #[must_use]
    pub fn erc20_address(&self) -> Option<&str> {
        (self.chain.is_evm() && self.namespace == "erc20").then_some(self.reference.as_str())
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.chain, self.namespace, self.reference)
    }
}

impl FromStr for AssetId {
    type Err = CaipError;

    fn from_str(text: &str) -> Result<Self, CaipError> {
        let fail = || CaipError::Asset(text.to_owned());
        let (chain, asset) = text.split_once('/').ok_or_else(fail)?;
        let chain: ChainId = chain.parse().map_err(|_| fail())?;
        let (namespace, reference) = asset.split_once(':').ok_or_else(fail)?;
        if !is_namespace(namespace) || !is_reference(reference, 128, b".%") {
            return Err(fail());
        }
        let reference =
            if chain.is_evm() && namespace == "erc20" { evm_address(reference)? } else { reference.to_owned() };
        Ok(Self { chain, namespace: namespace.to_owned(), reference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USDC: &str = "eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

    #[test]
    fn two_spellings_of_one_address_are_one_asset() {
        let mixed: AssetId = USDC.parse().unwrap();
        let lower: AssetId = USDC.to_lowercase().parse().unwrap();
        assert_eq!(mixed, lower);
        assert_eq!(mixed.to_string(), USDC.to_lowercase());
    }

    #[test]
    fn the_examples_of_the_standards_are_read_and_written_back() {
        for text in ["eip155:1", "bip122:000000000019d6689c085ae165831e93", "cosmos:cosmoshub-3"] {
            assert_eq!(text.parse::<ChainId>().unwrap().to_string(), text);
        }
        for text in [
            "eip155:1:0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb",
            "polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy",
        ] {
            assert_eq!(text.parse::<AccountId>().unwrap().to_string(), text);
        }
        for text in ["eip155:1/slip44:60", "cosmos:cosmoshub-3/slip44:118"] {
            assert_eq!(text.parse::<AssetId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_identifiers_are_refused() {
        for text in ["", "eip155", "eip155:", ":1", "EIP155:1", "eip155:01", "eip155:x", "ab:1", "eip155:1 "] {
            assert!(text.parse::<ChainId>().is_err(), "{text:?} was accepted as a chain");
        }
        for text in ["eip155:1:0x12", "eip155:1", "0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb", "eip155:1:"] {
            assert!(text.parse::<AccountId>().is_err(), "{text:?} was accepted as an account");
        }
        for text in ["USDC", "eip155:1/erc20:0x12", "eip155:1/erc20", "eip155:1/", "eip155:1/e:1"] {
            assert!(text.parse::<AssetId>().is_err(), "{text:?} was accepted as an asset");
        }
    }
}
