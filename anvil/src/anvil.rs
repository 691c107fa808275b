//! Anvil nodes: as many chains at once as are started, each on a port of its own.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Once,
    time::Duration,
};

use alloy::{
    primitives::Bytes,
    providers::{DynProvider, Provider, ProviderBuilder},
    transports::{RpcError, TransportErrorKind},
};
use flate2::read::GzDecoder;
use tempfile::TempDir;

use crate::{
    leash::{Leash, LeashError, PATIENCE, Program, Signal},
    toolchain::{Toolchain, ToolchainError},
};

/// Ready in a tenth of a second alone, in seconds when a compiler has the machine.
const READY_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

#[derive(Debug, thiserror::Error)]
pub enum AnvilError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("Anvil printed the address `{0}`, which is no URL")]
    Address(String),
    #[error("Anvil refused `{method}`: {source}")]
    Rpc { method: &'static str, source: RpcError<TransportErrorKind> },
    #[error("Anvil runs chain {actual} though chain {wanted} was asked for")]
    WrongChain { wanted: u64, actual: u64 },
}

/// When blocks are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mining {
    /// One for each transaction, at once.
    #[default]
    OnTransaction,
    /// One every so many seconds, whether or not there are transactions.
    EverySeconds(u64),
    /// Only when `evm_mine` asks for one.
    OnRequest,
}

#[derive(Debug, Clone)]
pub struct AnvilOptions {
    pub chain_id: u64,
    /// `None`: a free one.
    pub port: Option<u16>,
    pub mining: Mining,
    /// A file written by [`Anvil::dump_state`].
    pub load_state: Option<PathBuf>,
    /// Blocks until `safe` and `finalized` follow; 1 makes `finalized` trail the head by two blocks. `None`: as on mainnet.
    pub slots_in_an_epoch: Option<u64>,
    /// Further command-line arguments.
    pub arguments: Vec<OsString>,
}

impl Default for AnvilOptions {
    fn default() -> Self {
        Self {
            chain_id: 31_337,
            port: None,
            mining: Mining::OnTransaction,
            load_state: None,
            slots_in_an_epoch: None,
            arguments: Vec::new(),
        }
    }
}

/// A running node. Dropping it stops it in the background; [`Anvil::stop`] also waits for that.
#[derive(Debug)]
pub struct Anvil {
    leash: Leash,
    address: String,
    chain_id: u64,
    provider: DynProvider,
}

impl Anvil {
    /// Starts a node and returns once it answers with its chain id.
    pub async fn start(toolchain: &Toolchain, options: AnvilOptions) -> Result<Self, AnvilError> {
        let program = toolchain.anvil().await?;
        let scratch = tempfile::Builder::new()
            .prefix("agio-anvil-")
            .tempdir()
            .map_err(|source| io_error(&std::env::temp_dir(), source))?;
        let (leash, log) = launch(program, &options, scratch)?;
        let address = leash.ready(READY_WITHIN, printed_address(&log)).await?;
        let provider = connect(&format!("http://{address}"))?;
        let anvil = Self { leash, address, chain_id: options.chain_id, provider };
        let chain_id = anvil.provider.get_chain_id().await;
        let actual = chain_id.map_err(|source| rpc_error("eth_chainId", source))?;
        if actual != options.chain_id {
            let wanted = options.chain_id;
            return Err(AnvilError::WrongChain { wanted, actual });
        }
        // It logs every call; a benchmark would fill the disk.
        let quiet = anvil.provider.raw_request::<_, ()>("anvil_setLoggingEnabled".into(), [false]).await;
        quiet.map_err(|source| rpc_error("anvil_setLoggingEnabled", source))?;
        Ok(anvil)
    }

    #[must_use]
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// A connection that leaves gas, nonces and signing to the node, which holds the keys of its test accounts.
    #[must_use]
    pub fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// The node's process id; `None` if it has ended.
    pub async fn pid(&self) -> Option<u32> {
        self.leash.pid().await
    }

