//! A node with the harnesses on it, and thousands of cases in one call.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, Bytes, U256};
use alloy::providers::Provider;
use alloy::rpc::types::{BlockId, BlockNumberOrTag, TransactionReceipt, TransactionRequest};
use alloy::sol_types::{Panic, SolCall, SolError, SolValue};
use devnet::{Anvil, AnvilOptions, Toolchain};
use domain::secured::ArithmeticError;

alloy::sol!(
    #[sol(all_derives)]
    Calls,
    "../contracts/artifacts/Calls.json"
);
alloy::sol!(
    #[sol(all_derives)]
    Formulas,
    "../contracts/artifacts/Formulas.json"
);
alloy::sol!(
    #[sol(all_derives)]
    Digests,
    "../contracts/artifacts/Digests.json"
);

/// Contracts of the tests alone.
#[derive(Debug, Clone, Copy)]
pub enum Double {
    Calls,
    Formulas,
    Digests,
}

impl Double {
    fn creation_code(self) -> Bytes {
        macro_rules! artifact {
            ($name:literal) => {
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/artifacts/", $name, ".json"))
            };
        }
        let text = match self {
            Self::Calls => artifact!("Calls"),
            Self::Formulas => artifact!("Formulas"),
            Self::Digests => artifact!("Digests"),
        };
        let artifact: serde_json::Value = serde_json::from_str(text).unwrap();
        artifact["creationCode"].as_str().unwrap().parse().unwrap()
    }
}

/// What a call came to: what it returned, or what it reverted with.
pub type Outcome = Result<Bytes, Bytes>;

/// Enough for any number of cases; the block of a call has as much.
const GAS: u64 = 1 << 44;
/// Cases in one call: what is sent and returned stays below a few megabytes.
const CHUNK: usize = 1_000;
pub const CHAIN_ID: u64 = 5_042;
/// Seconds since 1970 of the first block that a test makes.
pub const GENESIS: u64 = 1_750_000_000;

#[derive(Debug)]
pub struct Node {
    pub anvil: Anvil,
    /// That the node signs for; the first makes what is made.
    pub accounts: Vec<Address>,
    /// A `Calls`.
    pub calls: Address,
}

impl Node {
    pub async fn start() -> Self {
        // The hard fork that the contracts are compiled for: later ones limit the gas of one transaction.
        let arguments = ["--hardfork", "cancun", "--gas-limit", &GAS.to_string(), "--timestamp", &GENESIS.to_string()];
        let options = AnvilOptions {
            arguments: arguments.map(Into::into).to_vec(),
            chain_id: CHAIN_ID,
            ..AnvilOptions::default()
        };
        let anvil = Anvil::start(&Toolchain::locate().unwrap(), options).await.unwrap();
        let accounts = anvil.provider().get_accounts().await.unwrap();
        let mut node = Self { anvil, accounts, calls: Address::ZERO };
        node.calls = node.double(Double::Calls).await;
        node
    }

    pub async fn double(&self, double: Double) -> Address {
        self.create(double.creation_code()).await
    }

    pub async fn create(&self, code: Bytes) -> Address {
        let receipt =
            self.mined(TransactionRequest::default().with_from(self.accounts[0]).with_deploy_code(code)).await;
        receipt.contract_address.unwrap()
    }

    async fn mined(&self, request: TransactionRequest) -> TransactionReceipt {
        let request = request.with_gas_limit(100_000_000);
        let receipt = self.anvil.provider().send_transaction_sync(request.clone()).await.unwrap();
        assert!(receipt.status(), "reverted: {:?}", self.anvil.provider().call(request).await);
        receipt
    }

    pub async fn read<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let answer = self.anvil.provider().call(request).block(BlockId::latest()).await.unwrap();
        C::abi_decode_returns(&answer).unwrap()
    }

    /// What each call to a contract comes to, in order, all on the same block.
    pub async fn many(&self, target: Address, calls: Vec<Bytes>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(calls.len());
        for chunk in calls.chunks(CHUNK) {
            let many = Calls::manyCall { target, calls: chunk.to_vec() };
            let answered = self.read(self.calls, many).await;
            outcomes.extend(answered.into_iter().map(|each| if each.ok { Ok(each.data) } else { Err(each.data) }));
        }
        assert_eq!(outcomes.len(), calls.len());
        outcomes
    }

    /// The time of the newest block, at which calls are answered.
    pub async fn now(&self) -> u64 {
        let block = self.anvil.provider().get_block_by_number(BlockNumberOrTag::Latest).await.unwrap().unwrap();
        block.header.timestamp
    }

    pub async fn stop(self) {
        self.anvil.stop().await.unwrap();
    }
}

/// What a contract answers where the model says this.
pub fn expected<T: SolValue>(model: Result<T, ArithmeticError>) -> Outcome {
    model.map(|value| value.abi_encode().into()).map_err(panicked)
}

/// What Solidity reverts with where its arithmetic fails.
pub fn panicked(error: ArithmeticError) -> Bytes {
    let code = match error {
        ArithmeticError::Overflow(_) | ArithmeticError::BelowZero(_) => 0x11,
        ArithmeticError::DivisionByZero(_) => 0x12,
    };
    Panic { code: U256::from(code) }.abi_encode().into()
}

/// Cases of one family: what is called, what must come of it, and the case in words.
#[derive(Debug, Default)]
pub struct Cases {
    calls: Vec<Bytes>,
    expected: Vec<Outcome>,
    words: Vec<String>,
}

impl Cases {
    pub fn add(&mut self, call: impl SolCall + std::fmt::Debug, expected: Outcome) {
        self.add_encoded(format!("{call:?}"), call.abi_encode().into(), expected);
    }

    pub fn add_encoded(&mut self, words: String, call: Bytes, expected: Outcome) {
        self.words.push(words);
        self.calls.push(call);
        self.expected.push(expected);
    }

    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// How many come to a figure, not to a revert.
    pub fn figures(&self) -> usize {
        self.expected.iter().filter(|expected| expected.is_ok()).count()
    }

    /// Asks the contract, and names the first case that differs.
    pub async fn hold(self, node: &Node, target: Address) {
        let outcomes = node.many(target, self.calls).await;
        for (number, (outcome, expected)) in outcomes.iter().zip(&self.expected).enumerate() {
            let (seed, words) = (super::random::SEED, &self.words[number]);
            assert_eq!(outcome, expected, "case {number} of seed {seed:#x}, contract left, Rust right: {words}");
        }
    }
}
