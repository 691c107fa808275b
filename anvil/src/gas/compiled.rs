//! Morpho Blue as its own settings compile it, and the feed. Compiling takes a while, so it is done once for each version of
//! the sources and of the compiler.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use alloy::hex;
use alloy::primitives::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::GasError;
use crate::file_lock;
use crate::leash::{Leash, PATIENCE, Program, Signal};
use crate::toolchain::Toolchain;

/// What beside the lock file decides what comes out.
const SOURCES: [&[u8]; 2] = [include_bytes!("../../gas/compile.js"), include_bytes!("../../gas/contracts/Feed.sol")];

/// Creation code.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Compiled {
    morpho: Bytes,
    irm_mock: Bytes,
    oracle_mock: Bytes,
    feed: Bytes,
}

impl Compiled {
    /// Compiles unless the same was compiled before. Parallel callers wait for the first.
    pub(super) async fn load(toolchain: &Toolchain) -> Result<Self, GasError> {
        let package = toolchain.gas().await?;
        let cache = toolchain.cache();
        fs::create_dir_all(&cache).map_err(|source| GasError::io(&cache, source))?;
        let cache = cache.canonicalize().map_err(|source| GasError::io(&cache, source))?;
        let entry = cache.join(format!("morpho-{}.json", fingerprint(&package)));
        if let Some(found) = read(&entry)? {
            return Ok(found);
        }
        let _lock = lock(&entry.with_extension("lock")).await?;
        if let Some(found) = read(&entry)? {
            return Ok(found);
        }
        tracing::info!("compiling Morpho Blue for the cache");
        compile(&package, &entry).await?;
        read(&entry)?.ok_or_else(|| GasError::io(&entry, std::io::ErrorKind::NotFound.into()))
    }

    pub(super) fn morpho(&self, arguments: &[u8]) -> Bytes {
        [self.morpho.as_ref(), arguments].concat().into()
    }

    pub(super) fn irm(&self) -> Bytes {
        self.irm_mock.clone()
    }

    pub(super) fn oracle(&self) -> Bytes {
        self.oracle_mock.clone()
    }

    pub(super) fn feed(&self, arguments: &[u8]) -> Bytes {
        [self.feed.as_ref(), arguments].concat().into()
    }
}

/// On a leash: the compiler does not heed a closed terminal, and would go on for nobody.
async fn compile(package: &Toolchain, entry: &Path) -> Result<(), GasError> {
    let scratch = tempfile::Builder::new().prefix("agio-solc-").tempdir();
    let scratch = scratch.map_err(|source| GasError::io(&std::env::temp_dir(), source))?;
    // Renamed when whole: a file that is there is complete.
    let output = entry.with_extension("new");
    let node = Leash::start(Program {
        path: PathBuf::from("node"),
        arguments: vec!["compile.js".into(), output.clone().into()],
        folder: package.folder().to_owned(),
        log: scratch.path().join("log"),
        stop_signal: Signal::Terminate,
        patience: PATIENCE,
        scratch: None,
        account: None,
    })?;
    let code = node.ended().await;
    node.stop().await?;
    if code != 0 {
        return Err(GasError::Compiler { code, log: node.log_tail() });
    }
    fs::rename(&output, entry).map_err(|source| GasError::io(&output, source))
}

fn read(entry: &Path) -> Result<Option<Compiled>, GasError> {
    let Ok(text) = fs::read(entry) else {
        return Ok(None);
    };
    let compiled = serde_json::from_slice(&text);
    compiled.map(Some).map_err(|source| GasError::Json { path: entry.to_owned(), source })
}

async fn lock(path: &Path) -> Result<File, GasError> {
    let locked = match File::create(path) {
        Ok(file) => file_lock::lock(file).await,
        Err(error) => Err(error),
    };
    locked.map_err(|source| GasError::io(path, source))
}

fn fingerprint(package: &Toolchain) -> String {
    let mut hash = Sha256::new();
    hash.update(package.lock_digest());
    for source in SOURCES {
        hash.update(Sha256::digest(source));
    }
    let digest = hex::encode(hash.finalize());
    digest.get(..16).unwrap_or(&digest).to_owned()
}
