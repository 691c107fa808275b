//! What a deployment is to be, as an operator writes it down. Checked whole before anything is asked of a chain.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, Bytes, keccak256, utils::parse_ether};
use serde::Deserialize;

use crate::bindings::credit_scoring_oracle::CreditScoringOracle::Bounds;

/// A share of all, in basis points.
const ALL_BPS: u32 = 10_000;
/// The most signers that the oracle takes.
const MAX_SIGNERS: usize = 64;

/// A rule that the manifest breaks.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ManifestError {
    #[error("the manifest is not of its form: {0}")]
    Form(String),
    #[error("{field}: {rule}")]
    Rule { field: String, rule: String },
}

fn rule(field: impl Into<String>, rule: impl Into<String>) -> ManifestError {
    ManifestError::Rule { field: field.into(), rule: rule.into() }
}

/// What a deployment is to be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Of the chain that this is for; a chain that says otherwise is refused.
    pub chain_id: u64,
    /// Another text makes another deployment of the same contracts, at other addresses.
    #[serde(default = "first")]
    pub salt: String,
    pub governance: Governance,
    pub oracle: Oracle,
    pub escrow: Escrow,
    pub register: Register,
}

fn first() -> String {
    "agio".to_owned()
}

/// Who holds the two lanes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governance {
    /// May tighten, at once.
    pub guardian: Address,
    /// May loosen, after the delay.
    pub multisig: Address,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oracle {
    /// In any order; the contract's own is made of them.
    pub signers: Vec<Address>,
    /// How many of them make a report: more than half.
    pub threshold: u8,
    /// Points.
    pub max_score_step: u16,
    pub max_band_step: u8,
    pub max_validity_seconds: u32,
    pub max_epoch_gap: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escrow {
    /// Feed of the sequencer, on a chain that has one.
    pub sequencer_feed: Option<Address>,
    #[serde(default)]
    pub sequencer_grace_seconds: u64,
    /// What is too small to be left behind, in the unit of account: `"100"`, `"0.5"`.
    pub dust: Units,
    #[serde(default)]
    pub assets: Vec<Asset>,
}

/// An asset that may be collateral.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    pub token: Address,
    /// Whether the token may deliver less than was sent.
    #[serde(default)]
    pub takes_fee: bool,
    /// The most that the escrow may hold, in the token's smallest unit.
    pub cap: Amount,
    pub ltv_bps: u16,
    pub threshold_bps: u16,
    pub bonus_bps: u16,
    #[serde(default)]
    pub haircut_bps: u16,
    pub route: Route,
}

/// Where the prices of an asset come from. Prices are in the unit of account per whole token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub primary: Address,
    pub secondary: Address,
    pub primary_heartbeat_seconds: u32,
    pub secondary_heartbeat_seconds: u32,
    /// Prices are above this.
    pub min: Units,
    /// Prices are below this.
    pub max: Units,
    /// How far the two may be apart.
    pub max_deviation_bps: u16,
    /// What the price is now, as the operator knows it from elsewhere.
    pub expected_price: Units,
    /// How far what the feeds say may be from it when the route is set.
    pub tolerance_bps: u16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Who commits the outcomes of requests.
    pub gateway: Address,
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// Contracts whose word on a protocol's debt counts.
    #[serde(default)]
    pub adapters: Vec<Address>,
    #[serde(default)]
    pub keys: Vec<ProviderKey>,
}

/// A published ranking policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub version: u32,
    pub hash: B256,
}

/// A key that signs quotes for a provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderKey {
    pub provider_id: B256,
    pub key: Address,
    /// First second of validity, since the epoch.
    pub valid_from: u64,
    /// First second no longer valid.
    pub valid_to: u64,
    pub kind: KeyKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    Ecdsa,
    Erc1271,
}

/// A decimal number of the unit of account, kept in 1e18ths: `"1850.25"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units(pub u128);

impl<'de> Deserialize<'de> for Units {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(format!("`{text}` is no decimal number of 1e18ths in 128 bits"));
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = parse_ether(&text).ok().filter(|_| plain).ok_or_else(wrong)?;
        u128::try_from(value).map(Self).map_err(|_| wrong())
    }
}

/// A whole number written as text, since TOML's own stop at 63 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub u128);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(format!("`{text}` is no whole number of 128 bits"));
        text.parse().map(Self).map_err(|_| wrong())
    }
}

impl Manifest {
    /// Reads and checks a manifest in TOML.
    ///
    /// # Errors
    /// The line that is not of the form, or the field and the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ManifestError::Form(error.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.chain_id == 0 {
            return Err(rule("chain_id", "is above zero"));
        }
        self.governance.check()?;
        self.oracle.check()?;
        self.escrow.check()?;
        self.register.check()
    }

    /// Every account that is trusted with something, and the field that names it.
    pub(super) fn parties(&self) -> Vec<(String, Address)> {
        let mut parties = vec![
            ("governance.guardian".to_owned(), self.governance.guardian),
            ("governance.multisig".to_owned(), self.governance.multisig),
            ("register.gateway".to_owned(), self.register.gateway),
        ];
        let signers = self.oracle.signers.iter().enumerate();
        parties.extend(signers.map(|(index, signer)| (format!("oracle.signers[{index}]"), *signer)));
        let keys = self.register.keys.iter().enumerate();
        parties.extend(keys.map(|(index, key)| (format!("register.keys[{index}].key"), key.key)));
        parties
    }

    /// What the addresses of the deployment depend on beside its code.
    pub(super) fn salt(&self) -> B256 {
        keccak256(self.salt.as_bytes())
    }
}

