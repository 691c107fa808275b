//! Lenders that are running.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use adapters::clock::{SystemClock, uuid_at};
use adapters::signature::{SignatureError, Signer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::capabilities::Capabilities;
use domain::deadline::Clock;
use domain::ids::ProviderId;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::connection::{Door, Line};
use super::lender::{Lender, ProfileError};
use super::magic::Outcome;
use super::server::{Desk, router};

const SECRET_BYTES: usize = 32;

/// Why a lender could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("port {port} of this machine: {source}")]
    Port { port: u16, source: io::Error },
    #[error("secret: {0}")]
    Secret(#[from] SignatureError),
    #[error("a sandbox lender contradicts itself: {0}")]
    Profile(#[from] ProfileError),
}

/// How a lender is to be run.
#[derive(Debug, Clone, Default)]
pub struct SandboxOptions {
    /// A free one unless given.
    pub port: Option<u16>,
    /// The secret that both sides sign with; a fresh one unless given.
    pub secret: Option<SecretString>,
    /// Answers so to every question, whatever the amount.
    pub outcome: Option<Outcome>,
    /// In place of the lender's own.
    pub latency: Option<Duration>,
    /// The machine's unless given.
    pub clock: Option<Arc<dyn Clock>>,
}

/// A lender that answers on a port of this machine until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningLender {
    capabilities: Capabilities,
    number: u8,
    address: SocketAddr,
    secret: SecretString,
    sent: Arc<AtomicU64>,
    serving: JoinHandle<io::Result<()>>,
    stopped: DropGuard,
}

impl RunningLender {
    /// What it lends, to whom.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The digit that addresses it in a magic amount.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Bytes sent to all its clients so far.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Ends every connection, and returns once the port is free.
    pub async fn stop(self) {
        let Self { serving, stopped, .. } = self;
        drop(stopped);
        if let Ok(Err(error)) | Err(error) = serving.await.map_err(io::Error::other) {
            tracing::warn!(%error, "a sandbox lender did not end well");
        }
    }
}

/// A secret of the form that both sides sign with.
#[must_use]
pub fn generate_secret() -> SecretString {
    let bytes: [u8; SECRET_BYTES] = rand::random();
    SecretString::from(format!("whsec_{}", STANDARD.encode(bytes)))
}

/// Starts `lender`. It answers from when this returns.
///
/// # Errors
/// When the port is taken or the secret has not the right form.
pub async fn start(lender: Lender, options: SandboxOptions) -> Result<RunningLender, SandboxError> {
    let secret = options.secret.unwrap_or_else(generate_secret);
    let port = options.port.unwrap_or(0);
    let at_port = |source| SandboxError::Port { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(at_port)?;
    let address = listener.local_addr().map_err(at_port)?;
    let (capabilities, number) = (lender.capabilities().clone(), lender.number());
    let desk = Desk {
        latency: options.latency.unwrap_or(lender.profile.latency),
        lender,
        signer: Signer::try_new(&secret)?,
        clock: options.clock.unwrap_or_else(|| Arc::new(SystemClock)),
        forced: options.outcome,
        memory: Default::default(),
    };
    let (token, sent) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
    let door = Door { listener, stopped: token.clone(), sent: Arc::clone(&sent) };
    let service = router(Arc::new(desk)).into_make_service_with_connect_info::<Line>();
    let serve = axum::serve(door, service).with_graceful_shutdown(token.clone().cancelled_owned());
    let serving = tokio::spawn(serve.into_future());
    Ok(RunningLender { capabilities, number, address, secret, sent, serving, stopped: token.drop_guard() })
}

/// Starts all six with the same options, each with a secret of its own unless one is given. They take free ports.
///
/// # Errors
/// As [`start`].
pub async fn start_all(options: &SandboxOptions) -> Result<Vec<RunningLender>, SandboxError> {
    let mut running = Vec::new();
    for lender in Lender::all()? {
        running.push(start(lender, SandboxOptions { port: None, ..options.clone() }).await?);
    }
    Ok(running)
}

/// Starts `count` of the first lender, each under a name and id of its own and answering at once unless told otherwise:
/// what a benchmark asks.
///
/// # Errors
/// As [`start`].
pub async fn start_many(count: usize, options: &SandboxOptions) -> Result<Vec<RunningLender>, SandboxError> {
    let clock = options.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
    let latency = Some(options.latency.unwrap_or(Duration::ZERO));
    let mut running = Vec::with_capacity(count);
    let Some(first) = Lender::all()?.into_iter().next() else { return Ok(running) };
    for number in 1..=count {
        let name = format!("{} {number}", first.capabilities().name);
        let lender = first.clone().renamed(ProviderId::new(uuid_at(clock.now())), name);
        running.push(start(lender, SandboxOptions { port: None, latency, ..options.clone() }).await?);
    }
    Ok(running)
}
