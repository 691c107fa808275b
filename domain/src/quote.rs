//! A quote: one offer on equal terms, with who made it and until when it stands.

use jiff::Timestamp;

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
