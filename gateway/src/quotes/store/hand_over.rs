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
    /// [`super::super::snapshot::Arrived`] as JSON.
    pub rows: String,
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

impl Job for HandingOver {
    type Written = ();

    fn tenant(&self) -> TenantId {
        self.hand_over.tenant
    }

    async fn write(connection: &mut PgConnection, tenant: TenantId, jobs: &[Self]) -> Result<(), sqlx::Error> {
        let arrivals = parts(jobs, |hand_over| hand_over.arrival.as_ref());
        let completions = parts(jobs, |hand_over| hand_over.completion.as_ref());
        let answers = parts(jobs, |hand_over| hand_over.answer.as_ref());
        sqlx::query!(
            r#"WITH arrived AS (
                   INSERT INTO arrivals (tenant_id, credit_request_id, seq, rows)
                   SELECT $1, t.request, t.seq, t.rows
                     FROM unnest($2::uuid[], $3::int[], $4::text[]) AS t (request, seq, rows)
               ), completed AS (
                   UPDATE credit_requests
                      SET (state, completed_at, answered) =
                          (SELECT t.state, t.at, t.answers
                             FROM unnest($5::uuid[], $6::text[], $7::timestamptz[], $8::bool[])
                                  AS t (request, state, at, answers)
                            WHERE t.request = credit_request_id)
                    WHERE credit_request_id = ANY ($5) AND completed_at IS NULL
               )
               UPDATE idempotency_keys k
                  SET (status, body) =
                      (SELECT t.status, t.body
                         FROM unnest($9::uuid[], $10::text[], $11::smallint[], $12::text[])
                              AS t (caller, key, status, body)
                        WHERE t.caller = k.api_key_id AND t.key = k.key)
                WHERE (k.api_key_id, k.key) IN (SELECT * FROM unnest($9::uuid[], $10::text[])) AND k.status IS NULL"#,
            tenant.uuid(),
            &column(&arrivals, |hand_over, _| hand_over.request.uuid()),
            &column(&arrivals, |_, arrival| arrival.seq),
            &column(&arrivals, |_, arrival| arrival.rows.as_str()) as _,
            &column(&completions, |hand_over, _| hand_over.request.uuid()),
            &column(&completions, |_, end| end.state.code().to_owned()),
            &column(&completions, |_, end| at(end.at)) as _,
            &column(&completions, |_, end| end.answers),
            &column(&answers, |_, answer| answer.caller.uuid()),
            &column(&answers, |_, answer| answer.key.clone()),
            &column(&answers, |_, answer| i16::try_from(answer.status).unwrap_or(i16::MAX)),
            &column(&answers, |_, answer| answer.body.clone()),
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
