//! Any message at all: every member of any value that its type allows.

use alloy::primitives::{B256, U256};
use contracts::digest::debt_book::{DebtAcknowledgement, DebtStatement, DebtTerms};
use contracts::digest::oracle::{Batch, Bounds, Consent, ConsentWithdrawal, Factor, Fulfilment, Report, Revocation};
use contracts::digest::register::{
    Acceptance, Amendment, CollateralTerms, FundingReceipt, Instalment, NonceCancellation, Notice, Outcome,
    PaymentReceipt, Quote, RequestOpening, Terms,
};

use crate::contracts::random::{Any, Random};

/// Members of an enum come with how many values it has: a contract refuses others.
macro_rules! any_struct {
    ($($name:ident { $($member:ident),* $(; $($of_enum:ident: $values:literal),*)? })*) => {$(
        impl Any for $name {
            fn any(random: &mut Random) -> Self {
                Self {
                    $($member: random.any(),)*
                    $($($of_enum: u8::try_from(random.below($values)).unwrap(),)*)?
                }
            }
        }
    )*};
}

any_struct! {
    Quote {
        requestHash, providerId, borrower, lender, asset, principal, apr, term, scheduleHash, feesHash,
        collateralTermsHash, impairGrace, defaultGrace, minScore, scoreModel, scoreSubject, fundingChain, fundWithin,
        validAfter, validUntil, nonce; fundingKind: 3, rateKind: 2
    }
    CollateralTerms { book, debtId, assets, amounts }
    Acceptance { quoteDigest, outcomesRoot, rank, deadline }
    RequestOpening { borrower, requestHash, expiresAt }
    NonceCancellation { providerId, word, mask }
    Instalment { dueAfter, amount }
    FundingReceipt { loanId, asset, amount, disbursedAt, referenceHash }
    PaymentReceipt { loanId, sequence, amount, paidAt, closes, referenceHash }
    Terms { apr, term, impairGrace, defaultGrace, scheduleHash, feesHash }
    Amendment { loanId, sequence, termsHash, deadline }
    Notice { loanId, sequence, reasonHash, deadline; state: 9 }
    Outcome { register, requestId, policyVersion, providerId, contentHash, rank, chainId; kind: 2 }
    Report {
        subject, modelId, modelVersion, epoch, score, band, pdPpm, pdLowPpm, pdHighPpm, horizonDays, observedAt,
        validUntil, consentHash, dataCommitment, configDigest
    }
    Fulfilment { requestId, report, fee, payee }
    Batch { root, configDigest }
    Revocation { subject, modelId, throughEpoch, reason, configDigest }
    Consent { holder, subject, modelId, purpose, consumer, expiry, nonceKey, nonceSeq }
    ConsentWithdrawal { consentHash }
    Factor { name, value, salt }
    Bounds { maxScoreStep, maxBandStep, maxValidity, maxEpochGap }
    DebtTerms {
        lender, payee, borrower, asset, principal, rateBps, fundBy, maturity, collateralHash, nonce
    }
    DebtAcknowledgement { loanId }
    DebtStatement { loanId, amount, repaid, sequence, statedAt, validUntil }
}

/// A private key: between one and the order of the group.
pub fn key(random: &mut Random) -> B256 {
    let below_half: U256 = random.word() >> 1;
    (below_half | U256::ONE).into()
}
