//! Creation code: what a transaction that makes a contract carries, with libraries linked in.

use std::collections::BTreeMap;

use alloy::hex;
use alloy::primitives::{Address, Bytes};
use serde::Deserialize;

/// What is wrong with an artifact or with how it is linked: a fault of ours, as artifacts are part of this crate.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    #[error("the artifact of {contract} is not the JSON it should be: {source}")]
    Json { contract: Contract, source: serde_json::Error },
    #[error("{contract} needs the address of the library {library}")]
    LibraryMissing { contract: Contract, library: String },
    #[error("the artifact of {0} holds code that its holes do not fit")]
    Code(Contract),
}

/// What can be deployed: [`Self::FreshFeed`] and [`Self::PlainToken`] on local chains only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contract {
    AccessManager,
    ArrearsLogic,
    CollateralManager,
    CreditAggregator,
    CreditScoringOracle,
    FreshFeed,
    FundingLogic,
    GatedLender,
    PlainToken,
    QuoteLogic,
    RequestLogic,
    RiskPolicy,
    ScoreFeedFactory,
    SignedDebtBook,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    creation_code: String,
    holes: BTreeMap<String, Vec<usize>>,
}

impl std::fmt::Display for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Contract {
    /// As in the Solidity sources.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessManager => "AccessManager",
            Self::ArrearsLogic => "ArrearsLogic",
            Self::CollateralManager => "CollateralManager",
            Self::CreditAggregator => "CreditAggregator",
            Self::CreditScoringOracle => "CreditScoringOracle",
            Self::FreshFeed => "FreshFeed",
            Self::FundingLogic => "FundingLogic",
            Self::GatedLender => "GatedLender",
            Self::PlainToken => "PlainToken",
            Self::QuoteLogic => "QuoteLogic",
            Self::RequestLogic => "RequestLogic",
            Self::RiskPolicy => "RiskPolicy",
            Self::ScoreFeedFactory => "ScoreFeedFactory",
            Self::SignedDebtBook => "SignedDebtBook",
        }
    }

    const fn artifact(self) -> &'static str {
        macro_rules! artifact {
            ($name:literal) => {
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/artifacts/", $name, ".json"))
            };
        }
        match self {
            Self::AccessManager => artifact!("AccessManager"),
            Self::ArrearsLogic => artifact!("ArrearsLogic"),
            Self::CollateralManager => artifact!("CollateralManager"),
            Self::CreditAggregator => artifact!("CreditAggregator"),
            Self::CreditScoringOracle => artifact!("CreditScoringOracle"),
            Self::FreshFeed => artifact!("FreshFeed"),
            Self::FundingLogic => artifact!("FundingLogic"),
            Self::GatedLender => artifact!("GatedLender"),
            Self::PlainToken => artifact!("PlainToken"),
            Self::QuoteLogic => artifact!("QuoteLogic"),
            Self::RequestLogic => artifact!("RequestLogic"),
            Self::RiskPolicy => artifact!("RiskPolicy"),
            Self::ScoreFeedFactory => artifact!("ScoreFeedFactory"),
            Self::SignedDebtBook => artifact!("SignedDebtBook"),
        }
    }

    /// Creation code, linked, with the ABI-encoded `arguments` of the constructor after it.
    ///
    /// # Errors
    /// [`CodeError::LibraryMissing`] for a library that `libraries` does not name; the others only if the crate was packed
    /// wrongly.
    pub fn creation_code(self, libraries: &BTreeMap<Self, Address>, arguments: &[u8]) -> Result<Bytes, CodeError> {
        let artifact: Artifact =
            serde_json::from_str(self.artifact()).map_err(|source| CodeError::Json { contract: self, source })?;
        let mut code = artifact.creation_code;
        for (library, starts) in artifact.holes {
            let address = libraries.iter().find(|(contract, _)| contract.name() == library);
            let Some((_, address)) = address else {
                return Err(CodeError::LibraryMissing { contract: self, library });
            };
            let digits = hex::encode(address);
            for start in starts {
                // Two digits of `0x`, then two for each byte.
                let from = 2 + 2 * start;
                let hole = from..from + digits.len();
                if code.get(hole.clone()).is_none_or(|hole| !hole.starts_with("__$")) {
                    return Err(CodeError::Code(self));
                }
                code.replace_range(hole, &digits);
            }
        }
        let mut code = hex::decode(code).map_err(|_| CodeError::Code(self))?;
        code.extend_from_slice(arguments);
        Ok(code.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARIES: [Contract; 4] =
        [Contract::ArrearsLogic, Contract::FundingLogic, Contract::QuoteLogic, Contract::RequestLogic];

    #[test]
    fn the_register_is_linked_to_the_address_of_each_library() {
        let addresses = (1..).map(Address::repeat_byte);
        let libraries: BTreeMap<_, _> = LIBRARIES.into_iter().zip(addresses).collect();
        let code = hex::encode(Contract::CreditAggregator.creation_code(&libraries, &[0xaa, 0xbb]).unwrap());
        for address in libraries.values() {
            assert!(code.contains(&hex::encode(address)), "{address}");
        }
        assert!(code.ends_with("aabb"));
    }

    #[test]
    fn a_library_without_an_address_is_named() {
        let error = Contract::CreditAggregator.creation_code(&BTreeMap::new(), &[]);
        assert!(matches!(error, Err(CodeError::LibraryMissing { library, .. }) if library == "ArrearsLogic"));
    }

    #[test]
    fn contracts_without_libraries_need_no_addresses() {
        for contract in LIBRARIES.into_iter().chain([Contract::AccessManager, Contract::RiskPolicy]) {
            assert!(contract.creation_code(&BTreeMap::new(), &[]).is_ok(), "{contract}");
        }
    }
}
