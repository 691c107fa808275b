//! A quote: one offer on equal terms, with who made it, until when it stands, and a hash that pins its content.

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::capabilities::ProviderKind;
use crate::ids::{CreditRequestId, ProviderId, QuoteId};
use crate::normalise::Terms;
use crate::offer::Offer;

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRef {
    pub id: ProviderId,
    pub name: String,
    pub kind: ProviderKind,
}

/// One lender's answer to one request, comparable with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub id: QuoteId,
    pub credit_request_id: CreditRequestId,
    pub provider: ProviderRef,
    pub created_at: Timestamp,
    pub offer: Offer,
    pub terms: Terms,
}

impl Quote {
    /// SHA-256, in hexadecimal, of what the borrower would agree to: one `name=value` line for each term in the order
    /// below, then the lines of the schedule ([`Terms::schedule_lines`]). Anyone holding the quote and its schedule can
    /// compute it again.
    #[must_use]
    pub fn content_hash(&self, schedule_lines: &str) -> String {
        let mut text = String::with_capacity(1_024);
        let terms = &self.terms;
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}={value}");
        };
        line("version", &"agio-quote-1");
        line("credit_request_id", &self.credit_request_id);
        line("provider_id", &self.provider.id);
        line("provider_reference", &self.offer.reference);
        line("expires_at", &self.offer.valid_until);
        line("asset", &terms.principal.asset());
        line("principal", &terms.principal.amount());
        line("disbursed", &terms.disbursed.amount());
        line("total_repayable", &terms.total_repayable.amount());
        line("total_cost", &terms.total_cost.amount());
        line("nominal_rate", &terms.nominal_rate);
        line("apr", &terms.apr);
        line("apr_method", &terms.apr_method.code());
        line("drawn_on", &terms.schedule.drawn_on());
        let digest = Sha256::new().chain_update(&text).chain_update(schedule_lines).finalize();
        const_hex::encode(digest)
    }
}
