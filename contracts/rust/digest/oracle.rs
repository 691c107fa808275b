//! Messages of `CreditScoringOracle`: `contracts/src/oracle/OracleHashes.sol` and `OracleConfig.sol`.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::{SolStruct as _, SolValue as _};

use super::domain::domain;
use crate::bindings::credit_scoring_oracle::CreditScoringOracle as oracle;

pub use oracle::{Bounds, Consent, Factor, Fulfilment, Report, Revocation};

pub use hashed::{Batch, ConsentWithdrawal, OracleConfig, OracleCore};

mod hashed {
    alloy::sol! {
        /// Many reports signed at once.
        #[derive(Debug, PartialEq, Eq)]
        struct Batch {
            /// Over the leaves of the reports.
            bytes32 root;
            bytes32 configDigest;
        }

        /// A holder's no to what they agreed to before.
        #[derive(Debug, PartialEq, Eq)]
        struct ConsentWithdrawal {
            /// Struct hash of the consent.
            bytes32 consentHash;
        }

        /// A configuration where it is in force. Never signed: every signed message names its hash.
        #[derive(Debug, PartialEq, Eq)]
        struct OracleConfig {
            uint256 chainId;
            address oracle;
            bytes32 core;
        }

        /// A configuration wherever it is in force.
        #[derive(Debug, PartialEq, Eq)]
        struct OracleCore {
            bytes[] signers;
            uint8 threshold;
            uint16 maxScoreStep;
            uint8 maxBandStep;
            uint32 maxValidity;
            uint8 maxEpochGap;
            uint16 generation;
        }
    }
}

domain! {
    /// The domain of a `CreditScoringOracle`.
    OracleDomain, OracleMessage, "Agio Credit Scoring Oracle":
    Report, Fulfilment, Batch, Revocation, Consent, ConsentWithdrawal,
}

/// `Report.consentHash` and `ConsentWithdrawal.consentHash`.
#[must_use]
pub fn consent_hash(consent: &Consent) -> B256 {
    consent.eip712_hash_struct()
}

/// Leaf of a batch: OpenZeppelin's standard tree over the type `bytes32`, the value being the report's struct hash.
#[must_use]
pub fn report_leaf(report: &Report) -> B256 {
    keccak256(keccak256(report.eip712_hash_struct()))
}

/// Leaf of `Report.dataCommitment`: OpenZeppelin's standard tree over the types `bytes32, int256, bytes32`.
#[must_use]
pub fn factor_leaf(factor: &Factor) -> B256 {
    keccak256(keccak256((factor.name, factor.value, factor.salt).abi_encode()))
}

/// Signers in the order that the oracle asks for and in which a bitmap counts them: ascending by keccak256. Each is an
/// address (20 bytes), or a verifier's address and a key (ERC-7913).
#[must_use]
pub fn in_order(mut signers: Vec<Bytes>) -> Vec<Bytes> {
    signers.sort_by_cached_key(|signer| keccak256(signer));
    signers
}

/// What every message of the signers must name.
///
/// `signers` as in [`in_order`]; `generation` 1 at deployment, one more with every change.
#[must_use]
pub fn config_digest(
    chain_id: u64,
    oracle: Address,
    signers: Vec<Bytes>,
    threshold: u8,
    bounds: &Bounds,
    generation: u16,
) -> B256 {
    let core = OracleCore {
        signers,
        threshold,
        maxScoreStep: bounds.maxScoreStep,
        maxBandStep: bounds.maxBandStep,
        maxValidity: bounds.maxValidity,
        maxEpochGap: bounds.maxEpochGap,
        generation,
    };
    OracleConfig { chainId: U256::from(chain_id), oracle, core: core.eip712_hash_struct() }.eip712_hash_struct()
}
