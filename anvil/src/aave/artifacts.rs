//! Reading and linking the compiled contracts of the npm package.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use alloy::{
    hex,
    primitives::{Address, Bytes},
};
use serde::Deserialize;

use super::AaveError;

/// The part of a Hardhat artifact that deploying takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    #[serde(skip)]
    path: PathBuf,
    /// Hex, with placeholders where addresses of libraries belong.
    bytecode: String,
    /// Source file, library, and where its address goes.
    link_references: BTreeMap<String, BTreeMap<String, Vec<Span>>>,
}

/// Bytes, not hex digits.
#[derive(Debug, Deserialize)]
struct Span {
    start: usize,
    length: usize,
}

impl Artifact {
    /// `contract` is its source file without `.sol`, such as `protocol/pool/Pool`.
    pub(super) fn read(artifacts: &Path, contract: &str) -> Result<Self, AaveError> {
        let name = contract.rsplit('/').next().unwrap_or(contract);
        let path = artifacts.join(format!("contracts/{contract}.sol/{name}.json"));
        let bytes = fs::read(&path).map_err(|source| AaveError::io(&path, source))?;
        match serde_json::from_slice(&bytes) {
            Ok(artifact) => Ok(Self { path, ..artifact }),
            Err(source) => Err(AaveError::Json { path, source }),
        }
    }

    /// The creation code with the addresses of `libraries`, by name, filled in.
    pub(super) fn link(&self, libraries: &BTreeMap<String, Address>) -> Result<Bytes, AaveError> {
        let mut code = self.bytecode.clone();
        for (library, spans) in self.link_references.values().flatten() {
            let Some(address) = libraries.get(library) else {
                let (path, library) = (self.path.clone(), library.clone());
                return Err(AaveError::NotDeployed { path, library });
            };
            for span in spans {
                let digits = hex::encode(address);
                // Two digits of `0x`, then two for each byte.
                let start = 2 + 2 * span.start;
                let end = start + 2 * span.length;
                if code.get(start..end).map(str::len) != Some(digits.len()) {
                    return Err(AaveError::Bytecode(self.path.clone()));
                }
                code.replace_range(start..end, &digits);
            }
        }
        let code = hex::decode(code).map_err(|_| AaveError::Bytecode(self.path.clone()))?;
        Ok(code.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCES: &str = r#"{"contracts/L.sol":{"L":[{"start":1,"length":20},{"start":22,"length":20}]}}"#;

    fn link(bytecode: &str, libraries: &[(&str, Address)]) -> Result<Bytes, AaveError> {
        let path = PathBuf::from("A.json");
        let link_references =
            serde_json::from_str(REFERENCES).map_err(|source| AaveError::Json { path: path.clone(), source })?;
        let libraries = libraries.iter().map(|(name, address)| ((*name).to_owned(), *address));
        let artifact = Artifact { path, bytecode: bytecode.to_owned(), link_references };
        artifact.link(&libraries.collect())
    }

    const L: (&str, Address) = ("L", Address::repeat_byte(0xab));

    #[test]
    fn every_placeholder_is_replaced_and_nothing_else() -> Result<(), AaveError> {
        let hole = "__$0123456789abcdef0123456789abcdef01$__";
        let linked = link(&format!("0x60{hole}61{hole}62"), &[L])?;
        let address = "ab".repeat(20);
        assert_eq!(hex::encode(linked), format!("60{address}61{address}62"));
        Ok(())
    }

    #[test]
    fn a_library_that_is_not_deployed_is_named() {
        let linked = link("0x", &[]);
        assert!(matches!(linked, Err(AaveError::NotDeployed { library, .. }) if library == "L"));
    }

    #[test]
    fn a_reference_beyond_the_code_is_an_error() {
        assert!(matches!(link("0x6000", &[L]), Err(AaveError::Bytecode(_))));
    }
}
