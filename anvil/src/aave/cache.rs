//! Deployed markets on disk. A market is found by what made it, so it is never stale and never cleared by hand.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use alloy::hex;
use sha2::{Digest, Sha256};

use super::{AaveError, AaveMarket, deploy};
use crate::{
    anvil::{Anvil, AnvilOptions},
    file_lock,
    toolchain::Toolchain,
};

/// The code that decides what a market looks like: any change of it asks for a new deployment.
const DEPLOYMENT_CODE: [&[u8]; 9] = [
    include_bytes!("mod.rs"),
    include_bytes!("artifacts.rs"),
    include_bytes!("cache.rs"),
    include_bytes!("contracts.rs"),
    include_bytes!("deployer.rs"),
    include_bytes!("interfaces.rs"),
    include_bytes!("manifest.rs"),
    include_bytes!("reserves.rs"),
    include_bytes!("seed.rs"),
];

/// A market that can be loaded into an Anvil of its chain id.
#[derive(Debug, Clone)]
pub struct CachedMarket {
    /// For [`AnvilOptions::load_state`].
    pub state: PathBuf,
    pub market: AaveMarket,
}

/// The market for `chain_id`, deployed now unless an equal one was before. Parallel callers wait for the first.
pub async fn market(toolchain: &Toolchain, chain_id: u64) -> Result<CachedMarket, AaveError> {
    market_in(&toolchain.cache(), toolchain, chain_id).await
}

/// The same with a cache of the caller's.
pub async fn market_in(cache: &Path, toolchain: &Toolchain, chain_id: u64) -> Result<CachedMarket, AaveError> {
    let made = fs::create_dir_all(cache).and_then(|()| cache.canonicalize());
    let cache = made.map_err(|source| AaveError::io(cache, source))?;
    let name = format!("aave-{chain_id}-{}", fingerprint(toolchain, chain_id));
    let entry = cache.join(&name);
    if let Some(found) = read(&entry)? {
        return Ok(found);
    }
    let _lock = lock(cache.join(format!("{name}.lock"))).await?;
    if let Some(found) = read(&entry)? {
        return Ok(found);
    }
    tracing::info!(chain_id, "deploying Aave v3 for the cache");
    let staging = tempfile::Builder::new()
        .prefix("deploying-")
        .tempdir_in(&cache)
        .map_err(|source| AaveError::io(&cache, source))?;
    write(toolchain, chain_id, staging.path()).await?;
    let staging = staging.keep();
    fs::rename(&staging, &entry).map_err(|source| AaveError::io(&entry, source))?;
    read(&entry)?.ok_or_else(|| AaveError::io(&entry, std::io::ErrorKind::NotFound.into()))
}

async fn write(toolchain: &Toolchain, chain_id: u64, folder: &Path) -> Result<(), AaveError> {
    let options = AnvilOptions { chain_id, ..AnvilOptions::default() };
    let anvil = Anvil::start(toolchain, options).await?;
    let market = deploy(toolchain, &anvil).await?;
    anvil.dump_state(&folder.join("state.json")).await?;
    anvil.stop().await?;
    let path = folder.join("market.json");
    let text = serde_json::to_vec_pretty(&market);
    let text = text.map_err(|source| AaveError::Json { path: path.clone(), source })?;
    fs::write(&path, text).map_err(|source| AaveError::io(&path, source))
}

fn read(entry: &Path) -> Result<Option<CachedMarket>, AaveError> {
    let path = entry.join("market.json");
    let Ok(text) = fs::read(&path) else {
        return Ok(None);
    };
    match serde_json::from_slice(&text) {
        Ok(market) => Ok(Some(CachedMarket { state: entry.join("state.json"), market })),
        Err(source) => Err(AaveError::Json { path, source }),
    }
}

async fn lock(path: PathBuf) -> Result<File, AaveError> {
    let locked = match File::create(&path) {
        Ok(file) => file_lock::lock(file).await,
        Err(error) => Err(error),
    };
    locked.map_err(|source| AaveError::io(&path, source))
}

fn fingerprint(toolchain: &Toolchain, chain_id: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(toolchain.lock_digest());
    hash.update(chain_id.to_be_bytes());
    for file in DEPLOYMENT_CODE {
        hash.update(Sha256::digest(file));
    }
    let digest = hex::encode(hash.finalize());
    digest.get(..16).unwrap_or(&digest).to_owned()
}
