//! What the gateway costs beside a bare fan-out: the same lenders, the same load, in one run.
//!
//! The bare side merely collects the lenders' answers; the gateway authenticates, keeps idempotency, stores, puts on
//! equal terms and ranks. Both are processes of their own, built alike, and take turns within the run, so that whatever
//! else the machine does falls on both. The lenders live in this process, and the load generator on a thread of its own
//! beside them: what these two cost of the machine's time is the same for either side. Postgres writes through to the
//! disk, as it would in production.

mod bare;
mod error;
mod lap;
mod ledger;
mod load;
mod question;
mod report;
mod stage;

use std::time::Duration;

use crate::toolchain::Toolchain;
use lap::Lap;
use load::Pattern;
use stage::{Side, Stage};

pub use bare::{Book, serve_bare};
pub use error::BenchError;
pub use ledger::{LedgerBenchError, LedgerBenchOptions, LedgerFigures, measure_ledger};

/// Each side is measured this often, in turn, so that a disturbance of some seconds does not fall on one alone.
const ROUNDS: usize = 2;
/// The rate at which latency is compared: low enough that neither side queues.
const STEADY_PER_SECOND: u32 = 50;

/// How to measure.
#[derive(Debug, Clone, Copy)]
pub struct BenchOptions {
    pub lenders: usize,
    /// Callers at once, each with a connection of its own.
    pub connections: usize,
    /// Length of each measurement.
    pub time: Duration,
}

/// What one side did: a lap for each round.
#[derive(Debug)]
struct Measured {
    /// As many calls as the connections allow.
    full: Vec<Lap>,
    /// [`STEADY_PER_SECOND`].
    steady: Vec<Lap>,
}

/// Both sides with the same number of lenders.
#[derive(Debug)]
pub struct Comparison {
    options: BenchOptions,
    bare: Measured,
    gateway: Measured,
}

/// Measures both sides; everything that was started has ended when this returns, and ends when it is dropped.
///
/// # Errors
/// When a part does not start, or any call is not answered by every lender.
pub async fn compare(toolchain: &Toolchain, options: BenchOptions) -> Result<Comparison, BenchError> {
    let stage = Stage::start(toolchain, options).await?;
    let measured = measure(&stage, options).await;
    stage.stop().await?;
    measured
}

async fn measure(stage: &Stage, options: BenchOptions) -> Result<Comparison, BenchError> {
    let new = || Measured { full: Vec::with_capacity(ROUNDS), steady: Vec::with_capacity(ROUNDS) };
    let (mut bare, mut gateway) = (new(), new());
    let full = Pattern::Closed { connections: options.connections };
    let steady = Pattern::Open { per_second: STEADY_PER_SECOND };
    for _ in 0..ROUNDS {
        bare.full.push(load::measure(stage.target(Side::Bare), full, options.time).await?);
        gateway.full.push(load::measure(stage.target(Side::Gateway), full, options.time).await?);
    }
    for _ in 0..ROUNDS {
        bare.steady.push(load::measure(stage.target(Side::Bare), steady, options.time).await?);
        gateway.steady.push(load::measure(stage.target(Side::Gateway), steady, options.time).await?);
    }
    Ok(Comparison { options, bare, gateway })
}
