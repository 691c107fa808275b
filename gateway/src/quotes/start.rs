//! Takes a credit request in: exactly once for each idempotency key, in one transaction with the key.

use std::sync::Arc;
use std::time::Duration;

use adapters::clock::{stored_precision, uuid_at};
use adapters::trace::TraceContext;
use domain::asset::AssetRegistry;
use domain::ids::CreditRequestId;
use domain::request::CreditRequest;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::engine::{AnswerSlot, Engine, Question};
use super::hub::Run;
use super::input::{CreditRequestInput, Reading};
use super::read;
use super::snapshot::{RequestRow, RequestState, Snapshot, json};
use super::store::{GivenAnswer, HandOver, NewKey, NewRequest, NotStored};
use super::turns::Turns;
use crate::auth::Principal;
use crate::config::LimitsConfig;
use crate::db::{Commits, Db, DbError};
use crate::problem::{Code, FieldError, Problem};

/// How long an idempotency key is kept.
const KEY_KEPT: SignedDuration = SignedDuration::from_hours(48);
/// What a caller is told to wait when too many requests are being quoted.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Tries to take a key: one that was past its time is free after the first.
const INSERTS: u32 = 2;
/// How long after the end of a request its own gateway may still be giving the answer.
const ANSWER_DUE: SignedDuration = SignedDuration::from_secs(2);

/// The statuses of a request that was posted and of one that was completed.
const POSTED: u16 = 202;
const COMPLETED: u16 = 200;

/// The route's name in the idempotency table.
const ROUTE: &str = "POST /v1/credit-requests";

/// One post.
#[derive(Debug)]
pub struct Post<'a> {
    pub principal: &'a Principal,
    pub key: &'a str,
    /// The body's bytes, for the fingerprint.
    pub raw: &'a [u8],
    pub input: &'a Arc<CreditRequestInput>,
    pub trace: TraceContext,
    /// Whether the caller waits for the answers.
    pub waits: bool,
}

/// What became of a post.
#[derive(Debug)]
pub enum Begun {
    /// A new request, under way, and its answer.
    Accepted { id: CreditRequestId, body: String },
    /// A new request, under way, whose caller waits for the answers.
    Awaited { id: CreditRequestId, run: Arc<Run>, slot: Arc<AnswerSlot> },
    /// The key was used for this same call before, and this was the answer.
    Answered { id: CreditRequestId, status: u16, body: String },
    /// The key's call is still running.
    Running { id: CreditRequestId },
}

/// Takes requests in.
#[derive(Debug, Clone)]
pub struct Intake {
    pub db: Db,
    pub engine: Engine,
    pub registry: Arc<AssetRegistry>,
    pub limits: Arc<LimitsConfig>,
    pub turns: Turns,
}

/// The row that a key already has.
struct KnownKey {
    id: CreditRequestId,
    same_call: bool,
    expired: bool,
    answer: KeptAnswer,
}

/// What is kept of the answer to a key's call.
enum KeptAnswer {
    NotYet,
    /// The request as it was posted.
    Posted(u16),
    /// The request as it was completed.
    Completed,
    Given(u16, String),
}

impl Intake {
    /// Reads, stores and starts a request; or finds what its key did before.
    ///
    /// # Errors
    /// A problem: a broken rule, a key used for another call, too much under way, the database away.
    pub async fn begin(&self, post: &Post<'_>) -> Result<Begun, Problem> {
        let fingerprint: [u8; 32] = Sha256::digest(post.raw).into();
        let now = stored_precision(self.engine.clock.now());
        let id = CreditRequestId::with_room_for_quotes(uuid_at(now));
        let request = post.input.read(Reading {
            id,
            tenant: post.principal.tenant,
            now,
            registry: &self.registry,
            policy: &self.engine.policy,
            limits: &self.limits,
        });
        // A replay is answered as it was, even where the rules have changed since: so the key is looked at first.
        let request = match request {
            Ok(request) => Arc::new(request),
            Err(problem) => return self.known(post, fingerprint).await?.ok_or(problem),
        };
        if self.engine.hub.quoting() >= self.limits.max_quoting {
            let refused = Problem::new(Code::Overloaded, "too many credit requests are being quoted");
            return self.known(post, fingerprint).await?.ok_or(refused.retry_after(RETRY_AFTER));
        }
        let _turn = self.turns.of(post.principal.key, post.key).await;
        let row = self.row(&request, post.input);
        for _ in 0..INSERTS {
            if let Some(begun) = self.take(post, &request, &row, fingerprint).await? {
                return Ok(begun);
            }
            if let Some(begun) = self.known(post, fingerprint).await? {
                return Ok(begun);
            }
        }
        Err(in_progress())
    }

