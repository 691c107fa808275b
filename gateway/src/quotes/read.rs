//! Reads requests back. A foreign tenant's row does not exist in these transactions, so "not yours" is "not there".

use std::sync::Arc;

use domain::ids::{CreditRequestId, QuoteId, TenantId};
use domain::schedule::ScheduleError;
use serde::de::DeserializeOwned;
use sqlx::{Postgres, Transaction};

use super::packed::{UnpackError, unpack};
use super::snapshot::{AskedProviders, RequestRow, RequestState, Snapshot};
use super::view::ScheduleView;
use crate::db::{Db, DbError};

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the stored {what} of {of} cannot be read: {source}")]
    Form { what: &'static str, of: String, source: serde_json::Error },
    #[error("an arrival of {of} cannot be unpacked: {source}")]
    Packed { of: CreditRequestId, source: UnpackError },
    #[error("{of}: {source}")]
    Schedule { of: QuoteId, source: ScheduleError },
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
            ReadError::Form { .. } | ReadError::Packed { .. } | ReadError::Schedule { .. } => Self::internal(&error),
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
    // The request first: whoever sees it completed sees all that arrived.
    let Some(request) = request(&mut tx, id).await? else { return Ok(None) };
    let arrivals =
        sqlx::query_scalar!("SELECT rows FROM arrivals WHERE credit_request_id = $1 ORDER BY seq", id.uuid())
            .fetch_all(&mut *tx)
            .await?;
    tx.rollback().await?;
    let mut snapshot = Snapshot { request, outcomes: Vec::new(), quotes: Vec::new() };
    for rows in arrivals {
        snapshot.add(unpack(&rows).map_err(|source| ReadError::Packed { of: id, source })?);
    }
    Ok(Some(snapshot))
}

async fn request(tx: &mut Transaction<'_, Postgres>, id: CreditRequestId) -> Result<Option<RequestRow>, ReadError> {
    let row = sqlx::query!(
        r#"SELECT state, request, policy_version, providers, drawn_on AS "drawn_on: jiff_sqlx::Date",
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
        id,
        state,
        input: Arc::new(read("request", id, &row.request)?),
        policy_version: row.policy_version.into(),
        providers: AskedProviders {
            views: read::<Vec<_>>("providers", id, &row.providers)?.into(),
            json: row.providers.into(),
        },
        drawn_on: row.drawn_on.to_jiff(),
        created_at: row.created_at.to_jiff(),
        deadline_at: row.deadline_at.to_jiff(),
        completed_at: row.completed_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// The instalments of a quote.
///
/// # Errors
/// As [`snapshot`].
pub async fn schedule(db: &Db, tenant: TenantId, quote: QuoteId) -> Result<Option<ScheduleView>, ReadError> {
    let Some(snapshot) = snapshot(db, tenant, quote.credit_request()).await? else { return Ok(None) };
    let Some(row) = snapshot.quotes.iter().find(|row| row.quote_id == quote) else { return Ok(None) };
    let (principal, total) = (row.view.principal.clone(), row.view.total_repayable.clone());
    let schedule = ScheduleView::new(&row.schedule, principal, total);
    schedule.map(Some).map_err(|source| ReadError::Schedule { of: quote, source })
}
