//! `GET /v1/ledger/income-statement`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::{Csv, Tables};

use crate::app::App;
use crate::books::answer::{Format, answer};
use crate::books::report::IncomeStatementView;
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;

/// Reads what came in and what it cost, from one day through another.
#[utoipa::path(
    get,
    path = "/v1/ledger/income-statement",
    tag = "ledger",
    operation_id = "getIncomeStatement",
    params(
        ("from" = String, Query, format = Date, description = "First effective day."),
        ("through" = String, Query, format = Date, description = "Last effective day, not before the first."),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "Over the Accept header."),
    ),
    responses((status = 200, description = "The income statement.",
        content((IncomeStatementView = "application/json"), (String = "text/csv")))),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn get_income_statement(
    State(app): State<App>,
    Caller(principal): Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let (from, through) = (query.date("from"), query.date("through"));
    let days = query.require("from", from).zip(query.require("through", through));
    if days.is_some_and(|(from, through)| through < from) {
        query.refuse("through", "date_order", "the last day is not before the first");
    }
    let format = Format::asked(&mut query, &headers);
    query.done()?;
    let (from, through) = days.ok_or_else(Problem::not_found)?;
    let income = app.ledger.income_statement(principal.tenant, from, through).await?;
    let table = |out: &mut Vec<u8>| Tables::new(Csv::new(out), &app.registry).income_statement(&income);
    answer(format, "income-statement", || IncomeStatementView::new(&income, &app.registry), table)
}
