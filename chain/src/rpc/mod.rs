//! Nodes of one chain, as one source that fails less often than any of them.

mod error;

use std::sync::Arc;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, U64};
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::{RpcRecv, RpcSend};
use alloy::rpc::types::{Block, Filter, Log, TransactionInput, TransactionReceipt, TransactionRequest};
use alloy::transports::TransportError;
use secrecy::{ExposeSecret, SecretString};

use crate::registry::{Chain, FinalityRule};

pub use error::RpcError;

/// Most calls in one batch.
pub const MAX_BATCH: usize = 500;

/// A node.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    pub url: SecretString,
    /// Those of the lowest number are asked first.
    pub priority: u8,
}

/// A block by what names it for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRef {
    pub number: u64,
    pub hash: B256,
    pub parent: B256,
    /// Unix seconds.
    pub time: u64,
}

impl From<&Block> for BlockRef {
    fn from(block: &Block) -> Self {
        let header = &block.header;
        Self { number: header.number, hash: header.hash, parent: header.parent_hash, time: header.timestamp }
    }
}

/// How far a chain has come, by the chain's own rule of finality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    pub latest: BlockRef,
    pub safe: BlockRef,
    /// Final.
    pub last: BlockRef,
}

/// What a node said to signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Taken, or known already.
    Taken,
    /// Its nonce is used: by these bytes, or by others.
    NonceUsed,
    /// Less than what is offered for the same nonce, or less than the node takes.
    Underpriced,
    InsufficientFunds,
    /// Refused for another reason, in the node's words.
    Refused(String),
    /// Nobody knows: the answer did not come, or makes no sense. To be treated as sent.
    Unknown(String),
}

/// Nodes of one chain.
#[derive(Debug, Clone)]
pub struct Rpc {
    chain: Arc<Chain>,
    endpoints: Arc<Vec<RpcClient>>,
}

impl Rpc {
    /// # Errors
    /// When an address is malformed; the error gives its place and not the address.
    pub fn try_new(chain: Arc<Chain>, mut endpoints: Vec<EndpointConfig>) -> Result<Self, RpcConfigError> {
        endpoints.sort_by_key(|endpoint| endpoint.priority);
        let client = |(place, endpoint): (usize, &EndpointConfig)| {
            let url = endpoint.url.expose_secret().parse().map_err(|_| RpcConfigError::Url { place })?;
            Ok(RpcClient::new_http(url))
        };
        let clients = endpoints.iter().enumerate().map(client).collect::<Result<Vec<_>, _>>()?;
        if clients.is_empty() {
            return Err(RpcConfigError::None);
        }
        Ok(Self { chain, endpoints: Arc::new(clients) })
    }

