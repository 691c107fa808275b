//! EIP-712 domains of contracts at an address of a chain.

/// A domain by its contract's name and version, and the trait of the messages that belong into it.
macro_rules! domain {
    ($(#[$doc:meta])* $domain:ident, $message:ident, $name:literal: $($struct:path),* $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $domain(alloy::sol_types::Eip712Domain);

        #[doc = concat!("A struct that is signed in a [`", stringify!($domain), "`].")]
        pub trait $message: alloy::sol_types::SolStruct {}

        $(impl $message for $struct {})*

        impl $domain {
            /// The contract's own name in its domain.
            pub const NAME: &str = $name;
            pub const VERSION: &str = "1";

            /// Of the contract at an address of the chain with this EIP-155 id.
            #[must_use]
            pub fn at(chain_id: u64, contract: alloy::primitives::Address) -> Self {
                Self(alloy::sol_types::Eip712Domain::new(
                    Some(Self::NAME.into()),
                    Some(Self::VERSION.into()),
                    Some(alloy::primitives::U256::from(chain_id)),
                    Some(contract),
                    None,
                ))
            }

            #[must_use]
            pub fn eip712(&self) -> &alloy::sol_types::Eip712Domain {
                &self.0
            }

            /// What is signed: `keccak256(0x1901 ‖ domain separator ‖ struct hash)`.
            pub fn digest<T: $message>(&self, message: &T) -> alloy::primitives::B256 {
                message.eip712_signing_hash(&self.0)
            }
        }
    };
}

pub(super) use domain;
