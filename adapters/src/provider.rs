//! What a lender is to the gateway: something that declares what it can do and answers one question.

use std::fmt;
use std::sync::Arc;

use domain::capabilities::{Capabilities, Sharing};
use domain::deadline::Deadline;
use domain::ids::CreditRequestId;
use domain::money::Money;
use domain::offer::Offer;
use domain::refusal::Refusal;
use domain::request::CreditRequest;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::trace::TraceContext;

/// One question to one provider.
#[derive(Debug, Clone)]
pub struct QuoteCall {
    pub request: Arc<CreditRequest>,
    /// The amount, in the asset that this provider lends.
    pub ask: Money,
    /// When the answer must be here.
    pub deadline: Deadline,
    pub trace: TraceContext,
}

/// Equal for two calls that may share one answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ShareKey {
    Request(CreditRequestId, Money),
    /// SHA-256 of what the answer depends on.
    Content([u8; 32]),
}

impl QuoteCall {
    #[must_use]
    pub fn share_key(&self, sharing: Sharing) -> ShareKey {
        let request = &self.request;
        match sharing {
            Sharing::PerRequest => ShareKey::Request(request.id, self.ask.clone()),
            Sharing::PerContent => {
                let mut hasher = Sha256::new();
                let mut line = |value: &dyn fmt::Debug| hasher.update(format!("{value:?}\n"));
                line(&self.ask);
                line(&(request.term, request.frequency, request.purpose, request.drawn_on));
                line(&request.collateral);
                line(&request.borrower.wallets);
                ShareKey::Content(hasher.finalize().into())
            }
        }
    }
}

/// A lender. An adapter only asks and reads the answer: deadlines, retries, limits and breakers stand around it.
pub trait Provider: Send + Sync + fmt::Debug + 'static {
    fn capabilities(&self) -> &Capabilities;

    /// Asks once. Asking again with the same call must be harmless.
    fn quote(&self, call: QuoteCall) -> BoxFuture<'_, Result<Vec<Offer>, Refusal>>;
}
