//! A quote: one offer on equal terms, with who made it, until when it stands, and a hash that pins its content.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::capabilities::ProviderKind;
use crate::ids::{CreditRequestId, ProviderId, QuoteId};
use crate::normalise::Terms;
use crate::offer::Offer;
use crate::schedule::Instalment;

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
    /// below, then one line for each instalment. Anyone holding the quote and its schedule can compute it again.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let terms = &self.terms;
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            hasher.update(format!("{name}={value}\n"));
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
        for instalment in terms.schedule.instalments() {
            line("instalment", &InstalmentLine(instalment));
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Due date, principal, interest and fees in base units, separated by spaces.
struct InstalmentLine<'a>(&'a Instalment);

impl std::fmt::Display for InstalmentLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} {}", self.0.due, self.0.principal, self.0.interest, self.0.fees)
    }
}
