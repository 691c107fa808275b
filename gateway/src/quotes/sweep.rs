//! Settles what a gateway that was killed left behind: requests whose deadline has long passed get their missing
//! outcomes, named `unknown`, and an end. Also drops idempotency keys past their time.

use std::sync::Arc;
use std::time::Duration;

use adapters::clock::stored_precision;
use domain::ids::{CreditRequestId, ProviderId, TenantId};
use domain::ranking::standing_of_refusal;
use domain::refusal::Refusal;
use sqlx::postgres::types::PgInterval;
use tokio_util::sync::CancellationToken;

use super::engine::Engine;
use super::packed::{encode, pack};
use super::read::{self, ReadError};
use super::snapshot::{Answer, OutcomeRow, RequestState, Snapshot};
use super::store::{Arrival, Completion, HandOver};
use super::view::{OutcomeView, ProviderView, RefusalView};
use crate::db::Db;

const EVERY: Duration = Duration::from_secs(5);
/// How long past its deadline a request is left to whoever may still be at work on it.
const GRACE: Duration = Duration::from_secs(30);
/// Most requests, and most keys, handled in one round.
const MOST: i32 = 100;
const MOST_KEYS: i32 = 10_000;

/// Runs until told to stop.
pub async fn sweep_until(stop: CancellationToken, db: Db, engine: Engine) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = sweep(&db, &engine, GRACE).await {
            tracing::warn!(%error, "the sweep was not finished");
        }
    }
}

/// One round. Returns how many requests were settled.
///
/// # Errors
/// When the database is away.
pub async fn sweep(db: &Db, engine: &Engine, grace: Duration) -> Result<usize, ReadError> {
    let micros = i64::try_from(grace.as_micros()).unwrap_or(i64::MAX);
    let grace = PgInterval { months: 0, days: 0, microseconds: micros };
    let overdue = sqlx::query!(
        r#"SELECT tenant_id AS "tenant_id!", credit_request_id AS "credit_request_id!"
             FROM overdue_credit_requests($1, $2)"#,
        grace,
        MOST,
    )
    .fetch_all(db.pool())
    .await?;
    let mut settled = 0;
    for row in overdue {
        let (tenant, id) = (TenantId::new(row.tenant_id), CreditRequestId::new(row.credit_request_id));
        if engine.hub.get(id).is_none() && settle(db, engine, tenant, id).await? {
            settled += 1;
        }
    }
    sqlx::query_scalar!("SELECT drop_expired_idempotency_keys($1)", MOST_KEYS).fetch_one(db.pool()).await?;
    Ok(settled)
}

async fn settle(db: &Db, engine: &Engine, tenant: TenantId, id: CreditRequestId) -> Result<bool, ReadError> {
    let Some(snapshot) = read::snapshot(db, tenant, id).await? else { return Ok(false) };
    let at = stored_precision(engine.clock.now());
    let state = RequestState::after_quoting(snapshot.quotes.len());
    let missing: Vec<_> = missing(&snapshot, at).iter().map(encode).collect();
    let hand_over = HandOver {
        tenant,
        request: id,
        arrival: Some(Arrival {
            seq: snapshot.last_seq().saturating_add(1),
            rows: pack(missing.iter().map(Vec::as_slice)).into(),
        }),
        completion: Some(Completion { state, at, answers: false }),
        answer: None,
    };
    let stored = engine.store.put(hand_over).await.stored().await;
    Ok(stored.is_ok())
}

/// An `unknown` for every provider that was to be asked and has no outcome.
fn missing(snapshot: &Snapshot, at: jiff::Timestamp) -> Vec<Answer> {
    let answered = |provider: &ProviderView| snapshot.outcomes.iter().any(|row| row.view.provider.id == provider.id);
    let silent = snapshot.request.providers.views.iter().filter(|provider| !answered(provider));
    let named = silent.filter_map(|provider| provider.id.parse().ok().map(|id: ProviderId| (id, provider)));
    named.map(|(id, provider)| Answer { outcome: unknown(id, provider, at), quotes: Vec::new() }).collect()
}

fn unknown(id: ProviderId, provider: &Arc<ProviderView>, at: jiff::Timestamp) -> OutcomeRow {
    let refusal = Refusal::Unknown;
    OutcomeRow {
        provider_id: id,
        seq: 0,
        standing: Some(standing_of_refusal(&refusal, id)),
        view: OutcomeView {
            provider: Arc::clone(provider),
            outcome: refusal.kind().to_owned(),
            elapsed_ms: 0,
            refusal: Some(RefusalView::new(&refusal, at)),
            quotes: Vec::new(),
            rank: None,
        },
        created_at: at,
    }
}
