//! Puts one request to every lender at the same moment and settles each outcome as it comes.
//!
//! Each provider that was considered gets exactly one outcome, whatever happens. Nobody is waited for past the deadline:
//! every call is bounded by it inside its guards, and a backstop here holds even if a guard should not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
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
use super::packed::{encode, pack};
use super::snapshot::{Answer, AskedProviders, OutcomeRow, QuoteRow, RequestState, Snapshot};
use super::store::{Arrival, Completion, HandOver, NewRequest, NotStored, Store};
use super::stored_schedule;
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
    /// As it was stored before anyone is asked.
    pub taken_in: Arc<NewRequest>,
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

/// One provider's rows, and the same as they are stored.
struct Answered {
    answer: Answer,
    stored: Vec<u8>,
}

/// A provider to be asked, and how it is shown.
#[derive(Clone, Copy)]
struct Asked<'a> {
    provider: &'a Guarded,
    view: &'a Arc<ProviderView>,
}

/// The view of a provider that goes with everything it says.
#[must_use]
pub fn provider_view(capabilities: &Capabilities) -> ProviderView {
    ProviderView { id: capabilities.id.to_string(), name: capabilities.name.clone(), kind: capabilities.kind }
}

impl Engine {
    /// Starts asking and returns at once; the run goes on by itself until every outcome is settled and stored.
    pub fn ask(&self, question: Question) -> Arc<Run> {
        let run = Arc::new(Run::new(Snapshot::unanswered(question.taken_in.row.clone())));
        self.hub.add(question.request.id, Arc::clone(&run));
        let (engine, going) = (self.clone(), Arc::clone(&run));
        self.tasks.spawn(async move {
            let id = question.request.id;
            let end = Settling { engine: &engine, question: &question, run: &going }.settle_all().await;
            going.advance(end);
            engine.hub.remove(id);
            if end == Progress::Lost {
                engine.store.restore(question.taken_in).await;
            }
        });
        run
    }
}

/// What is asked, by whoever asks for it.
struct Asking<'a> {
    engine: &'a Engine,
    question: &'a Question,
    quotes_made: AtomicU16,
}

impl Asking<'_> {
    /// One provider's rows. They are made as its answer comes, while others are still waited for.
    async fn ask(&self, asked: Asked<'_>) -> Answered {
        let (started, provider) = (Instant::now(), asked.provider);
        let request = &self.question.request;
        let answer = match provider.capabilities().ask(request) {
            Ok(ask) => {
                let (deadline, trace) = (request.deadline, self.question.trace);
                provider.quote(QuoteCall { request: Arc::clone(request), ask, deadline, trace }).await
            }
            Err(rule) => Err(Refusal::NotEligible(rule)),
        };
        self.answered(asked, answer, started.elapsed())
    }

    fn answered(&self, asked: Asked<'_>, answer: Result<Vec<Offer>, Refusal>, elapsed: Duration) -> Answered {
        let answer = self.rows(asked, answer, elapsed);
        Answered { stored: encode(&answer), answer }
    }

    fn rows(&self, asked: Asked<'_>, answer: Result<Vec<Offer>, Refusal>, elapsed: Duration) -> Answer {
        let now = stored_precision(self.engine.clock.now());
        let by = asked.provider.id();
        let quotes = answer.and_then(|offers| self.quotes(asked, offers, now));
        let (outcome, refusal, standing, quotes) = match quotes {
            Ok(quotes) => ("answered", None, None, quotes),
            Err(refusal) => {
                let standing = standing_of_refusal(&refusal, by);
                (refusal.kind(), Some(RefusalView::new(&refusal, now)), Some(standing), Vec::new())
            }
        };
        let view = OutcomeView {
            provider: Arc::clone(asked.view),
            outcome: outcome.to_owned(),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            refusal,
            quotes: Vec::new(),
            rank: None,
        };
        Answer { outcome: OutcomeRow { provider_id: by, seq: 0, view, standing, created_at: now }, quotes }
    }

    /// Every offer on equal terms. One that cannot be put on them spoils the whole answer: what a lender says that
    /// contradicts itself is not believed in part.
    fn quotes(&self, by: Asked<'_>, offers: Vec<Offer>, now: Timestamp) -> Result<Vec<QuoteRow>, Refusal> {
        offers.into_iter().map(|offer| self.quote(by, offer, now)).collect()
    }

    fn quote(&self, by: Asked<'_>, offer: Offer, now: Timestamp) -> Result<QuoteRow, Refusal> {
        let malformed = |error: &dyn std::error::Error| Refusal::Malformed { rule: error.to_string() };
        let request = &self.question.request;
        let terms = normalise(&offer, request.drawn_on, request.apr_method()).map_err(|e| malformed(&e))?;
        stored_schedule::check(&terms.schedule).map_err(|e| malformed(&e))?;
        let lender = by.provider.capabilities();
        let quote = Quote {
            id: QuoteId::numbered(request.id, self.next_quote()),
            credit_request_id: request.id,
            provider: ProviderRef { id: lender.id, name: lender.name.clone(), kind: lender.kind },
            created_at: now,
            offer,
            terms,
        };
        let policy = &self.engine.policy;
        let assessment = assess(request, policy, &quote).map_err(|e| malformed(&e))?;
        let view = QuoteView::new(&quote, Arc::clone(by.view), &assessment, &policy.version);
        let view = view.map_err(|e| malformed(&e))?;
        Ok(QuoteRow {
            quote_id: quote.id,
            provider_id: lender.id,
            seq: 0,
            view,
            standing: assessment.standing,
            schedule: quote.terms.schedule,
        })
    }

    /// The next quote's number, from 1. There are fewer places for lenders than would use all of them up.
    fn next_quote(&self) -> u16 {
        self.quotes_made.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }
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
    question: &'a Question,
    run: &'a Run,
}

