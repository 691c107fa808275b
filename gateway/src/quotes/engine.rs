//! Puts one request to every lender at the same moment and settles each outcome as it comes.
//!
//! Each provider that was considered gets exactly one outcome, whatever happens. Nobody is waited for past the deadline:
//! every call is bounded by it inside its guards, and a backstop here holds even if a guard should not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adapters::clock::stored_precision;
use adapters::guard::Guarded;
use adapters::provider::QuoteCall;
use adapters::trace::TraceContext;
use domain::capabilities::Capabilities;
use domain::deadline::Clock;
use domain::ids::QuoteId;
use domain::normalise::normalise;
use domain::offer::Offer;
use domain::policy::Policy;
use domain::quote::{ProviderRef, Quote};
use domain::ranking::{assess, standing_of_refusal};
use domain::refusal::Refusal;
use domain::request::CreditRequest;
use futures::stream::{FuturesOrdered, FuturesUnordered, Stream, StreamExt};
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::hub::{Hub, Progress, Run};
use super::snapshot::{Arrived, AskedProviders, OutcomeRow, QuoteRow, RequestRow, RequestState, Snapshot};
use super::store::{Arrival, Completion, HandOver, Store};
use super::view::{OutcomeView, ProviderView, QuoteView, RefusalView};

/// How long past the deadline a call may take to say that it timed out.
const BACKSTOP: Duration = Duration::from_millis(100);
/// Answers that come within this of one another are stored together: a commit takes about as long, and without it the
/// last of many quick answers would wait for the commit of the first.
const GATHER: Duration = Duration::from_millis(1);

/// The right to give the answer under an idempotency key: whoever takes it first, gives it.
#[derive(Debug, Default)]
pub struct AnswerSlot {
    taken: AtomicBool,
}

impl AnswerSlot {
    /// True for the first caller only.
    pub fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::AcqRel)
    }
}

/// One request, ready to be asked.
#[derive(Debug)]
pub struct Question {
    pub request: Arc<CreditRequest>,
    pub row: RequestRow,
    pub trace: TraceContext,
    /// Set where the caller waits for the final answer.
    pub slot: Option<Arc<AnswerSlot>>,
}

/// Asks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    pub providers: Arc<[Guarded]>,
    pub asked: AskedProviders,
    pub policy: Arc<Policy>,
    pub store: Store,
    pub hub: Hub,
    pub clock: Arc<dyn Clock>,
    pub tasks: TaskTracker,
}

type Answer = Result<Vec<Offer>, Refusal>;

/// One provider's answer.
struct Answered {
    provider: Guarded,
    answer: Answer,
    elapsed: Duration,
}

/// The view of a provider that goes with everything it says.
#[must_use]
pub fn provider_view(capabilities: &Capabilities) -> ProviderView {
    ProviderView { id: capabilities.id.to_string(), name: capabilities.name.clone(), kind: capabilities.kind }
}

impl Engine {
    /// Starts asking and returns at once; the run goes on by itself until every outcome is settled and stored.
    pub fn ask(&self, question: Question) -> Arc<Run> {
        let run = Arc::new(Run::new(Snapshot::unanswered(question.row.clone())));
        self.hub.add(question.request.id, Arc::clone(&run));
        let (engine, going) = (self.clone(), Arc::clone(&run));
        self.tasks.spawn(async move {
            let id = question.request.id;
            let end = Settling { engine: &engine, question, run: &going, seq: 0, quotes_made: 0 }.settle_all().await;
            going.advance(end);
            engine.hub.remove(id);
        });
        run
    }
}

async fn call(provider: Guarded, request: Arc<CreditRequest>, trace: TraceContext) -> Answered {
    let started = Instant::now();
    let answer = match provider.capabilities().ask(&request) {
        Ok(ask) => {
            let deadline = request.deadline;
            provider.quote(QuoteCall { request, ask, deadline, trace }).await
        }
        Err(rule) => Err(Refusal::NotEligible(rule)),
    };
    Answered { provider, answer, elapsed: started.elapsed() }
}

