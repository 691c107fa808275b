//! Reads requests back. A foreign tenant's row does not exist in these transactions, so "not yours" is "not there".

use domain::ids::{CreditRequestId, QuoteId, TenantId};
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Transaction};

use super::snapshot::{OutcomeRow, QuoteRow, RequestRow, RequestState, Snapshot};
use super::view::{LineError, QuoteView, ScheduleView};
use crate::db::{Db, DbError};

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the stored {what} of {of} cannot be read: {source}")]
    Form { what: &'static str, of: String, source: serde_json::Error },
    #[error("{of}: {source}")]
    Schedule { of: QuoteId, source: LineError },
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<ReadError> for crate::problem::Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Db(error) => error.into(),
            ReadError::Form { .. } | ReadError::Schedule { .. } => Self::internal(&error),
        }
    }
}

fn read<T: DeserializeOwned>(what: &'static str, of: impl std::fmt::Display, text: &str) -> Result<T, ReadError> {
    serde_json::from_str(text).map_err(|source| ReadError::Form { what, of: of.to_string(), source })
}

/// Everything that is stored of one request.
///
/// # Errors
/// When the database is away, or a stored body has not the form it had when it was written.
pub async fn snapshot(db: &Db, tenant: TenantId, id: CreditRequestId) -> Result<Option<Snapshot>, ReadError> {
    let mut tx = db.begin(tenant).await?;
    // One statement a kind of row, in the order in which they are written: what a later one sees is never behind.
    let Some(request) = request(&mut tx, id).await? else { return Ok(None) };
    let quotes = quotes(&mut tx, id).await?;
    let outcomes = outcomes(&mut tx, id).await?;
    tx.rollback().await?;
    Ok(Some(Snapshot { request, outcomes, quotes }))
}

async fn request(tx: &mut Transaction<'_, Postgres>, id: CreditRequestId) -> Result<Option<RequestRow>, ReadError> {
    let row = sqlx::query!(
        r#"SELECT state, request::text AS "request!", policy_version, providers::text AS "providers!",
                  created_at AS "created_at: jiff_sqlx::Timestamp", deadline_at AS "deadline_at: jiff_sqlx::Timestamp",
                  completed_at AS "completed_at: jiff_sqlx::Timestamp"
             FROM credit_requests WHERE credit_request_id = $1"#,
        id.uuid(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state: RequestState = read("state", id, &format!("\"{}\"", row.state))?;
    Ok(Some(RequestRow {
        id: id.to_string(),
        state,
        input: read("request", id, &row.request)?,
        policy_version: row.policy_version,
        providers: read("providers", id, &row.providers)?,
        created_at: row.created_at.to_jiff(),
        deadline_at: row.deadline_at.to_jiff(),
        completed_at: row.completed_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

async fn quotes(tx: &mut Transaction<'_, Postgres>, id: CreditRequestId) -> Result<Vec<QuoteRow>, ReadError> {
    let rows = sqlx::query!(
        r#"SELECT quote_id, provider_id, seq, body::text AS "body!", standing::text AS "standing!"
             FROM quotes WHERE credit_request_id = $1 ORDER BY seq"#,
        id.uuid(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let quotes = rows.into_iter().map(|row| {
        Ok(QuoteRow {
            quote_id: row.quote_id,
            provider_id: row.provider_id,
            seq: row.seq,
            view: read("quote", row.quote_id, &row.body)?,
            standing: read("standing", row.quote_id, &row.standing)?,
        })
    });
    quotes.collect()
}

async fn outcomes(tx: &mut Transaction<'_, Postgres>, id: CreditRequestId) -> Result<Vec<OutcomeRow>, ReadError> {
    let rows = sqlx::query!(
        r#"SELECT provider_id, seq, body::text AS "body!", standing::text AS "standing",
                  created_at AS "created_at: jiff_sqlx::Timestamp"
             FROM provider_outcomes WHERE credit_request_id = $1 ORDER BY seq"#,
        id.uuid(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let outcomes = rows.into_iter().map(|row| {
        Ok(OutcomeRow {
            provider_id: row.provider_id,
            seq: row.seq,
            view: read("outcome", row.provider_id, &row.body)?,
            standing: row.standing.map(|text: String| read("standing", row.provider_id, &text)).transpose()?,
            created_at: row.created_at.to_jiff(),
        })
    });
    outcomes.collect()
}

/// The request that a quote belongs to.
///
/// # Errors
/// When the database is away.
pub async fn request_of_quote(db: &Db, tenant: TenantId, quote: QuoteId) -> Result<Option<CreditRequestId>, ReadError> {
    let mut tx = db.begin(tenant).await?;
    let found = sqlx::query_scalar!("SELECT credit_request_id FROM quotes WHERE quote_id = $1", quote.uuid())
        .fetch_optional(&mut *tx)
        .await?;
    tx.rollback().await?;
    Ok(found.map(CreditRequestId::new))
}

/// The instalments of a quote.
///
/// # Errors
/// As [`snapshot`].
pub async fn schedule(db: &Db, tenant: TenantId, quote: QuoteId) -> Result<Option<ScheduleView>, ReadError> {
    let mut tx = db.begin(tenant).await?;
    let found = sqlx::query!(
        r#"SELECT q.schedule, q.body::text AS "body!", r.drawn_on AS "drawn_on: jiff_sqlx::Date"
             FROM quotes q JOIN credit_requests r USING (tenant_id, credit_request_id) WHERE q.quote_id = $1"#,
        quote.uuid(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.rollback().await?;
    let Some(row) = found else { return Ok(None) };
    let view: QuoteView = read("quote", quote, &row.body)?;
    let schedule =
        ScheduleView::from_lines(&row.schedule, row.drawn_on.to_jiff(), view.principal, view.total_repayable);
    schedule.map(Some).map_err(|source| ReadError::Schedule { of: quote, source })
}
