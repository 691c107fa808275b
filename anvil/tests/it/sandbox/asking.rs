//! How the tests ask: as the gateway does, or by hand.

#![expect(clippy::unwrap_used, reason = "a test's own inputs are right, or the test fails")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use adapters::clock::{SystemClock, uuid_at};
use adapters::guard::{Guarded, Limits, guard};
use adapters::http::{HttpClient, HttpLender, HttpLenderConfig};
use adapters::protocol;
use adapters::provider::QuoteCall;
use adapters::signature::Signer;
use adapters::trace::TraceContext;
use devnet::sandbox::magic::ANSWERED;
use devnet::sandbox::{self, Lender, RunningLender, SandboxOptions};
use domain::asset::Asset;
use domain::deadline::{Clock, Deadline};
use domain::ids::{CreditRequestId, TenantId};
use domain::money::Money;
use domain::offer::Offer;
use domain::period::{Frequency, Term, TermUnit};
use domain::refusal::Refusal;
use domain::request::{Borrower, CreditRequest, Purpose, RatePreference};
use http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::Response;

/// Nothing that answers takes this long, however busy the machine is.
pub(super) const PATIENT: Duration = Duration::from_secs(60);

pub(super) type Answer = Result<Vec<Offer>, Refusal>;

pub(super) fn now() -> Timestamp {
    SystemClock.now()
}

/// 10,000 USD over 36 months for working capital, asked by a borrower in California with 96,000 a year.
pub(super) fn request() -> CreditRequest {
    let usd = |text| Money::parse(text, &Asset::fiat("USD").unwrap()).unwrap();
    CreditRequest {
        id: CreditRequestId::new(uuid_at(now())),
        tenant: TenantId::new(uuid_at(now())),
        amount: usd("10000.00"),
        accept_assets: Vec::new(),
        term: Term { count: 36, unit: TermUnit::Months },
        purpose: Purpose::WorkingCapital,
        frequency: Frequency::Monthly,
        rate_preference: RatePreference::Any,
        collateral: Vec::new(),
        borrower: Borrower {
            client_reference: "borrower-1".to_owned(),
            country: "US".parse().unwrap(),
            us_state: Some("CA".parse().unwrap()),
            annual_income: Some(usd("96000.00")),
            monthly_debt_payments: Some(usd("900.00")),
            wallets: Vec::new(),
        },
        consents: Vec::new(),
        created_at: now(),
        drawn_on: now().to_zoned(TimeZone::UTC).date(),
        deadline: Deadline::after(now(), PATIENT),
    }
}

pub(super) fn request_with(change: impl FnOnce(&mut CreditRequest)) -> CreditRequest {
    let mut request = request();
    change(&mut request);
    request
}

pub(super) fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, &Asset::fiat(currency).unwrap()).unwrap()
}

pub(super) fn call(request: CreditRequest, wait: Duration) -> QuoteCall {
    let (ask, deadline) = (request.amount.clone(), Deadline::after(now(), wait));
    QuoteCall { request: Arc::new(request), ask, deadline, trace: TraceContext::begin() }
}

fn client() -> HttpClient {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    HttpClient::try_new().unwrap()
}

/// The gateway's own way to this lender. Each has a breaker of its own, so that one outcome does not hide the next.
pub(super) fn gateway(lender: &RunningLender) -> Guarded {
    let config = HttpLenderConfig {
        capabilities: lender.capabilities().clone(),
        base_url: lender.base_url(),
        secret: lender.secret().clone(),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let limits = Limits { max_wait_ms: u64::try_from(PATIENT.as_millis()).unwrap(), ..Limits::default() };
    guard(Arc::new(HttpLender::try_new(config, &client(), Arc::clone(&clock)).unwrap()), &limits, clock)
}

pub(super) fn kind(answer: &Answer) -> &'static str {
    answer.as_ref().map_or_else(Refusal::kind, |_| ANSWERED)
}

pub(super) fn at_once() -> SandboxOptions {
    SandboxOptions { latency: Some(Duration::ZERO), ..SandboxOptions::default() }
}

pub(super) fn lender(number: u8) -> Lender {
    Lender::all().unwrap().into_iter().find(|lender| lender.number() == number).unwrap()
}

pub(super) async fn start(number: u8) -> RunningLender {
    sandbox::start(lender(number), at_once()).await.unwrap()
}

/// A message to a lender, made by hand.
pub(super) struct Message {
    pub(super) body: Vec<u8>,
    pub(super) headers: HeaderMap,
}

pub(super) fn question() -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&protocol::question_for(&call(request(), PATIENT), "borrower".to_owned()))
}

impl Message {
    pub(super) fn signed(lender: &RunningLender, key: &str, body: Vec<u8>) -> Result<Self, Box<dyn Error>> {
        let signer = Signer::try_new(lender.secret())?;
        let mut headers = signer.sign(&format!("msg_{}", uuid_at(now()).simple()), now(), &body)?;
        headers.insert(protocol::IDEMPOTENCY_KEY, key.parse()?);
        headers.insert(protocol::DEADLINE, Deadline::after(now(), PATIENT).at().to_string().parse()?);
        headers.insert(header::CONTENT_TYPE, "application/json".parse()?);
        Ok(Self { body, headers })
    }

    pub(super) async fn post(self, lender: &RunningLender) -> Result<Response, reqwest::Error> {
        self.post_to(&lender.base_url()).await
    }

    pub(super) async fn post_to(self, base_url: &str) -> Result<Response, reqwest::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new().post(format!("{base_url}/quotes")).headers(self.headers).body(self.body).send().await
    }
}
