//! A chain of one test's own with our contracts on it.

use alloy::eips::BlockId;
use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, Uint, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{SolCall, SolConstructor};
use contracts::bindings::access_manager::AccessManager;
use contracts::bindings::plain_token::PlainToken;
use contracts::creation::Contract;
use contracts::deploy::{Chain, Difference, Findings, Manifest, Mode, Step, deploy, verify};
use devnet::credit::{Collateral, CreditError, Deployed, Parties, create, deploy_as, manifest_for};
use devnet::{Anvil, AnvilOptions, Toolchain};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Accounts that the node signs for, by what they do here.
pub(super) const STRANGER: usize = 4;
/// How long the multisig waits, in seconds.
pub(super) const DELAY: u64 = 48 * 60 * 60;

/// Names of the oracle's signers; two of the three make a report.
pub(super) const ORACLE: [&str; 3] = ["oracle 1", "oracle 2", "oracle 3"];
pub(super) const PROVIDER_KEY: &str = "provider's key";

/// The same key for a name in every run.
pub(super) fn signer(name: &str) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&keccak256(name)).unwrap()
}

pub(super) fn provider() -> B256 {
    keccak256("provider")
}

/// A node with nothing of ours on it yet but a token.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) anvil: Anvil,
    pub(super) accounts: Vec<Address>,
    pub(super) token: Address,
    pub(super) folder: TempDir,
}

impl Node {
    pub(super) async fn start(chain_id: u64) -> Self {
        let options = AnvilOptions { chain_id, ..AnvilOptions::default() };
        let anvil = Anvil::start(&Toolchain::locate().unwrap(), options).await.unwrap();
        let accounts = anvil.provider().get_accounts().await.unwrap();
        let decimals = PlainToken::constructorCall { decimals_: 18 }.abi_encode();
        let token = create(&anvil, accounts[0], Contract::PlainToken, &decimals).await.unwrap();
        Self { anvil, accounts, token, folder: TempDir::new().unwrap() }
    }

    pub(super) fn parties(&self) -> Parties {
        Parties {
            deployer: self.accounts[0],
            guardian: self.accounts[1],
            multisig: self.accounts[2],
            gateway: self.accounts[3],
            signers: ORACLE.map(|name| signer(name).address()).to_vec(),
        }
    }

    pub(super) async fn deploy(&self) -> Result<Deployed, CreditError> {
        let parties = self.parties();
        let text = self.manifest_text().await;
        deploy_as(&self.anvil, &parties, text, self.folder.path()).await
    }

    /// What the chain has before anything of ours is on it.
    pub(super) async fn manifest(&self) -> Manifest {
        Manifest::parse(&self.manifest_text().await).unwrap()
    }

    /// With a ranking policy and a provider's key.
    async fn manifest_text(&self) -> String {
        let text = manifest_for(&self.anvil, &self.parties(), &[self.collateral()]).await.unwrap();
        let key = signer(PROVIDER_KEY).address();
        let hash = keccak256("policy 1");
        format!(
            "{text}\n[[register.policies]]\nversion = 1\nhash = \"{hash}\"\n\n[[register.keys]]\nprovider_id = \"{}\"\n\
             key = \"{key}\"\nvalid_from = 0\nvalid_to = 4000000000\nkind = \"ecdsa\"\n",
            provider()
        )
    }

    fn collateral(&self) -> Collateral {
        Collateral { token: self.token, price: 2_000, cap: 1_000_000 * 10_u128.pow(18) }
    }

    pub(super) fn chain(&self) -> Chain {
        Chain::new(self.anvil.provider().clone(), self.accounts[0])
    }

    /// What differs from the manifest, in words.
    pub(super) async fn differences(&self, manifest: &Manifest) -> Vec<Difference> {
        self.findings(manifest).await.differences
    }

    pub(super) async fn findings(&self, manifest: &Manifest) -> Findings {
        verify(&self.chain(), manifest, self.folder.path()).await.unwrap()
    }

    /// The differences as a person reads them.
    pub(super) async fn told(&self, manifest: &Manifest) -> Vec<String> {
        self.differences(manifest).await.iter().map(ToString::to_string).collect()
    }

    /// The multisig schedules a call, waits, and does it.
    pub(super) async fn loosen<C: SolCall>(&self, deployed: &Deployed, target: Address, call: &C) {
        let (multisig, manager) = (self.accounts[2], deployed.layout.access_manager);
        let data: Bytes = call.abi_encode().into();
        let schedule = AccessManager::scheduleCall { target, data: data.clone(), when: Uint::ZERO };
        self.send(multisig, manager, &schedule).await;
        self.pass(DELAY).await;
        self.send(multisig, manager, &AccessManager::executeCall { target, data }).await;
    }

    pub(super) async fn again(&self, manifest: &Manifest, mode: Mode) -> Vec<Step> {
        let mut steps = Vec::new();
        let done = |step: &Step| steps.push(step.clone());
        deploy(&self.chain(), manifest, self.folder.path(), mode, done).await.unwrap();
        steps
    }

    pub(super) async fn sent_by_deployer(&self) -> u64 {
        self.anvil.provider().get_transaction_count(self.accounts[0]).await.unwrap()
    }

    pub(super) async fn send<C: SolCall>(&self, from: Address, to: Address, call: &C) -> TransactionReceipt {
        self.send_data(from, to, call.abi_encode().into()).await
    }

    pub(super) async fn send_data(&self, from: Address, to: Address, data: Bytes) -> TransactionReceipt {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(data);
        let receipt = self.anvil.provider().send_transaction_sync(request).await.unwrap();
        assert!(receipt.status(), "reverted");
        receipt
    }

    /// Time of the newest block, in seconds since the epoch.
    pub(super) async fn now(&self) -> u64 {
        self.anvil.provider().get_block(BlockId::latest()).await.unwrap().unwrap().header.timestamp
    }

    pub(super) async fn pass(&self, seconds: u64) {
        let _: Value = self.anvil.provider().raw_request("evm_increaseTime".into(), json!([seconds])).await.unwrap();
        self.anvil.mine().await.unwrap();
    }
}
