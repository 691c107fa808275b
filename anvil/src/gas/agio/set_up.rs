//! The contracts on the stage, deployed and handed over as an operator would, from a manifest.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, keccak256};
use contracts::bindings::credit_aggregator::CreditAggregator;
use contracts::creation::Contract;
use contracts::deploy::{
    Amount, Asset, Chain, Escrow, Governance, KeyKind, Layout, Manifest, Mode, Oracle, Policy, ProviderKey, Register,
    Route, Units, deploy,
};

use super::quorum::{BOUNDS, DAY};
use crate::gas::GasError;
use crate::gas::chain::Actor;
use crate::gas::stage::{BONUS_BPS, Feeds, LTV_BPS, PRICE_USD, Stage, THRESHOLD_BPS};

pub(super) const POLICY_VERSION: u32 = 1;
const DUST_USD: u64 = 100;
/// The longest that a route may have.
const HEARTBEAT: u32 = 7 * DAY;
const MAX_PRICE_USD: u64 = 1_000_000;
const MAX_DEVIATION_BPS: u16 = 200;
const TOLERANCE_BPS: u16 = 100;

/// What stands, and who acts for it.
#[derive(Debug)]
pub(super) struct Agio {
    pub(super) authority: Address,
    pub(super) oracle: Address,
    pub(super) escrow: Address,
    pub(super) register: Address,
    pub(super) gateway: Actor,
    pub(super) provider_key: Actor,
    pub(super) lender: Actor,
}

impl Agio {
    /// Scores are signed by `threshold` of `signers`.
    pub(super) async fn deploy(stage: &Stage, signers: &[Actor], threshold: u8) -> Result<Self, GasError> {
        let (gateway, provider_key) = (stage.actor("gateway").await?, Actor::named("provider key")?);
        let manifest = Manifest {
            chain_id: stage.chain.id(),
            salt: "agio".to_owned(),
            governance: Governance {
                guardian: Actor::named("guardian")?.address,
                multisig: Actor::named("multisig")?.address,
            },
            oracle: Oracle {
                signers: signers.iter().map(|signer| signer.address).collect(),
                threshold,
                max_score_step: BOUNDS.maxScoreStep,
                max_band_step: BOUNDS.maxBandStep,
                max_validity_seconds: BOUNDS.maxValidity,
                max_epoch_gap: BOUNDS.maxEpochGap,
            },
            escrow: escrow(stage),
            register: register(gateway.address, provider_key.address, stage.chain.now().await?),
        };
        let layout = handed_over(stage, &manifest).await?;
        let agio = Self {
            authority: layout.access_manager,
            oracle: layout.oracle,
            escrow: layout.escrow,
            register: layout.register,
            gateway,
            provider_key,
            lender: stage.actor("lender").await?,
        };
        let bind = CreditAggregator::bindLenderCall { providerId: provider_id(), bound: true };
        stage.send(&agio.lender, agio.register, &bind).await?;
        stage.approve_plenty(&agio.lender, stage.debt, agio.register).await?;
        Ok(agio)
    }
}

pub(super) fn provider_id() -> B256 {
    keccak256("provider")
}

/// One that is not part of the deployment, from the admin's account.
pub(super) async fn create(stage: &Stage, contract: Contract, arguments: &[u8]) -> Result<Address, GasError> {
    let code = contract.creation_code(&BTreeMap::new(), arguments)?;
    stage.chain.create(stage.admin.address, contract.name(), code).await
}

async fn handed_over(stage: &Stage, manifest: &Manifest) -> Result<Layout, GasError> {
    let folder = tempfile::Builder::new().prefix("agio-gas-").tempdir();
    let folder = folder.map_err(|source| GasError::io(&std::env::temp_dir(), source))?;
    let chain = Chain::new(stage.chain.provider().clone(), stage.admin.address);
    let record = deploy(&chain, manifest, folder.path(), Mode::Send, |_| ()).await?;
    Ok(Layout::recorded(&record)?)
}

/// Both tokens are listed: what is owed to one is collateral to another.
fn escrow(stage: &Stage) -> Escrow {
    let assets = [(stage.collateral, stage.collateral_feeds, PRICE_USD), (stage.debt, stage.debt_feeds, 1)];
    let assets = assets.into_iter().map(|(token, feeds, usd)| Asset {
        token,
        takes_fee: false,
        cap: Amount(u128::MAX),
        ltv_bps: LTV_BPS,
        threshold_bps: THRESHOLD_BPS,
        bonus_bps: BONUS_BPS,
        haircut_bps: 0,
        route: route(feeds, usd),
    });
    Escrow { sequencer_feed: None, sequencer_grace_seconds: 0, dust: units(DUST_USD), assets: assets.collect() }
}

fn route(feeds: Feeds, usd: u64) -> Route {
    Route {
        primary: feeds.primary,
        secondary: feeds.secondary,
        primary_heartbeat_seconds: HEARTBEAT,
        secondary_heartbeat_seconds: HEARTBEAT,
        min: Units(1),
        max: units(MAX_PRICE_USD),
        max_deviation_bps: MAX_DEVIATION_BPS,
        expected_price: units(usd),
        tolerance_bps: TOLERANCE_BPS,
    }
}

fn register(gateway: Address, key: Address, now: u64) -> Register {
    let key = ProviderKey {
        provider_id: provider_id(),
        key,
        valid_from: now,
        valid_to: now + 365 * u64::from(DAY),
        kind: KeyKind::Ecdsa,
    };
    let policy = Policy { version: POLICY_VERSION, hash: keccak256("ranking") };
    Register { gateway, policies: vec![policy], adapters: Vec::new(), keys: vec![key] }
}

fn units(usd: u64) -> Units {
    Units(u128::from(usd) * 1_000_000_000_000_000_000)
}
