//! `GET /v1/credit-requests/{id}`.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::id_of;
use crate::app::App;
use crate::http::auth::Caller;
use crate::http::etag::tagged;
use crate::problem::Problem;
use crate::quotes::read;
use crate::quotes::snapshot::CreditRequestView;

/// Reads a credit request: its state, its best quote, and what became of each lender.
#[utoipa::path(
    get,
    path = "/v1/credit-requests/{id}",
    tag = "credit requests",
    operation_id = "getCreditRequest",
    params(
        ("id" = String, Path, description = "The request.", example = "crq_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer."),
    ),
    responses(
        (status = 200, description = "The request as it is now.", body = CreditRequestView,
            headers(("ETag" = String, description = "Tag of this body."))),
        (status = 304, description = "It is as it was."),
    ),
    security(("api_key" = ["requests:read"]))
)]
pub async fn get_credit_request(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = read::snapshot(&app.db, principal.tenant, id_of(&id)?).await?.ok_or_else(Problem::not_found)?;
    tagged(&snapshot.credit_request(), &headers)
}