    fn row(&self, request: &CreditRequest, input: &Arc<CreditRequestInput>) -> RequestRow {
        RequestRow {
            id: request.id,
            state: RequestState::Quoting,
            input: Arc::clone(input),
            policy_version: self.engine.policy.version.as_str().into(),
            providers: self.engine.asked.clone(),
            drawn_on: request.drawn_on,
            created_at: request.created_at,
            deadline_at: stored_precision(request.deadline.at()),
            completed_at: None,
        }
    }

    /// Stores the request with its key, both or neither, and starts it; none when the key is taken. Once both are
    /// stored the lenders are asked, even if the caller has gone.
    async fn take(
        &self,
        post: &Post<'_>,
        request: &Arc<CreditRequest>,
        row: &RequestRow,
        fingerprint: [u8; 32],
    ) -> Result<Option<Begun>, Problem> {
        let new = Arc::new(NewRequest {
            tenant: request.tenant,
            row: row.clone(),
            request: json(&post.input),
            consents: json(&post.input.stored_consents()),
            amount: request.amount.units().to_string(),
            asset: request.amount.asset().to_string(),
            key: NewKey {
                caller: post.principal.key,
                key: post.key.to_owned(),
                route: ROUTE,
                fingerprint,
                status: (!post.waits).then_some(POSTED),
                expires_at: request.created_at.saturating_add(KEY_KEPT).unwrap_or(request.created_at),
            },
        });
        let slot = post.waits.then(Arc::<AnswerSlot>::default);
        let question = Question {
            request: Arc::clone(request),
            taken_in: Arc::clone(&new),
            trace: post.trace,
            slot: slot.clone(),
        };
        // Who waits is told nothing before the last hand-over, which is durable and makes this so.
        let commits = if post.waits { Commits::Visible } else { Commits::Durable };
        let (engine, (started, start)) = (self.engine.clone(), oneshot::channel());
        let begin = move |stored: Result<bool, NotStored>| {
            // A caller who has gone needs no run to look at.
            let _ = started.send(stored.map(|stored| stored.then(|| engine.ask(question))));
        };
        self.engine.store.take(new, commits, begin).await;
        let Some(run) = start.await.unwrap_or(Err(NotStored::Away))? else { return Ok(None) };
        Ok(Some(match slot {
            Some(slot) => Begun::Awaited { id: request.id, run, slot },
            None => Begun::Accepted { id: request.id, body: Snapshot::unanswered(row.clone()).credit_request_json() },
        }))
    }

    /// What a key did before, if it was used; a key past its time is dropped.
    async fn known(&self, post: &Post<'_>, fingerprint: [u8; 32]) -> Result<Option<Begun>, Problem> {
        let Some(known) = self.find_key(post, fingerprint).await? else { return Ok(None) };
        if known.expired {
            self.drop_key(post).await?;
            return Ok(None);
        }
        if !known.same_call {
            let detail = "this key was used before with another body or on another route";
            return Err(Problem::field(
                Code::IdempotencyKeyReused,
                FieldError::new("Idempotency-Key", "one_call_a_key", detail),
            ));
        }
        let (status, body) = match known.answer {
            KeptAnswer::NotYet => return Ok(Some(Begun::Running { id: known.id })),
            KeptAnswer::Given(status, body) => (status, body),
            KeptAnswer::Posted(status) => (status, self.stored(post, known.id).await?.posted().credit_request_json()),
            KeptAnswer::Completed => (COMPLETED, self.stored(post, known.id).await?.completed().credit_request_json()),
        };
        Ok(Some(Begun::Answered { id: known.id, status, body }))
    }

