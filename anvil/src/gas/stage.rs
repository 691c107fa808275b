//! What all three stand on: one chain, one token that is collateral, one that is owed, and their prices.
//!
//! The tokens are the same two contracts for all, and everyone who acts starts with the same of both, so that no party
//! is charged for a balance that was empty.

use alloy::primitives::{Address, Signed, U256};
use alloy::sol_types::{SolCall, SolValue};

use super::GasError;
use super::chain::{Actor, Chain};
use super::compiled::Compiled;
use super::interfaces::{IFeed, IToken};
use crate::aave::{self, AaveMarket};
use crate::toolchain::Toolchain;

pub(super) const COLLATERAL_NAME: &str = "COL";
/// USD of a whole token of collateral.
pub(super) const PRICE_USD: u64 = 4_000;
/// At which what is left of the measured loans is a little below its threshold, and half of it may be repaid.
pub(super) const FALLEN_PRICE_USD: u64 = 2_000;
const FEED_DECIMALS: u8 = 8;
const FEED_UNIT: u64 = 100_000_000;
/// More than anyone uses.
const GIVEN: u64 = 1_000_000;

/// What is borrowed against [`COLLATERAL`] in every loan, and what happens to it.
pub(super) const COLLATERAL: u64 = 10;
pub(super) const WITHDRAWN: u64 = 1;
pub(super) const BORROWED: u64 = 20_000;
pub(super) const REPAID: u64 = 5_000;
pub(super) const LIQUIDATED: u64 = 5_000;
/// Shares of the value, in basis points, as in the Aave market: of what may be borrowed, and at which a loan may be
/// liquidated.
pub(super) const LTV_BPS: u16 = 8_000;
pub(super) const THRESHOLD_BPS: u16 = 8_250;
pub(super) const BONUS_BPS: u16 = 500;

/// Feeds of an asset: Agio reads both, Aave the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feeds {
    pub(super) primary: Address,
    pub(super) secondary: Address,
}

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) chain: Chain,
    pub(super) admin: Actor,
    pub(super) market: AaveMarket,
    pub(super) compiled: Compiled,
    /// 18 decimals.
    pub(super) collateral: Address,
    /// 6 decimals.
    pub(super) debt: Address,
    pub(super) collateral_feeds: Feeds,
    pub(super) debt_feeds: Feeds,
}

impl Stage {
    /// The Aave market is not loaded from the cache but made here: what is loaded has the time of when it was made.
    pub(super) async fn set(toolchain: &Toolchain) -> Result<Self, GasError> {
        let compiled = Compiled::load(toolchain).await?;
        let chain = Chain::start(toolchain).await?;
        let market = aave::deploy(toolchain, chain.anvil()).await?;
        let admin = chain.actor("admin").await?;
        let owner = aave::Admin::new(toolchain, chain.anvil(), &market).await?;
        let collateral = owner.deploy_token(COLLATERAL_NAME).await?;
        let collateral_feeds = feeds(&chain, &compiled, admin.address, PRICE_USD).await?;
        let debt_feeds = feeds(&chain, &compiled, admin.address, 1).await?;
        let debt = market.usdc;
        owner.price(debt, debt_feeds.primary).await?;
        owner.list(collateral, collateral_feeds.primary).await?;
        Ok(Self { chain, admin, compiled, collateral, debt, collateral_feeds, debt_feeds, market })
    }

    /// Someone with ether and both tokens.
    pub(super) async fn actor(&self, name: &str) -> Result<Actor, GasError> {
        let actor = self.chain.actor(name).await?;
        self.give(actor.address).await?;
        Ok(actor)
    }

    pub(super) async fn give(&self, account: Address) -> Result<(), GasError> {
        for (token, value) in [(self.collateral, whole(GIVEN)), (self.debt, cents(GIVEN))] {
            self.chain.send(self.admin.address, token, &IToken::mintCall { account, value }).await?;
        }
        Ok(())
    }

    pub(super) async fn send<C: SolCall>(&self, from: &Actor, to: Address, call: &C) -> Result<u64, GasError> {
        self.chain.send(from.address, to, call).await
    }

    /// An allowance that is spent in full by what follows.
    pub(super) async fn approve(
        &self,
        from: &Actor,
        token: Address,
        spender: Address,
        amount: U256,
    ) -> Result<u64, GasError> {
        self.send(from, token, &IToken::approveCall { spender, amount }).await
    }

    /// An allowance that outlasts what follows.
    pub(super) async fn approve_plenty(&self, from: &Actor, token: Address, spender: Address) -> Result<(), GasError> {
        let amount = U256::from(1) << 128;
        self.approve(from, token, spender, amount).await.map(|_| ())
    }

    /// Both feeds of the collateral say the price from now on.
    pub(super) async fn set_price(&self, usd: u64) -> Result<(), GasError> {
        let answer = answer(usd);
        for feed in [self.collateral_feeds.primary, self.collateral_feeds.secondary] {
            self.send(&self.admin, feed, &IFeed::setCall { answer }).await?;
        }
        Ok(())
    }
}

async fn feeds(chain: &Chain, compiled: &Compiled, from: Address, usd: u64) -> Result<Feeds, GasError> {
    let arguments = (U256::from(FEED_DECIMALS), answer(usd)).abi_encode_params();
    let code = compiled.feed(&arguments);
    let primary = chain.create(from, "Feed", code.clone()).await?;
    let secondary = chain.create(from, "Feed", code).await?;
    Ok(Feeds { primary, secondary })
}

fn answer(usd: u64) -> Signed<192, 3> {
    Signed::from_raw((U256::from(usd) * U256::from(FEED_UNIT)).to())
}

/// Whole tokens of collateral, in its smallest unit.
pub(super) fn whole(tokens: u64) -> U256 {
    U256::from(tokens) * U256::from(10).pow(U256::from(18))
}

/// Whole tokens of what is owed, in its smallest unit.
pub(super) fn cents(tokens: u64) -> U256 {
    U256::from(tokens) * U256::from(10).pow(U256::from(6))
}
