//! What a deployment is to be, as an operator writes it down. Checked whole before anything is asked of a chain.

mod rules;
#[cfg(test)]
mod tests;

use alloy::primitives::{Address, B256, Bytes, keccak256, utils::parse_ether};
use serde::Deserialize;

use crate::bindings::credit_scoring_oracle::CreditScoringOracle::Bounds;

/// A rule that the manifest breaks.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ManifestError {
    #[error("the manifest is not of its form: {0}")]
    Form(String),
    #[error("{field}: {rule}")]
    Rule { field: String, rule: String },
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
        // Digits beyond the last unit would be dropped.
        let exact = text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 18);
        let plain = exact && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
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
            return Err(rules::rule("chain_id", "is above zero"));
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

impl Oracle {
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
