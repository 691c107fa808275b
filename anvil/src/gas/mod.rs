//! What our operations cost in gas beside those of Aave v3 and Morpho Blue, on one chain and in one run.
//!
//! Every figure is what the receipt of a mined transaction says was used. Sides that are compared move the same amounts
//! of the same two tokens, start from the same state and take the same steps in the same order. Times, addresses and
//! signatures are fixed, so that the figures are the same in every run.

mod aave;
mod agio;
mod chain;
mod compiled;
mod error;
mod interfaces;
mod ledger;
mod morpho;
mod ratio;
mod report;
mod stage;

use crate::toolchain::Toolchain;
use ledger::Ledger;
use stage::Stage;

pub use error::GasError;

/// All that was measured.
#[derive(Debug)]
pub struct Measured {
    ledger: Ledger,
}

/// Deploys all three on a chain of its own and measures them; the chain has ended when this returns.
///
/// # Errors
/// When a part does not start, or a transaction that is measured, or that prepares one, reverts.
pub async fn measure(toolchain: &Toolchain) -> Result<Measured, GasError> {
    let stage = Stage::set(toolchain).await?;
    let measured = operations(&stage).await;
    stage.chain.stop().await?;
    measured
}

async fn operations(stage: &Stage) -> Result<Measured, GasError> {
    let mut ledger = Ledger::default();
    agio::measure(stage, &mut ledger).await?;
    aave::measure(stage, &mut ledger).await?;
    morpho::measure(stage, &mut ledger).await?;
    Ok(Measured { ledger })
}
