//! The chains that Agio knows how to use, and what is particular to each.
//!
//! Five are known by name. Any other EVM chain, such as a local one, is described whole. What is given here are properties of
//! the networks; where their nodes are is configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use alloy::primitives::{Address, address};
use domain::caip::ChainId;

/// Multicall3, at the same address on every chain that has it: <https://www.multicall3.com/deployments>.
pub const MULTICALL3: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");

/// When a block counts as safe and when as final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalityRule {
    /// As the node says by the tags `safe` and `finalized`.
    Tags,
    /// So many blocks under the head.
    Depth { safe: u64, last: u64 },
}

/// How a transaction pays for its gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeRule {
    /// EIP-1559. A chain may require a least priority fee, in wei.
    DynamicFee { least_priority_wei: u128 },
    /// A gas price, in wei, of at least so much.
    GasPrice { least_wei: u128 },
}

/// What a transaction pays beside its gas on this chain, for being published on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFee {
    None,
    /// `getL1Fee(bytes)` of the predeployed `GasPriceOracle`: <https://specs.optimism.io/protocol/predeploys.html>.
    OpStack,
    /// Gas of the estimate itself, told apart by `gasEstimateL1Component` of `NodeInterface`:
    /// <https://docs.arbitrum.io/how-arbitrum-works/gas-fees>.
    Arbitrum,
}

/// One chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub id: ChainId,
    /// The EIP-155 number, which signatures are bound to.
    pub number: u64,
    pub name: String,
    pub block_time: Duration,
    pub finality: FinalityRule,
    pub fees: FeeRule,
    pub data_fee: DataFee,
    /// Where Multicall3 stands; `None` where it does not.
    pub multicall: Option<Address>,
    /// Symbol of the coin that gas is paid in, which has 18 decimals on every EVM chain here.
    pub coin: String,
    /// Our contracts and others that are used by name.
    pub contracts: BTreeMap<String, Address>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("{0} is not an EVM chain: eip155 and a number")]
    NotEvm(ChainId),
}

const GWEI: u128 = 1_000_000_000;

impl Chain {
    /// A chain with these properties of Ethereum: fees by EIP-1559, finality by tags, a block every twelve seconds.
    ///
    /// # Errors
    /// When the id is none of an EVM chain.
    pub fn try_new(id: ChainId, name: &str) -> Result<Self, ChainError> {
        let number = id.evm_number().ok_or_else(|| ChainError::NotEvm(id.clone()))?;
        Ok(Self {
            id,
            number,
            name: name.to_owned(),
            block_time: Duration::from_secs(12),
            finality: FinalityRule::Tags,
            fees: FeeRule::DynamicFee { least_priority_wei: 0 },
            data_fee: DataFee::None,
            multicall: None,
            coin: "ETH".to_owned(),
            contracts: BTreeMap::new(),
        })
    }

    /// One of the five chains known by name, by its id.
    #[must_use]
    pub fn known(id: &ChainId) -> Option<Self> {
        let number = id.evm_number()?;
        let (name, coin, block_time_ms) = match number {
            1 => ("Ethereum", "ETH", 12_000),
            10 => ("Optimism", "ETH", 2_000),
            56 => ("BNB Smart Chain", "BNB", 450),
            137 => ("Polygon", "POL", 2_000),
            42_161 => ("Arbitrum", "ETH", 250),
            _ => return None,
        };
        let mut chain = Self::try_new(id.clone(), name).ok()?;
        chain.coin = coin.to_owned();
        chain.block_time = Duration::from_millis(block_time_ms);
        chain.multicall = Some(MULTICALL3);
        match number {
            10 => chain.data_fee = DataFee::OpStack,
            42_161 => chain.data_fee = DataFee::Arbitrum,
            // Validators drop what offers less: https://docs.polygon.technology/pos/concepts/transactions/eip-1559/
            137 => chain.fees = FeeRule::DynamicFee { least_priority_wei: 30 * GWEI },
            // The base fee is zero and blocks take what a gas price buys: BEP-226.
            56 => chain.fees = FeeRule::GasPrice { least_wei: GWEI / 20 },
            _ => {}
        }
        Some(chain)
    }
}
