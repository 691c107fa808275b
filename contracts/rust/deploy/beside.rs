//! What is in force on a chain and not in the manifest.
//!
//! A contract answers about what one can name; what else there is only its events tell. An event says what to ask about, and the
//! contract whether it is in force: what was revoked, removed or is over is not told. What governance can stop is asked for
//! one by one.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Log;
use alloy::sol_types::{SolEvent as _, SolEventInterface as _};

use super::chain::{Chain, ChainError};
use super::difference::{Call, Difference, Findings, time};
use super::layout::Layout;
use super::manifest::Manifest;
use super::settings::key_name;
use crate::bindings::credit_aggregator::CreditAggregator::{self as Register, CreditAggregatorEvents};
use crate::bindings::credit_scoring_oracle::CreditScoringOracle::{self as Oracle, CreditScoringOracleEvents};
use crate::bindings::risk_policy::RiskPolicy::{self as Policy, RiskPolicyEvents};

/// `IRiskPolicy.Action`, in its order.
const OF_POLICY: [&str; 5] = ["deposits", "locks", "openings", "partial releases", "liquidations"];
/// The register's `Action`, in its order.
const OF_REGISTER: [&str; 5] = ["opening requests", "committing outcomes", "accepting", "funding", "amending"];

/// What events name.
#[derive(Debug, Default)]
struct Named {
    books: BTreeSet<Address>,
    /// With a price or as collateral.
    assets: BTreeSet<Address>,
    adapters: BTreeSet<Address>,
    keys: BTreeSet<(B256, Address)>,
    policies: BTreeSet<u32>,
    /// Subject and model of scores that were frozen and not unfrozen.
    frozen: BTreeSet<(B256, B256)>,
}

impl Named {
    async fn read(chain: &Chain, layout: &Layout, first_block: u64) -> Result<Self, ChainError> {
        let kinds = [
            Policy::AssetListed::SIGNATURE_HASH,
            Policy::RouteSet::SIGNATURE_HASH,
            Policy::BookSet::SIGNATURE_HASH,
            Register::AdapterAdded::SIGNATURE_HASH,
            Register::KeyAdded::SIGNATURE_HASH,
            Register::PolicyPublished::SIGNATURE_HASH,
            Oracle::ScoreFrozen::SIGNATURE_HASH,
            Oracle::ScoreUnfrozen::SIGNATURE_HASH,
        ];
        let mut named = Self::default();
        for log in chain.logs(&[layout.policy, layout.register, layout.oracle], &kinds, first_block).await? {
            named.take(layout, &log).map_err(|source| ChainError::Answer { what: "an event", source })?;
        }
        Ok(named)
    }

    fn take(&mut self, layout: &Layout, log: &Log) -> Result<(), alloy::sol_types::Error> {
        let of = log.address();
        if of == layout.policy {
            match RiskPolicyEvents::decode_log(&log.inner)?.data {
                RiskPolicyEvents::AssetListed(e) => self.assets.insert(e.asset),
                RiskPolicyEvents::RouteSet(e) => self.assets.insert(e.asset),
                RiskPolicyEvents::BookSet(e) => self.books.insert(e.book),
                _ => false,
            };
        } else if of == layout.register {
            match CreditAggregatorEvents::decode_log(&log.inner)?.data {
                CreditAggregatorEvents::AdapterAdded(e) => self.adapters.insert(e.adapter),
                CreditAggregatorEvents::KeyAdded(e) => self.keys.insert((e.providerId, e.key)),
                CreditAggregatorEvents::PolicyPublished(e) => self.policies.insert(e.version),
                _ => false,
            };
        } else {
            match CreditScoringOracleEvents::decode_log(&log.inner)?.data {
                CreditScoringOracleEvents::ScoreFrozen(e) => self.frozen.insert((e.subject, e.modelId)),
                CreditScoringOracleEvents::ScoreUnfrozen(e) => self.frozen.remove(&(e.subject, e.modelId)),
                _ => false,
            };
        }
        Ok(())
    }
}

/// Asks about what is named and not in the manifest.
struct Examiner<'a> {
    chain: &'a Chain,
    layout: &'a Layout,
    manifest: &'a Manifest,
    /// Time of the newest block.
    now: u64,
    findings: Findings,
}

/// Everything that is in force and not in the manifest, and everything that is stopped.
pub(super) async fn examine(
    chain: &Chain,
    layout: &Layout,
    manifest: &Manifest,
    first_block: u64,
) -> Result<Findings, ChainError> {
    let named = Named::read(chain, layout, first_block).await?;
    let mut of = Examiner { chain, layout, manifest, now: chain.now().await?, findings: Findings::default() };
    of.pauses().await?;
    of.books(&named).await?;
    of.assets(&named).await?;
    of.adapters(&named).await?;
    of.keys(&named).await?;
    of.policies(&named).await?;
    of.oracle(&named).await?;
    Ok(of.findings)
}

