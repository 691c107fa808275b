//! The lender's side of the provider protocol: a question is believed only when signed, and every answer is signed for
//! the message that it answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapters::protocol::{self, wire};
use adapters::signature::{self, SignatureError, Signer};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::deadline::Clock;
use http::{HeaderMap, HeaderName, StatusCode};
use jiff::Timestamp;

use super::connection::Line;
use super::fault::{self, FaultError, Turn};
use super::lender::Lender;
use super::magic::{MagicInput, Outcome};
use super::memory::{KeyReused, Memory, Seen};
use super::question::{Question, QuestionError};

/// Largest question that is read.
const MAX_QUESTION_BYTES: usize = 64 * 1024;
/// Of so many distinct questions, a flaky lender fails to answer the first few.
const FLAKY_CYCLE: u64 = 3;

/// Why a question is not answered.
#[derive(Debug, thiserror::Error)]
enum Rejection {
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    #[error("the header {0} is missing or not of the protocol")]
    Header(HeaderName),
    #[error("not a question of the protocol: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Question(#[from] QuestionError),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Signature(_) => StatusCode::UNAUTHORIZED,
            Self::Header(_) | Self::Json(_) | Self::Question(_) => StatusCode::BAD_REQUEST,
            Self::KeyReused(_) => StatusCode::CONFLICT,
        };
        (status, self.to_string()).into_response()
    }
}

/// A lender with what it needs to be asked over HTTP.
#[derive(Debug)]
pub(super) struct Desk {
    pub lender: Lender,
    pub signer: Signer,
    pub clock: Arc<dyn Clock>,
    pub latency: Duration,
    /// Instead of what the amount says.
    pub forced: Option<Outcome>,
    pub memory: Mutex<Memory>,
}

pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new().route("/quotes", post(quotes)).layer(DefaultBodyLimit::max(MAX_QUESTION_BYTES)).with_state(desk)
}

async fn quotes(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match desk.read(&headers, &body) {
        Ok((turn, seen)) => desk.answer(&turn, seen, &line).await.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }),
        Err(rejection) => rejection.into_response(),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Result<&str, Rejection> {
    headers.get(&name).and_then(|value| value.to_str().ok()).ok_or(Rejection::Header(name))
}

impl Desk {
    fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<(Turn<'_>, Seen), Rejection> {
        let now = self.clock.now();
        self.signer.verify(headers, body, now, None)?;
        let message_id = text(headers, signature::ID)?.to_owned();
        let key = text(headers, protocol::IDEMPOTENCY_KEY)?;
        let deadline = text(headers, protocol::DEADLINE)?;
        let deadline: Timestamp = deadline.parse().map_err(|_| Rejection::Header(protocol::DEADLINE))?;
        let question = Question::try_new(serde_json::from_slice::<wire::QuoteQuestion>(body)?)?;
        let seen = self.memory.lock().unwrap_or_else(PoisonError::into_inner).recall(key, body, now)?;
        let turn = Turn { desk: self, message_id, deadline, question, asked_at: seen.at };
        Ok((turn, seen))
    }

    async fn answer(&self, turn: &Turn<'_>, seen: Seen, line: &Line) -> Result<Response, FaultError> {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let magic = || MagicInput::outcome(turn.question.amount.as_ref()?, self.lender.number());
        match self.forced.or_else(magic) {
            Some(outcome) => fault::obey(outcome, turn, line).await,
            None if seen.before % FLAKY_CYCLE < self.lender.profile.fails_of_three => {
                Ok(StatusCode::SERVICE_UNAVAILABLE.into_response())
            }
            None => turn.signed(&self.lender.answer(&turn.question, turn.asked_at)),
        }
    }
}
