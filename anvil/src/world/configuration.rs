//! The gateway's configuration file for the local world.

use serde::Serialize;

use super::Roles;
use crate::aave::AaveMarket;

/// Text that grows by tables. It holds passwords and secrets, so it is written where only its owner can read.
#[derive(Debug, Clone)]
pub struct Configuration {
    text: String,
}

impl Configuration {
    #[must_use]
    pub fn new(roles: &Roles, port: Option<u16>) -> Self {
        let text = format!(
            "environment = \"development\"\n\n[server]\nbind = \"127.0.0.1:{}\"\n\n[database]\nurl = \"{}\"\nowner_url = \"{}\"\n\n[limits]\nrequests_per_second = {LOCAL_RATE}\nburst = {LOCAL_RATE}\n",
            port.unwrap_or(0),
            roles.app_url,
            roles.owner_url,
        );
        Self { text }
    }

    /// Adds a table.
    pub fn add(&mut self, table: &str) {
        self.text.push('\n');
        self.text.push_str(table);
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.text.clone()
    }
}

/// One person and their tools are the only callers here.
const LOCAL_RATE: u32 = 100_000;

/// The id under which the local market is a provider. A constant, so that it is the same in every world.
const AAVE_PROVIDER: &str = "prv_019a5b0e7c5e7a3c8f0d2b6a4e1c9d07";
/// Anvil mines at once; a borrower's transactions come a little later.
const BLOCK_TIME_MS: u64 = 1_000;
const LARGEST_BORROW: &str = "5000000.000000";

#[derive(Serialize)]
struct Tables {
    tokens: Vec<Token>,
    chains: Vec<Chain>,
    policy: Policy,
    providers: Vec<Provider>,
}

#[derive(Serialize)]
struct Token {
    id: String,
    symbol: &'static str,
    decimals: u8,
}

#[derive(Serialize)]
struct Chain {
    id: String,
    name: &'static str,
    endpoints: Vec<Endpoint>,
    sources_that_agree: usize,
    block_time_ms: u64,
    coin: &'static str,
    finality: Finality,
    fees: Fees,
}

#[derive(Serialize)]
struct Endpoint {
    url: String,
}

#[derive(Serialize)]
struct Finality {
    safe: u64,
    r#final: u64,
}

#[derive(Serialize)]
struct Fees {
    r#type: &'static str,
    least_priority_wei: u64,
}

#[derive(Serialize)]
struct Policy {
    pars: Vec<Par>,
}

#[derive(Serialize)]
struct Par {
    token: String,
    currency: &'static str,
}

#[derive(Serialize)]
struct Provider {
    r#type: &'static str,
    id: &'static str,
    name: &'static str,
    chain: String,
    pool_addresses_provider: String,
    data_provider: String,
    wrapped_native: String,
    collateral: Vec<String>,
    amounts: Vec<Range>,
}

#[derive(Serialize)]
struct Range {
    asset: String,
    min: &'static str,
    max: &'static str,
}

/// The tokens, the chain, the par of USDC and the market as a provider.
///
/// # Errors
/// Never for the types at hand.
pub fn aave_toml(market: &AaveMarket, rpc_url: &str) -> Result<String, toml::ser::Error> {
    let chain = format!("eip155:{}", market.chain_id);
    let token = |address: &alloy::primitives::Address| format!("{chain}/erc20:{address:#x}");
    let (weth, usdc) = (token(&market.weth), token(&market.usdc));
    toml::to_string(&Tables {
        tokens: vec![
            Token { id: weth.clone(), symbol: "WETH", decimals: 18 },
            Token { id: usdc.clone(), symbol: "USDC", decimals: 6 },
        ],
        chains: vec![Chain {
            id: chain.clone(),
            name: "Anvil",
            endpoints: vec![Endpoint { url: rpc_url.to_owned() }],
            sources_that_agree: 1,
            block_time_ms: BLOCK_TIME_MS,
            coin: "ETH",
            // Blocks are made only when there are transactions: with any depth the last ones would never be final.
            finality: Finality { safe: 0, r#final: 0 },
            fees: Fees { r#type: "dynamic_fee", least_priority_wei: 0 },
        }],
        policy: Policy { pars: vec![Par { token: usdc.clone(), currency: "USD" }] },
        providers: vec![Provider {
            r#type: "aave_v3",
            id: AAVE_PROVIDER,
            name: "Aave v3",
            chain,
            pool_addresses_provider: format!("{:#x}", market.addresses_provider),
            data_provider: format!("{:#x}", market.pool_data_provider),
            wrapped_native: format!("{:#x}", market.weth),
            collateral: vec![weth],
            amounts: vec![Range { asset: usdc, min: "1.000000", max: LARGEST_BORROW }],
        }],
    })
}