/// `arrived` and what else comes at the same moment, up to `most`: at once when those are all.
async fn gather(
    mut arrived: Vec<Answered>,
    answers: &mut (impl Stream<Item = Vec<Answered>> + Unpin),
    most: usize,
) -> Vec<Answered> {
    let moment = tokio::time::sleep(GATHER);
    tokio::pin!(moment);
    while arrived.len() < most {
        tokio::select! {
            biased;
            Some(more) = answers.next() => arrived.extend(more),
            () = &mut moment => break,
        }
    }
    arrived
}

/// The work on one request.
struct Settling<'a> {
    engine: &'a Engine,
    question: Question,
    run: &'a Run,
    /// Last place given in the order of arrival.
    seq: i32,
    quotes_made: u16,
}

impl Settling<'_> {
    async fn settle_all(mut self) -> Progress {
        let engine = self.engine;
        let started = Instant::now();
        let wait = self.question.request.deadline.remaining(engine.clock.now()).saturating_add(BACKSTOP);
        let mut missing = engine.providers.to_vec();
        let (request, trace) = (&self.question.request, self.question.trace);
        let calls: FuturesUnordered<_> =
            missing.iter().map(|provider| call(provider.clone(), Arc::clone(request), trace)).collect();
        let most = missing.len().max(1);
        let mut answers = calls.ready_chunks(most);
        let mut receipts = FuturesOrdered::new();
        let backstop = tokio::time::sleep(wait);
        tokio::pin!(backstop);
        let mut all_stored = true;
        if missing.is_empty() {
            receipts.push_back(self.hand_over(Vec::new(), true).await);
        }
        while !missing.is_empty() || !receipts.is_empty() {
            let arrived = tokio::select! {
                Some((seq, stored)) = receipts.next(), if !receipts.is_empty() => {
                    all_stored &= self.stored(seq, stored);
                    continue;
                }
                Some(first) = answers.next(), if !missing.is_empty() => gather(first, &mut answers, missing.len()).await,
                () = &mut backstop, if !missing.is_empty() => {
                    let late = |provider: &Guarded| Answered {
                        provider: provider.clone(),
                        answer: Err(Refusal::TimedOut { waited: wait }),
                        elapsed: started.elapsed(),
                    };
                    missing.iter().map(late).collect()
                }
            };
            missing.retain(|provider| !arrived.iter().any(|answered| answered.provider.id() == provider.id()));
            receipts.push_back(self.hand_over(arrived, missing.is_empty()).await);
        }
        if all_stored { Progress::Finished } else { Progress::Lost }
    }

    /// Settles what arrived and hands it to the store. The future tells up to where things are stored, and whether.
    async fn hand_over(&mut self, arrived: Vec<Answered>, last: bool) -> impl Future<Output = (i32, bool)> + use<> {
        let hand_over = self.settle(arrived, last);
        let (seq, receipt) = (self.seq, self.engine.store.put(hand_over).await);
        async move { (seq, receipt.stored().await.is_ok()) }
    }

    fn stored(&self, seq: i32, stored: bool) -> bool {
        if stored {
            self.run.advance(Progress::Stored(seq));
        }
        stored
    }

    /// Turns what arrived into rows, shows them to whoever looks at the run, and hands them over to be stored.
    fn settle(&mut self, answered: Vec<Answered>, last: bool) -> HandOver {
        let first_seq = self.seq.saturating_add(1);
        let mut arrived = Arrived::default();
        for one in answered {
            let (outcome, quotes) = self.rows(one);
            arrived.outcomes.push(Arc::new(outcome));
            arrived.quotes.extend(quotes.into_iter().map(Arc::new));
        }
        let rows = arrived.json();
        let mut snapshot = self.run.lock();
        snapshot.add(arrived);
        let completion = last.then(|| {
            let (state, at) =
                (RequestState::after_quoting(snapshot.quotes.len()), stored_precision(self.engine.clock.now()));
            snapshot.request.state = state;
            snapshot.request.completed_at = Some(at);
            Completion { state, at, answers: self.answers_with(&snapshot) }
        });
        HandOver {
            tenant: self.question.request.tenant,
            request: self.question.request.id,
            arrival: Some(Arrival { seq: first_seq, rows }),
            completion,
            answer: None,
        }
    }

    /// Makes the caller's answer, where one still waits for it.
    fn answers_with(&self, snapshot: &Snapshot) -> bool {
        let waited_for = self.question.slot.as_ref().is_some_and(|slot| slot.take());
        if waited_for {
            self.run.set_answer(snapshot.credit_request_json());
        }
        waited_for
    }

    fn next_seq(&mut self) -> i32 {
        self.seq = self.seq.saturating_add(1);
        self.seq
    }

    /// The next quote's number. There are fewer places for lenders than would be needed to use all of them up.
    fn next_quote(&mut self) -> Result<u16, Refusal> {
        self.quotes_made = self.quotes_made.checked_add(1).ok_or(Refusal::Unknown)?;
        Ok(self.quotes_made)
    }

    fn rows(&mut self, answered: Answered) -> (OutcomeRow, Vec<QuoteRow>) {
        let now = stored_precision(self.engine.clock.now());
        let capabilities = answered.provider.capabilities();
        let outcome_seq = self.next_seq();
        let quotes = answered.answer.and_then(|offers| self.quotes(capabilities, offers, now));
        let (outcome, refusal, standing, quotes) = match quotes {
            Ok(quotes) => ("answered", None, None, quotes),
            Err(refusal) => {
                let standing = standing_of_refusal(&refusal, capabilities.id);
                (refusal.kind(), Some(RefusalView::new(&refusal, now)), Some(standing), Vec::new())
            }
        };
        let view = OutcomeView {
            provider: provider_view(capabilities),
            outcome: outcome.to_owned(),
            elapsed_ms: u64::try_from(answered.elapsed.as_millis()).unwrap_or(u64::MAX),
            refusal,
            quotes: Vec::new(),
            rank: None,
        };
        let row = OutcomeRow { provider_id: capabilities.id, seq: outcome_seq, view, standing, created_at: now };
        (row, quotes)
    }

    /// Every offer on equal terms. One that cannot be put on them spoils the whole answer: what a lender says that
    /// contradicts itself is not believed in part.
    fn quotes(&mut self, by: &Capabilities, offers: Vec<Offer>, now: Timestamp) -> Result<Vec<QuoteRow>, Refusal> {
        let mut quotes = Vec::with_capacity(offers.len());
        for offer in offers {
            quotes.push(self.quote(by, offer, now)?);
        }
        Ok(quotes)
    }

    fn quote(&mut self, by: &Capabilities, offer: Offer, now: Timestamp) -> Result<QuoteRow, Refusal> {
        let malformed = |error: &dyn std::error::Error| Refusal::Malformed { rule: error.to_string() };
        let request = Arc::clone(&self.question.request);
        let terms = normalise(&offer, request.drawn_on, request.apr_method()).map_err(|e| malformed(&e))?;
        let quote = Quote {
            id: QuoteId::numbered(request.id, self.next_quote()?),
            credit_request_id: request.id,
            provider: ProviderRef { id: by.id, name: by.name.clone(), kind: by.kind },
            created_at: now,
            offer,
            terms,
        };
        let policy = &self.engine.policy;
        let assessment = assess(&request, policy, &quote).map_err(|e| malformed(&e))?;
        let schedule = quote.terms.schedule_lines().map_err(|e| malformed(&e))?;
        let view = QuoteView::new(&quote, &assessment, &policy.version, &schedule).map_err(|e| malformed(&e))?;
        Ok(QuoteRow {
            quote_id: quote.id,
            provider_id: by.id,
            seq: self.next_seq(),
            view,
            standing: assessment.standing,
            schedule,
        })
    }
}
