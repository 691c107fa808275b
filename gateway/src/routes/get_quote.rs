//! `GET /v1/quotes/{id}`, `/explain` and `/schedule`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::ids::QuoteId;

use super::id_of;
use crate::app::App;
use crate::auth::Principal;
use crate::http::auth::Caller;
use crate::http::etag::tagged;
use crate::problem::Problem;
use crate::quotes::explain::ExplanationView;
use crate::quotes::read;
use crate::quotes::snapshot::Snapshot;
use crate::quotes::view::{QuoteView, ScheduleView};

/// The request that a quote belongs to, with all its outcomes: a quote has a rank only among them.
async fn around(app: &App, principal: &Principal, quote: QuoteId) -> Result<Snapshot, Problem> {
    read::snapshot(&app.db, principal.tenant, quote.credit_request()).await?.ok_or_else(Problem::not_found)
}

/// Reads one quote.
#[utoipa::path(
    get,
    path = "/v1/quotes/{id}",
    tag = "quotes",
    operation_id = "getQuote",
    params(
        ("id" = String, Path, description = "The quote.", example = "qte_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer."),
    ),
    responses(
        (status = 200, description = "The quote.", body = QuoteView,
            headers(("ETag" = String, description = "Tag of this body."))),
        (status = 304, description = "It is as it was."),
    ),
    security(("api_key" = ["requests:read"]))
)]
pub async fn get_quote(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let quote: QuoteId = id_of(&id)?;
    let ranked = around(&app, &principal, quote).await?.ranked_quotes();
    let found = ranked.into_iter().find(|view| view.id == id).ok_or_else(Problem::not_found)?;
    tagged(&found, &headers)
}

/// Tells why a quote stands where it does.
#[utoipa::path(
    get,
    path = "/v1/quotes/{id}/explain",
    tag = "quotes",
    operation_id = "explainQuote",
    params(("id" = String, Path, description = "The quote.", example = "qte_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")),
    responses((status = 200, description = "Every outcome in its place, and the reasons.", body = ExplanationView)),
    security(("api_key" = ["requests:read"]))
)]
pub async fn explain_quote(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Json<ExplanationView>, Problem> {
    let snapshot = around(&app, &principal, id_of(&id)?).await?;
    snapshot.explain(&id).map(Json).ok_or_else(Problem::not_found)
}

/// Reads the instalments of a quote.
#[utoipa::path(
    get,
    path = "/v1/quotes/{id}/schedule",
    tag = "quotes",
    operation_id = "getQuoteSchedule",
    params(("id" = String, Path, description = "The quote.", example = "qte_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")),
    responses((status = 200, description = "Every instalment, in major units.", body = ScheduleView)),
    security(("api_key" = ["requests:read"]))
)]
pub async fn quote_schedule(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Json<ScheduleView>, Problem> {
    read::schedule(&app.db, principal.tenant, id_of(&id)?).await?.map(Json).ok_or_else(Problem::not_found)
}
