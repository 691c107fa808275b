//! What runs hand over as it arrives.

use domain::ids::{ApiKeyId, CreditRequestId, TenantId};
use jiff::Timestamp;
use sqlx::PgConnection;
use tokio::sync::oneshot;

use super::NotStored;
use super::lane::Job;
use crate::quotes::snapshot::RequestState;

/// The end of a run.
#[derive(Debug)]
pub struct Completion {
    pub state: RequestState,
    pub at: Timestamp,
    /// Whether the post is answered with this.
    pub answers: bool,
}

/// The answer that was given under an idempotency key, where it is neither the request as it was posted nor as it was
/// completed.
#[derive(Debug)]
pub struct GivenAnswer {
    pub caller: ApiKeyId,
    pub key: String,
    pub status: u16,
    pub body: String,
}

/// Outcomes and quotes that arrived at one moment.
#[derive(Debug)]
pub struct Arrival {
    /// Place of the first in the order of arrival.
    pub seq: i32,
    /// A list of [`crate::quotes::snapshot::Answer`], as [`super::packed`] packs it.
    pub rows: Vec<u8>,
}

/// What one run has to store at one moment.
#[derive(Debug)]
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
    /// When the database was away or refused.
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
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"WITH arrived AS (
               INSERT INTO arrivals (tenant_id, credit_request_id, seq, rows) VALUES ($1, $2, $3, $4)
           )
           UPDATE credit_requests SET state = $5, completed_at = $6, answered = $7
            WHERE credit_request_id = $2 AND completed_at IS NULL"#,
        tenant.uuid(),
        request.uuid(),
        arrival.seq,
        &arrival.rows,
        end.state.code(),
        at(end.at) as _,
        end.answers,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// These come by themselves, never with an arrival.
async fn write_answers(
    connection: &mut PgConnection,
    answers: &[(&HandOver, &GivenAnswer)],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"UPDATE idempotency_keys k
              SET (status, body) =
                  (SELECT t.status, t.body
                     FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[]) AS t (caller, key, status, body)
                    WHERE t.caller = k.api_key_id AND t.key = k.key)
            WHERE (k.api_key_id, k.key) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) AND k.status IS NULL"#,
        &column(answers, |_, answer| answer.caller.uuid()),
        &column(answers, |_, answer| answer.key.clone()),
        &column(answers, |_, answer| i16::try_from(answer.status).unwrap_or(i16::MAX)),
        &column(answers, |_, answer| answer.body.clone()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Job for HandingOver {
    type Written = ();

    fn tenant(&self) -> TenantId {
        self.hand_over.tenant
    }

    async fn write(connection: &mut PgConnection, tenant: TenantId, jobs: &[Self]) -> Result<(), sqlx::Error> {
        let answers = parts(jobs, |hand_over| hand_over.answer.as_ref());
        if !answers.is_empty() {
            write_answers(connection, &answers).await?;
        }
        if let [
            HandingOver { hand_over: HandOver { request, arrival: Some(arrival), completion: Some(end), .. }, .. },
        ] = jobs
        {
            return write_whole(connection, tenant, *request, arrival, end).await;
        }
        let arrivals = parts(jobs, |hand_over| hand_over.arrival.as_ref());
        let completions = parts(jobs, |hand_over| hand_over.completion.as_ref());
        if arrivals.is_empty() && completions.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            r#"WITH arrived AS (
                   INSERT INTO arrivals (tenant_id, credit_request_id, seq, rows)
                   SELECT $1, t.request, t.seq, t.rows
                     FROM unnest($2::uuid[], $3::int[], $4::bytea[]) AS t (request, seq, rows)
               )
               UPDATE credit_requests
                  SET (state, completed_at, answered) =
                      (SELECT t.state, t.at, t.answers
                         FROM unnest($5::uuid[], $6::text[], $7::timestamptz[], $8::bool[])
                              AS t (request, state, at, answers)
                        WHERE t.request = credit_request_id)
                WHERE credit_request_id = ANY ($5) AND completed_at IS NULL"#,
            tenant.uuid(),
            &column(&arrivals, |hand_over, _| hand_over.request.uuid()),
            &column(&arrivals, |_, arrival| arrival.seq),
            &column(&arrivals, |_, arrival| arrival.rows.as_slice()) as _,
            &column(&completions, |hand_over, _| hand_over.request.uuid()),
            &column(&completions, |_, end| end.state.code().to_owned()),
            &column(&completions, |_, end| at(end.at)) as _,
            &column(&completions, |_, end| end.answers),
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    fn settle(self, written: Result<&(), NotStored>) {
        // A run that no longer waits has nothing to be told.
        let _ = self.stored.send(written.copied());
    }
}
