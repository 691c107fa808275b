//! Transactions of a deployment: each must succeed before the next is sent.

use std::{collections::BTreeMap, path::PathBuf};

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, TxKind, U256},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};

use super::{AaveError, artifacts::Artifact};

/// More than any of them takes, under Anvil's block limit of 30 million.
///
/// The node's own estimate is too low for the pool: it is made in the second of the last block, when no interest is due
/// and the indexes need not be written.
const GAS_LIMIT: u64 = 15_000_000;

/// A node that mines each transaction at once and signs for `admin`.
#[derive(Debug)]
pub(super) struct Deployer {
    pub(super) provider: DynProvider,
    pub(super) artifacts: PathBuf,
    pub(super) admin: Address,
    libraries: BTreeMap<String, Address>,
}

impl Deployer {
    pub(super) fn new(provider: DynProvider, artifacts: PathBuf, admin: Address) -> Self {
        Self { provider, artifacts, admin, libraries: BTreeMap::new() }
    }

    /// Deploys `contract` from the admin's account. `arguments` are those of its constructor, ABI-encoded.
    pub(super) async fn deploy(&self, contract: &str, arguments: &[u8]) -> Result<Address, AaveError> {
        let artifact = Artifact::read(&self.artifacts, contract)?;
        let mut code = artifact.link(&self.libraries)?.to_vec();
        code.extend_from_slice(arguments);
        let request = TransactionRequest::default().with_from(self.admin).with_kind(TxKind::Create).with_input(code);
        let receipt = self.send(contract, request).await?;
        receipt.contract_address.ok_or_else(|| AaveError::NoContract(contract.to_owned()))
    }

    /// Deploys a library, to be linked into what is deployed after it.
    pub(super) async fn deploy_library(&mut self, name: &str) -> Result<(), AaveError> {
        let address = self.deploy(&format!("protocol/libraries/logic/{name}"), &[]).await?;
        self.libraries.insert(name.to_owned(), address);
        Ok(())
    }

    /// The admin calls `to`.
    pub(super) async fn call<C: SolCall + Sync>(&self, to: Address, call: &C) -> Result<(), AaveError> {
        self.call_as(self.admin, to, U256::ZERO, call).await
    }

    pub(super) async fn call_as<C: SolCall + Sync>(
        &self,
        from: Address,
        to: Address,
        value: U256,
        call: &C,
    ) -> Result<(), AaveError> {
        let request =
            TransactionRequest::default().with_from(from).with_to(to).with_value(value).with_input(call.abi_encode());
        self.send(C::SIGNATURE, request).await.map(|_| ())
    }

    pub(super) async fn read<C: SolCall + Sync>(&self, to: Address, call: &C) -> Result<C::Return, AaveError> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let answer: Bytes = self.provider.call(request).await.map_err(AaveError::rpc(C::SIGNATURE))?;
        C::abi_decode_returns(&answer).map_err(|source| AaveError::Answer { call: C::SIGNATURE, source })
    }

    async fn send(&self, what: &str, request: TransactionRequest) -> Result<TransactionReceipt, AaveError> {
        let receipt = self
            .provider
            .send_transaction_sync(request.with_gas_limit(GAS_LIMIT))
            .await
            .map_err(AaveError::rpc(what))?;
        if receipt.status() {
            return Ok(receipt);
        }
        let transaction: B256 = receipt.transaction_hash;
        let what = what.to_owned();
        Err(AaveError::Reverted { what, transaction })
    }
}
