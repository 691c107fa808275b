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

id!(
    /// An account of the ledger.
    AccountId,
    "acc"
);
id!(
    /// A transfer of the ledger.
    TransferId,
    "tr"
);

/// The last bits of a request's id, which number its quotes.
const QUOTE_NUMBER: u128 = 0xffff;

impl CreditRequestId {
    /// An id with room for the numbers of its quotes: the last 16 bits of `uuid` are dropped.
    #[must_use]
    pub const fn with_room_for_quotes(uuid: Uuid) -> Self {
        Self(Uuid::from_u128(uuid.as_u128() & !QUOTE_NUMBER))
    }
}

impl QuoteId {
    /// The id of a request's quote of this number. It begins as the request's does, so that a quote is found where its
    /// request is and needs no index of its own.
    #[must_use]
    pub const fn numbered(request: CreditRequestId, number: u16) -> Self {
        Self(Uuid::from_u128((request.0.as_u128() & !QUOTE_NUMBER) | number as u128))
    }

    /// The request that this quote answers, if there is such a quote.
    #[must_use]
    pub const fn credit_request(self) -> CreditRequestId {
        CreditRequestId::with_room_for_quotes(self.0)
    }
}

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

    #[test]
    fn a_quotes_id_leads_to_its_request() {
        let request = CreditRequestId::with_room_for_quotes(Uuid::from_u128(0x019a_5b0e_7c5e_7a3c_8f0d_2b6a_4e1c_9d33));
        let quotes = [1, 2, u16::MAX].map(|number| QuoteId::numbered(request, number));
        assert!(quotes.windows(2).all(|pair| pair[0] < pair[1]), "{quotes:?}");
        assert!(quotes.iter().all(|quote| quote.credit_request() == request));
        assert_eq!(quotes[0].to_string(), "qte_019a5b0e7c5e7a3c8f0d2b6a4e1c0001");
        assert_eq!(request.uuid().get_version_num(), 7);
    }
}
