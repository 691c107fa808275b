//! Many reads at one block in one round trip: a JSON-RPC batch of `eth_call`, pinned by block hash (EIP-1898).

use std::future::Future;

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, Bytes};
use alloy::rpc::client::{BatchRequest, RpcClient};
use alloy::rpc::types::{Block, BlockNumberOrTag, TransactionInput, TransactionRequest};
use alloy::sol_types::SolCall;
use alloy::transports::TransportError;
use domain::refusal::Refusal;

/// Why the chain could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("the node did not answer: {0}")]
    Transport(String),
    #[error("the node has no block")]
    NoBlock,
    #[error("the answer to {0} is not of its type")]
    Decode(&'static str),
    #[error("the contracts answer with a figure out of range: {0}")]
    Range(&'static str),
}

impl From<TransportError> for ReadError {
    fn from(error: TransportError) -> Self {
        // The address of the node may carry a key, so transport errors are named by kind alone.
        match error {
            TransportError::ErrorResp(payload) => Self::Transport(format!("error {}", payload.code)),
            _ => Self::Transport("connection or format".to_owned()),
        }
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        Self::ChainUnavailable { detail: error.to_string() }
    }
}

/// A block that all reads of one quote are made at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    pub number: u64,
    pub hash: B256,
    /// Unix seconds.
    pub time: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Reader {
    client: RpcClient,
}

impl Reader {
    pub(super) fn new(url: reqwest::Url) -> Self {
        Self { client: RpcClient::new_http(url) }
    }

    /// The head of the chain, and the price of gas in wei, in one round trip.
    pub(super) async fn head(&self) -> Result<(Pin, u128), ReadError> {
        let mut batch = self.client.new_batch();
        let block = batch.add_call("eth_getBlockByNumber", &(BlockNumberOrTag::Latest, false))?;
        let gas_price = batch.add_call::<_, alloy::primitives::U128>("eth_gasPrice", &())?;
        batch.send().await?;
        let block: Option<Block> = block.await?;
        let header = block.ok_or(ReadError::NoBlock)?.header;
        let pin = Pin { number: header.number, hash: header.hash, time: header.timestamp };
        Ok((pin, gas_price.await?.to()))
    }

    /// Begins a batch of reads at `pin`.
    pub(super) fn at(&self, pin: Pin) -> PinnedBatch<'_> {
        PinnedBatch { batch: self.client.new_batch(), block: BlockId::hash(pin.hash) }
    }
}

/// Reads to be sent together.
#[derive(Debug)]
pub(super) struct PinnedBatch<'a> {
    batch: BatchRequest<'a>,
    block: BlockId,
}

impl PinnedBatch<'_> {
    /// Adds a call; its answer comes once the batch is sent.
    pub(super) fn call<C: SolCall>(
        &mut self,
        to: Address,
        call: &C,
    ) -> Result<impl Future<Output = Result<C::Return, ReadError>> + use<C>, ReadError> {
        let request = TransactionRequest::default().to(to).input(TransactionInput::new(call.abi_encode().into()));
        let waiter = self.batch.add_call::<_, Bytes>("eth_call", &(request, self.block))?;
        Ok(async move {
            let bytes = waiter.await?;
            C::abi_decode_returns(&bytes).map_err(|_| ReadError::Decode(C::SIGNATURE))
        })
    }

    pub(super) async fn send(self) -> Result<(), ReadError> {
        Ok(self.batch.send().await?)
    }
}
