//! Morpho Blue: one market of the two tokens, in use, and one borrower's way through it.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::{SolCall, SolValue};

use super::GasError;
use super::chain::Actor;
use super::interfaces::IMorpho::{
    borrowCall, createMarketCall, enableIrmCall, enableLltvCall, liquidateCall, positionCall, repayCall, supplyCall,
    supplyCollateralCall, withdrawCollateralCall,
};
use super::interfaces::{IMorphoOracle, MarketParams};
use super::ledger::{Ledger, Party};
use super::stage::{
    BORROWED, COLLATERAL, FALLEN_PRICE_USD, LIQUIDATED, PRICE_USD, REPAID, Stage, THRESHOLD_BPS, WITHDRAWN, cents,
    whole,
};

struct Market<'a> {
    stage: &'a Stage,
    morpho: Address,
    params: MarketParams,
}

pub(super) async fn measure(stage: &Stage, ledger: &mut Ledger) -> Result<(), GasError> {
    let market = Market::open(stage).await?;
    market.settle().await?;
    market.borrower(ledger).await
}

impl<'a> Market<'a> {
    async fn open(stage: &'a Stage) -> Result<Self, GasError> {
        // Addresses follow from the sender's count of transactions: with an account of its own, these do not change with
        // what others deploy, and neither do the zero bytes in calldata.
        let owner = stage.chain.actor("morpho owner").await?;
        let code = stage.compiled.morpho(&owner.address.abi_encode());
        let morpho = stage.chain.create(owner.address, "Morpho", code).await?;
        let irm = stage.chain.create(owner.address, "IrmMock", stage.compiled.irm()).await?;
        let oracle = stage.chain.create(owner.address, "OracleMock", stage.compiled.oracle()).await?;
        let lltv = U256::from(THRESHOLD_BPS) * U256::from(10).pow(U256::from(14));
        let params = MarketParams { loanToken: stage.debt, collateralToken: stage.collateral, oracle, irm, lltv };
        let market = Self { stage, morpho, params };
        market.set_price(PRICE_USD).await?;
        market.send(&owner, &enableIrmCall { irm }).await?;
        market.send(&owner, &enableLltvCall { lltv }).await?;
        market.send(&owner, &createMarketCall { marketParams: market.params() }).await?;
        Ok(market)
    }

    /// Others supply and borrow, so that no total is empty.
    async fn settle(&self) -> Result<(), GasError> {
        let (stage, supplier) = (self.stage, self.stage.actor("morpho supplier").await?);
        stage.approve_plenty(&supplier, stage.debt, self.morpho).await?;
        let supply = supplyCall {
            marketParams: self.params(),
            assets: cents(500_000),
            shares: U256::ZERO,
            onBehalf: supplier.address,
            data: Bytes::new(),
        };
        self.send(&supplier, &supply).await?;
        let other = stage.actor("morpho other").await?;
        stage.approve_plenty(&other, stage.collateral, self.morpho).await?;
        self.send(&other, &self.supply_collateral(&other, 100)).await?;
        self.send(&other, &self.borrow(&other, 100_000)).await?;
        Ok(())
    }

