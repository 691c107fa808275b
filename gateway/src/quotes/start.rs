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

use super::engine::{AnswerSlot, Engine, Question, provider_view};
use super::hub::Run;
use super::input::{CreditRequestInput, Reading};
use super::read;
use super::snapshot::{RequestRow, RequestState, Snapshot};
use super::store::{GivenAnswer, HandOver};
use super::turns::Turns;
use crate::auth::Principal;
use crate::config::LimitsConfig;
use crate::db::{Db, DbError};
use crate::problem::{Code, FieldError, Problem};

/// How long an idempotency key is kept.
const KEY_KEPT: SignedDuration = SignedDuration::from_hours(48);
/// What a caller is told to wait when too many requests are being quoted.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Tries to take a key: one that was past its time is free after the first.
const INSERTS: u32 = 2;
/// How long after the end of a request its own gateway may still be giving the answer.
const ANSWER_DUE: SignedDuration = SignedDuration::from_secs(2);

/// The route's name in the idempotency table.
const ROUTE: &str = "POST /v1/credit-requests";

/// One post.
#[derive(Debug)]
pub struct Post<'a> {
    pub principal: &'a Principal,
    pub key: &'a str,
    /// The body's bytes, for the fingerprint.
    pub raw: &'a [u8],
    pub input: &'a CreditRequestInput,
    pub trace: TraceContext,
    /// Whether the caller waits for the answers.
    pub waits: bool,
}

/// What became of a post.
#[derive(Debug)]
pub enum Begun {
    /// A new request, under way.
    New { id: CreditRequestId, run: Arc<Run>, slot: Option<Arc<AnswerSlot>>, body: String },
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
    answer: Option<(u16, String)>,
}

impl Intake {
    /// Reads, stores and starts a request; or finds what its key did before.
    ///
    /// # Errors
    /// A problem: a broken rule, a key used for another call, too much under way, the database away.
    pub async fn begin(&self, post: &Post<'_>) -> Result<Begun, Problem> {
        let fingerprint: [u8; 32] = Sha256::digest(post.raw).into();
        let now = stored_precision(self.engine.clock.now());
        let id = CreditRequestId::new(uuid_at(now));
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
        let body = body_of(&row)?;
        for _ in 0..INSERTS {
            if self.insert(post, &request, &row, fingerprint, &body).await? {
                let slot = post.waits.then(Arc::<AnswerSlot>::default);
                let run = self.engine.ask(Question { request, row, trace: post.trace, slot: slot.clone() });
                return Ok(Begun::New { id, run, slot, body });
            }
            if let Some(begun) = self.known(post, fingerprint).await? {
                return Ok(begun);
            }
        }
        Err(in_progress())
    }

    fn row(&self, request: &CreditRequest, input: &CreditRequestInput) -> RequestRow {
        RequestRow {
            id: request.id.to_string(),
            state: RequestState::Quoting,
            input: input.clone(),
            policy_version: self.engine.policy.version.clone(),
            providers: self.engine.providers.iter().map(|guarded| provider_view(guarded.capabilities())).collect(),
            created_at: request.created_at,
            deadline_at: stored_precision(request.deadline.at()),
            completed_at: None,
        }
    }

    /// Key and request, both or neither. False when the key is taken. A second caller with the same key waits here,
    /// inside Postgres, until the first has committed.
    async fn insert(
        &self,
        post: &Post<'_>,
        request: &CreditRequest,
        row: &RequestRow,
        fingerprint: [u8; 32],
        body: &str,
    ) -> Result<bool, Problem> {
        let json = |value: serde_json::Result<serde_json::Value>| value.map_err(|error| Problem::internal(&error));
        let given = (!post.waits).then_some((202_i16, body));
        let expires_at = request.created_at.saturating_add(KEY_KEPT).unwrap_or(request.created_at);
        let mut tx = self.db.begin(request.tenant).await?;
        let inserted = sqlx::query_scalar!(
            r#"WITH key AS (
                   INSERT INTO idempotency_keys
                          (tenant_id, api_key_id, key, route, fingerprint, credit_request_id, status, body, created_at,
                           expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                   ON CONFLICT DO NOTHING
                   RETURNING credit_request_id
               )
               INSERT INTO credit_requests
                      (credit_request_id, tenant_id, state, request, consents, amount, asset, policy_version, providers,
                       drawn_on, created_at, deadline_at)
               SELECT key.credit_request_id, $1, 'quoting', $11, $12, $13::text::numeric, $14, $15, $16, $17, $9, $18
                 FROM key
               RETURNING credit_request_id"#,
            request.tenant.uuid(),
            post.principal.key.uuid(),
            post.key,
            ROUTE,
            fingerprint.as_slice(),
            request.id.uuid(),
            given.map(|(status, _)| status),
            given.map(|(_, body)| body),
            jiff_sqlx::Timestamp::from(request.created_at) as _,
            jiff_sqlx::Timestamp::from(expires_at) as _,
            json(serde_json::to_value(post.input))?,
            json(serde_json::to_value(post.input.stored_consents()))?,
            request.amount.units().to_string(),
            request.amount.asset().to_string(),
            row.policy_version,
            json(serde_json::to_value(&row.providers))?,
            jiff_sqlx::Date::from(request.drawn_on) as _,
            jiff_sqlx::Timestamp::from(row.deadline_at) as _,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(inserted.is_some())
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
        Ok(Some(match known.answer {
            Some((status, body)) => Begun::Answered { id: known.id, status, body },
            None => Begun::Running { id: known.id },
        }))
    }

    async fn find_key(&self, post: &Post<'_>, fingerprint: [u8; 32]) -> Result<Option<KnownKey>, DbError> {
        let mut tx = self.db.begin(post.principal.tenant).await?;
        let row = sqlx::query!(
            r#"SELECT credit_request_id, (route = $3 AND fingerprint = $4) AS "same_call!",
                      (expires_at < now()) AS "expired!", status, body
                 FROM idempotency_keys WHERE api_key_id = $1 AND key = $2"#,
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
            answer: row.status.and_then(|status| u16::try_from(status).ok()).zip(row.body),
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
        let body = serde_json::to_string(&snapshot.credit_request()).map_err(|error| Problem::internal(&error))?;
        let given = GivenAnswer { status: 200, body };
        let stored = self.engine.store.put(HandOver::answer(post.principal.tenant, id, given)).await.stored().await;
        stored.map_err(|error| Problem::new(Code::Unavailable, error.to_string()).retry_after(RETRY_AFTER))
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

fn body_of(row: &RequestRow) -> Result<String, Problem> {
    let snapshot = Snapshot { request: row.clone(), outcomes: Vec::new(), quotes: Vec::new() };
    serde_json::to_string(&snapshot.credit_request()).map_err(|error| Problem::internal(&error))
}
