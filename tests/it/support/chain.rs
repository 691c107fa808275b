//! A chain of one test's own with Aave's market on it, whose blocks are made when the test says so.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{DynProvider, Provider};
use alloy::rpc::types::{Block, TransactionReceipt, TransactionRequest};
use alloy::sol;
use alloy::sol_types::SolCall;
use devnet::aave::{self, AaveMarket};
use devnet::{Anvil, AnvilOptions, Toolchain};
use serde_json::json;

sol! {
    interface IDataProvider {
        function getReserveData(address asset) external view returns (
            uint256 unbacked, uint256 accruedToTreasuryScaled, uint256 totalAToken, uint256 totalStableDebt,
            uint256 totalVariableDebt, uint256 liquidityRate, uint256 variableBorrowRate, uint256 stableBorrowRate,
            uint256 averageStableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex, uint40 lastUpdateTimestamp
        );
    }
    interface IPool {
        function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf) external;
        function getUserAccountData(address user) external view returns (
            uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase,
            uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor
        );
    }
    interface IPoolConfigurator {
        function setReservePause(address asset, bool paused) external;
        function setReserveFreeze(address asset, bool freeze) external;
        function setReserveBorrowing(address asset, bool enabled) external;
        function setBorrowCap(address asset, uint256 newBorrowCap) external;
    }
    interface IToken {
        function balanceOf(address account) external view returns (uint256);
    }
}

/// More than any call here needs; used where what is measured is not the gas.
const PLENTY_OF_GAS: u64 = 5_000_000;

#[derive(Debug)]
pub struct Chain {
    pub anvil: Anvil,
    pub market: AaveMarket,
}

impl Chain {
    pub async fn start() -> Self {
        let (anvil, market) = aave::start(&Toolchain::locate().unwrap(), AnvilOptions::default()).await.unwrap();
        Self { anvil, market }
    }

    pub fn rpc(&self) -> &DynProvider {
        self.anvil.provider()
    }

    /// CAIP-19 id of a token on this chain.
    pub fn token(&self, address: Address) -> String {
        format!("eip155:{}/erc20:{address:#x}", self.market.chain_id)
    }

    pub async fn read<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let answer: Bytes = self.rpc().call(request).await.unwrap();
        C::abi_decode_returns(&answer).unwrap()
    }

    /// Sends a call of the market's owner and waits until it is mined.
    pub async fn administer<C: SolCall>(&self, call: C) {
        let admin = self.market.accounts.admin.address;
        let receipt = self.send_mined(admin, self.market.pool_configurator, call.abi_encode().into()).await;
        assert!(receipt.status(), "{} reverted", C::SIGNATURE);
    }

    pub async fn send_mined(&self, from: Address, to: Address, data: Bytes) -> TransactionReceipt {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(data);
        self.rpc().send_transaction_sync(request.with_gas_limit(PLENTY_OF_GAS)).await.unwrap()
    }

    pub async fn block(&self, number: u64) -> Block {
        self.rpc().get_block_by_number(number.into()).await.unwrap().unwrap()
    }

    async fn order(&self, method: &'static str, argument: serde_json::Value) {
        let parameters = if argument.is_null() { json!([]) } else { json!([argument]) };
        let _: serde_json::Value = self.rpc().raw_request(method.into(), parameters).await.unwrap();
    }

    /// Mines these calls of one account, each with its limit of gas, together in one block of this time.
    pub async fn mine_together(&self, from: Address, calls: &[Call], time: u64) -> Vec<TransactionReceipt> {
        self.order("evm_setAutomine", json!(false)).await;
        let mut sent: Vec<B256> = Vec::with_capacity(calls.len());
        let first = self.rpc().get_transaction_count(from).await.unwrap();
        for (nonce, call) in (first..).zip(calls) {
            let request = TransactionRequest::default().with_from(from).with_to(call.to).with_nonce(nonce);
            let request = request.with_input(call.data.clone()).with_gas_limit(call.gas);
            sent.push(*self.rpc().send_transaction(request).await.unwrap().tx_hash());
        }
        self.order("evm_setNextBlockTimestamp", json!(time)).await;
        self.order("evm_mine", json!(null)).await;
        self.order("evm_setAutomine", json!(true)).await;
        let mut receipts = Vec::with_capacity(sent.len());
        for hash in sent {
            receipts.push(self.rpc().get_transaction_receipt(hash).await.unwrap().unwrap());
        }
        receipts
    }

    /// The pool's variable borrow rate for USDC, in ray.
    pub async fn usdc_borrow_rate(&self) -> U256 {
        let call = IDataProvider::getReserveDataCall { asset: self.market.usdc };
        self.read(self.market.pool_data_provider, call).await.variableBorrowRate
    }
}

/// A call to be mined.
#[derive(Debug, Clone)]
pub struct Call {
    pub to: Address,
    pub data: Bytes,
    pub gas: u64,
}
