//! A lender that speaks the provider protocol.

use std::sync::Arc;

use domain::capabilities::Capabilities;
use domain::deadline::Clock;
use domain::offer::Offer;
use domain::refusal::Refusal;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use secrecy::SecretString;

use super::HttpClient;
use super::client::Endpoint;
use crate::clock::uuid_at;
use crate::protocol::{self, MAX_ANSWER_BYTES};
use crate::provider::{Provider, QuoteCall};
use crate::signature::{SignatureError, Signer};

/// How to reach a lender.
#[derive(Debug)]
pub struct HttpLenderConfig {
    pub capabilities: Capabilities,
    /// Where its protocol lives: `{base}/quotes` is called.
    pub base_url: String,
    /// The secret that both sides sign with.
    pub secret: SecretString,
}

#[derive(Debug, thiserror::Error)]
pub enum LenderError {
    #[error("base_url `{0}` is not an http or https address")]
    BaseUrl(String),
    #[error("secret: {0}")]
    Secret(#[from] SignatureError),
}

#[derive(Debug)]
pub struct HttpLender {
    capabilities: Capabilities,
    quotes: Endpoint,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl HttpLender {
    /// # Errors
    /// When the address or the secret has not the right form.
    pub fn try_new(config: HttpLenderConfig, client: &HttpClient, clock: Arc<dyn Clock>) -> Result<Self, LenderError> {
        let bad = || LenderError::BaseUrl(config.base_url.clone());
        let base = format!("{}/quotes", config.base_url.trim_end_matches('/'));
        let quotes: Uri = base.parse().map_err(|_| bad())?;
        if !matches!(quotes.scheme_str(), Some("http" | "https")) || quotes.host().is_none_or(str::is_empty) {
            return Err(bad());
        }
        let quotes = client.endpoint(quotes).map_err(|_| bad())?;
        let signer = Signer::try_new(&config.secret)?;
        Ok(Self { capabilities: config.capabilities, quotes, signer, clock })
    }

    async fn ask(&self, call: QuoteCall) -> Result<Vec<Offer>, Refusal> {
        let request = &call.request;
        let reference = self.signer.pseudonym(&[&request.tenant.to_string(), &request.borrower.client_reference]);
        let question = protocol::question_for(&call, reference);
        let body = serde_json::to_vec(&question).map_err(|error| internal(&error))?;
        let id = format!("msg_{}", uuid_at(self.clock.now()).simple());
        let headers = self.headers(&call, &id, &body).map_err(|error| internal(&error))?;
        let answer = self.quotes.post_json(headers, body, MAX_ANSWER_BYTES).await?;
        let now = self.clock.now();
        self.signer
            .verify(&answer.headers, &answer.body, now, Some(&id))
            .map_err(|error| Refusal::Malformed { rule: format!("signature: {error}") })?;
        protocol::answer_of(&call, &answer.body, now)
    }

    fn headers(&self, call: &QuoteCall, id: &str, body: &[u8]) -> Result<HeaderMap, SignatureError> {
        let mut headers = self.signer.sign(id, self.clock.now(), body)?;
        let mut put = |name: HeaderName, text: String| -> Result<(), SignatureError> {
            let value = HeaderValue::try_from(text).map_err(|_| SignatureError::Header(name.clone()))?;
            headers.insert(name, value);
            Ok(())
        };
        put(protocol::IDEMPOTENCY_KEY, format!("{}:{}", call.request.id, self.capabilities.id))?;
        put(protocol::DEADLINE, call.deadline.at().to_string())?;
        put(protocol::TRACEPARENT, call.trace.child().to_string())?;
        Ok(headers)
    }
}

/// A fault of ours while the question was made; the lender was not asked.
fn internal(error: &dyn std::error::Error) -> Refusal {
    tracing::error!(%error, "a question to a lender could not be made");
    Refusal::Unknown
}

impl Provider for HttpLender {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn quote(&self, call: QuoteCall) -> BoxFuture<'_, Result<Vec<Offer>, Refusal>> {
        Box::pin(self.ask(call))
    }
}
