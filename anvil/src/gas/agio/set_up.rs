//! The contracts on the stage, as governance would have set them up. The admin of the `AccessManager` acts at once: what
//! is measured are calls that are restricted to nobody.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::{SolCall, SolConstructor};
use contracts::bindings::access_manager::AccessManager;
use contracts::bindings::collateral_manager::CollateralManager;
use contracts::bindings::credit_aggregator::CreditAggregator;
use contracts::bindings::risk_policy::{PriceRoutes::RouteConfig, RiskPolicy};

use super::code::creation_code;
use crate::gas::GasError;
use crate::gas::chain::Actor;
use crate::gas::stage::{BONUS_BPS, Feeds, LTV_BPS, PRICE_USD, Stage, THRESHOLD_BPS};

pub(super) const PROVIDER: &str = "provider";
pub(super) const POLICY_VERSION: u32 = 1;
/// USD, in 1e18ths.
const DUST_USD: u64 = 100;
/// The longest that a route may have.
const HEARTBEAT: u32 = 7 * 24 * 3_600;
const MAX_PRICE: u128 = 1_000_000_000_000_000_000_000_000_000_000_000_000;
const MAX_DEVIATION_BPS: u16 = 200;
const TOLERANCE_BPS: u64 = 100;
/// `KeyKind.Ecdsa`.
const ECDSA: u8 = 1;
const LIBRARIES: [&str; 4] = ["ArrearsLogic", "FundingLogic", "QuoteLogic", "RequestLogic"];

/// What stands, and who acts for it.
#[derive(Debug)]
pub(super) struct Agio {
    pub(super) escrow: Address,
    pub(super) register: Address,
    pub(super) gateway: Actor,
    pub(super) provider_key: Actor,
    pub(super) lender: Actor,
}

impl Agio {
    /// Everything but the oracle, which is `scores`.
    pub(super) async fn deploy(stage: &Stage, manager: Address, scores: Address) -> Result<Self, GasError> {
        let policy = policy(stage, manager).await?;
        let arguments = CollateralManager::constructorCall { authority: manager, first: policy };
        let escrow = create(stage, "CollateralManager", &BTreeMap::new(), &arguments.abi_encode()).await?;
        let gateway = stage.actor("gateway").await?;
        let mut libraries = BTreeMap::new();
        for library in LIBRARIES {
            libraries.insert(library, create(stage, library, &BTreeMap::new(), &[]).await?);
        }
        let arguments = CreditAggregator::constructorCall {
            authority: manager,
            escrow_: escrow,
            scores_: scores,
            gateway_: gateway.address,
        };
        let register = create(stage, "CreditAggregator", &libraries, &arguments.abi_encode()).await?;
        admin(stage, policy, &RiskPolicy::allowBookCall { book: register }).await?;
        let (provider_key, lender) = (Actor::named("provider key")?, stage.actor("lender").await?);
        let agio = Self { escrow, register, gateway, provider_key, lender };
        agio.admit_provider(stage).await?;
        Ok(agio)
    }

    async fn admit_provider(&self, stage: &Stage) -> Result<(), GasError> {
        let now = stage.chain.now().await?;
        let key = CreditAggregator::addKeyCall {
            providerId: provider_id(),
            key: self.provider_key.address,
            validFrom: now,
            validTo: now + 365 * 24 * 3_600,
            kind: ECDSA,
        };
        admin(stage, self.register, &key).await?;
        let policy = CreditAggregator::publishPolicyCall { version: POLICY_VERSION, hash_: keccak256("ranking") };
        admin(stage, self.register, &policy).await?;
        let bind = CreditAggregator::bindLenderCall { providerId: provider_id(), bound: true };
        stage.send(&self.lender, self.register, &bind).await?;
        stage.approve_plenty(&self.lender, stage.debt, self.register).await
    }
}

pub(super) fn provider_id() -> B256 {
    keccak256(PROVIDER)
}

pub(super) async fn manager(stage: &Stage) -> Result<Address, GasError> {
    let arguments = AccessManager::constructorCall { initialAdmin: stage.admin.address };
    create(stage, "AccessManager", &BTreeMap::new(), &arguments.abi_encode()).await
}

/// Deploys from the admin's account.
pub(super) async fn create(
    stage: &Stage,
    contract: &'static str,
    libraries: &BTreeMap<&'static str, Address>,
    arguments: &[u8],
) -> Result<Address, GasError> {
    let code = creation_code(contract, libraries, arguments)?;
    stage.chain.create(stage.admin.address, contract, code).await
}

async fn policy(stage: &Stage, manager: Address) -> Result<Address, GasError> {
    let arguments = RiskPolicy::constructorCall {
        authority: manager,
        sequencer: Address::ZERO,
        graceSeconds: U256::ZERO,
        dust: wad(DUST_USD),
    };
    let policy = create(stage, "RiskPolicy", &BTreeMap::new(), &arguments.abi_encode()).await?;
    for (asset, feeds, usd) in
        [(stage.collateral, stage.collateral_feeds, PRICE_USD), (stage.debt, stage.debt_feeds, 1)]
    {
        let route = RiskPolicy::setRouteCall {
            asset,
            config: config(feeds),
            expected: wad(usd),
            toleranceBps: U256::from(TOLERANCE_BPS),
        };
        admin(stage, policy, &route).await?;
    }
    let list = RiskPolicy::listAssetCall {
        asset: stage.collateral,
        takesFee: false,
        cap: u128::MAX,
        ltvBps: LTV_BPS,
        thresholdBps: THRESHOLD_BPS,
        bonusBps: BONUS_BPS,
        haircutBps: 0,
    };
    admin(stage, policy, &list).await?;
    Ok(policy)
}

fn config(feeds: Feeds) -> RouteConfig {
    RouteConfig {
        primary: feeds.primary,
        secondary: feeds.secondary,
        primaryHeartbeat: HEARTBEAT,
        secondaryHeartbeat: HEARTBEAT,
        min: 1,
        max: MAX_PRICE,
        maxDeviationBps: MAX_DEVIATION_BPS,
    }
}

async fn admin<C: SolCall>(stage: &Stage, to: Address, call: &C) -> Result<(), GasError> {
    stage.send(&stage.admin, to, call).await.map(|_| ())
}

fn wad(usd: u64) -> U256 {
    U256::from(usd) * U256::from(10).pow(U256::from(18))
}