    pub async fn mine(&self) -> Result<(), AnvilError> {
        let mined = self.provider.raw_request::<_, String>("evm_mine".into(), ());
        let mined = mined.await;
        mined.map_err(|source| rpc_error("evm_mine", source))?;
        Ok(())
    }

    /// Writes the whole state of the chain, blocks included, for [`AnvilOptions::load_state`].
    pub async fn dump_state(&self, path: &Path) -> Result<(), AnvilError> {
        let dump = self.provider.raw_request("anvil_dumpState".into(), ());
        let dump: Bytes = dump.await.map_err(|source| rpc_error("anvil_dumpState", source))?;
        // The call compresses what the command line wants plain.
        let mut plain = Vec::new();
        let unpacked = GzDecoder::new(dump.as_ref()).read_to_end(&mut plain);
        let written = unpacked.and_then(|_| std::fs::File::create(path)).and_then(|mut file| file.write_all(&plain));
        written.map_err(|source| io_error(path, source))
    }

    /// Stops the node and waits until it and its scratch folder are gone.
    pub async fn stop(self) -> Result<(), AnvilError> {
        Ok(self.leash.stop().await?)
    }
}

/// A connection without fillers to a node that signs for its own accounts.
pub(crate) fn connect(url: &str) -> Result<DynProvider, AnvilError> {
    static TLS: Once = Once::new();
    // `reqwest` panics without one, if another crate of the build has switched TLS on; a second installation is no error.
    TLS.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let url = url.parse().map_err(|_| AnvilError::Address(url.to_owned()))?;
    let provider = ProviderBuilder::new().disable_recommended_fillers();
    Ok(provider.connect_http(url).erased())
}

fn launch(program: PathBuf, options: &AnvilOptions, scratch: TempDir) -> Result<(Leash, PathBuf), AnvilError> {
    let folder = scratch.path().to_owned();
    let log = folder.join("log");
    // With port 0 the node binds a free one itself and prints it: there is no race to lose.
    let mut arguments: Vec<OsString> = vec!["--host".into(), "127.0.0.1".into()];
    let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
    option("--port", options.port.unwrap_or(0).to_string().into());
    option("--chain-id", options.chain_id.to_string().into());
    // States that no longer fit in memory would otherwise go to the user's home.
    option("--cache-path", folder.join("cache").into());
    if let Some(state) = &options.load_state {
        let state = state.canonicalize().map_err(|source| io_error(state, source))?;
        option("--load-state", state.into());
    }
    if let Some(slots) = options.slots_in_an_epoch {
        option("--slots-in-an-epoch", slots.to_string().into());
    }
    match options.mining {
        Mining::OnTransaction => {}
        Mining::EverySeconds(seconds) => option("--block-time", seconds.to_string().into()),
        Mining::OnRequest => arguments.push("--no-mining".into()),
    }
    arguments.extend(options.arguments.iter().cloned());
    let leash = Leash::start(Program {
        path: program,
        arguments,
        folder: folder.clone(),
        log: log.clone(),
        stop_signal: Signal::Terminate,
        patience: PATIENCE,
        scratch: Some(folder),
        account: None,
    })?;
    let _ = scratch.keep();
    Ok((leash, log))
}

/// Waits for the line that Anvil prints once it listens.
async fn printed_address(log: &Path) -> String {
    loop {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let address = text.split_once("Listening on ").and_then(|(_, rest)| rest.split_once('\n'));
        if let Some((address, _)) = address {
            return address.trim().to_owned();
        }
        tokio::time::sleep(POLL).await;
    }
}

fn rpc_error(method: &'static str, source: RpcError<TransportErrorKind>) -> AnvilError {
    AnvilError::Rpc { method, source }
}

fn io_error(path: &Path, source: io::Error) -> AnvilError {
    let path = path.to_owned();
    AnvilError::Io { path, source }
}
