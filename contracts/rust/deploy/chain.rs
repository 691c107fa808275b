//! What is asked of a chain, and sent to it: one transaction at a time, each final before the next.

use std::time::Duration;

use alloy::eips::BlockId;
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address, B256, Bytes, TxHash};
use alloy::providers::{DynProvider, PendingTransactionError, Provider as _};
use alloy::rpc::types::{Filter, Log, TransactionRequest};
use alloy::sol_types::SolCall;
use alloy::transports::{RpcError, TransportErrorKind};

/// The longest wait for a transaction to be mined.
const MINED_WITHIN: Duration = Duration::from_mins(5);
/// Blocks that one question for events spans: what public nodes allow.
const SPAN: u64 = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    #[error("{what}: {source}")]
    Rpc { what: &'static str, source: RpcError<TransportErrorKind> },
    #[error("{what}: the answer is not what the interface allows: {source}")]
    Answer { what: &'static str, source: alloy::sol_types::Error },
    #[error("the node has no newest block")]
    NoBlock,
    #[error("{what}: refused: {reason}")]
    Refused { what: String, reason: String },
    #[error("{what}: sent as {transaction}, but not seen in a block: {source}; run again to go on")]
    Unknown { what: String, transaction: TxHash, source: PendingTransactionError },
    #[error("{what}: reverted in {transaction}")]
    Reverted { what: String, transaction: TxHash },
}

/// A node, and who sends through it.
#[derive(Debug, Clone)]
pub struct Chain {
    provider: DynProvider,
    sender: Address,
}

impl Chain {
    /// The node or a wallet of the provider signs for `sender`.
    #[must_use]
    pub fn new(provider: DynProvider, sender: Address) -> Self {
        Self { provider, sender }
    }

    #[must_use]
    pub fn sender(&self) -> Address {
        self.sender
    }

    pub(super) async fn id(&self) -> Result<u64, ChainError> {
        self.provider.get_chain_id().await.map_err(rpc("eth_chainId"))
    }

    /// Whether the node is one that people develop on.
    pub(super) async fn is_development(&self) -> Result<bool, ChainError> {
        let version = self.provider.get_client_version().await.map_err(rpc("web3_clientVersion"))?;
        Ok(version.to_ascii_lowercase().starts_with("anvil"))
    }

    pub(super) async fn head(&self) -> Result<u64, ChainError> {
        self.provider.get_block_number().await.map_err(rpc("eth_blockNumber"))
    }

    /// The time of the newest block, in seconds since the epoch.
    pub(super) async fn now(&self) -> Result<u64, ChainError> {
        let block = self.provider.get_block(BlockId::latest()).await.map_err(rpc("eth_getBlockByNumber"))?;
        block.map(|block| block.header.timestamp).ok_or(ChainError::NoBlock)
    }

    pub(super) async fn has_code(&self, address: Address) -> Result<bool, ChainError> {
        let code = self.provider.get_code_at(address).await.map_err(rpc("eth_getCode"))?;
        Ok(!code.is_empty())
    }

    /// What a view answers; `None` where there is no contract.
    pub(super) async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<Option<C::Return>, ChainError> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let answer: Bytes = self.provider.call(request).await.map_err(rpc(C::SIGNATURE))?;
        if answer.is_empty() {
            return Ok(None);
        }
        let decoded = C::abi_decode_returns_validate(&answer);
        decoded.map(Some).map_err(|source| ChainError::Answer { what: C::SIGNATURE, source })
    }

    /// Events of some contracts from a block on, in their order; of `kinds`, or of every kind where it is empty.
    pub(super) async fn logs(&self, of: &[Address], kinds: &[B256], first: u64) -> Result<Vec<Log>, ChainError> {
        let head = self.head().await?;
        let (mut from, mut logs) = (first, Vec::new());
        while from <= head {
            let to = head.min(from.saturating_add(SPAN - 1));
            let filter =
                Filter::new().address(of.to_vec()).event_signature(kinds.to_vec()).from_block(from).to_block(to);
            logs.extend(self.provider.get_logs(&filter).await.map_err(rpc("eth_getLogs"))?);
            from = to + 1;
        }
        Ok(logs)
    }

    /// Refuses what the chain would refuse, with the contract's reason.
    pub(super) async fn simulate(&self, what: &str, request: TransactionRequest) -> Result<(), ChainError> {
        let refused = |error| ChainError::Refused { what: what.to_owned(), reason: super::reverts::reason(&error) };
        self.provider.call(request.with_from(self.sender)).await.map(|_| ()).map_err(refused)
    }

    /// Sends what the chain takes, and waits until it is mined.
    pub(super) async fn send(&self, what: &str, to: Address, data: Bytes) -> Result<(), ChainError> {
        let request = TransactionRequest::default().with_from(self.sender).with_to(to).with_input(data);
        self.simulate(what, request.clone()).await?;
        let what = || what.to_owned();
        let sent = self.provider.send_transaction(request).await;
        let sent =
            sent.map_err(|error| ChainError::Refused { what: what(), reason: super::reverts::reason(&error) })?;
        let transaction = *sent.tx_hash();
        let receipt = sent.with_timeout(Some(MINED_WITHIN)).get_receipt().await;
        let receipt = receipt.map_err(|source| ChainError::Unknown { what: what(), transaction, source })?;
        if receipt.status() { Ok(()) } else { Err(ChainError::Reverted { what: what(), transaction }) }
    }
}

fn rpc(what: &'static str) -> impl FnOnce(RpcError<TransportErrorKind>) -> ChainError {
    move |source| ChainError::Rpc { what, source }
}
