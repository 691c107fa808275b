//! One of the two chains, and how a signature is tried on it.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::signers::SignerSync;
use alloy::sol_types::{SolCall, SolError};
use contracts::digest::{DebtBookDomain, OracleDomain, RegisterDomain};
use devnet::credit::Deployed;
use serde_json::{Value, json};

use super::super::chains::{Node, STRANGER, signer};

pub(super) const DAY: u64 = 24 * 60 * 60;

pub(super) struct Side {
    pub(super) node: Node,
    pub(super) deployed: Deployed,
    pub(super) register: RegisterDomain,
    pub(super) oracle: OracleDomain,
    pub(super) book: DebtBookDomain,
}

/// What one signer signs: for this chain, and for the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digests {
    pub(super) here: B256,
    pub(super) there: B256,
}

pub(super) fn sign(name: &str, digest: B256) -> Bytes {
    Bytes::copy_from_slice(&signer(name).sign_hash_sync(&digest).unwrap().as_bytes())
}

impl Side {
    pub(super) async fn start(chain_id: u64) -> Self {
        let node = Node::start(chain_id).await;
        let deployed = node.deploy().await.unwrap();
        let layout = &deployed.layout;
        let register = RegisterDomain::at(chain_id, layout.register);
        let oracle = OracleDomain::at(chain_id, layout.oracle);
        let book = DebtBookDomain::at(chain_id, layout.debt_book);
        Self { node, deployed, register, oracle, book }
    }

    pub(super) async fn now(&self) -> u64 {
        self.node.anvil.provider().get_block_by_number(Default::default()).await.unwrap().unwrap().header.timestamp
    }

    pub(super) fn relayer(&self) -> Address {
        self.node.accounts[STRANGER]
    }

    pub(super) async fn read<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        C::abi_decode_returns(&self.node.anvil.provider().call(request).await.unwrap()).unwrap()
    }

    /// Lets the node send for an account whose key only the test has.
    pub(super) async fn lend_account(&self, name: &str) -> Address {
        let account = signer(name).address();
        for (method, parameters) in [
            ("anvil_impersonateAccount", json!([account])),
            ("anvil_setBalance", json!([account, "0xde0b6b3a7640000"])),
        ] {
            let _: Value = self.node.anvil.provider().raw_request(method.into(), parameters).await.unwrap();
        }
        account
    }

    /// A call that must be refused with this error and no other.
    pub(super) async fn refused<E: SolError>(&self, to: Address, call: &impl SolCall) {
        let request = TransactionRequest::default().with_from(self.relayer()).with_to(to).with_input(call.abi_encode());
        let answer = self.node.anvil.provider().call(request).await;
        let Err(error) = answer else { panic!("{} wanted, but it was taken", E::SIGNATURE) };
        let data = error.as_error_resp().and_then(|response| response.as_revert_data()).unwrap_or_default();
        assert!(data.starts_with(&E::SELECTOR), "{} wanted: {data} of {error}", E::SIGNATURE);
    }

    /// A call of the relayer's, whoever signed what is in it.
    pub(super) async fn relayed<C: SolCall>(&self, to: Address, call: C) {
        self.node.send(self.relayer(), to, &call).await;
    }

    /// The call with what was signed for the other chain is refused; then the one with what was signed for this is taken.
    pub(super) async fn only_here<C: SolCall, E: SolError>(
        &self,
        to: Address,
        name: &str,
        digests: Digests,
        call: impl Fn(Bytes) -> C,
    ) {
        self.refused::<E>(to, &call(sign(name, digests.there))).await;
        self.relayed(to, call(sign(name, digests.here))).await;
    }
}
