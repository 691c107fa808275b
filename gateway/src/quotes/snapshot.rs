//! What is known of one credit request: its row, and the outcomes and quotes so far. All answers of the API about a
//! request are made from this one form, whether it was just computed or read back, so they cannot differ.

use std::sync::Arc;

use adapters::guard::Guarded;
use domain::ids::{CreditRequestId, ProviderId, QuoteId};
use domain::ranking::{Standing, rank};
use domain::schedule::Schedule;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::engine::provider_view;
use super::input::CreditRequestInput;
use super::stored_schedule;
use super::view::{OutcomeView, ProviderView, QuoteBrief, QuoteView, content_hash};

/// Where a credit request is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Quoting,
    Quoted,
    NoQuotes,
    Accepted,
    Expired,
    Cancelled,
}

impl RequestState {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quoting => "quoting",
            Self::Quoted => "quoted",
            Self::NoQuotes => "no_quotes",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a request that every provider has answered, with so many quotes.
    #[must_use]
    pub const fn after_quoting(quotes: usize) -> Self {
        if quotes == 0 { Self::NoQuotes } else { Self::Quoted }
    }
}

/// The providers that are asked, in the form in which they are stored. Made once and shared by all requests.
#[derive(Debug, Clone)]
pub struct AskedProviders {
    pub views: Arc<[Arc<ProviderView>]>,
    pub json: Arc<str>,
}

impl AskedProviders {
    #[must_use]
    pub fn of(providers: &[Guarded]) -> Self {
        let views: Vec<_> = providers.iter().map(|guarded| Arc::new(provider_view(guarded.capabilities()))).collect();
        Self { json: json(&views).into(), views: views.into() }
    }
}

/// The request's own row.
#[derive(Debug, Clone)]
pub struct RequestRow {
    pub id: CreditRequestId,
    pub state: RequestState,
    pub input: Arc<CreditRequestInput>,
    pub policy_version: Arc<str>,
    pub providers: AskedProviders,
    pub drawn_on: Date,
    pub created_at: Timestamp,
    pub deadline_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

/// A provider's outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutcomeRow {
    pub provider_id: ProviderId,
    /// Place in the order of arrival, shared with the quotes. Not stored: it follows from where the row stands.
    #[serde(skip)]
    pub seq: i32,
    pub view: OutcomeView,
    /// None where quotes stand for it.
    pub standing: Option<Standing>,
    pub created_at: Timestamp,
}

/// A quote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuoteRow {
    pub quote_id: QuoteId,
    pub provider_id: ProviderId,
    /// Place in the order of arrival, shared with the outcomes. Not stored: it follows from where the row stands.
    #[serde(skip)]
    pub seq: i32,
    pub view: QuoteView,
    pub standing: Standing,
    #[serde(with = "stored_schedule")]
    pub schedule: Schedule,
}

impl QuoteRow {
    /// As it is shown at this rank.
    fn shown(&self, rank: u32) -> QuoteView {
        QuoteView { rank, content_hash: content_hash(&self.view, &self.schedule), ..self.view.clone() }
    }
}

/// What one provider came to. Stored in this form, in a list of those that arrived at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub outcome: OutcomeRow,
    pub quotes: Vec<QuoteRow>,
}

/// A request with what is known of it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub request: RequestRow,
    pub outcomes: Vec<Arc<OutcomeRow>>,
    pub quotes: Vec<Arc<QuoteRow>>,
}

/// `POST /v1/credit-requests` and `GET /v1/credit-requests/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreditRequestView {
    #[schema(example = "crq_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub id: String,
    pub state: RequestState,
    pub request: Arc<CreditRequestInput>,
    pub policy_version: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the last answer is waited for.
    #[schema(value_type = String, format = DateTime)]
    pub deadline_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
    pub providers_asked: u32,
    /// First of the ranked quotes so far.
    pub best_quote: Option<QuoteView>,
    /// Every provider that has an outcome so far, best first.
    pub outcomes: Vec<OutcomeView>,
}

/// `GET /v1/credit-requests/{id}/quotes`, and the last event of its stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuoteListView {
    pub credit_request_id: String,
    pub state: RequestState,
    pub policy_version: String,
    /// Best first.
    pub quotes: Vec<QuoteView>,
    /// The providers without a quote, most useful refusal first.
    pub refusals: Vec<OutcomeView>,
    /// How the order is made, and that nobody pays for a place in it.
    pub ranking_disclosure: String,
}

/// What every list of ranked quotes says of its order.
pub const RANKING_DISCLOSURE: &str = "Offers that meet the amount and term asked for come first, ordered by total cost \
plus the named premiums of the ranking policy; then partial offers by APR; then refusals. No lender pays for its place.";

/// One outcome in the order: a quote or a refusal, by its index.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Quote(usize),
    Refusal(usize),
}

/// What a request with its best quote takes in an answer, and each outcome beside it.
const REQUEST_BYTES: usize = 4_096;
const OUTCOME_BYTES: usize = 512;

/// Views are texts, numbers and lists: they always have a JSON form.
pub(super) fn json(value: &impl Serialize) -> String {
    json_of_about(0, value)
}

