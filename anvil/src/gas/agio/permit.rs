//! Bringing an asset in by a signature in place of an allowance: one transaction instead of two.

use alloy::primitives::{B256, U256};
use alloy::sol;
use alloy::sol_types::{Eip712Domain, SolStruct};
use contracts::bindings::collateral_manager::CollateralManager;

use super::set_up::Agio;
use crate::gas::GasError;
use crate::gas::ledger::{Ledger, Party};
use crate::gas::stage::{COLLATERAL, COLLATERAL_NAME, Stage, whole};

sol! {
    /// ERC-2612.
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

pub(super) async fn measure(stage: &Stage, agio: &Agio, ledger: &mut Ledger) -> Result<(), GasError> {
    let owner = stage.actor("signing owner").await?;
    let deadline = U256::from(stage.chain.now().await? + 3_600);
    let (spender, value) = (agio.escrow, whole(COLLATERAL));
    let permit = Permit { owner: owner.address, spender, value, nonce: U256::ZERO, deadline };
    let (name, version) = (Some(COLLATERAL_NAME.into()), Some("1".into()));
    let domain = Eip712Domain::new(name, version, Some(U256::from(stage.chain.id())), Some(stage.collateral), None);
    let signature = owner.signature(permit.eip712_signing_hash(&domain))?;
    let call = CollateralManager::depositWithPermitCall {
        asset: stage.collateral,
        amount: value,
        deadline,
        v: 27 + u8::from(signature.v()),
        r: B256::from(signature.r()),
        s: B256::from(signature.s()),
    };
    let gas = stage.send(&owner, agio.escrow, &call).await?;
    let what = "depositWithPermit, the account's first, in place of approve and deposit";
    ledger.record(Party::Agio, "deposit_with_permit", what, gas)
}
