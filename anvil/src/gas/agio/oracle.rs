//! What scores cost: one report by one, three and five signatures, and a hundred reports under one root.

use alloy::primitives::{Address, B256, keccak256};
use alloy::sol_types::{SolStruct, SolValue};
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle::Report;

use super::merkle::Tree;
use super::quorum::{DAY, Quorum};
use crate::gas::GasError;
use crate::gas::chain::Actor;
use crate::gas::ledger::{Ledger, Party};
use crate::gas::stage::Stage;

/// m of n: as few as there can be, and the most signers of which m are more than half.
const QUORUMS: [(u8, u8); 3] = [(1, 1), (3, 5), (5, 9)];
const BATCH: u64 = 100;

pub(super) fn subject(name: &str) -> B256 {
    keccak256(name)
}

/// In the end the subject "scored" has a score.
pub(super) async fn measure(
    stage: &Stage,
    authority: Address,
    scores: &Quorum,
    ledger: &mut Ledger,
) -> Result<(), GasError> {
    let submitter = stage.actor("submitter").await?;
    let mut quorums = Vec::new();
    for (threshold, signers) in QUORUMS {
        quorums.push(Quorum::deploy(stage, authority, threshold, signers).await?);
    }
    for epoch in [1, 2] {
        for quorum in &quorums {
            report(stage, &submitter, quorum, epoch, ledger).await?;
        }
        batch(stage, &submitter, scores, epoch, ledger).await?;
        stage.chain.wait(DAY.into()).await?;
    }
    let now = stage.chain.now().await?;
    let scored = scores.submission(scores.report(subject("scored"), 1, now))?;
    stage.send(&submitter, scores.oracle, &scored).await?;
    Ok(())
}

async fn report(
    stage: &Stage,
    submitter: &Actor,
    quorum: &Quorum,
    epoch: u32,
    ledger: &mut Ledger,
) -> Result<(), GasError> {
    let now = stage.chain.now().await?;
    let call = quorum.submission(quorum.report(subject("subject"), epoch, now))?;
    let gas = stage.send(submitter, quorum.oracle, &call).await?;
    let (m, n, when) = (quorum.threshold, quorum.signers(), when(epoch));
    let what = format!("submitReport, {m} of {n} signatures, the subject's {when}");
    ledger.record(Party::Agio, &format!("report_{m}_of_{n}_{when}"), &what, gas)
}

async fn batch(
    stage: &Stage,
    submitter: &Actor,
    quorum: &Quorum,
    epoch: u32,
    ledger: &mut Ledger,
) -> Result<(), GasError> {
    let now = stage.chain.now().await?;
    let reports: Vec<_> = (0..BATCH).map(|i| quorum.report(subject(&format!("subject {i}")), epoch, now)).collect();
    let tree = Tree::of(reports.iter().map(leaf).collect());
    let proofs = (0..reports.len()).map(|i| tree.proof(i)).collect();
    let call = quorum.batch(tree.root(), reports, proofs)?;
    let gas = stage.send(submitter, quorum.oracle, &call).await?;
    let suffix = if epoch == 1 { "_first" } else { "" };
    let (m, n, when) = (quorum.threshold, quorum.signers(), when(epoch));
    let what = format!("submitBatch of {BATCH}, {m} of {n} signatures, each subject's {when}");
    ledger.record(Party::Agio, &format!("batch_{BATCH}{suffix}"), &what, gas)?;
    let what = format!("the same for each score, rounded up, each subject's {when}");
    ledger.record(Party::Agio, &format!("batch_{BATCH}_per_score{suffix}"), &what, gas.div_ceil(BATCH))
}

fn leaf(report: &Report) -> B256 {
    keccak256(keccak256(report.eip712_hash_struct().abi_encode()))
}

fn when(epoch: u32) -> &'static str {
    if epoch == 1 { "first" } else { "later" }
}
