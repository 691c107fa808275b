//! What the contracts are set to, beside the manifest.

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;

use super::chain::{Chain, ChainError};
use super::difference::{Call, Difference, time};
use super::layout::Layout;
use super::manifest::{Asset, KeyKind, Manifest, ProviderKey, Route};
use crate::bindings::collateral_manager::CollateralManager as Escrow;
use crate::bindings::credit_aggregator::CreditAggregator as Register;
use crate::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use crate::bindings::risk_policy::{self, RiskPolicy as Policy};

/// How long a threshold takes from one figure to the next, in seconds (`RiskRules.RAMP`).
const RAMP: u64 = 48 * 60 * 60;

/// Asks for each setting and notes what differs.
struct Examiner<'a> {
    chain: &'a Chain,
    /// Time of the newest block.
    now: u64,
    differences: Vec<Difference>,
}

/// Every setting that is not as the manifest says, in the order in which they can be mended.
pub(super) async fn differences(
    chain: &Chain,
    layout: &Layout,
    manifest: &Manifest,
) -> Result<Vec<Difference>, ChainError> {
    let mut of = Examiner { chain, now: chain.now().await?, differences: Vec::new() };
    of.oracle(layout.oracle, manifest).await?;
    of.policy(layout, manifest).await?;
    for asset in &manifest.escrow.assets {
        of.asset(layout.policy, asset).await?;
    }
    let calls = vec![Call::new(layout.escrow, &Escrow::setPolicyCall { next: layout.policy })];
    of.born("policy of the escrow", layout.escrow, &Escrow::policyCall {}, &layout.policy, calls).await?;
    of.register(layout, manifest).await?;
    Ok(of.differences)
}

