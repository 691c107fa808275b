//! The escrow and the register in use, and one borrower's way through them: the same steps as at the others.

use alloy::primitives::{B256, U256};
use contracts::bindings::collateral_manager::{CollateralLiquidation::Bid, CollateralManager};

use super::loans::{Loan, Sender};
use super::oracle::subject;
use super::quorum::Quorum;
use super::set_up::Agio;
use crate::gas::GasError;
use crate::gas::ledger::{Ledger, Party};
use crate::gas::stage::{COLLATERAL, FALLEN_PRICE_USD, LIQUIDATED, PRICE_USD, REPAID, Stage, WITHDRAWN, cents, whole};

pub(super) async fn measure(stage: &Stage, agio: &Agio, scores: &Quorum, ledger: &mut Ledger) -> Result<(), GasError> {
    stage.set_price(PRICE_USD).await?;
    others(stage, agio, ledger).await?;
    pair(stage, agio, ledger).await?;
    let borrower = stage.actor("borrower").await?;
    let loan = Loan::quoted(stage, agio, borrower, (2, COLLATERAL), None).await?;
    opening(stage, agio, &loan, ledger).await?;
    course(stage, &loan, ledger).await?;
    exit(stage, agio, &loan, ledger).await?;
    acceptances(stage, agio, scores, ledger).await
}

/// Someone else's loan first, so that no total and no word of nonces is empty. What is owed lies in the escrow too, as
/// collateral of another.
async fn others(stage: &Stage, agio: &Agio, ledger: &mut Ledger) -> Result<(), GasError> {
    let other = stage.actor("other").await?;
    let loan = Loan::quoted(stage, agio, other, (1, COLLATERAL), None).await?;
    loan.run(Sender::Borrower).await?;
    stage.approve_plenty(&loan.borrower, stage.debt, agio.escrow).await?;
    let (asset, amount) = (stage.debt, cents(REPAID));
    loan.escrow(&CollateralManager::depositCall { asset, amount }).await?;
    loan.deposit(whole(WITHDRAWN)).await?;
    let gas = loan.deposit(whole(WITHDRAWN)).await?;
    ledger.record(Party::Agio, "deposit_later", "deposit, where some of the asset is free", gas)?;
    let gas = loan.escrow(&top_up(stage, loan.id, whole(WITHDRAWN))).await?;
    ledger.record(Party::Agio, "lock_later", "topUp, of an asset that the loan has; some stays free", gas)
}

/// Bringing in and locking as two transactions, by an account of its own.
async fn pair(stage: &Stage, agio: &Agio, ledger: &mut Ledger) -> Result<(), GasError> {
    let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Agio, name, what, gas);
    let patient = stage.actor("patient borrower").await?;
    let loan = Loan::quoted(stage, agio, patient, (5, COLLATERAL), None).await?;
    stage.approve(&loan.borrower, stage.collateral, agio.escrow, whole(COLLATERAL)).await?;
    let deposit = loan.deposit(whole(COLLATERAL)).await?;
    record("deposit_first", "deposit, the account's first", deposit)?;
    let lock = loan.lock().await?;
    record("lock_first", "lock of one asset for a new loan; nothing stays free", lock)?;
    record("deposit_then_lock", "the two transactions: deposit first, lock first", deposit + lock)
}

async fn opening(stage: &Stage, agio: &Agio, loan: &Loan<'_>, ledger: &mut Ledger) -> Result<(), GasError> {
    let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Agio, name, what, gas);
    let gas = stage.approve(&loan.borrower, stage.collateral, agio.escrow, whole(COLLATERAL)).await?;
    record("approve", "approve, of exactly what is deposited next", gas)?;
    let gas = loan.deposit_and_lock().await?;
    record("deposit_lock", "depositAndLock of one asset for a new loan, the account's first", gas)?;
    record("open_request", "openRequest by the borrower", loan.open_request().await?)?;
    record("commit_outcomes", "commitOutcomes by the gateway", loan.commit_outcomes().await?)?;
    record("accept", "accept by the borrower", loan.accept(Sender::Borrower).await?)?;
    record("fund", "fundWithToken", loan.fund().await?)
}

