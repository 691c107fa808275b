//! What a borrower must have agreed to before lenders are asked, with the exact words and their version.
//!
//! The words are part of the product, not of a document: what is stored with a request is the version agreed to and
//! the hash of its text, so that it can be shown later what was said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the borrower agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// The request may be shown to lenders.
    ShareWithLenders,
    /// Lenders may make inquiries that leave no mark on the credit file.
    SoftInquiry,
}

/// A consent as the borrower's app states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub purpose: ConsentPurpose,
    pub version: String,
    /// When the borrower agreed.
    pub granted_at: Timestamp,
}

/// A version of the words for one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentText {
    pub purpose: ConsentPurpose,
    pub version: &'static str,
    pub text: &'static str,
}

/// Every version that is accepted today.
pub const CONSENT_TEXTS: &[ConsentText] = &[
    ConsentText {
        purpose: ConsentPurpose::ShareWithLenders,
        version: "2026-11",
        text: "I agree that this credit request, without my name or contact, is sent to the lenders that may serve it, \
so that they can answer with offers.",
    },
    ConsentText {
        purpose: ConsentPurpose::SoftInquiry,
        version: "2026-11",
        text: "I agree that lenders make soft inquiries to prepare their offers. They do not affect my credit score.",
    },
];

impl ConsentPurpose {
    /// Without these two no lender is asked.
    pub const REQUIRED: [Self; 2] = [Self::ShareWithLenders, Self::SoftInquiry];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ShareWithLenders => "share_with_lenders",
            Self::SoftInquiry => "soft_inquiry",
        }
    }
}

impl ConsentText {
    /// The words that `consent` refers to, if that version is accepted.
    #[must_use]
    pub fn of(consent: &Consent) -> Option<&'static Self> {
        CONSENT_TEXTS.iter().find(|text| text.purpose == consent.purpose && text.version == consent.version)
    }

    /// SHA-256 of the text, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        const_hex::encode(Sha256::digest(self.text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_required_purpose_has_words() {
        for purpose in ConsentPurpose::REQUIRED {
            assert!(CONSENT_TEXTS.iter().any(|text| text.purpose == purpose), "{purpose:?}");
        }
    }
}
