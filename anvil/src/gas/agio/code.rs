//! Creation code of the contracts, with libraries linked in.

use std::collections::BTreeMap;

use alloy::hex;
use alloy::primitives::{Address, Bytes};
use serde::Deserialize;

#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    #[error("there is no artifact of {0}")]
    Unknown(&'static str),
    #[error("the artifact of {contract} is not the JSON it should be: {source}")]
    Json { contract: &'static str, source: serde_json::Error },
    #[error("{contract} needs the address of the library {library}")]
    LibraryMissing { contract: &'static str, library: String },
    #[error("the artifact of {0} holds code that its holes do not fit")]
    Code(&'static str),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    creation_code: String,
    holes: BTreeMap<String, Vec<usize>>,
}

macro_rules! artifacts {
    ($($name:literal),*) => {
        fn artifact(contract: &str) -> Option<&'static str> {
            match contract {
                $($name => Some(include_str!(concat!("../../../../contracts/artifacts/", $name, ".json"))),)*
                _ => None,
            }
        }
    };
}

artifacts!(
    "AccessManager",
    "ArrearsLogic",
    "CollateralManager",
    "CreditAggregator",
    "CreditScoringOracle",
    "FundingLogic",
    "QuoteLogic",
    "RequestLogic",
    "RiskPolicy"
);

pub(super) fn creation_code(
    contract: &'static str,
    libraries: &BTreeMap<&'static str, Address>,
    arguments: &[u8],
) -> Result<Bytes, CodeError> {
    let text = artifact(contract).ok_or(CodeError::Unknown(contract))?;
    let artifact: Artifact = serde_json::from_str(text).map_err(|source| CodeError::Json { contract, source })?;
    let mut code = artifact.creation_code;
    for (library, starts) in artifact.holes {
        let Some(address) = libraries.get(library.as_str()) else {
            return Err(CodeError::LibraryMissing { contract, library });
        };
        let digits = hex::encode(address);
        for start in starts {
            let from = 2 + 2 * start;
            let hole = from..from + digits.len();
            if code.get(hole.clone()).is_none_or(|hole| !hole.starts_with("__$")) {
                return Err(CodeError::Code(contract));
            }
            code.replace_range(hole, &digits);
        }
    }
    let mut code = hex::decode(code).map_err(|_| CodeError::Code(contract))?;
    code.extend_from_slice(arguments);
    Ok(code.into())
}