impl Settling<'_> {
    async fn settle_all(self) -> Progress {
        let (engine, question) = (self.engine, self.question);
        let started = Instant::now();
        let wait = question.request.deadline.remaining(engine.clock.now()).saturating_add(BACKSTOP);
        let asking = Asking { engine, question, quotes_made: AtomicU16::new(0) };
        let asked = engine.providers.iter().zip(engine.asked.views.iter());
        let mut missing: Vec<_> = asked.map(|(provider, view)| Asked { provider, view }).collect();
        let calls: FuturesUnordered<_> = missing.iter().map(|asked| asking.ask(*asked)).collect();
        let mut answers = calls.ready_chunks(missing.len().max(1));
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
                    let late = |asked: &Asked<'_>| {
                        asking.answered(*asked, Err(Refusal::TimedOut { waited: wait }), started.elapsed())
                    };
                    missing.iter().map(late).collect()
                }
            };
            let is_in = |id| arrived.iter().any(|one| one.answer.outcome.provider_id == id);
            missing.retain(|asked| !is_in(asked.provider.id()));
            receipts.push_back(self.hand_over(arrived, missing.is_empty()).await);
        }
        if all_stored { Progress::Finished } else { Progress::Lost }
    }

    /// Settles what arrived and hands it to the store. The future tells up to where things are stored, and whether.
    async fn hand_over(&self, arrived: Vec<Answered>, last: bool) -> impl Future<Output = (i32, bool)> + use<> {
        let (hand_over, seq) = self.settle(arrived, last);
        let answers = hand_over.completion.as_ref().is_some_and(|end| end.answers);
        let receipt = self.engine.store.put(hand_over.clone()).await;
        if answers {
            // While it is being stored; it is given when it has been.
            self.run.set_answer(self.run.lock().credit_request_json());
        }
        let (store, taken_in) = (self.engine.store.clone(), Arc::clone(&self.question.taken_in));
        async move {
            let stored = match receipt.stored().await {
                Err(NotStored::Gone) => store.put_again(hand_over, taken_in).await,
                stored => stored,
            };
            (seq, stored.is_ok())
        }
    }

    fn stored(&self, seq: i32, stored: bool) -> bool {
        if stored {
            self.run.advance(Progress::Stored(seq));
        }
        stored
    }

    /// Shows what arrived to whoever looks at the run, and makes it ready to be stored: with the last place in the order
    /// of arrival.
    fn settle(&self, arrived: Vec<Answered>, last: bool) -> (HandOver, i32) {
        let rows = pack(arrived.iter().map(|one| one.stored.as_slice()));
        let mut snapshot = self.run.lock();
        let arrival = Some(Arrival { seq: snapshot.last_seq().saturating_add(1), rows: rows.into() });
        snapshot.add(arrived.into_iter().map(|one| one.answer));
        let completion = last.then(|| {
            let (state, at) =
                (RequestState::after_quoting(snapshot.quotes.len()), stored_precision(self.engine.clock.now()));
            snapshot.request.state = state;
            snapshot.request.completed_at = Some(at);
            // Where a caller still waits for the answer, this is it.
            let answers = self.question.slot.as_ref().is_some_and(|slot| slot.take());
            Completion { state, at, answers }
        });
        let (tenant, request) = (self.question.request.tenant, self.question.request.id);
        (HandOver { tenant, request, arrival, completion, answer: None }, snapshot.last_seq())
    }
}
