//! One chain whose every block has a time that was fixed beforehand: whatever a run costs, the next one costs.
//!
//! Accounts are keys made from their names, so that addresses, digests and signatures, whose zero bytes are cheaper than
//! others, are the same in every run. The node lets anyone send from them.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256};
use alloy::providers::{DynProvider, Provider};
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolCall;
use serde_json::{Value, json};

use super::GasError;
use crate::anvil::{Anvil, AnvilOptions};
use crate::toolchain::Toolchain;

/// The rules of Ethereum that set the prices.
pub(super) const HARDFORK: &str = "osaka";
/// 1 January 2027.
const GENESIS: u64 = 1_798_761_600;
/// As on Ethereum, in seconds.
const BLOCK_TIME: u64 = 12;
/// The most that EIP-7825 lets a transaction ask for.
const GAS_LIMIT: u64 = 1 << 24;

/// Someone with a key of their own.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub(super) address: Address,
    signer: PrivateKeySigner,
}

impl Actor {
    /// Always the same key for the same name.
    pub(super) fn named(name: &str) -> Result<Self, GasError> {
        let signer = PrivateKeySigner::from_bytes(&keccak256(name)).map_err(alloy::signers::Error::other)?;
        Ok(Self { address: signer.address(), signer })
    }

    /// As 65 bytes.
    pub(super) fn sign(&self, digest: B256) -> Result<Bytes, GasError> {
        Ok(self.signature(digest)?.as_bytes().into())
    }

    pub(super) fn signature(&self, digest: B256) -> Result<Signature, GasError> {
        Ok(self.signer.sign_hash_sync(&digest)?)
    }
}

/// A chain that mines each transaction at once, in a block of its own.
#[derive(Debug)]
pub(super) struct Chain {
    anvil: Anvil,
    provider: DynProvider,
}

impl Chain {
    pub(super) async fn start(toolchain: &Toolchain) -> Result<Self, GasError> {
        let arguments = ["--hardfork", HARDFORK, "--enable-tx-gas-limit", "--auto-impersonate", "--timestamp"];
        let mut arguments = arguments.map(Into::into).to_vec();
        arguments.push(GENESIS.to_string().into());
        let anvil = Anvil::start(toolchain, AnvilOptions { arguments, ..AnvilOptions::default() }).await?;
        let provider = anvil.provider().clone();
        let chain = Self { anvil, provider };
        chain.ask("anvil_setBlockTimestampInterval", json!([BLOCK_TIME])).await?;
        Ok(chain)
    }

    pub(super) fn anvil(&self) -> &Anvil {
        &self.anvil
    }

    pub(super) fn provider(&self) -> &DynProvider {
        &self.provider
    }

    pub(super) fn id(&self) -> u64 {
        self.anvil.chain_id()
    }

    pub(super) async fn stop(self) -> Result<(), GasError> {
        Ok(self.anvil.stop().await?)
    }

    /// An actor with ether for gas.
    pub(super) async fn actor(&self, name: &str) -> Result<Actor, GasError> {
        let actor = Actor::named(name)?;
        let ether = U256::from(1_000) * U256::from(10).pow(U256::from(18));
        self.ask("anvil_setBalance", json!([actor.address, ether])).await?;
        Ok(actor)
    }

    /// The time of the head, in seconds since the epoch.
    pub(super) async fn now(&self) -> Result<u64, GasError> {
        let head = self.provider.get_block(alloy::eips::BlockId::latest()).await;
        let head = head.map_err(GasError::rpc("eth_getBlockByNumber"))?;
        head.map(|block| block.header.timestamp).ok_or(GasError::NoBlock)
    }

    /// The next block comes `seconds` after the head.
    pub(super) async fn wait(&self, seconds: u64) -> Result<(), GasError> {
        let then = self.now().await? + seconds;
        self.ask("anvil_setNextBlockTimestamp", json!([then])).await
    }

    pub(super) async fn create(&self, from: Address, what: &str, code: Bytes) -> Result<Address, GasError> {
        let request = TransactionRequest::default().with_from(from).with_kind(TxKind::Create).with_input(code);
        let receipt = self.transact(what, request).await?;
        receipt.contract_address.ok_or_else(|| GasError::NoContract(what.to_owned()))
    }

    /// What the receipt says was used.
    pub(super) async fn send<C: SolCall>(&self, from: Address, to: Address, call: &C) -> Result<u64, GasError> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(call.abi_encode());
        Ok(self.transact(C::SIGNATURE, request).await?.gas_used)
    }

    pub(super) async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, GasError> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let answer: Bytes = self.provider.call(request).await.map_err(GasError::rpc(C::SIGNATURE))?;
        C::abi_decode_returns(&answer).map_err(|source| GasError::Answer { call: C::SIGNATURE, source })
    }

    async fn transact(&self, what: &str, request: TransactionRequest) -> Result<TransactionReceipt, GasError> {
        let request = request.with_gas_limit(GAS_LIMIT);
        let sent = self.provider.send_transaction_sync(request.clone()).await;
        let receipt = sent.map_err(GasError::rpc(what))?;
        if receipt.status() {
            return Ok(receipt);
        }
        // A receipt does not say why; the same call, asked again, does.
        let reason = match self.provider.call(request).await {
            Ok(_) => "it would succeed now".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(GasError::Reverted { what: what.to_owned(), transaction: receipt.transaction_hash, reason })
    }

    async fn ask(&self, method: &'static str, parameters: Value) -> Result<(), GasError> {
        let answer = self.provider.raw_request::<Value, Value>(method.into(), parameters).await;
        answer.map(|_| ()).map_err(GasError::rpc(method))
    }
}
