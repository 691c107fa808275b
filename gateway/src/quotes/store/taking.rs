//! New requests, each with its key or not at all.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::{ApiKeyId, TenantId};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::NotStored;
use super::lane::Job;
use crate::quotes::snapshot::RequestRow;

/// A request and the key that it was posted under.
#[derive(Debug)]
pub struct NewRequest {
    pub tenant: TenantId,
    pub row: RequestRow,
    /// As accepted, as JSON.
    pub request: String,
    pub consents: String,
    /// In base units.
    pub amount: String,
    pub asset: String,
    pub key: NewKey,
}

/// An idempotency key about to be used.
#[derive(Debug)]
pub struct NewKey {
    pub caller: ApiKeyId,
    pub key: String,
    pub route: &'static str,
    pub fingerprint: [u8; 32],
    /// The status of the answer, where it is given at once.
    pub status: Option<u16>,
    pub expires_at: Timestamp,
}

/// Called once: with whether the key was free and the request is stored.
type Then = Box<dyn FnOnce(Result<bool, NotStored>) + Send + Sync>;

pub(super) struct Taking {
    pub new: Arc<NewRequest>,
    pub then: Then,
}

impl fmt::Debug for Taking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taking").field("new", &self.new).finish_non_exhaustive()
    }
}

fn at(timestamp: Timestamp) -> jiff_sqlx::Timestamp {
    timestamp.into()
}

fn column<T>(jobs: &[Taking], of: impl Fn(&NewRequest) -> T) -> Vec<T> {
    jobs.iter().map(|job| of(&job.new)).collect()
}

/// One request by itself, as it comes while the service is not busy: without arrays to unfold it takes Postgres half the
/// time.
async fn write_one(
    connection: &mut PgConnection,
    tenant: TenantId,
    new: &NewRequest,
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let stored = sqlx::query_scalar!(
        r#"WITH keys AS (
               INSERT INTO idempotency_keys
                      (tenant_id, api_key_id, key, route, fingerprint, credit_request_id, status, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT DO NOTHING
               RETURNING credit_request_id
           )
           INSERT INTO credit_requests
                  (credit_request_id, tenant_id, state, request, consents, amount, asset, policy_version, providers,
                   drawn_on, created_at, deadline_at)
           SELECT keys.credit_request_id, $1, 'quoting', $10, $11, $12::text::numeric, $13, $14, $15, $16, $8, $17
             FROM keys
           RETURNING credit_request_id"#,
        tenant.uuid(),
        new.key.caller.uuid(),
        new.key.key,
        new.key.route,
        new.key.fingerprint.as_slice(),
        new.row.id.uuid(),
        status_of(new),
        at(new.row.created_at) as _,
        at(new.key.expires_at) as _,
        new.request,
        new.consents,
        new.amount,
        new.asset,
        &*new.row.policy_version,
        &*new.row.providers.json,
        jiff_sqlx::Date::from(new.row.drawn_on) as _,
        at(new.row.deadline_at) as _,
    )
    .fetch_optional(connection)
    .await?;
    Ok(stored.into_iter().collect())
}

fn status_of(new: &NewRequest) -> Option<i16> {
    new.key.status.and_then(|status| i16::try_from(status).ok())
}

impl Job for Taking {
    /// The requests whose keys were free.
    type Written = HashSet<Uuid>;

    /// Nobody is asked before this is done, and where the caller waits it costs no flush: little is gained by more waiting.
    const APART: Duration = Duration::from_millis(1);

    fn tenant(&self) -> TenantId {
        self.new.tenant
    }

    /// A second gateway with the same key waits here, inside Postgres, until the first has committed.
    async fn write(
        connection: &mut PgConnection,
        tenant: TenantId,
        jobs: &[Self],
    ) -> Result<HashSet<Uuid>, sqlx::Error> {
        if let [Taking { new, .. }] = jobs {
            return write_one(connection, tenant, new).await;
        }
        let stored = sqlx::query_scalar!(
            r#"WITH keys AS (
                   INSERT INTO idempotency_keys
                          (tenant_id, api_key_id, key, route, fingerprint, credit_request_id, status, created_at,
                           expires_at)
                   SELECT $1, t.caller, t.key, t.route, t.fingerprint, t.request, t.status, t.created_at, t.expires_at
                     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::uuid[], $7::smallint[],
                                 $8::timestamptz[], $9::timestamptz[])
                          AS t (caller, key, route, fingerprint, request, status, created_at, expires_at)
                   ON CONFLICT DO NOTHING
                   RETURNING credit_request_id
               )
               INSERT INTO credit_requests
                      (credit_request_id, tenant_id, state, request, consents, amount, asset, policy_version, providers,
                       drawn_on, created_at, deadline_at)
               SELECT t.id, $1, 'quoting', t.request, t.consents, t.amount::numeric, t.asset, t.policy, t.providers,
                      t.drawn_on, t.created_at, t.deadline_at
                 FROM unnest($6::uuid[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                             $16::date[], $8::timestamptz[], $17::timestamptz[])
                      AS t (id, request, consents, amount, asset, policy, providers, drawn_on, created_at, deadline_at)
                 JOIN keys ON keys.credit_request_id = t.id
               RETURNING credit_request_id"#,
            tenant.uuid(),
            &column(jobs, |new| new.key.caller.uuid()),
            &column(jobs, |new| new.key.key.clone()),
            &column(jobs, |new| new.key.route.to_owned()),
            &column(jobs, |new| new.key.fingerprint.to_vec()),
            &column(jobs, |new| new.row.id.uuid()),
            &column(jobs, status_of) as _,
            &column(jobs, |new| at(new.row.created_at)) as _,
            &column(jobs, |new| at(new.key.expires_at)) as _,
            &column(jobs, |new| new.request.clone()),
            &column(jobs, |new| new.consents.clone()),
            &column(jobs, |new| new.amount.clone()),
            &column(jobs, |new| new.asset.clone()),
            &column(jobs, |new| new.row.policy_version.to_string()),
            &column(jobs, |new| new.row.providers.json.to_string()),
            &column(jobs, |new| jiff_sqlx::Date::from(new.row.drawn_on)) as _,
            &column(jobs, |new| at(new.row.deadline_at)) as _,
        )
        .fetch_all(connection)
        .await?;
        Ok(stored.into_iter().collect())
    }

    fn settle(self, written: Result<&HashSet<Uuid>, NotStored>) {
        let id = self.new.row.id.uuid();
        (self.then)(written.map(|stored| stored.contains(&id)));
    }
}
