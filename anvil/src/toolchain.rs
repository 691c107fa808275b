//! Where the foreign programs are: Anvil, Postgres and the Aave artifacts, as pinned by `anvil/package-lock.json`.
//!
//! They are installed on first use and again whenever the lock file changes, by `npm ci` and under a file lock, so that
//! parallel test processes neither install twice nor see a half-installed folder. Install scripts of packages do not run
//! (npm 11 asks for approval, and they are other people's code): what they would do, we do here.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    file_lock,
    leash::{Leash, LeashError, PATIENCE, Program, Signal},
};

/// 300 MB over a slow line.
const INSTALL_WITHIN: Duration = Duration::from_mins(15);
/// Written last into `node_modules`: its presence means that everything before it was done.
const STAMP: &str = ".agio-stamp";

#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    #[error("no package-lock.json in {folder}; set AGIO_ANVIL_DIR to the folder `anvil` of a checkout")]
    NoFolder { folder: PathBuf },
    #[error("no foreign programs are packaged for {os} on {architecture}")]
    Platform { os: &'static str, architecture: &'static str },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not the JSON it should be: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error(
        "`npm ci` in {folder} failed with code {code}; npm 10 or later must be on the PATH and reach its registry. It said:\n{log}"
    )]
    Npm { folder: PathBuf, code: i32, log: String },
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error("{path} is missing after an install; remove {modules} and try again")]
    Missing { path: PathBuf, modules: PathBuf },
}

/// The folder with the package manifest, and what `npm ci` puts there.
#[derive(Debug, Clone)]
pub struct Toolchain {
    folder: PathBuf,
    lock_digest: String,
    platform: Platform,
}

#[derive(Debug, Clone, Copy)]
struct Platform {
    foundry: &'static str,
    postgres: &'static str,
}

impl Toolchain {
    /// Finds the folder: `AGIO_ANVIL_DIR`, else where this crate was compiled.
    pub fn locate() -> Result<Self, ToolchainError> {
        let folder =
            env::var_os("AGIO_ANVIL_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        Self::at(folder)
    }

    pub fn at(folder: PathBuf) -> Result<Self, ToolchainError> {
        let lock = folder.join("package-lock.json");
        let Ok(bytes) = fs::read(&lock) else {
            return Err(ToolchainError::NoFolder { folder });
        };
        Ok(Self { folder, lock_digest: hex::encode(Sha256::digest(bytes)), platform: Platform::current()? })
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// SHA-256 of the lock file: changes with any version of any program.
    #[must_use]
    pub fn lock_digest(&self) -> &str {
        &self.lock_digest
    }

    /// `AGIO_CACHE_DIR`, else `devnet` in cargo's target folder: what is built goes where `cargo clean` finds it.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        if let Some(folder) = env::var_os("AGIO_CACHE_DIR") {
            return PathBuf::from(folder);
        }
        let workspace = self.folder.join("..");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        workspace.join(target).join("devnet")
    }

    pub async fn anvil(&self) -> Result<PathBuf, ToolchainError> {
        let package = format!("@foundry-rs/anvil-{}", self.platform.foundry);
        self.installed(&format!("{package}/bin/anvil")).await
    }

    /// The folder that holds `contracts/…/Name.sol/Name.json`.
    pub async fn aave_artifacts(&self) -> Result<PathBuf, ToolchainError> {
        self.installed("@aave/core-v3/artifacts").await
    }

    /// The folder with `bin`, `lib` and `share` of the packaged Postgres.
    pub async fn postgres(&self) -> Result<PathBuf, ToolchainError> {
        let package = format!("@embedded-postgres/{}", self.platform.postgres);
        self.installed(&format!("{package}/native")).await
    }

    /// The folder with Morpho Blue, its compiler and the script that compiles it: a package of its own, which only the
    /// gas benchmark installs.
    pub(crate) async fn gas(&self) -> Result<Self, ToolchainError> {
        let gas = Self::at(self.folder.join("gas"))?;
        gas.install().await?;
        Ok(gas)
    }

    async fn installed(&self, path: &str) -> Result<PathBuf, ToolchainError> {
        self.install().await?;
        let path = self.modules().join(path);
        if path.exists() {
            Ok(path)
        } else {
            let modules = self.modules();
            Err(ToolchainError::Missing { path, modules })
        }
    }