impl Examiner<'_> {
    /// Notes a difference where a view does not answer what is wanted.
    async fn equal<C>(
        &mut self,
        what: impl Into<String>,
        to: Address,
        call: &C,
        wanted: &C::Return,
        calls: Vec<Call>,
    ) -> Result<(), ChainError>
    where
        C: SolCall,
        C::Return: PartialEq + std::fmt::Debug,
    {
        let found = self.chain.read(to, call).await?;
        if found.as_ref() != Some(wanted) {
            self.note(what, format!("{wanted:?}"), found.as_ref(), calls);
        }
        Ok(())
    }

    /// As [`Self::equal`], for what the constructor sets: where there is no contract yet, nothing is left to set.
    async fn born<C>(
        &mut self,
        what: &str,
        to: Address,
        call: &C,
        wanted: &C::Return,
        calls: Vec<Call>,
    ) -> Result<(), ChainError>
    where
        C: SolCall,
        C::Return: PartialEq + std::fmt::Debug,
    {
        if self.chain.has_code(to).await? { self.equal(what, to, call, wanted, calls).await } else { Ok(()) }
    }

    fn note(
        &mut self,
        what: impl Into<String>,
        wanted: impl Into<String>,
        found: Option<&impl std::fmt::Debug>,
        calls: Vec<Call>,
    ) {
        let found = found.map_or_else(|| "nothing there".to_owned(), |found| format!("{found:?}"));
        self.differences.push(Difference { what: what.into(), wanted: wanted.into(), found, calls });
    }

    async fn oracle(&mut self, at: Address, manifest: &Manifest) -> Result<(), ChainError> {
        let wanted = &manifest.oracle;
        let signers = wanted.signers_in_order();
        let set = Oracle::setSignersCall { signers_: signers.clone(), threshold_: wanted.threshold };
        let set = vec![Call::new(at, &set)];
        self.born("signers of the oracle", at, &Oracle::signersCall {}, &signers, set.clone()).await?;
        let Some(found) = self.chain.read(at, &Oracle::configCall {}).await? else { return Ok(()) };
        if found.threshold != wanted.threshold {
            self.note("threshold of the oracle", wanted.threshold.to_string(), Some(&found.threshold), set);
        }
        let bounds = wanted.bounds();
        if found.bounds != bounds {
            let set = vec![Call::new(at, &Oracle::setBoundsCall { bounds_: bounds.clone() })];
            self.note("bounds of the oracle", format!("{bounds:?}"), Some(&found.bounds), set);
        }
        if found.frozen {
            let open = vec![Call::new(at, &Oracle::unfreezeAllCall {})];
            self.note("the oracle", "in service", Some(&"frozen"), open);
        }
        Ok(())
    }

    async fn policy(&mut self, layout: &Layout, manifest: &Manifest) -> Result<(), ChainError> {
        let (at, wanted) = (layout.policy, &manifest.escrow);
        let feed = wanted.sequencer_feed.unwrap_or_default();
        self.born("sequencer's feed", at, &Policy::sequencerFeedCall {}, &feed, Vec::new()).await?;
        let grace = U256::from(wanted.sequencer_grace_seconds);
        self.born("sequencer's grace", at, &Policy::sequencerGraceCall {}, &grace, Vec::new()).await?;
        let dust = U256::from(wanted.dust.0);
        let set = vec![Call::new(at, &Policy::setDustCall { dust })];
        self.born("dust", at, &Policy::dustValueCall {}, &dust, set).await?;
        for (name, book) in [("register", layout.register), ("debt book", layout.debt_book)] {
            let allow = vec![Call::new(at, &Policy::allowBookCall { book })];
            let what = format!("the {name} as a book of loans");
            self.equal(what, at, &Policy::bookAllowedCall { book }, &true, allow).await?;
        }
        Ok(())
    }

    async fn asset(&mut self, at: Address, asset: &Asset) -> Result<(), ChainError> {
        let token = asset.token;
        let route = self.chain.read(at, &Policy::routeOfCall { asset: token }).await?;
        let active = route.as_ref().map(|route| &route.active);
        if !active.is_some_and(|active| is_route(active, &asset.route)) {
            let set = vec![Call::new(at, &set_route(asset))];
            self.note(format!("route of {token}"), format!("{:?}", config(&asset.route)), active, set);
        }
        let held = self.chain.read(at, &Policy::assetOfCall { asset: token }).await?;
        let what = format!("collateral {token}");
        let Some(held) = held.filter(|held| held.listed) else {
            let list = vec![Call::new(at, &list_asset(asset))];
            self.note(what, "listed", None::<&()>, list);
            return Ok(());
        };
        if held.takesFee != asset.takes_fee {
            self.note(format!("{what}: takes_fee"), asset.takes_fee.to_string(), Some(&held.takesFee), Vec::new());
        }
        let shares = (held.ltvBps, held.thresholdTo, held.bonusBps);
        let wanted = (asset.ltv_bps, asset.threshold_bps, asset.bonus_bps);
        if shares != wanted {
            let set = vec![Call::new(at, &set_risk(asset))];
            self.note(format!("{what}: LTV, threshold, bonus in bps"), format!("{wanted:?}"), Some(&shares), set);
        }
        if let Some(found) = on_its_way(&held, self.now) {
            let what = format!("{what}: threshold in bps");
            let (wanted, calls) = (asset.threshold_bps.to_string(), Vec::new());
            self.differences.push(Difference { what, wanted, found, calls });
        }
        if held.cap != asset.cap.0 {
            let cap = asset.cap.0;
            let set = if cap < held.cap {
                Call::new(at, &Policy::lowerCapCall { asset: token, cap })
            } else {
                Call::new(at, &Policy::raiseCapCall { asset: token, cap })
            };
            self.note(format!("{what}: cap"), cap.to_string(), Some(&held.cap), vec![set]);
        }
        if held.haircutBps != asset.haircut_bps {
            let haircut = asset.haircut_bps;
            let set = if haircut > held.haircutBps {
                Call::new(at, &Policy::raiseHaircutCall { asset: token, haircutBps: haircut })
            } else {
                Call::new(at, &Policy::lowerHaircutCall { asset: token, haircutBps: haircut })
            };
            self.note(format!("{what}: haircut in bps"), haircut.to_string(), Some(&held.haircutBps), vec![set]);
        }
        Ok(())
    }

    async fn register(&mut self, layout: &Layout, manifest: &Manifest) -> Result<(), ChainError> {
        let (at, wanted) = (layout.register, &manifest.register);
        let set = vec![Call::new(at, &Register::setEscrowCall { escrow_: layout.escrow })];
        self.born("escrow of the register", at, &Register::escrowCall {}, &layout.escrow, set).await?;
        let set = vec![Call::new(at, &Register::setScoresCall { scores_: layout.oracle })];
        self.born("scores of the register", at, &Register::scoresCall {}, &layout.oracle, set).await?;
        let set = vec![Call::new(at, &Register::setGatewayCall { gateway_: wanted.gateway })];
        self.born("gateway of the register", at, &Register::gatewayCall {}, &wanted.gateway, set).await?;
        for policy in &wanted.policies {
            let version = policy.version;
            let found = self.chain.read(at, &Register::policyHashCall { version }).await?;
            let publish = Call::new(at, &Register::publishPolicyCall { version, hash_: policy.hash });
            // A published hash stays.
            let calls = if found.is_none_or(|found| found.is_zero()) { vec![publish] } else { Vec::new() };
            if found != Some(policy.hash) {
                self.note(format!("ranking policy {version}"), policy.hash.to_string(), found.as_ref(), calls);
            }
        }
        for &adapter in &wanted.adapters {
            let add = vec![Call::new(at, &Register::addAdapterCall { adapter })];
            self.equal(format!("adapter {adapter}"), at, &Register::isAdapterCall { adapter }, &true, add).await?;
        }
        for key in &wanted.keys {
            self.key(at, key).await?;
        }
        Ok(())
    }

    async fn key(&mut self, at: Address, wanted: &ProviderKey) -> Result<(), ChainError> {
        let (provider, key) = (wanted.provider_id, wanted.key);
        let kind: u8 = match wanted.kind {
            KeyKind::Ecdsa => 1,
            KeyKind::Erc1271 => 2,
        };
        let found = self.chain.read(at, &Register::keyOfCall { providerId: provider, key }).await?;
        let held = Register::ProviderKey { validFrom: wanted.valid_from, validTo: wanted.valid_to, revokedAt: 0, kind };
        if found.as_ref() == Some(&held) {
            return Ok(());
        }
        // A key is held once and for ever, so that only one never seen can be added.
        let unknown = found.as_ref().is_none_or(|found| found.kind == 0);
        let (from, to) = (wanted.valid_from, wanted.valid_to);
        let add = Register::addKeyCall { providerId: provider, key, validFrom: from, validTo: to, kind };
        let add = Call::new(at, &add);
        let calls = if unknown { vec![add] } else { Vec::new() };
        self.note(key_name(provider, key), format!("{held:?}"), found.as_ref(), calls);
        Ok(())
    }
}