impl Examiner<'_> {
    fn note(&mut self, what: String, wanted: &str, found: String, calls: Vec<Call>) {
        self.findings.differences.push(Difference { what, wanted: wanted.to_owned(), found, calls });
    }

    async fn pauses(&mut self) -> Result<(), ChainError> {
        for (action, name) in (0_u8..).zip(OF_POLICY) {
            let at = self.layout.policy;
            let until = self.chain.read(at, &Policy::pausedUntilCall { action }).await?.unwrap_or_default();
            if until > U256::from(self.now) {
                let found = u64::try_from(until)
                    .map_or_else(|_| "paused".to_owned(), |end| format!("paused until {}", time(end)));
                let calls = vec![Call::new(at, &Policy::unpauseCall { action })];
                self.note(format!("{name} of collateral"), "open", found, calls);
            }
        }
        for (action, name) in (0_u8..).zip(OF_REGISTER) {
            let at = self.layout.register;
            if self.chain.read(at, &Register::pausedCall { action }).await? == Some(true) {
                let calls = vec![Call::new(at, &Register::unpauseCall { action })];
                self.note(format!("{name} in the register"), "open", "paused".to_owned(), calls);
            }
        }
        Ok(())
    }

    async fn books(&mut self, named: &Named) -> Result<(), ChainError> {
        let at = self.layout.policy;
        for &book in &named.books {
            let ours = [self.layout.register, self.layout.debt_book].contains(&book);
            if !ours && self.chain.read(at, &Policy::bookAllowedCall { book }).await? == Some(true) {
                let calls = vec![Call::new(at, &Policy::disallowBookCall { book })];
                self.note(format!("{book} as a book of loans"), "not allowed", "allowed".to_owned(), calls);
            }
        }
        Ok(())
    }

    /// What is listed or has a route stays so.
    async fn assets(&mut self, named: &Named) -> Result<(), ChainError> {
        let at = self.layout.policy;
        for &asset in &named.assets {
            let route = self.chain.read(at, &Policy::routeOfCall { asset }).await?;
            if let Some(backup) =
                route.as_ref().map(|route| &route.backup).filter(|backup| !backup.primary.feed.is_zero())
            {
                let (primary, secondary) = (backup.primary.feed, backup.secondary.feed);
                let fact =
                    format!("the guardian may switch the price of {asset} to the feeds {primary} and {secondary}");
                self.findings.facts.push(fact);
            }
            if self.manifest.escrow.assets.iter().any(|wanted| wanted.token == asset) {
                continue;
            }
            let held = self.chain.read(at, &Policy::assetOfCall { asset }).await?.filter(|held| held.listed);
            if let Some(held) = held {
                self.note(
                    format!("collateral {asset}"),
                    "not listed",
                    format!("listed with a cap of {}", held.cap),
                    Vec::new(),
                );
            } else if let Some(route) = route.map(|route| route.active).filter(|active| !active.primary.feed.is_zero())
            {
                let found = format!("the feeds {} and {}", route.primary.feed, route.secondary.feed);
                self.note(format!("route of {asset}"), "none", found, Vec::new());
            }
        }
        Ok(())
    }

    async fn adapters(&mut self, named: &Named) -> Result<(), ChainError> {
        let at = self.layout.register;
        for &adapter in &named.adapters {
            let wanted = self.manifest.register.adapters.contains(&adapter);
            if !wanted && self.chain.read(at, &Register::isAdapterCall { adapter }).await? == Some(true) {
                let calls = vec![Call::new(at, &Register::removeAdapterCall { adapter })];
                self.note(format!("adapter {adapter}"), "not admitted", "admitted".to_owned(), calls);
            }
        }
        Ok(())
    }

    async fn keys(&mut self, named: &Named) -> Result<(), ChainError> {
        let at = self.layout.register;
        for &(provider, key) in &named.keys {
            if self.manifest.register.keys.iter().any(|wanted| (wanted.provider_id, wanted.key) == (provider, key)) {
                continue;
            }
            let held = self.chain.read(at, &Register::keyOfCall { providerId: provider, key }).await?;
            let in_force =
                |held: &Register::ProviderKey| held.kind != 0 && held.revokedAt == 0 && held.validTo > self.now;
            if let Some(held) = held.filter(in_force) {
                let found = format!("valid from {} to {}", time(held.validFrom), time(held.validTo));
                let calls = vec![Call::new(at, &Register::revokeKeyCall { providerId: provider, key })];
                self.note(key_name(provider, key), "not in force", found, calls);
            }
        }
        Ok(())
    }

    async fn policies(&mut self, named: &Named) -> Result<(), ChainError> {
        for &version in &named.policies {
            if self.manifest.register.policies.iter().any(|wanted| wanted.version == version) {
                continue;
            }
            let hash = self.chain.read(self.layout.register, &Register::policyHashCall { version }).await?;
            if let Some(hash) = hash.filter(|hash| !hash.is_zero()) {
                self.note(format!("ranking policy {version}"), "not published", hash.to_string(), Vec::new());
            }
        }
        Ok(())
    }

    async fn oracle(&mut self, named: &Named) -> Result<(), ChainError> {
        let config = self.chain.read(self.layout.oracle, &Oracle::configCall {}).await?;
        if let Some(generation) = config.map(|config| config.generation).filter(|generation| *generation != 1) {
            let fact = format!(
                "the oracle's configuration is number {generation}: reports signed under an earlier one are void"
            );
            self.findings.facts.push(fact);
        }
        let frozen = named.frozen.iter();
        let facts =
            frozen.map(|(subject, model)| format!("the score of subject {subject} under model {model} is frozen"));
        self.findings.facts.extend(facts);
        Ok(())
    }
}
