use std::io;
use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use alloy::signers;
use alloy::transports::{RpcError, TransportErrorKind};
use contracts::creation::CodeError;
use contracts::deploy::DeployError;

use crate::aave::AaveError;
use crate::anvil::AnvilError;
use crate::leash::LeashError;
use crate::toolchain::ToolchainError;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum GasError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Anvil(#[from] AnvilError),
    #[error(transparent)]
    Aave(#[from] AaveError),
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error(transparent)]
    Deploy(#[from] DeployError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not the JSON it should be: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("compiling Morpho Blue ended with code {code}:\n{log}")]
    Compiler { code: i32, log: String },
    #[error("{what}: {source}")]
    Rpc { what: String, source: RpcError<TransportErrorKind> },
    #[error("{call} answered what its interface does not allow: {source}")]
    Answer { call: &'static str, source: alloy::sol_types::Error },
    #[error("{what} reverted in {transaction}: {reason}")]
    Reverted { what: String, transaction: B256, reason: String },
    #[error("deploying {0} made no contract")]
    NoContract(String),
    #[error("the node has no latest block")]
    NoBlock,
    #[error("signing: {0}")]
    Sign(#[from] signers::Error),
    #[error("an operation named {0} was measured twice")]
    Twice(String),
    #[error("the figure {0} was asked for and never measured")]
    NotMeasured(&'static str),
}

impl GasError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { path, source }
    }

    pub(super) fn rpc(what: &str) -> impl FnOnce(RpcError<TransportErrorKind>) -> Self {
        let what = what.to_owned();
        |source| Self::Rpc { what, source }
    }
}