/// Where a threshold is between two figures, as `RiskRules.thresholdAt` has it; `None` where it stands.
fn on_its_way(held: &risk_policy::RiskPolicy::Asset, now: u64) -> Option<String> {
    let (from, to, end) = (held.thresholdFrom, held.thresholdTo, held.rampStart.saturating_add(RAMP));
    if held.rampStart == 0 || from == to || now >= end {
        return None;
    }
    let moved = u64::from(from.abs_diff(to)) * now.saturating_sub(held.rampStart) / RAMP;
    let (start, forward) = (u64::from(from), to > from);
    let stands = if forward { start + moved } else { start.saturating_sub(moved) };
    Some(format!("{stands} on its way from {from} to {to}, where it is at {}", time(end)))
}

pub(super) fn key_name(provider: B256, key: Address) -> String {
    format!("key {key} of provider {provider}")
}

fn config(route: &Route) -> risk_policy::PriceRoutes::RouteConfig {
    risk_policy::PriceRoutes::RouteConfig {
        primary: route.primary,
        secondary: route.secondary,
        primaryHeartbeat: route.primary_heartbeat_seconds,
        secondaryHeartbeat: route.secondary_heartbeat_seconds,
        min: route.min.0,
        max: route.max.0,
        maxDeviationBps: route.max_deviation_bps,
    }
}

fn is_route(held: &risk_policy::FeedReader::Route, wanted: &Route) -> bool {
    let held = risk_policy::PriceRoutes::RouteConfig {
        primary: held.primary.feed,
        secondary: held.secondary.feed,
        primaryHeartbeat: held.primary.heartbeat,
        secondaryHeartbeat: held.secondary.heartbeat,
        min: held.min,
        max: held.max,
        maxDeviationBps: held.maxDeviationBps,
    };
    held == config(wanted)
}

fn set_route(asset: &Asset) -> Policy::setRouteCall {
    Policy::setRouteCall {
        asset: asset.token,
        config: config(&asset.route),
        expected: U256::from(asset.route.expected_price.0),
        toleranceBps: U256::from(asset.route.tolerance_bps),
    }
}

fn set_risk(asset: &Asset) -> Policy::setRiskCall {
    Policy::setRiskCall {
        asset: asset.token,
        ltvBps: asset.ltv_bps,
        thresholdBps: asset.threshold_bps,
        bonusBps: asset.bonus_bps,
    }
}

fn list_asset(asset: &Asset) -> Policy::listAssetCall {
    Policy::listAssetCall {
        asset: asset.token,
        takesFee: asset.takes_fee,
        cap: asset.cap.0,
        ltvBps: asset.ltv_bps,
        thresholdBps: asset.threshold_bps,
        bonusBps: asset.bonus_bps,
        haircutBps: asset.haircut_bps,
    }
}
