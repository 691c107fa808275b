//! What runs hand over as it arrives.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::{ApiKeyId, CreditRequestId, TenantId};
use jiff::Timestamp;
use sqlx::PgConnection;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::NotStored;
use super::lane::Job;
use crate::quotes::snapshot::RequestState;

/// The end of a run.
#[derive(Debug, Clone)]
pub struct Completion {
    pub state: RequestState,
    pub at: Timestamp,
    /// Whether the post is answered with this.
    pub answers: bool,
}

/// The answer that was given under an idempotency key, where it is neither the request as it was posted nor as it was
/// completed.
#[derive(Debug, Clone)]
pub struct GivenAnswer {
    pub caller: ApiKeyId,
    pub key: String,
    pub status: u16,
    pub body: String,
}

/// Outcomes and quotes that arrived at one moment.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Place of the first in the order of arrival.
    pub seq: i32,
    /// [`crate::quotes::snapshot::Answer`]s, as [`crate::quotes::packed`] packs them.
    pub rows: Arc<[u8]>,
}

/// What one run has to store at one moment.
#[derive(Debug, Clone)]
pub struct HandOver {
    pub tenant: TenantId,
    pub request: CreditRequestId,
    pub arrival: Option<Arrival>,
    pub completion: Option<Completion>,
    pub answer: Option<GivenAnswer>,
}

/// Resolves when the hand-over is durable.
#[derive(Debug)]
pub struct Receipt(pub(super) oneshot::Receiver<Result<(), NotStored>>);

impl Receipt {
    /// # Errors
    /// When the database was away or refused, or the request is not there.
    pub async fn stored(self) -> Result<(), NotStored> {
        self.0.await.unwrap_or(Err(NotStored::Away))
    }
}

#[derive(Debug)]
pub(super) struct HandingOver {
    pub hand_over: HandOver,
    pub stored: oneshot::Sender<Result<(), NotStored>>,
}

fn at(timestamp: Timestamp) -> jiff_sqlx::Timestamp {
    timestamp.into()
}

/// One column of the parts of a kind that the hand-overs have.
fn column<'a, P, T>(parts: &[(&'a HandOver, &'a P)], of: impl Fn(&'a HandOver, &'a P) -> T) -> Vec<T> {
    parts.iter().map(|(hand_over, part)| of(hand_over, part)).collect()
}

fn parts<P>(jobs: &[HandingOver], part: impl Fn(&HandOver) -> Option<&P>) -> Vec<(&HandOver, &P)> {
    jobs.iter().filter_map(|job| part(&job.hand_over).map(|found| (&job.hand_over, found))).collect()
}

/// All of one run at once, which is all there is to write while the service is not busy: without arrays to unfold it takes
/// Postgres half the time.
async fn write_whole(
    connection: &mut PgConnection,
    tenant: TenantId,
    request: CreditRequestId,
    arrival: &Arrival,
    end: &Completion,
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let stored = sqlx::query_scalar!(
        r#"WITH ended AS (
               UPDATE credit_requests SET state = $5, completed_at = $6, answered = $7
                WHERE credit_request_id = $2 AND completed_at IS NULL
               RETURNING credit_request_id
           )
           INSERT INTO arrivals (tenant_id, credit_request_id, seq, rows)
           SELECT $1, ended.credit_request_id, $3, $4 FROM ended
           RETURNING credit_request_id"#,
        tenant.uuid(),
        request.uuid(),
        arrival.seq,
        &*arrival.rows,
        end.state.code(),
        at(end.at) as _,
        end.answers,
    )
    .fetch_optional(connection)
    .await?;
    Ok(stored.into_iter().collect())
}

