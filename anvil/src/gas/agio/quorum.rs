//! An oracle and the hands of its signers.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol;
use alloy::sol_types::{Eip712Domain, SolConstructor, SolStruct};
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle::{self, Bounds, Report};
use contracts::creation::Contract;

use super::set_up::create;
use crate::gas::GasError;
use crate::gas::chain::Actor;
use crate::gas::stage::Stage;

pub(super) const BOUNDS: Bounds = Bounds { maxScoreStep: 120, maxBandStep: 3, maxValidity: 90 * DAY, maxEpochGap: 10 };
pub(super) const DAY: u32 = 24 * 3_600;
const VALID_FOR: u64 = 30 * DAY as u64;

sol! {
    /// What the signers sign of many reports at once.
    struct Batch {
        bytes32 root;
        bytes32 configDigest;
    }
}

/// m of n, who sign as the first m.
#[derive(Debug)]
pub(super) struct Quorum {
    pub(super) oracle: Address,
    pub(super) threshold: u8,
    keys: Vec<Actor>,
    domain: Eip712Domain,
    config: B256,
}

impl Quorum {
    /// In the order that a set is kept in.
    pub(super) fn keys(signers: u8) -> Result<Vec<Actor>, GasError> {
        let keys = (0..signers).map(|i| Actor::named(&format!("signer {i} of {signers}")));
        let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
        keys.sort_by_key(|key| keccak256(key.address));
        Ok(keys)
    }

    /// An oracle beside the deployed one.
    pub(super) async fn deploy(
        stage: &Stage,
        authority: Address,
        threshold: u8,
        signers: u8,
    ) -> Result<Self, GasError> {
        let keys = Self::keys(signers)?;
        let arguments = CreditScoringOracle::constructorCall {
            authority,
            signers_: keys.iter().map(|key| key.address.to_vec().into()).collect(),
            threshold,
            bounds: BOUNDS,
        };
        let oracle = create(stage, Contract::CreditScoringOracle, &arguments.abi_encode()).await?;
        Self::of(stage, oracle, keys, threshold).await
    }

    pub(super) async fn of(stage: &Stage, oracle: Address, keys: Vec<Actor>, threshold: u8) -> Result<Self, GasError> {
        let name = Some("Agio Credit Scoring Oracle".into());
        let chain = Some(U256::from(stage.chain.id()));
        let domain = Eip712Domain::new(name, Some("1".into()), chain, Some(oracle), None);
        let config = stage.chain.read(oracle, &CreditScoringOracle::configDigestCall {}).await?;
        Ok(Self { oracle, threshold, keys, domain, config })
    }

    pub(super) fn signers(&self) -> usize {
        self.keys.len()
    }

    /// A report whose figures depend on its epoch, so that a later one changes every word that an earlier one wrote.
    pub(super) fn report(&self, subject: B256, epoch: u32, now: u64) -> Report {
        let later = epoch > 1;
        Report {
            subject,
            modelId: model(),
            modelVersion: 7,
            epoch,
            score: if later { 655 } else { 640 },
            band: 4,
            pdPpm: 31_000,
            pdLowPpm: 24_000,
            pdHighPpm: 40_000,
            horizonDays: 365,
            observedAt: now,
            validUntil: now + VALID_FOR,
            consentHash: keccak256([subject, keccak256("consent")].concat()),
            dataCommitment: keccak256([subject, B256::left_padding_from(&epoch.to_be_bytes())].concat()),
            configDigest: self.config,
        }
    }

    pub(super) fn submission(&self, report: Report) -> Result<CreditScoringOracle::submitReportCall, GasError> {
        let signatures = self.signatures(&report)?;
        Ok(CreditScoringOracle::submitReportCall { report, bitmap: self.bitmap(), signatures })
    }

    /// Signs the root, once.
    pub(super) fn batch(
        &self,
        root: B256,
        reports: Vec<Report>,
        proofs: Vec<Vec<B256>>,
    ) -> Result<CreditScoringOracle::submitBatchCall, GasError> {
        let signatures = self.signatures(&Batch { root, configDigest: self.config })?;
        Ok(CreditScoringOracle::submitBatchCall { root, bitmap: self.bitmap(), signatures, reports, proofs })
    }

    fn bitmap(&self) -> u64 {
        (1 << self.threshold) - 1
    }

    /// Each after two bytes with its length.
    fn signatures<S: SolStruct>(&self, signed: &S) -> Result<Bytes, GasError> {
        let digest = signed.eip712_signing_hash(&self.domain);
        let mut all = Vec::new();
        for key in self.keys.iter().take(self.threshold.into()) {
            let signature = key.sign(digest)?;
            all.extend([0, 65]);
            all.extend_from_slice(&signature);
        }
        Ok(all.into())
    }
}

pub(super) fn model() -> B256 {
    keccak256("model")
}
