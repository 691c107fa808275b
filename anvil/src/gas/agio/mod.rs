//! Agio: what its escrow, its register and its oracle cost.

mod code;
mod loans;
mod merkle;
mod oracle;
mod quorum;
mod set_up;
mod way;

use super::GasError;
use super::ledger::Ledger;
use super::stage::Stage;

pub use code::CodeError;

pub(super) async fn measure(stage: &Stage, ledger: &mut Ledger) -> Result<(), GasError> {
    let manager = set_up::manager(stage).await?;
    let scores = oracle::measure(stage, manager, ledger).await?;
    let agio = set_up::Agio::deploy(stage, manager, scores.oracle).await?;
    way::measure(stage, &agio, &scores, ledger).await
}
