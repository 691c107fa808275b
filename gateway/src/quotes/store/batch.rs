//! Many hand-overs as columns, written by one statement.

use domain::ids::TenantId;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::HandOver;

/// Column-wise, because Postgres takes arrays: the statement stays the same whatever the number of rows.
#[derive(Debug, Default)]
pub(super) struct Batch {
    outcomes: Outcomes,
    quotes: Quotes,
    completions: Completions,
    answers: Answers,
}

#[derive(Debug, Default)]
struct Outcomes {
    request: Vec<Uuid>,
    provider: Vec<Uuid>,
    seq: Vec<i32>,
    outcome: Vec<String>,
    body: Vec<String>,
    standing: Vec<Option<String>>,
    created_at: Vec<jiff_sqlx::Timestamp>,
}

#[derive(Debug, Default)]
struct Quotes {
    id: Vec<Uuid>,
    request: Vec<Uuid>,
    provider: Vec<Uuid>,
    seq: Vec<i32>,
    asset: Vec<String>,
    principal: Vec<String>,
    total_cost: Vec<String>,
    apr: Vec<String>,
    content_hash: Vec<String>,
    body: Vec<String>,
    schedule: Vec<String>,
    standing: Vec<String>,
    created_at: Vec<jiff_sqlx::Timestamp>,
    expires_at: Vec<jiff_sqlx::Timestamp>,
}

#[derive(Debug, Default)]
struct Completions {
    request: Vec<Uuid>,
    state: Vec<String>,
    at: Vec<jiff_sqlx::Timestamp>,
}

#[derive(Debug, Default)]
struct Answers {
    request: Vec<Uuid>,
    status: Vec<i16>,
    body: Vec<String>,
}

/// Our own types always have a JSON form; if one had not, the database would refuse the empty text.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn at(timestamp: jiff::Timestamp) -> jiff_sqlx::Timestamp {
    timestamp.into()
}

impl Batch {
    pub(super) fn add(&mut self, hand_over: &HandOver) {
        let request = hand_over.request.uuid();
        for row in &hand_over.outcomes {
            self.outcomes.request.push(request);
            self.outcomes.provider.push(row.provider_id);
            self.outcomes.seq.push(row.seq);
            self.outcomes.outcome.push(row.view.outcome.clone());
            self.outcomes.body.push(json(&row.view));
            self.outcomes.standing.push(row.standing.as_ref().map(json));
            self.outcomes.created_at.push(at(row.created_at));
        }
        for quote in &hand_over.quotes {
            let row = &quote.row;
            self.quotes.id.push(row.quote_id);
            self.quotes.request.push(request);
            self.quotes.provider.push(row.provider_id);
            self.quotes.seq.push(row.seq);
            self.quotes.asset.push(quote.asset.clone());
            self.quotes.principal.push(quote.principal.clone());
            self.quotes.total_cost.push(quote.total_cost.clone());
            self.quotes.apr.push(row.view.apr.clone());
            self.quotes.content_hash.push(row.view.content_hash.clone());
            self.quotes.body.push(json(&row.view));
            self.quotes.schedule.push(quote.schedule.clone());
            self.quotes.standing.push(json(&row.standing));
            self.quotes.created_at.push(at(row.view.created_at));
            self.quotes.expires_at.push(at(row.view.expires_at));
        }
        if let Some(completion) = &hand_over.completion {
            self.completions.request.push(request);
            self.completions.state.push(completion.state.code().to_owned());
            self.completions.at.push(at(completion.at));
        }
        if let Some(answer) = &hand_over.answer {
            self.answers.request.push(request);
            self.answers.status.push(i16::try_from(answer.status).unwrap_or(i16::MAX));
            self.answers.body.push(answer.body.clone());
        }
    }

    pub(super) async fn execute(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        tenant: TenantId,
    ) -> Result<(), sqlx::Error> {
        let (o, q, c, a) = (&self.outcomes, &self.quotes, &self.completions, &self.answers);
        sqlx::query!(
            r#"WITH new_outcomes AS (
                   INSERT INTO provider_outcomes
                          (tenant_id, credit_request_id, provider_id, seq, outcome, body, standing, created_at)
                   SELECT $1, t.request, t.provider, t.seq, t.outcome, t.body::json, t.standing::json, t.created_at
                     FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[],
                                 $8::timestamptz[])
                          AS t (request, provider, seq, outcome, body, standing, created_at)
               ), new_quotes AS (
                   INSERT INTO quotes
                          (tenant_id, quote_id, credit_request_id, provider_id, seq, asset, principal, total_cost, apr,
                           content_hash, body, schedule, standing, created_at, expires_at)
                   SELECT $1, t.id, t.request, t.provider, t.seq, t.asset, t.principal::numeric, t.total_cost::numeric,
                          t.apr::numeric, t.content_hash, t.body::json, t.schedule, t.standing::json,
                          t.created_at, t.expires_at
                     FROM unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::int[], $13::text[], $14::text[],
                                 $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
                                 $21::timestamptz[], $22::timestamptz[])
                          AS t (id, request, provider, seq, asset, principal, total_cost, apr, content_hash, body,
                                schedule, standing, created_at, expires_at)
               ), completed AS (
                   UPDATE credit_requests
                      SET (state, completed_at) =
                          (SELECT t.state, t.at
                             FROM unnest($23::uuid[], $24::text[], $25::timestamptz[]) AS t (request, state, at)
                            WHERE t.request = credit_request_id)
                    WHERE credit_request_id = ANY ($23) AND completed_at IS NULL
               )
               UPDATE idempotency_keys
                  SET (status, body) =
                      (SELECT t.status, t.body
                         FROM unnest($26::uuid[], $27::smallint[], $28::text[]) AS t (request, status, body)
                        WHERE t.request = credit_request_id)
                WHERE credit_request_id = ANY ($26) AND status IS NULL"#,
            tenant.uuid(),
            &o.request,
            &o.provider,
            &o.seq,
            &o.outcome,
            &o.body,
            &o.standing as _,
            &o.created_at as _,
            &q.id,
            &q.request,
            &q.provider,
            &q.seq,
            &q.asset,
            &q.principal,
            &q.total_cost,
            &q.apr,
            &q.content_hash,
            &q.body,
            &q.schedule,
            &q.standing,
            &q.created_at as _,
            &q.expires_at as _,
            &c.request,
            &c.state,
            &c.at as _,
            &a.request,
            &a.status,
            &a.body,
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