    #[must_use]
    pub fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// A read that may be made twice without harm.
    ///
    /// # Errors
    /// When no node answers, or the answer is no.
    pub async fn read<P, R>(&self, method: &'static str, params: P) -> Result<R, RpcError>
    where
        P: RpcSend + Clone,
        R: RpcRecv,
    {
        let mut last = String::new();
        for endpoint in self.endpoints.iter() {
            match endpoint.request(method, params.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(TransportError::ErrorResp(payload)) => return Err(RpcError::refused(method, &payload)),
                Err(error) => last = error::kind(&error),
            }
        }
        Err(RpcError::Unavailable { method, last })
    }

    /// Reads of one kind in one round trip for each [`MAX_BATCH`], each with its own answer, in their order, all of one node.
    ///
    /// # Errors
    /// When no node answers.
    pub async fn reads<P, R>(&self, method: &'static str, params: &[P]) -> Result<Vec<Result<R, RpcError>>, RpcError>
    where
        P: RpcSend,
        R: RpcRecv,
    {
        let mut last = String::new();
        for endpoint in self.endpoints.iter() {
            match batches(endpoint, method, params).await {
                Ok(answers) => return Ok(answers),
                Err(error) => last = error::kind(&error),
            }
        }
        Err(RpcError::Unavailable { method, last })
    }

    /// A read that money depends on: two sources must give the same answer. What is asked must not depend on when it is: by
    /// block hash, by transaction hash, by a number that is final.
    ///
    /// # Errors
    /// As [`Rpc::read`], and when the sources are too few or disagree.
    pub async fn agreed<P, R>(&self, method: &'static str, params: P) -> Result<R, RpcError>
    where
        P: RpcSend + Clone,
        R: RpcRecv + PartialEq,
    {
        self.read(method, params).await
    }

    /// Broadcasts signed transactions in their order, and says of each what became of it.
    pub async fn send(&self, raw: &[Bytes]) -> Vec<Sent> {
        let Some(endpoint) = self.endpoints.first() else { return Vec::new() };
        let mut sent = Vec::with_capacity(raw.len());
        for bytes in raw {
            let answer: Result<B256, _> = endpoint.request("eth_sendRawTransaction", (bytes,)).await;
            sent.push(match answer {
                Ok(_) => Sent::Taken,
                Err(error) => Sent::Unknown(error::kind(&error)),
            });
        }
        sent
    }

    /// # Errors
    /// When no node answers, or it has no such block.
    pub async fn block(&self, block: BlockNumberOrTag) -> Result<BlockRef, RpcError> {
        let found: Option<Block> = self.read("eth_getBlockByNumber", (block, false)).await?;
        found.as_ref().map(BlockRef::from).ok_or(RpcError::NoBlock)
    }

    /// The head, and what is safe and final by the chain's rule. On a chain younger than the rule's depth that is its first
    /// block.
    ///
    /// # Errors
    /// When no node answers.
    pub async fn heads(&self) -> Result<Heads, RpcError> {
        let latest = self.block(BlockNumberOrTag::Latest).await?;
        let (safe, last) = match self.chain.finality {
            FinalityRule::Tags => (BlockNumberOrTag::Safe, BlockNumberOrTag::Finalized),
            FinalityRule::Depth { safe, last } => {
                let under = |depth: u64| BlockNumberOrTag::Number(latest.number.saturating_sub(depth));
                (under(safe), under(last))
            }
        };
        Ok(Heads { latest, safe: self.block(safe).await?, last: self.block(last).await? })
    }

    /// # Errors
    /// When no node answers.
    pub async fn receipts(&self, hashes: &[B256]) -> Result<Vec<Option<TransactionReceipt>>, RpcError> {
        let params: Vec<(B256,)> = hashes.iter().map(|hash| (*hash,)).collect();
        self.reads("eth_getTransactionReceipt", &params).await?.into_iter().collect()
    }

    /// # Errors
    /// When no node answers.
    pub async fn logs(&self, filter: &Filter) -> Result<Vec<Log>, RpcError> {
        self.read("eth_getLogs", (filter.clone(),)).await
    }

    /// A call at a block. A revert is [`RpcError::Refused`] with its data.
    ///
    /// # Errors
    /// When no node answers, or the call reverts.
    pub async fn call(&self, to: Address, data: Bytes, at: BlockId) -> Result<Bytes, RpcError> {
        let request = TransactionRequest::default().to(to).input(TransactionInput::new(data));
        self.read("eth_call", (request, at)).await
    }

    /// How many transactions of an account are in the chain at a block.
    ///
    /// # Errors
    /// When no node answers.
    pub async fn nonce(&self, account: Address, at: BlockId) -> Result<u64, RpcError> {
        let count: U64 = self.read("eth_getTransactionCount", (account, at)).await?;
        Ok(count.to())
    }
}

async fn batches<P: RpcSend, R: RpcRecv>(
    endpoint: &RpcClient,
    method: &'static str,
    params: &[P],
) -> Result<Vec<Result<R, RpcError>>, TransportError> {
    let mut answers = Vec::with_capacity(params.len());
    for part in params.chunks(MAX_BATCH) {
        let mut batch = endpoint.new_batch();
        let waiters =
            part.iter().map(|params| batch.add_call::<_, R>(method, params)).collect::<Result<Vec<_>, _>>()?;
        batch.send().await?;
        for waiter in waiters {
            answers.push(match waiter.await {
                Ok(answer) => Ok(answer),
                Err(TransportError::ErrorResp(payload)) => Err(RpcError::refused(method, &payload)),
                Err(error) => return Err(error),
            });
        }
    }
    Ok(answers)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpcConfigError {
    #[error("endpoints[{place}].url: is not a URL")]
    Url { place: usize },
    #[error("endpoints: at least one is needed")]
    None,
}