fn named(field: impl Into<String>, address: Address) -> Result<(), ManifestError> {
    if address.is_zero() { Err(rule(field, "is not the zero address")) } else { Ok(()) }
}

fn once<T: Ord>(field: &str, all: impl IntoIterator<Item = T>) -> Result<(), ManifestError> {
    let mut seen = BTreeSet::new();
    for (index, one) in all.into_iter().enumerate() {
        if !seen.insert(one) {
            return Err(rule(format!("{field}[{index}]"), "is named before"));
        }
    }
    Ok(())
}

impl Governance {
    fn check(&self) -> Result<(), ManifestError> {
        named("governance.guardian", self.guardian)?;
        named("governance.multisig", self.multisig)?;
        if self.guardian == self.multisig {
            return Err(rule("governance.guardian", "is not the multisig: who loosens must not be who tightens"));
        }
        Ok(())
    }
}

impl Oracle {
    fn check(&self) -> Result<(), ManifestError> {
        let count = self.signers.len();
        if count == 0 || count > MAX_SIGNERS {
            return Err(rule("oracle.signers", format!("are 1 to {MAX_SIGNERS}")));
        }
        for (index, signer) in self.signers.iter().enumerate() {
            named(format!("oracle.signers[{index}]"), *signer)?;
        }
        once("oracle.signers", &self.signers)?;
        let threshold = usize::from(self.threshold);
        if threshold > count || 2 * threshold <= count {
            return Err(rule("oracle.threshold", format!("is more than half of the {count} signers and at most all")));
        }
        Ok(())
    }

    /// As the contract wants them: in ascending order of their hashes.
    pub(super) fn signers_in_order(&self) -> Vec<Bytes> {
        let mut signers = self.signers.clone();
        signers.sort_by_key(|signer| keccak256(signer));
        signers.iter().map(|signer| Bytes::copy_from_slice(signer.as_slice())).collect()
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            maxScoreStep: self.max_score_step,
            maxBandStep: self.max_band_step,
            maxValidity: self.max_validity_seconds,
            maxEpochGap: self.max_epoch_gap,
        }
    }
}

impl Escrow {
    fn check(&self) -> Result<(), ManifestError> {
        if let Some(feed) = self.sequencer_feed {
            named("escrow.sequencer_feed", feed)?;
        } else if self.sequencer_grace_seconds != 0 {
            return Err(rule("escrow.sequencer_grace_seconds", "is 0 where there is no sequencer_feed"));
        }
        if self.dust.0 == 0 {
            return Err(rule("escrow.dust", "is above zero"));
        }
        once("escrow.assets", self.assets.iter().map(|asset| asset.token))?;
        self.assets.iter().enumerate().try_for_each(|(index, asset)| asset.check(&format!("escrow.assets[{index}]")))
    }
}

impl Asset {
    fn check(&self, at: &str) -> Result<(), ManifestError> {
        named(format!("{at}.token"), self.token)?;
        if self.ltv_bps >= self.threshold_bps {
            return Err(rule(format!("{at}.ltv_bps"), "is below threshold_bps"));
        }
        let (threshold, bonus) = (u32::from(self.threshold_bps), u32::from(self.bonus_bps));
        if threshold * (ALL_BPS + bonus) >= ALL_BPS * ALL_BPS {
            return Err(rule(format!("{at}.bonus_bps"), "leaves threshold x (1 + bonus) below one"));
        }
        if u32::from(self.haircut_bps) > ALL_BPS {
            return Err(rule(format!("{at}.haircut_bps"), format!("is at most {ALL_BPS}")));
        }
        self.route.check(&format!("{at}.route"))
    }
}

impl Route {
    fn check(&self, at: &str) -> Result<(), ManifestError> {
        named(format!("{at}.primary"), self.primary)?;
        named(format!("{at}.secondary"), self.secondary)?;
        if self.primary == self.secondary {
            return Err(rule(format!("{at}.secondary"), "is another feed than primary"));
        }
        for (name, heartbeat) in
            [("primary", self.primary_heartbeat_seconds), ("secondary", self.secondary_heartbeat_seconds)]
        {
            if heartbeat == 0 {
                return Err(rule(format!("{at}.{name}_heartbeat_seconds"), "is above zero"));
            }
        }
        if !(self.min < self.expected_price && self.expected_price < self.max) {
            return Err(rule(format!("{at}.expected_price"), "is above min and below max"));
        }
        Ok(())
    }
}

impl Register {
    fn check(&self) -> Result<(), ManifestError> {
        named("register.gateway", self.gateway)?;
        once("register.policies", self.policies.iter().map(|policy| policy.version))?;
        once("register.adapters", &self.adapters)?;
        once("register.keys", self.keys.iter().map(|key| (key.provider_id, key.key)))?;
        for (index, policy) in self.policies.iter().enumerate() {
            if policy.hash.is_zero() {
                return Err(rule(format!("register.policies[{index}].hash"), "is not zero"));
            }
        }
        for (index, key) in self.keys.iter().enumerate() {
            named(format!("register.keys[{index}].key"), key.key)?;
            if key.valid_from >= key.valid_to {
                return Err(rule(format!("register.keys[{index}].valid_to"), "is after valid_from"));
            }
        }
        Ok(())
    }
}
