//! `GET /v1/ledger/trial-balance`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::{Csv, Tables};

use super::as_of;
use crate::app::App;
use crate::books::answer::{Format, answer};
use crate::books::report::TrialBalanceView;
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;

/// Reads the balance of every account, and whether debits are credits: now, at the end of a day, or as recorded at a moment.
#[utoipa::path(
    get,
    path = "/v1/ledger/trial-balance",
    tag = "ledger",
    operation_id = "getTrialBalance",
    params(
        ("effective_on" = Option<String>, Query, format = Date,
            description = "At the end of this day, by what counts for it and for days before."),
        ("recorded_at" = Option<String>, Query, format = DateTime,
            description = "By what was recorded at this moment, in UTC, or before."),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "Over the Accept header."),
    ),
    responses((status = 200, description = "The trial balance.",
        content((TrialBalanceView = "application/json"), (String = "text/csv")))),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn get_trial_balance(
    State(app): State<App>,
    Caller(principal): Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let as_of = as_of(&mut query);
    let format = Format::asked(&mut query, &headers);
    query.done()?;
    let trial = app.ledger.trial_balance(principal.tenant, as_of, false).await?;
    let table = |out: &mut Vec<u8>| Tables::new(Csv::new(out), &app.registry).trial_balance(&trial);
    answer(format, "trial-balance", || TrialBalanceView::new(&trial, &app.registry), table)
}
