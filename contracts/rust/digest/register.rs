//! Messages of `CreditAggregator`: `contracts/src/aggregator/AggregatorHashes.sol`.

use alloy::primitives::{Address, B256, keccak256};
use alloy::sol_types::{SolStruct as _, SolValue as _};

use super::domain::domain;
use crate::bindings::credit_aggregator::CreditAggregator as register;

pub use register::{
    Acceptance, Amendment, CollateralTerms, FundingReceipt, Instalment, Notice, PaymentReceipt, Quote, Terms,
};

pub use hashed::{NonceCancellation, Outcome, RequestOpening};

mod hashed {
    alloy::sol! {
        /// A borrower's request, for others to open.
        #[derive(Debug, PartialEq, Eq)]
        struct RequestOpening {
            address borrower;
            bytes32 requestHash;
            /// First second at which it is over.
            uint64 expiresAt;
        }

        /// Up to 256 nonces of a provider, gone for ever.
        #[derive(Debug, PartialEq, Eq)]
        struct NonceCancellation {
            bytes32 providerId;
            /// Nonce / 256.
            uint256 word;
            /// Bit nonce % 256 for each nonce.
            uint256 mask;
        }

        /// One answer to a request as a leaf of the tree of outcomes. Never signed: its type sets it apart from what is.
        #[derive(Debug, PartialEq, Eq)]
        struct Outcome {
            uint256 chainId;
            address register;
            bytes32 requestId;
            uint32 policyVersion;
            /// 0 a quote, 1 a refusal.
            uint8 kind;
            bytes32 providerId;
            /// Digest of the quote, or hash of the refusal.
            bytes32 contentHash;
            /// From 1 for quotes, 0 for refusals.
            uint16 rank;
        }
    }
}

domain! {
    /// The domain of a `CreditAggregator`.
    RegisterDomain, RegisterMessage, "Agio Credit Aggregator":
    Quote, Acceptance, RequestOpening, NonceCancellation, FundingReceipt, PaymentReceipt, Amendment, Notice,
}

/// `Quote.collateralTermsHash`.
#[must_use]
pub fn collateral_terms_hash(terms: &CollateralTerms) -> B256 {
    terms.eip712_hash_struct()
}

/// `Amendment.termsHash`.
#[must_use]
pub fn terms_hash(terms: &Terms) -> B256 {
    terms.eip712_hash_struct()
}

/// `Quote.scheduleHash`: as EIP-712 hashes an array, over the struct hashes in order.
#[must_use]
pub fn schedule_hash(schedule: &[Instalment]) -> B256 {
    let rows: Vec<u8> = schedule.iter().flat_map(|instalment| instalment.eip712_hash_struct().0).collect();
    keccak256(rows)
}

/// The id under which a borrower's request is kept.
#[must_use]
pub fn request_id(borrower: Address, request_hash: B256) -> B256 {
    keccak256((borrower, request_hash).abi_encode())
}

impl Outcome {
    /// Hashed twice, so that no inner node can pass for a leaf.
    #[must_use]
    pub fn leaf(&self) -> B256 {
        keccak256(self.eip712_hash_struct())
    }
}