async fn course(stage: &Stage, loan: &Loan<'_>, ledger: &mut Ledger) -> Result<(), GasError> {
    let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Agio, name, what, gas);
    let (asset, amount) = (stage.collateral, whole(WITHDRAWN));
    let gas = loan.escrow(&CollateralManager::releasePartCall { loanId: loan.id, asset, amount }).await?;
    record("release_part", "releasePart, with a debt", gas)?;
    let to = loan.borrower.address;
    let gas = loan.escrow(&CollateralManager::withdrawCall { asset, amount, to }).await?;
    record("withdraw_part", "withdraw of what releasePart freed", gas)?;
    stage.approve_plenty(&loan.borrower, stage.debt, loan.register()).await?;
    record("repay_part", "repay of part", loan.repay(cents(REPAID)).await?)?;

    let liquidator = stage.actor("liquidator").await?;
    stage.approve_plenty(&liquidator, stage.debt, loan.escrow_address()).await?;
    stage.set_price(FALLEN_PRICE_USD).await?;
    let liquidate = CollateralManager::liquidateCall {
        loanId: loan.id,
        owner: loan.borrower.address,
        asset,
        minReceived: whole(1),
        bid: Bid {
            maxPaid: cents(LIQUIDATED),
            deadline: U256::from(stage.chain.now().await? + 3_600),
            to: liquidator.address,
        },
    };
    let gas = stage.send(&liquidator, loan.escrow_address(), &liquidate).await?;
    record("liquidate_part", "liquidate of part, one asset", gas)?;
    stage.set_price(PRICE_USD).await?;
    record("repay_all", "repay of all that is left", loan.repay(cents(1_000_000)).await?)
}

async fn exit(stage: &Stage, agio: &Agio, loan: &Loan<'_>, ledger: &mut Ledger) -> Result<(), GasError> {
    let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Agio, name, what, gas);
    stage.approve(&loan.borrower, stage.collateral, agio.escrow, whole(COLLATERAL)).await?;
    let deposit = loan.deposit(whole(COLLATERAL)).await?;
    let lock = loan.escrow(&top_up(stage, loan.id, whole(COLLATERAL))).await?;
    record("deposit_top_up", "two transactions: deposit and topUp of all of it", deposit + lock)?;
    let gas = loan.escrow(&CollateralManager::releaseCall { loanId: loan.id, owner: loan.borrower.address }).await?;
    record("release", "release of all, the loan being repaid", gas)?;
    let (asset, owner) = (stage.collateral, loan.borrower.address);
    let free = CollateralManager::freeCall { owner, asset };
    let amount = stage.chain.read(agio.escrow, &free).await?;
    let gas = loan.escrow(&CollateralManager::withdrawCall { asset, amount, to: owner }).await?;
    record("withdraw", "withdraw of all that is free", gas)
}

/// The two other ways to accept, each by a borrower of its own.
async fn acceptances(stage: &Stage, agio: &Agio, scores: &Quorum, ledger: &mut Ledger) -> Result<(), GasError> {
    let (borrower, relayer) = (stage.actor("gasless borrower").await?, stage.actor("relayer").await?);
    let loan = Loan::quoted(stage, agio, borrower, (3, COLLATERAL), None).await?;
    let gas = loan.run(Sender::Relayer(&relayer)).await?;
    ledger.record(Party::Agio, "accept_relayed", "accept by a relayer with the borrower's signature", gas)?;
    let borrower = stage.actor("scored borrower").await?;
    let loan = Loan::quoted(stage, agio, borrower, (4, COLLATERAL), Some(subject("scored"))).await?;
    let gas = loan.run(Sender::Borrower).await?;
    let (m, n) = (scores.threshold, scores.signers());
    let what = format!("accept by the borrower, where a score by {m} of {n} is asked for");
    ledger.record(Party::Agio, "accept_scored", &what, gas)
}

fn top_up(stage: &Stage, loan: B256, amount: U256) -> CollateralManager::topUpCall {
    CollateralManager::topUpCall { loanId: loan, asset: stage.collateral, amount }
}
