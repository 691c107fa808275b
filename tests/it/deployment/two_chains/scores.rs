//! Messages of the oracle.

use alloy::primitives::{Address, B256, Bytes, U256, Uint, keccak256};
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle::{
    self as oracle, InvalidConsentSignature, InvalidSignature, SignedConsent, WrongConfig,
};
use contracts::digest::merkle::Tree;
use contracts::digest::oracle::{
    Batch, Consent, ConsentWithdrawal, Fulfilment, OracleMessage, Report, Revocation, consent_hash, report_leaf,
};
use contracts::digest::quorum::Quorum;

use super::super::chains::{ORACLE, signer};
use super::side::{DAY, Side, sign};

const HOLDER: &str = "holder";

/// Two of the three, as the contract reads them: the set is in the order of the hashes of the signers' addresses.
fn quorum(digest: B256) -> Quorum {
    let mut names = ORACLE;
    names.sort_by_key(|name| keccak256(signer(name).address()));
    let signatures = (0_u8..).zip(names).take(2).map(|(index, name)| (index, sign(name, digest)));
    Quorum::pack(signatures.collect()).unwrap()
}

impl Side {
    async fn report(&self, epoch: u32, consent: B256) -> Report {
        let now = self.now().await;
        Report {
            subject: keccak256("subject"),
            modelId: keccak256("model"),
            modelVersion: 1,
            epoch,
            score: 700,
            band: 3,
            pdPpm: 20_000,
            pdLowPpm: 15_000,
            pdHighPpm: 30_000,
            horizonDays: 365,
            observedAt: now,
            validUntil: now + 10 * DAY,
            consentHash: consent,
            dataCommitment: B256::ZERO,
            configDigest: self.read(self.deployed.layout.oracle, oracle::configDigestCall {}).await,
        }
    }

    fn consent(&self, now: u64, consumer: Address, lane: u64) -> Consent {
        Consent {
            holder: signer(HOLDER).address(),
            subject: keccak256("subject"),
            modelId: keccak256("model"),
            purpose: keccak256("purpose"),
            consumer,
            expiry: now + 60 * DAY,
            nonceKey: Uint::from(lane),
            nonceSeq: 0,
        }
    }

    /// The signers' word in both domains: the other's is refused, this one's is taken.
    async fn attested<C: alloy::sol_types::SolCall>(
        &self,
        other: &Self,
        message: &impl OracleMessage,
        call: impl Fn(u64, Bytes) -> C,
    ) {
        let at = self.deployed.layout.oracle;
        let foreign = quorum(other.oracle.digest(message));
        self.refused::<InvalidSignature>(at, &call(foreign.bitmap, foreign.signatures)).await;
        let own = quorum(self.oracle.digest(message));
        self.relayed(at, call(own.bitmap, own.signatures)).await;
    }

    pub(super) async fn scores_signed_for(&self, other: &Self) {
        let at = self.deployed.layout.oracle;
        let report = self.report(1, keccak256("consent")).await;
        // What was made for the other chain says so itself.
        let theirs = other.report(1, keccak256("consent")).await;
        let signed = quorum(other.oracle.digest(&theirs));
        let call = oracle::submitReportCall { report: theirs, bitmap: signed.bitmap, signatures: signed.signatures };
        self.refused::<WrongConfig>(at, &call).await;
        self.attested(other, &report, |bitmap, signatures| oracle::submitReportCall {
            report: report.clone(),
            bitmap,
            signatures,
        })
        .await;
        self.batch(other).await;
        self.asked_and_answered(other).await;
        let revocation = Revocation {
            subject: report.subject,
            modelId: report.modelId,
            throughEpoch: 4,
            reason: keccak256("reason"),
            configDigest: report.configDigest,
        };
        self.attested(other, &revocation, |bitmap, signatures| oracle::revokeCall {
            revocation: revocation.clone(),
            bitmap,
            signatures,
        })
        .await;
    }

    async fn batch(&self, other: &Self) {
        let report = self.report(2, keccak256("consent")).await;
        let leaf = report_leaf(&report);
        let tree = Tree::over(vec![leaf, keccak256("another report's leaf")]).unwrap();
        let batch = Batch { root: tree.root(), configDigest: report.configDigest };
        let proofs = vec![tree.proof(leaf).unwrap()];
        self.attested(other, &batch, |bitmap, signatures| oracle::submitBatchCall {
            root: batch.root,
            bitmap,
            signatures,
            reports: vec![report.clone()],
            proofs: proofs.clone(),
        })
        .await;
    }

    async fn asked_and_answered(&self, other: &Self) {
        let at = self.deployed.layout.oracle;
        let consent = self.consent(self.now().await, self.relayer(), 1);
        let call = |signature| oracle::requestScoreCall {
            subject: consent.subject,
            modelId: consent.modelId,
            signed: SignedConsent { consent: consent.clone(), signature },
            maxFee: 0,
            callbackGas: 0,
        };
        self.refused::<InvalidConsentSignature>(at, &call(sign(HOLDER, other.oracle.digest(&consent)))).await;
        self.relayed(at, call(sign(HOLDER, self.oracle.digest(&consent)))).await;
        let report = self.report(3, consent_hash(&consent)).await;
        let fulfilment =
            Fulfilment { requestId: U256::from(1), report: report.clone(), fee: U256::ZERO, payee: self.relayer() };
        self.attested(other, &fulfilment, |bitmap, signatures| oracle::fulfilRequestCall {
            fulfilment: fulfilment.clone(),
            bitmap,
            signatures,
        })
        .await;
        let withdrawal = ConsentWithdrawal { consentHash: consent_hash(&consent) };
        let call =
            |signature| oracle::withdrawConsentCall { consent: consent.clone(), signature, standing: report.clone() };
        self.refused::<InvalidConsentSignature>(at, &call(sign(HOLDER, other.oracle.digest(&withdrawal)))).await;
        self.relayed(at, call(sign(HOLDER, self.oracle.digest(&withdrawal)))).await;
    }
}
