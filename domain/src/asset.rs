//! What money is counted in: an ISO 4217 currency or a token known by its CAIP-19 id.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use iso_currency::Currency;
use serde::{Serialize, Serializer};

use crate::caip::AssetId;

/// Why a text does not name an asset that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssetError {
    #[error("`{0}` is neither an ISO 4217 currency code nor a CAIP-19 asset id")]
    Malformed(String),
    #[error("`{0}` is not an ISO 4217 currency with a minor unit")]
    UnknownCurrency(String),
    #[error("`{0}` is not among the tokens this gateway is configured for")]
    UnknownToken(AssetId),
    #[error("`{0}` is declared twice with different decimals or symbol")]
    Conflict(AssetId),
    #[error("`{0}` declares {1} decimals; at most {MAX_TOKEN_DECIMALS} are supported")]
    TooManyDecimals(AssetId, u8),
}

/// More than any token in use has; keeps every power of ten inside 256 bits.
pub const MAX_TOKEN_DECIMALS: u8 = 36;

/// A token as the gateway's registry knows it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Token {
    pub id: AssetId,
    /// Ticker for people; identity is `id` alone.
    pub symbol: String,
    pub decimals: u8,
}

/// A currency or token together with the number of decimals of its smallest unit. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Asset {
    Fiat(Currency),
    Token(Arc<Token>),
}

impl Asset {
    /// The currency with this ISO 4217 code.
    ///
    /// # Errors
    /// When the code is unknown or has no minor unit (gold, test codes).
    pub fn fiat(code: &str) -> Result<Self, AssetError> {
        Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self::Fiat)
            .ok_or_else(|| AssetError::UnknownCurrency(code.to_owned()))
    }

    /// Decimal places of the smallest unit: 2 for USD, 0 for JPY, 18 for most tokens.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        match self {
            Self::Fiat(currency) => currency.exponent().and_then(|e| u8::try_from(e).ok()).unwrap_or(0),
            Self::Token(token) => token.decimals,
        }
    }

    /// What people call it: `USD`, `WETH`.
    #[must_use]
    pub fn symbol(&self) -> &str {
        match self {
            Self::Fiat(currency) => currency.code(),
            Self::Token(token) => &token.symbol,
        }
    }

    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        match self {
            Self::Fiat(_) => None,
            Self::Token(token) => Some(token),
        }
    }
}

/// The identifier on the wire: `USD` or `eip155:1/erc20:0x…`.
impl Asset {
    /// As it stands on the wire: an ISO 4217 code or a CAIP-19 id.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Fiat(currency) => Cow::Borrowed(currency.code()),
            Self::Token(token) => Cow::Owned(token.id.to_string()),
        }
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fiat(currency) => f.write_str(currency.code()),
            Self::Token(token) => token.id.fmt(f),
        }
    }
}

impl Serialize for Asset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialOrd for Asset {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Asset {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Fiat(a), Self::Fiat(b)) => a.code().cmp(b.code()),
            (Self::Fiat(_), Self::Token(_)) => Ordering::Less,
            (Self::Token(_), Self::Fiat(_)) => Ordering::Greater,
            (Self::Token(a), Self::Token(b)) => a.id.cmp(&b.id),
        }
    }
}

/// The tokens a gateway knows. Currencies need no entry: ISO 4217 has their decimals.
#[derive(Debug, Clone, Default)]
pub struct AssetRegistry {
    tokens: BTreeMap<AssetId, Arc<Token>>,
}

impl AssetRegistry {
    /// # Errors
    /// When a token appears twice with different facts, or has more decimals than are supported.
    pub fn try_new(tokens: impl IntoIterator<Item = Token>) -> Result<Self, AssetError> {
        let mut registry = Self::default();
        for token in tokens {
            if token.decimals > MAX_TOKEN_DECIMALS {
                return Err(AssetError::TooManyDecimals(token.id, token.decimals));
            }
            if registry.tokens.get(&token.id).is_some_and(|known| **known != token) {
                return Err(AssetError::Conflict(token.id));
            }
            registry.tokens.insert(token.id.clone(), Arc::new(token));
        }
        Ok(registry)
    }

    /// The asset that a currency code or CAIP-19 id names.
    ///
    /// # Errors
    /// When the text is malformed, or names a currency or token that is not known.
    pub fn resolve(&self, text: &str) -> Result<Asset, AssetError> {
        if text.len() == 3 {
            return Asset::fiat(text);
        }
        let id: AssetId = text.parse().map_err(|_| AssetError::Malformed(text.to_owned()))?;
        match self.tokens.get(&id) {
            Some(token) => Ok(Asset::Token(Arc::clone(token))),
            None => Err(AssetError::UnknownToken(id)),
        }
    }

    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_the_decimals_of_iso_4217() {
        for (code, decimals) in [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)] {
            assert_eq!(Asset::fiat(code).unwrap().decimals(), decimals, "{code}");
        }
    }

    #[test]
    fn what_is_not_a_currency_or_a_known_token_is_refused_by_name() {
        let registry = AssetRegistry::default();
        for text in ["XAU", "ZZZ", "usd", "XXX"] {
            assert_eq!(registry.resolve(text), Err(AssetError::UnknownCurrency(text.to_owned())));
        }
        assert_eq!(registry.resolve("dollars"), Err(AssetError::Malformed("dollars".to_owned())));
        let unknown = "eip155:1/slip44:60";
        assert_eq!(registry.resolve(unknown), Err(AssetError::UnknownToken(unknown.parse().unwrap())));
    }

    #[test]
    fn a_token_cannot_have_two_truths() {
        let token = |decimals| Token { id: "eip155:1/slip44:60".parse().unwrap(), symbol: "ETH".into(), decimals };
        assert!(AssetRegistry::try_new([token(18), token(18)]).is_ok());
        assert!(matches!(AssetRegistry::try_new([token(18), token(8)]), Err(AssetError::Conflict(_))));
        assert!(matches!(AssetRegistry::try_new([token(77)]), Err(AssetError::TooManyDecimals(_, 77))));
    }
}