/// These come by themselves, never with an arrival.
async fn write_answers(
    connection: &mut PgConnection,
    answers: &[(&HandOver, &GivenAnswer)],
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"UPDATE idempotency_keys k
              SET (status, body) =
                  (SELECT t.status, t.body
                     FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[]) AS t (caller, key, status, body)
                    WHERE t.caller = k.api_key_id AND t.key = k.key)
            WHERE (k.api_key_id, k.key) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) AND k.status IS NULL
           RETURNING credit_request_id"#,
        &column(answers, |_, answer| answer.caller.uuid()),
        &column(answers, |_, answer| answer.key.clone()),
        &column(answers, |_, answer| i16::try_from(answer.status).unwrap_or(i16::MAX)),
        &column(answers, |_, answer| answer.body.clone()),
    )
    .fetch_all(connection)
    .await
}

impl Job for HandingOver {
    /// The requests that were there and not ended, and so have what was handed over.
    type Written = HashSet<Uuid>;

    /// Each is flushed to the disk.
    const APART: Duration = Duration::from_micros(2_500);

    fn tenant(&self) -> TenantId {
        self.hand_over.tenant
    }

    async fn write(
        connection: &mut PgConnection,
        tenant: TenantId,
        jobs: &[Self],
    ) -> Result<HashSet<Uuid>, sqlx::Error> {
        if let [
            HandingOver { hand_over: HandOver { request, arrival: Some(arrival), completion: Some(end), .. }, .. },
        ] = jobs
        {
            return write_whole(connection, tenant, *request, arrival, end).await;
        }
        let mut stored = HashSet::new();
        let answers = parts(jobs, |hand_over| hand_over.answer.as_ref());
        if !answers.is_empty() {
            stored.extend(write_answers(connection, &answers).await?);
        }
        let arrivals = parts(jobs, |hand_over| hand_over.arrival.as_ref());
        let completions = parts(jobs, |hand_over| hand_over.completion.as_ref());
        if arrivals.is_empty() && completions.is_empty() {
            return Ok(stored);
        }
        // Both parts look at the requests as they were before the statement: not ended.
        let written = sqlx::query_scalar!(
            r#"WITH arrived AS (
                   INSERT INTO arrivals (tenant_id, credit_request_id, seq, rows)
                   SELECT $1, t.request, t.seq, t.rows
                     FROM unnest($2::uuid[], $3::int[], $4::bytea[]) AS t (request, seq, rows)
                     JOIN credit_requests r ON r.credit_request_id = t.request AND r.completed_at IS NULL
                   RETURNING credit_request_id
               ), ended AS (
                   UPDATE credit_requests
                      SET (state, completed_at, answered) =
                          (SELECT t.state, t.at, t.answers
                             FROM unnest($5::uuid[], $6::text[], $7::timestamptz[], $8::bool[])
                                  AS t (request, state, at, answers)
                            WHERE t.request = credit_request_id)
                    WHERE credit_request_id = ANY ($5) AND completed_at IS NULL
                   RETURNING credit_request_id
               )
               SELECT credit_request_id AS "credit_request_id!" FROM arrived
               UNION ALL SELECT credit_request_id FROM ended"#,
            tenant.uuid(),
            &column(&arrivals, |hand_over, _| hand_over.request.uuid()),
            &column(&arrivals, |_, arrival| arrival.seq),
            &column(&arrivals, |_, arrival| &*arrival.rows) as _,
            &column(&completions, |hand_over, _| hand_over.request.uuid()),
            &column(&completions, |_, end| end.state.code().to_owned()),
            &column(&completions, |_, end| at(end.at)) as _,
            &column(&completions, |_, end| end.answers),
        )
        .fetch_all(connection)
        .await?;
        stored.extend(written);
        Ok(stored)
    }

    fn settle(self, written: Result<&HashSet<Uuid>, NotStored>) {
        let stored = written.and_then(|stored| {
            if stored.contains(&self.hand_over.request.uuid()) { Ok(()) } else { Err(NotStored::Gone) }
        });
        // A run that no longer waits has nothing to be told.
        let _ = self.stored.send(stored);
    }
}