    async fn borrower(&self, ledger: &mut Ledger) -> Result<(), GasError> {
        let stage = self.stage;
        let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Morpho, name, what, gas);
        let borrower = stage.actor("morpho borrower").await?;
        let gas = stage.approve(&borrower, stage.collateral, self.morpho, whole(COLLATERAL)).await?;
        record("approve", "approve, of exactly what is supplied next", gas)?;
        let gas = self.send(&borrower, &self.supply_collateral(&borrower, COLLATERAL)).await?;
        record("supply_collateral", "supplyCollateral, the account's first", gas)?;
        let gas = self.send(&borrower, &self.borrow(&borrower, BORROWED)).await?;
        record("borrow", "borrow, the account's first", gas)?;
        let gas = self.send(&borrower, &self.withdraw_collateral(&borrower, whole(WITHDRAWN))).await?;
        record("withdraw_collateral_part", "withdrawCollateral of part, with a debt", gas)?;
        stage.approve_plenty(&borrower, stage.debt, self.morpho).await?;
        let gas = self.send(&borrower, &self.repay(&borrower, cents(REPAID), U256::ZERO)).await?;
        record("repay_part", "repay of part", gas)?;
        let gas = self.liquidation(&borrower).await?;
        record("liquidate_part", "liquidate of part", gas)?;
        let shares = self.debt_shares(&borrower).await?;
        let gas = self.send(&borrower, &self.repay(&borrower, U256::ZERO, shares)).await?;
        record("repay_all", "repay of all that is left", gas)?;
        stage.approve(&borrower, stage.collateral, self.morpho, whole(COLLATERAL)).await?;
        let gas = self.send(&borrower, &self.supply_collateral(&borrower, COLLATERAL)).await?;
        record("supply_collateral_later", "supplyCollateral to a position that has some", gas)?;
        let left = self.position(&borrower).await?.collateral;
        let gas = self.send(&borrower, &self.withdraw_collateral(&borrower, U256::from(left))).await?;
        record("withdraw_collateral", "withdrawCollateral of all, without a debt", gas)
    }

    async fn liquidation(&self, borrower: &Actor) -> Result<u64, GasError> {
        let (stage, liquidator) = (self.stage, self.stage.actor("morpho liquidator").await?);
        stage.approve_plenty(&liquidator, stage.debt, self.morpho).await?;
        let shares = self.debt_shares(borrower).await?;
        self.set_price(FALLEN_PRICE_USD).await?;
        let call = liquidateCall {
            marketParams: self.params(),
            borrower: borrower.address,
            seizedAssets: U256::ZERO,
            repaidShares: shares * U256::from(LIQUIDATED) / U256::from(BORROWED - REPAID),
            data: Bytes::new(),
        };
        self.send(&liquidator, &call).await
    }

    fn supply_collateral(&self, actor: &Actor, tokens: u64) -> supplyCollateralCall {
        let assets = whole(tokens);
        supplyCollateralCall { marketParams: self.params(), assets, onBehalf: actor.address, data: Bytes::new() }
    }

    fn withdraw_collateral(&self, actor: &Actor, assets: U256) -> withdrawCollateralCall {
        let receiver = actor.address;
        withdrawCollateralCall { marketParams: self.params(), assets, onBehalf: receiver, receiver }
    }

    fn borrow(&self, actor: &Actor, tokens: u64) -> borrowCall {
        let receiver = actor.address;
        borrowCall {
            marketParams: self.params(),
            assets: cents(tokens),
            shares: U256::ZERO,
            onBehalf: receiver,
            receiver,
        }
    }

    fn repay(&self, actor: &Actor, assets: U256, shares: U256) -> repayCall {
        repayCall { marketParams: self.params(), assets, shares, onBehalf: actor.address, data: Bytes::new() }
    }

    async fn debt_shares(&self, actor: &Actor) -> Result<U256, GasError> {
        Ok(U256::from(self.position(actor).await?.borrowShares))
    }

    async fn position(&self, actor: &Actor) -> Result<<positionCall as SolCall>::Return, GasError> {
        let id: B256 = keccak256(self.params.abi_encode());
        self.stage.chain.read(self.morpho, &positionCall { id, user: actor.address }).await
    }

    /// In units of debt for a unit of collateral, times 10^36.
    async fn set_price(&self, usd: u64) -> Result<(), GasError> {
        let price = U256::from(usd) * U256::from(10).pow(U256::from(36 + 6 - 18));
        self.stage
            .send(&self.stage.admin, self.params.oracle, &IMorphoOracle::setPriceCall { newPrice: price })
            .await?;
        Ok(())
    }

    async fn send<C: SolCall>(&self, from: &Actor, call: &C) -> Result<u64, GasError> {
        self.stage.send(from, self.morpho, call).await
    }

    fn params(&self) -> MarketParams {
        self.params.clone()
    }
}