/// With room for so many bytes from the start.
fn json_of_about(bytes: usize, value: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(bytes);
    // Nothing but JSON was written, which is text.
    serde_json::to_writer(&mut text, value).ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Snapshot {
    /// A request that nobody has answered yet.
    #[must_use]
    pub fn unanswered(request: RequestRow) -> Self {
        let request = RequestRow { state: RequestState::Quoting, completed_at: None, ..request };
        Self { request, outcomes: Vec::new(), quotes: Vec::new() }
    }

    /// As it was when it was posted.
    #[must_use]
    pub fn posted(self) -> Self {
        Self::unanswered(self.request)
    }

    /// As it was when every lender had been settled, whatever became of it since.
    #[must_use]
    pub fn completed(mut self) -> Self {
        self.request.state = RequestState::after_quoting(self.quotes.len());
        self
    }

    /// Adds what arrived, giving each row the next place: an outcome, then its quotes.
    pub fn add(&mut self, answers: impl IntoIterator<Item = Answer>) {
        let mut places = self.last_seq().saturating_add(1)..;
        for Answer { mut outcome, quotes } in answers {
            outcome.seq = places.next().unwrap_or(i32::MAX);
            self.outcomes.push(Arc::new(outcome));
            self.quotes
                .extend(quotes.into_iter().zip(&mut places).map(|(quote, seq)| Arc::new(QuoteRow { seq, ..quote })));
        }
    }

    /// Last place in the order of arrival; 0 where nothing has arrived.
    #[must_use]
    pub fn last_seq(&self) -> i32 {
        let quotes = self.quotes.iter().map(|row| row.seq);
        self.outcomes.iter().map(|row| row.seq).chain(quotes).max().unwrap_or(0)
    }

    /// Only what had arrived when `seq` did.
    #[must_use]
    pub fn until(&self, seq: i32) -> Self {
        Self {
            request: self.request.clone(),
            outcomes: self.outcomes.iter().filter(|row| row.seq <= seq).cloned().collect(),
            quotes: self.quotes.iter().filter(|row| row.seq <= seq).cloned().collect(),
        }
    }

    /// All places, best first.
    pub(super) fn order(&self) -> Vec<Place> {
        let quotes = self.quotes.iter().enumerate().map(|(i, row)| (Place::Quote(i), &row.standing));
        let refusals = self
            .outcomes
            .iter()
            .enumerate()
            .filter_map(|(i, row)| row.standing.as_ref().map(|standing| (Place::Refusal(i), standing)));
        let (places, standings): (Vec<_>, Vec<_>) = quotes.chain(refusals).unzip();
        rank(&standings).into_iter().filter_map(|index| places.get(index).copied()).collect()
    }

    /// The quotes with their ranks, best first.
    #[must_use]
    pub fn ranked_quotes(&self) -> Vec<QuoteView> {
        let places = (1..).zip(self.order());
        let ranked = places.filter_map(|(rank, place)| match place {
            Place::Quote(index) => self.quotes.get(index).map(|row| row.shown(rank)),
            Place::Refusal(_) => None,
        });
        ranked.collect()
    }

    fn best_quote(&self) -> Option<QuoteView> {
        (1..).zip(self.order()).find_map(|(rank, place)| match place {
            Place::Quote(index) => self.quotes.get(index).map(|row| row.shown(rank)),
            Place::Refusal(_) => None,
        })
    }

    /// Every outcome, in the order of its best place.
    #[must_use]
    pub fn ranked_outcomes(&self) -> Vec<OutcomeView> {
        let mut ranked: Vec<OutcomeView> = Vec::with_capacity(self.outcomes.len());
        for (rank, place) in (1..).zip(self.order()) {
            match place {
                Place::Refusal(index) => {
                    let refusal =
                        self.outcomes.get(index).map(|row| OutcomeView { rank: Some(rank), ..row.view.clone() });
                    ranked.extend(refusal);
                }
                Place::Quote(index) => self.add_quote(&mut ranked, index, rank),
            }
        }
        ranked
    }

    fn add_quote(&self, ranked: &mut Vec<OutcomeView>, index: usize, rank: u32) {
        let Some(quote) = self.quotes.get(index) else { return };
        let brief = QuoteBrief {
            id: quote.view.id.clone(),
            rank,
            apr: quote.view.apr.clone(),
            payment: quote.view.payment.clone(),
            total_cost: quote.view.total_cost.clone(),
            binding: quote.view.binding,
        };
        if let Some(known) = ranked.iter_mut().find(|outcome| outcome.provider.id == quote.view.provider.id) {
            known.quotes.push(brief);
        } else if let Some(row) = self.outcomes.iter().find(|row| row.provider_id == quote.provider_id) {
            ranked.push(OutcomeView { quotes: vec![brief], ..row.view.clone() });
        }
    }

    #[must_use]
    pub fn credit_request(&self) -> CreditRequestView {
        let request = &self.request;
        CreditRequestView {
            id: request.id.to_string(),
            state: request.state,
            request: Arc::clone(&request.input),
            policy_version: request.policy_version.to_string(),
            created_at: request.created_at,
            deadline_at: request.deadline_at,
            completed_at: request.completed_at,
            providers_asked: number(request.providers.views.len()),
            best_quote: self.best_quote(),
            outcomes: self.ranked_outcomes(),
        }
    }

    /// The body of an answer about the request.
    #[must_use]
    pub fn credit_request_json(&self) -> String {
        json_of_about(REQUEST_BYTES + self.outcomes.len() * OUTCOME_BYTES, &self.credit_request())
    }

    #[must_use]
    pub fn quote_list(&self) -> QuoteListView {
        QuoteListView {
            credit_request_id: self.request.id.to_string(),
            state: self.request.state,
            policy_version: self.request.policy_version.to_string(),
            quotes: self.ranked_quotes(),
            refusals: self.ranked_outcomes().into_iter().filter(|outcome| outcome.refusal.is_some()).collect(),
            ranking_disclosure: RANKING_DISCLOSURE.to_owned(),
        }
    }
}
