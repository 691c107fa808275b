//! Aave's quotes against Aave's own bytecode: what is quoted is what the pool then does.

use adapters::aave::{GAS_APPROVE, GAS_BORROW, GAS_SUPPLY};
use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use devnet::world::aave_toml;
use domain::Decimal;
use serde_json::{Value, json};

use crate::support::chain::{Call, Chain, IPool, IPoolConfigurator, IToken};
use crate::support::database;
use crate::support::gateway::Gateway;
use crate::support::request::{dollars, with};

/// Seconds between blocks, as the configuration of the local market says.
const BLOCK_TIME_S: u64 = 1;

/// "A few wei": what the order of roundings may leave.
const FEW: U256 = U256::from_limbs([3, 0, 0, 0]);

async fn gateway(chain: &Chain) -> Gateway {
    let toml = aave_toml(&chain.market, &chain.anvil.rpc_url()).unwrap();
    Gateway::start(&database::fresh().await, &toml).await
}

/// So many dollars, or USDC in their place, against so much WETH of this wallet.
fn against_weth(chain: &Chain, amount: &str, weth: &str, wallet: Address) -> Value {
    let body = with(dollars(amount), "/accept_assets", json!([chain.token(chain.market.usdc)]));
    let body = with(body, "/collateral", json!([{"amount": weth, "asset": chain.token(chain.market.weth)}]));
    with(body, "/borrower/wallets", json!([format!("eip155:{}:{wallet:#x}", chain.market.chain_id)]))
}

/// The one quote of an answer.
fn only_quote(asked: &Value) -> &Value {
    assert_eq!(asked["state"], "quoted", "{asked}");
    &asked["best_quote"]
}

fn ray(rate: &str) -> U256 {
    let rate: Decimal = rate.parse().unwrap();
    let scale = 27_u32.checked_sub(rate.scale()).unwrap();
    U256::from(rate.mantissa().unsigned_abs()) * U256::from(10).pow(U256::from(scale))
}

fn usdc_units(money: &Value) -> U256 {
    let (whole, fraction) = money["amount"].as_str().unwrap().split_once('.').unwrap();
    assert_eq!(fraction.len(), 6);
    format!("{whole}{fraction}").parse().unwrap()
}

/// The quote's plan as it stands, each call with the gas that the quote was charged for.
fn plan(quote: &Value) -> Vec<Call> {
    let gas = [GAS_APPROVE, GAS_SUPPLY, GAS_BORROW];
    let calls = quote["execution_plan"].as_array().unwrap();
    assert_eq!(calls.len(), gas.len());
    let call = |(call, gas): (&Value, u64)| {
        assert_eq!(call["value"], "0");
        let data: Bytes = call["data"].as_str().unwrap().parse().unwrap();
        Call { to: call["to"].as_str().unwrap().parse().unwrap(), data, gas }
    };
    calls.iter().zip(gas).map(call).collect()
}

