//! Aave v3: the local market with the two tokens in use, and one borrower's way through it.

use alloy::primitives::{Address, U256};
use alloy::sol_types::SolCall;

use super::GasError;
use super::chain::Actor;
use super::interfaces::IPool::{
    borrowCall, liquidationCallCall, repayCall, setUserUseReserveAsCollateralCall, supplyCall, withdrawCall,
};
use super::ledger::{Ledger, Party};
use super::stage::{
    BORROWED, COLLATERAL, FALLEN_PRICE_USD, LIQUIDATED, PRICE_USD, REPAID, Stage, WITHDRAWN, cents, whole,
};

/// `interestRateMode` of the pool; stable rates are off.
const VARIABLE_RATE: U256 = U256::from_limbs([2, 0, 0, 0]);

struct Market<'a> {
    stage: &'a Stage,
    pool: Address,
}

pub(super) async fn measure(stage: &Stage, ledger: &mut Ledger) -> Result<(), GasError> {
    let market = Market { stage, pool: stage.market.pool };
    market.settle().await?;
    market.borrower(ledger).await
}

impl Market<'_> {
    /// Others supply and borrow what will be collateral, so that both reserves earn interest, as reserves do.
    async fn settle(&self) -> Result<(), GasError> {
        let (stage, other) = (self.stage, self.stage.actor("aave other").await?);
        stage.approve_plenty(&other, stage.collateral, self.pool).await?;
        stage.approve_plenty(&other, stage.debt, self.pool).await?;
        self.send(&other, &self.supply(&other, stage.collateral, whole(2_000))).await?;
        self.send(&other, &self.supply(&other, stage.debt, cents(900_000))).await?;
        self.send(&other, &self.borrow(&other, stage.collateral, whole(100))).await?;
        Ok(())
    }

    async fn borrower(&self, ledger: &mut Ledger) -> Result<(), GasError> {
        let stage = self.stage;
        let mut record = |name: &str, what: &str, gas: u64| ledger.record(Party::Aave, name, what, gas);
        let borrower = stage.actor("aave borrower").await?;
        let gas = stage.approve(&borrower, stage.collateral, self.pool, whole(COLLATERAL)).await?;
        record("approve", "approve, of exactly what is supplied next", gas)?;
        let supply = self.supply(&borrower, stage.collateral, whole(COLLATERAL));
        let gas = self.send(&borrower, &supply).await?;
        record("supply", "supply, the account's first; counts as collateral at once", gas)?;
        let gas = self.send(&borrower, &self.use_as_collateral(false)).await?;
        record("collateral_off", "setUserUseReserveAsCollateral, off", gas)?;
        let gas = self.send(&borrower, &self.use_as_collateral(true)).await?;
        record("collateral_on", "setUserUseReserveAsCollateral, on", gas)?;
        let gas = self.send(&borrower, &self.borrow(&borrower, stage.debt, cents(BORROWED))).await?;
        record("borrow", "borrow, the account's first", gas)?;
        let gas = self.send(&borrower, &self.withdraw(&borrower, whole(WITHDRAWN))).await?;
        record("withdraw_part", "withdraw of part, with a debt", gas)?;
        stage.approve_plenty(&borrower, stage.debt, self.pool).await?;
        let gas = self.send(&borrower, &self.repay(&borrower, cents(REPAID))).await?;
        record("repay_part", "repay of part", gas)?;
        let gas = self.liquidation(&borrower).await?;
        record("liquidation_call_part", "liquidationCall of part", gas)?;
        let gas = self.send(&borrower, &self.repay(&borrower, U256::MAX)).await?;
        record("repay_all", "repay of all that is left", gas)?;
        stage.approve(&borrower, stage.collateral, self.pool, whole(COLLATERAL)).await?;
        let gas = self.send(&borrower, &supply).await?;
        record("supply_later", "supply to a position that has some", gas)?;
        let gas = self.send(&borrower, &self.withdraw(&borrower, U256::MAX)).await?;
        record("withdraw", "withdraw of all, without a debt", gas)
    }

    async fn liquidation(&self, borrower: &Actor) -> Result<u64, GasError> {
        let (stage, liquidator) = (self.stage, self.stage.actor("aave liquidator").await?);
        stage.approve_plenty(&liquidator, stage.debt, self.pool).await?;
        stage.set_price(FALLEN_PRICE_USD).await?;
        let call = liquidationCallCall {
            collateralAsset: stage.collateral,
            debtAsset: stage.debt,
            user: borrower.address,
            debtToCover: cents(LIQUIDATED),
            receiveAToken: false,
        };
        let gas = self.send(&liquidator, &call).await?;
        stage.set_price(PRICE_USD).await?;
        Ok(gas)
    }

    fn supply(&self, actor: &Actor, asset: Address, amount: U256) -> supplyCall {
        supplyCall { asset, amount, onBehalfOf: actor.address, referralCode: 0 }
    }

    fn withdraw(&self, actor: &Actor, amount: U256) -> withdrawCall {
        withdrawCall { asset: self.stage.collateral, amount, to: actor.address }
    }

    fn borrow(&self, actor: &Actor, asset: Address, amount: U256) -> borrowCall {
        borrowCall { asset, amount, interestRateMode: VARIABLE_RATE, referralCode: 0, onBehalfOf: actor.address }
    }

    fn repay(&self, actor: &Actor, amount: U256) -> repayCall {
        repayCall { asset: self.stage.debt, amount, interestRateMode: VARIABLE_RATE, onBehalfOf: actor.address }
    }

    fn use_as_collateral(&self, on: bool) -> setUserUseReserveAsCollateralCall {
        setUserUseReserveAsCollateralCall { asset: self.stage.collateral, useAsCollateral: on }
    }

    async fn send<C: SolCall>(&self, from: &Actor, call: &C) -> Result<u64, GasError> {
        self.stage.send(from, self.pool, call).await
    }
}
