use std::io;
use std::path::PathBuf;

use adapters::signature::SignatureError;
use hdrhistogram::{AdditionError, CreationError};

use crate::leash::LeashError;
use crate::postgres::PostgresError;
use crate::sandbox::SandboxError;
use crate::world::WorldError;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    World(#[from] WorldError),
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error(transparent)]
    Leash(#[from] LeashError),
    #[error("the configuration could not be written: {0}")]
    Configuration(#[from] toml::ser::Error),
    #[error("the list of lenders could not be read: {0}")]
    Book(#[from] toml::de::Error),
    #[error("the question to the lenders could not be made: {0}")]
    Question(#[from] serde_json::Error),
    #[error("secret: {0}")]
    Secret(#[from] SignatureError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the bare fan-out cannot listen: {0}")]
    Listen(io::Error),
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
    #[error("the load generator did not start: {0}")]
    Generator(io::Error),
    #[error("the load generator ended without a figure")]
    NoFigure,
    #[error("{side} answered {status}: {body}")]
    Status { side: &'static str, status: u16, body: String },
    #[error("{side}: {found} of {expected} lenders answered: {body}")]
    Answers { side: &'static str, found: usize, expected: usize, body: String },
    #[error("latencies: {0}")]
    Histogram(#[from] CreationError),
    #[error("latencies: {0}")]
    Merge(#[from] AdditionError),
}
