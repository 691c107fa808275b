//! What stands on a chain, as `deployments/<chain>.json` keeps it.
//!
//! An address follows from the salt, the code and what the constructor was given. So the addresses of a record are computed
//! again, and one that differs is of other code than this crate's. The rest is believed: the salt, the arguments of what is
//! made, the deployer, and that no event lies before `first_block`. Who can change the file can point it at contracts of the
//! same code that were made for somebody else, or past an event that should be seen.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use super::layout::Layout;

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not a record of a deployment: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error(
        "{contract} is recorded at {recorded}, but the code of this version is at {computed}: the record is of another \
         version, or was changed"
    )]
    OtherCode { contract: String, recorded: Address, computed: Address },
    #[error("the record is of chain {recorded}, the manifest of chain {wanted}")]
    OtherChain { recorded: u64, wanted: u64 },
    #[error("there is no record {0}")]
    None(PathBuf),
    #[error("the record names no {0}")]
    Missing(&'static str),
    #[error("the record was made by {recorded}, and addresses depend on who deploys; {given} cannot go on with it")]
    OtherDeployer { recorded: Address, given: Address },
}

/// A deployment on a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub chain_id: u64,
    pub deployer: Address,
    pub salt: B256,
    /// No event of the deployment lies in an earlier block.
    pub first_block: u64,
    pub contracts: BTreeMap<String, Recorded>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    pub address: Address,
    /// What the constructor was given, ABI-encoded.
    pub arguments: Bytes,
}

impl Record {
    pub(super) fn of(layout: &Layout, chain_id: u64, deployer: Address, first_block: u64) -> Self {
        let one = |creation: &super::layout::Creation| {
            let recorded = Recorded { address: creation.address, arguments: creation.arguments.clone() };
            (creation.contract.name().to_owned(), recorded)
        };
        let contracts = layout.creations.iter().map(one).collect();
        Self { chain_id, deployer, salt: layout.salt, first_block, contracts }
    }

    /// The file of a chain in a folder.
    #[must_use]
    pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
        folder.join(format!("{chain_id}.json"))
    }

    /// # Errors
    /// When the file cannot be read; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, RecordError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RecordError::Io { path: path.to_owned(), source }),
        };
        let record = serde_json::from_slice(&bytes);
        record.map(Some).map_err(|source| RecordError::Json { path: path.to_owned(), source })
    }

    /// Written beside and moved into place, so that a crash leaves the old record or the new one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), RecordError> {
        let io = |source| RecordError::Io { path: path.to_owned(), source };
        let text =
            serde_json::to_string_pretty(self).map_err(|source| RecordError::Json { path: path.to_owned(), source })?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, text + "\n").map_err(io)?;
        std::fs::rename(&beside, path).map_err(io)
    }
}