/// The time of the block that follows the one the quote was made at.
async fn next_block_time(chain: &Chain, quote: &Value) -> u64 {
    let block = chain.block(quote["as_of"]["block"].as_u64().unwrap()).await;
    assert_eq!(quote["as_of"]["block_hash"], format!("{:#x}", block.header.hash));
    let pinned: jiff::Timestamp = quote["as_of"]["time"].as_str().unwrap().parse().unwrap();
    assert_eq!(pinned.as_second(), i64::try_from(block.header.timestamp).unwrap());
    assert_eq!(quote["as_of"]["chain"], format!("eip155:{}", chain.market.chain_id));
    block.header.timestamp + BLOCK_TIME_S
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quoted_rate_is_the_pools_rate_after_really_borrowing_in_the_next_block() {
    let chain = Chain::start().await;
    let gateway = gateway(&chain).await;
    let wallet = chain.market.accounts.wallets[0].address;
    let before = chain.usdc_borrow_rate().await;
    let asked = gateway.ask(&against_weth(&chain, "20000.00", "10", wallet)).await;
    let quote = only_quote(&asked);
    assert_eq!(quote["principal"], json!({"amount": "20000.000000", "asset": chain.token(chain.market.usdc)}));
    assert_eq!(quote["issues"], json!(["allowance_missing"]));

    let time = next_block_time(&chain, quote).await;
    let receipts = chain.mine_together(wallet, &plan(quote), time).await;
    for (receipt, gas) in receipts.iter().zip([GAS_APPROVE, GAS_SUPPLY, GAS_BORROW]) {
        assert!(receipt.status(), "a call of the plan reverted");
        assert_eq!(receipt.block_number, quote["as_of"]["block"].as_u64().map(|block| block + 1));
        assert!(receipt.gas_used <= gas && gas <= 2 * receipt.gas_used, "{} used of {gas}", receipt.gas_used);
    }
    assert_eq!(chain.block(receipts[0].block_number.unwrap()).await.header.timestamp, time);

    let (quoted, after) = (ray(quote["nominal_rate"].as_str().unwrap()), chain.usdc_borrow_rate().await);
    assert!(quoted.abs_diff(after) <= FEW, "quoted {quoted}, the pool has {after}");
    assert!(after > before, "a borrow of this size moves the rate");

    let position = chain.read(chain.market.pool, IPool::getUserAccountDataCall { user: wallet }).await;
    let shown: Decimal = quote["collateral"][0]["health_factor"].as_str().unwrap().parse().unwrap();
    // The pool counts in wads; four places are shown, rounded down.
    let wad = |decimal: Decimal| {
        U256::from(decimal.mantissa().unsigned_abs()) * U256::from(10).pow(U256::from(18 - decimal.scale()))
    };
    assert!(wad(shown).abs_diff(position.healthFactor) <= wad("0.0001".parse().unwrap()), "{shown}");
    assert_eq!(quote["collateral"][0]["liquidation_threshold_bps"], 8_250);
    let held = chain.read(chain.market.usdc, IToken::balanceOfCall { account: wallet }).await;
    assert_eq!(held, U256::from(120_000_000_000_u64), "the wallet had 100,000 USDC of its own");
    gateway.stop().await;
    chain.anvil.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_collateral_gets_the_most_that_the_pool_lends_against_it_and_not_one_unit_more() {
    let chain = Chain::start().await;
    let gateway = gateway(&chain).await;
    let wallet = chain.market.accounts.wallets[1].address;
    let asked = gateway.ask(&against_weth(&chain, "20000.00", "1", wallet)).await;
    let quote = only_quote(&asked);
    // One WETH at 4,000 USD with a loan-to-value of 80 %.
    assert_eq!(usdc_units(&quote["principal"]), U256::from(3_200_000_000_u64));
    let warnings: Vec<&str> =
        quote["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert!(warnings.contains(&"partial_amount"), "{warnings:?}");

    let time = next_block_time(&chain, quote).await;
    let receipts = chain.mine_together(wallet, &plan(quote), time).await;
    assert!(receipts.iter().all(|receipt| receipt.status()), "the whole of it can be borrowed");
    let (quoted, after) = (ray(quote["nominal_rate"].as_str().unwrap()), chain.usdc_borrow_rate().await);
    assert!(quoted.abs_diff(after) <= FEW, "quoted {quoted}, the pool has {after}");
    let more = IPool::borrowCall {
        asset: chain.market.usdc,
        amount: U256::from(100),
        interestRateMode: U256::from(2),
        referralCode: 0,
        onBehalfOf: wallet,
    };
    let receipt = chain.send_mined(wallet, chain.market.pool, more.abi_encode().into()).await;
    assert!(!receipt.status(), "nothing is left to borrow");
    gateway.stop().await;
    chain.anvil.stop().await.unwrap();
}

/// What one lender did not offer: the outcome and its codes.
fn refusal(asked: &Value) -> (&str, &Value) {
    assert_eq!(asked["state"], "no_quotes", "{asked}");
    let outcome = &asked["outcomes"][0];
    (outcome["outcome"].as_str().unwrap(), &outcome["refusal"]["codes"])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pool_would_refuse_is_declined_with_the_reason() {
    let chain = Chain::start().await;
    let gateway = gateway(&chain).await;
    let (usdc, weth) = (chain.market.usdc, chain.market.weth);
    let wallet = chain.market.accounts.wallets[2].address;
    let body = against_weth(&chain, "20000.00", "10", wallet);

    let none = gateway.ask(&with(body.clone(), "/collateral", json!([]))).await;
    assert_eq!(refusal(&none), ("not_eligible", &json!(["collateral"])));
    let speck = gateway.ask(&against_weth(&chain, "20000.00", "0.000000000000000001", wallet)).await;
    assert_eq!(refusal(&speck), ("declined", &json!(["collateral_insufficient"])));

    chain.administer(IPoolConfigurator::setReservePauseCall { asset: usdc, paused: true }).await;
    assert_eq!(refusal(&gateway.ask(&body).await), ("declined", &json!(["amount_not_offered"])));
    chain.administer(IPoolConfigurator::setReservePauseCall { asset: usdc, paused: false }).await;

    chain.administer(IPoolConfigurator::setReserveBorrowingCall { asset: usdc, enabled: false }).await;
    assert_eq!(refusal(&gateway.ask(&body).await), ("declined", &json!(["amount_not_offered"])));
    chain.administer(IPoolConfigurator::setReserveBorrowingCall { asset: usdc, enabled: true }).await;

    // 2,500,000 are lent out, and interest on them.
    chain.administer(IPoolConfigurator::setBorrowCapCall { asset: usdc, newBorrowCap: U256::from(2_500_000) }).await;
    assert_eq!(refusal(&gateway.ask(&body).await), ("declined", &json!(["amount_not_offered"])));
    chain.administer(IPoolConfigurator::setBorrowCapCall { asset: usdc, newBorrowCap: U256::from(4_000_000) }).await;

    chain.administer(IPoolConfigurator::setReserveFreezeCall { asset: weth, freeze: true }).await;
    assert_eq!(refusal(&gateway.ask(&body).await), ("declined", &json!(["collateral_type_not_accepted"])));
    chain.administer(IPoolConfigurator::setReserveFreezeCall { asset: weth, freeze: false }).await;

    only_quote(&gateway.ask(&body).await);
    gateway.stop().await;
    chain.anvil.stop().await.unwrap();
}
