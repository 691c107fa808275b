//! Identifiers: UUIDv7 newtypes, shown with a prefix that says what they name (`crq_0192…`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id that starts with `{prefix}_` and goes on with 32 hexadecimal digits was expected")]
pub struct IdError {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32 && !hex.bytes().any(|b| b.is_ascii_uppercase()))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(IdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A borrower's question: one credit request.
    CreditRequestId,
    "crq"
);
id!(
    /// One lender's answer, on equal terms.
    QuoteId,
    "qte"
);
id!(
    /// A lender that can be asked.
    ProviderId,
    "prv"
);
id!(
    /// Whose data it is.
    TenantId,
    "tnt"
);
id!(
    /// An API key (its row, not its secret).
    ApiKeyId,
    "key"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_only_with_its_own_prefix() {
        let id = CreditRequestId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<CreditRequestId>(), Ok(id));
        assert!(id.to_string().parse::<QuoteId>().is_err());
        for text in ["", "crq_", "crq_7", "CRQ_00000000000000000000000000000007", "00000000000000000000000000000007"] {
            assert!(text.parse::<CreditRequestId>().is_err(), "{text:?}");
        }
    }
}