    /// Installs unless what is there matches the lock file.
    pub async fn install(&self) -> Result<(), ToolchainError> {
        if self.is_installed() {
            return Ok(());
        }
        let _lock = self.lock().await?;
        if self.is_installed() {
            return Ok(());
        }
        tracing::info!(folder = %self.folder.display(), "installing the pinned programs with npm ci");
        self.npm_ci().await?;
        self.link_postgres_libraries()?;
        let stamp = self.stamp();
        fs::write(&stamp, self.stamp_text()).map_err(|source| io_error(&stamp, source))
    }

    fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    fn stamp(&self) -> PathBuf {
        self.modules().join(STAMP)
    }

    /// The platform is part of it: a checkout may be mounted into a container of another system.
    fn stamp_text(&self) -> String {
        format!("{} {}\n", self.lock_digest, self.platform.postgres)
    }

    fn is_installed(&self) -> bool {
        fs::read_to_string(self.stamp()).is_ok_and(|stamp| stamp == self.stamp_text())
    }

    /// Locks the lock file itself: it is always there, and `npm ci` does not replace it.
    async fn lock(&self) -> Result<File, ToolchainError> {
        let path = self.folder.join("package-lock.json");
        let locked = match File::open(&path) {
            Ok(file) => file_lock::lock(file).await,
            Err(error) => Err(error),
        };
        locked.map_err(|source| io_error(&path, source))
    }

    /// On a leash: were npm to outlive us, the next process would install beside it.
    async fn npm_ci(&self) -> Result<(), ToolchainError> {
        let scratch = tempfile::Builder::new()
            .prefix("agio-npm-")
            .tempdir()
            .map_err(|source| io_error(&env::temp_dir(), source))?;
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let npm = Leash::start(Program {
            path: PathBuf::from("npm"),
            arguments: arguments.map(Into::into).to_vec(),
            folder: self.folder.clone(),
            log: scratch.path().join("log"),
            stop_signal: Signal::Terminate,
            patience: PATIENCE,
            scratch: None,
            account: None,
        })?;
        let code = tokio::time::timeout(INSTALL_WITHIN, npm.ended()).await.unwrap_or(-1);
        npm.stop().await?;
        if code == 0 {
            return Ok(());
        }
        Err(ToolchainError::Npm { folder: self.folder.clone(), code, log: npm.log_tail() })
    }

    /// npm packages cannot hold symbolic links, so the Postgres package lists the ones that its libraries need.
    fn link_postgres_libraries(&self) -> Result<(), ToolchainError> {
        #[derive(Deserialize)]
        struct Link {
            source: PathBuf,
            target: PathBuf,
        }
        let package = self.modules().join("@embedded-postgres").join(self.platform.postgres);
        let list = package.join("native/pg-symlinks.json");
        // The package is optional: where npm leaves it out, the system's Postgres may still serve.
        if !list.exists() {
            return Ok(());
        }
        let text = fs::read(&list).map_err(|source| io_error(&list, source))?;
        let links: Vec<Link> =
            serde_json::from_slice(&text).map_err(|source| ToolchainError::Json { path: list.clone(), source })?;
        for link in links {
            let target = package.join(&link.target);
            // All are names beside their library; anything else would not survive a copy of the folder.
            let beside = link.source.parent() == link.target.parent();
            let Some(name) = link.source.file_name().filter(|_| beside) else {
                continue;
            };
            if fs::symlink_metadata(&target).is_ok() {
                continue;
            }
            std::os::unix::fs::symlink(name, &target).map_err(|e| io_error(&target, e))?;
        }
        Ok(())
    }
}

impl Platform {
    fn current() -> Result<Self, ToolchainError> {
        let (foundry, postgres) = match (env::consts::OS, env::consts::ARCH) {
            ("linux", "x86_64") => ("linux-amd64", "linux-x64"),
            ("linux", "aarch64") => ("linux-arm64", "linux-arm64"),
            ("macos", "x86_64") => ("darwin-amd64", "darwin-x64"),
            ("macos", "aarch64") => ("darwin-arm64", "darwin-arm64"),
            (os, architecture) => return Err(ToolchainError::Platform { os, architecture }),
        };
        Ok(Self { foundry, postgres })
    }
}

fn io_error(path: &Path, source: io::Error) -> ToolchainError {
    ToolchainError::Io { path: path.to_owned(), source }
}