    async fn stored(&self, post: &Post<'_>, id: CreditRequestId) -> Result<Snapshot, Problem> {
        let found = read::snapshot(&self.db, post.principal.tenant, id).await?;
        found.ok_or_else(|| Problem::new(Code::Internal, "the request of this key is not there"))
    }

    async fn find_key(&self, post: &Post<'_>, fingerprint: [u8; 32]) -> Result<Option<KnownKey>, DbError> {
        let mut tx = self.db.begin(post.principal.tenant).await?;
        let row = sqlx::query!(
            r#"SELECT k.credit_request_id, (k.route = $3 AND k.fingerprint = $4) AS "same_call!",
                      (k.expires_at < now()) AS "expired!", k.status, k.body, r.answered
                 FROM idempotency_keys k JOIN credit_requests r USING (credit_request_id)
                WHERE k.api_key_id = $1 AND k.key = $2"#,
            post.principal.key.uuid(),
            post.key,
            ROUTE,
            fingerprint.as_slice(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.rollback().await?;
        Ok(row.map(|row| KnownKey {
            id: CreditRequestId::new(row.credit_request_id),
            same_call: row.same_call,
            expired: row.expired,
            answer: match (row.status.and_then(|status| u16::try_from(status).ok()), row.body) {
                (Some(status), Some(body)) => KeptAnswer::Given(status, body),
                (Some(status), None) => KeptAnswer::Posted(status),
                (None, _) if row.answered => KeptAnswer::Completed,
                (None, _) => KeptAnswer::NotYet,
            },
        }))
    }

    async fn drop_key(&self, post: &Post<'_>) -> Result<(), DbError> {
        let mut tx = self.db.begin(post.principal.tenant).await?;
        sqlx::query!(
            "DELETE FROM idempotency_keys WHERE api_key_id = $1 AND key = $2 AND expires_at < now()",
            post.principal.key.uuid(),
            post.key,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The answer that the key's call came to, for a second caller who waits for it; none while it is running.
    ///
    /// # Errors
    /// When the key is another call's by now, or the database is away.
    pub async fn answer_of_key(&self, post: &Post<'_>) -> Result<Option<Begun>, Problem> {
        let fingerprint: [u8; 32] = Sha256::digest(post.raw).into();
        let known = self.known(post, fingerprint).await?;
        Ok(known.filter(|begun| matches!(begun, Begun::Answered { .. })))
    }

    /// Gives the answer that a gateway owed and went away without giving: the request as it was ended in its stead.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn give_owed_answer(&self, post: &Post<'_>, id: CreditRequestId) -> Result<(), Problem> {
        let Some(snapshot) = read::snapshot(&self.db, post.principal.tenant, id).await? else { return Ok(()) };
        let now = self.engine.clock.now();
        if snapshot.request.completed_at.is_none_or(|ended| now.duration_since(ended) < ANSWER_DUE) {
            return Ok(());
        }
        let body = snapshot.credit_request_json();
        match self.engine.store.put(post.answered(id, COMPLETED, body)).await.stored().await {
            // Someone else has given it.
            Err(NotStored::Gone) => Ok(()),
            stored => Ok(stored?),
        }
    }
}

impl Post<'_> {
    /// What is to be stored of an answer that is given for this post.
    #[must_use]
    pub fn answered(&self, id: CreditRequestId, status: u16, body: String) -> HandOver {
        HandOver {
            tenant: self.principal.tenant,
            request: id,
            arrival: None,
            completion: None,
            answer: Some(GivenAnswer { caller: self.principal.key, key: self.key.to_owned(), status, body }),
        }
    }
}

impl From<NotStored> for Problem {
    fn from(error: NotStored) -> Self {
        match error {
            NotStored::Away | NotStored::Gone => {
                Self::new(Code::Unavailable, "the database cannot be reached now; repeat the call with the same key")
                    .retry_after(RETRY_AFTER)
            }
            NotStored::Refused => Self::internal(&error),
        }
    }
}

/// The call of a key has not been answered yet.
#[must_use]
pub fn in_progress() -> Problem {
    Problem::field(
        Code::IdempotencyInProgress,
        FieldError::new("Idempotency-Key", "one_call_a_key", "the first call with this key is still running"),
    )
    .retry_after(RETRY_AFTER)
}
