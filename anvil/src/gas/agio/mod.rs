//! Agio: what its escrow, its register and its oracle cost.

mod loans;
mod merkle;
mod oracle;
mod permit;
mod quorum;
mod set_up;
mod way;

use super::GasError;
use super::ledger::Ledger;
use super::stage::Stage;
use quorum::Quorum;
use set_up::Agio;

/// m of n of the oracle whose scores the register reads.
const SCORES: (u8, u8) = (3, 5);

pub(super) async fn measure(stage: &Stage, ledger: &mut Ledger) -> Result<(), GasError> {
    let (threshold, signers) = SCORES;
    let keys = Quorum::keys(signers)?;
    let agio = Agio::deploy(stage, &keys, threshold).await?;
    let scores = Quorum::of(stage, agio.oracle, keys, threshold).await?;
    oracle::measure(stage, agio.authority, &scores, ledger).await?;
    way::measure(stage, &agio, &scores, ledger).await?;
    permit::measure(stage, &agio, ledger).await
}
