//! What the fields of a manifest must be.

use std::collections::BTreeSet;

use alloy::primitives::Address;

use super::{Asset, Escrow, Governance, ManifestError, Oracle, Register, Route, Units};

/// A share of all, in basis points.
const ALL_BPS: u32 = 10_000;
/// The most signers that the oracle takes.
const MAX_SIGNERS: usize = 64;

/// The longest steps of a report, `OracleConfig.SCORE_SPAN` and `BAND_SPAN`: longer ones would bound nothing.
const SCORE_SPAN: u16 = 550;
const BAND_SPAN: u8 = 9;
/// `RiskPolicy.MAX_DUST`.
const MAX_DUST: Units = Units(100_000 * ONE);
/// Of `PriceRoutes`: heartbeats in seconds, prices, and shares in basis points.
const MAX_HEARTBEAT: u32 = 7 * 24 * 60 * 60;
const MAX_PRICE: Units = Units(ONE * ONE);
const MAX_DEVIATION_BPS: u16 = 1_000;
const MAX_TOLERANCE_BPS: u16 = 1_000;
/// The unit of account in 1e18ths.
const ONE: u128 = 1_000_000_000_000_000_000;

pub(super) fn rule(field: impl Into<String>, rule: impl Into<String>) -> ManifestError {
    ManifestError::Rule { field: field.into(), rule: rule.into() }
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
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        named("governance.guardian", self.guardian)?;
        named("governance.multisig", self.multisig)?;
        if self.guardian == self.multisig {
            return Err(rule("governance.guardian", "is not the multisig: who loosens must not be who tightens"));
        }
        Ok(())
    }
}

impl Oracle {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
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
        self.check_bounds()
    }

    fn check_bounds(&self) -> Result<(), ManifestError> {
        if !(1..=SCORE_SPAN).contains(&self.max_score_step) {
            return Err(rule("oracle.max_score_step", format!("is 1 to {SCORE_SPAN} points")));
        }
        if !(1..=BAND_SPAN).contains(&self.max_band_step) {
            return Err(rule("oracle.max_band_step", format!("is 1 to {BAND_SPAN} bands")));
        }
        if self.max_validity_seconds == 0 {
            return Err(rule("oracle.max_validity_seconds", "is above zero"));
        }
        if self.max_epoch_gap == 0 {
            return Err(rule("oracle.max_epoch_gap", "is above zero"));
        }
        Ok(())
    }
}

impl Escrow {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        if let Some(feed) = self.sequencer_feed {
            named("escrow.sequencer_feed", feed)?;
        } else if self.sequencer_grace_seconds != 0 {
            return Err(rule("escrow.sequencer_grace_seconds", "is 0 where there is no sequencer_feed"));
        }
        if self.dust.0 == 0 || self.dust > MAX_DUST {
            return Err(rule("escrow.dust", format!("is above zero and at most {}", MAX_DUST.0 / ONE)));
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
            if heartbeat == 0 || heartbeat > MAX_HEARTBEAT {
                let limits = format!("is above zero and at most {MAX_HEARTBEAT}");
                return Err(rule(format!("{at}.{name}_heartbeat_seconds"), limits));
            }
        }
        if self.max > MAX_PRICE {
            return Err(rule(format!("{at}.max"), "is at most 10^18"));
        }
        for (name, share, most) in [
            ("max_deviation_bps", self.max_deviation_bps, MAX_DEVIATION_BPS),
            ("tolerance_bps", self.tolerance_bps, MAX_TOLERANCE_BPS),
        ] {
            if share > most {
                return Err(rule(format!("{at}.{name}"), format!("is at most {most}")));
            }
        }
        if !(self.min < self.expected_price && self.expected_price < self.max) {
            return Err(rule(format!("{at}.expected_price"), "is above min and below max"));
        }
        Ok(())
    }
}

impl Register {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        named("register.gateway", self.gateway)?;
        once("register.policies", self.policies.iter().map(|policy| policy.version))?;
        once("register.adapters", &self.adapters)?;
        for (index, adapter) in self.adapters.iter().enumerate() {
            named(format!("register.adapters[{index}]"), *adapter)?;
        }
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
