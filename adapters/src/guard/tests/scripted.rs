//! A provider that does as it is told, one step a call, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::asset::Asset;
use domain::capabilities::{AmountRange, Capabilities, ProviderKind, Security, Sharing};
use domain::deadline::{Clock, Deadline};
use domain::ids::{CreditRequestId, ProviderId, TenantId};
use domain::money::Money;
use domain::offer::{Offer, RateKind};
use domain::period::{Frequency, Term, TermUnit};
use domain::refusal::Refusal;
use domain::request::{Borrower, CreditRequest, Purpose, RatePreference};
use futures::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::TimerClock;
use crate::provider::{Provider, QuoteCall};
use crate::trace::TraceContext;

/// What the provider does with one call.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Answers at once. What it offers does not matter to a guard: it offers nothing.
    Answer,
    AnswerAfter(Duration),
    Refuse(Refusal),
    Hang,
    Panic,
}

#[derive(Debug)]
pub(super) struct Scripted {
    capabilities: Capabilities,
    steps: Mutex<VecDeque<Step>>,
    then: Step,
    calls: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
    time_left: Mutex<Vec<Duration>>,
}

fn usd(text: &str) -> Money {
    Money::parse(text, &Asset::fiat("USD").unwrap()).unwrap()
}

impl Scripted {
    fn new(steps: VecDeque<Step>, then: Step, sharing: Sharing) -> Arc<Self> {
        let capabilities = Capabilities {
            id: ProviderId::new(Uuid::from_u128(1)),
            name: "Scripted".to_owned(),
            kind: ProviderKind::Bank,
            countries: Vec::new(),
            amounts: vec![AmountRange { min: usd("1"), max: usd("1000000") }],
            min_term_days: 1,
            max_term_days: 4_000,
            purposes: Vec::new(),
            rate_kinds: vec![RateKind::Fixed],
            security: Security::Unsecured,
            collateral: Vec::new(),
            funding_hours: 24,
            sharing,
        };
        Arc::new(Self {
            capabilities,
            steps: Mutex::new(steps),
            then,
            calls: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            time_left: Mutex::default(),
        })
    }

    /// These steps, and answers after them.
    pub(super) fn doing(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Self::new(steps.into_iter().collect(), Step::Answer, Sharing::PerRequest)
    }

    pub(super) fn always(step: Step) -> Arc<Self> {
        Self::new(VecDeque::new(), step, Sharing::PerRequest)
    }

    /// The same for every call, of which equal ones may share an answer so.
    pub(super) fn sharing(sharing: Sharing, step: Step) -> Arc<Self> {
        Self::new(VecDeque::new(), step, sharing)
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// From when each call's request was made to the deadline that the provider was told.
    pub(super) fn time_left_when_asked(&self) -> Vec<Duration> {
        self.time_left.lock().unwrap().clone()
    }
}

impl Provider for Scripted {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn quote(&self, call: QuoteCall) -> BoxFuture<'_, Result<Vec<Offer>, Refusal>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            self.time_left.lock().unwrap().push(call.deadline.remaining(call.request.created_at));
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let step = self.steps.lock().unwrap().pop_front().unwrap_or_else(|| self.then.clone());
            let answer = match step {
                Step::Answer => Ok(Vec::new()),
                Step::AnswerAfter(pause) => {
                    tokio::time::sleep(pause).await;
                    Ok(Vec::new())
                }
                Step::Refuse(refusal) => Err(refusal),
                Step::Hang => std::future::pending().await,
                Step::Panic => panic!("as told"),
            };
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}

/// A clock that stands still with the timer and runs with it.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(TimerClock::starting_at(Timestamp::UNIX_EPOCH))
}

/// The call of one request, always the same, that is given so long.
pub(super) fn call(clock: &Arc<dyn Clock>, wait: Duration) -> QuoteCall {
    call_of(clock, wait, 1, "10000.00")
}

/// The call of request number `request`, for this amount.
pub(super) fn call_of(clock: &Arc<dyn Clock>, wait: Duration, request: u128, amount: &str) -> QuoteCall {
    let now = clock.now();
    let request = CreditRequest {
        id: CreditRequestId::new(Uuid::from_u128(request)),
        tenant: TenantId::new(Uuid::from_u128(2)),
        amount: usd(amount),
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
            annual_income: None,
            monthly_debt_payments: None,
            wallets: Vec::new(),
        },
        consents: Vec::new(),
        created_at: now,
        drawn_on: jiff::civil::date(2026, 1, 1),
        deadline: Deadline::after(now, wait),
    };
    let (ask, deadline) = (request.amount.clone(), request.deadline);
    QuoteCall { request: Arc::new(request), ask, deadline, trace: TraceContext::begin() }
}
