//! `GET /v1/ledger/balance-sheet`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::tz::TimeZone;
use ledger::{Csv, Tables};

use crate::app::App;
use crate::books::answer::{Format, answer};
use crate::books::report::BalanceSheetView;
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;

/// Reads what is owned, what is owed and what is left at the end of a day.
#[utoipa::path(
    get,
    path = "/v1/ledger/balance-sheet",
    tag = "ledger",
    operation_id = "getBalanceSheet",
    params(
        ("effective_on" = Option<String>, Query, format = Date, description = "The day; today, in UTC, unless given."),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "Over the Accept header."),
    ),
    responses((status = 200, description = "The balance sheet.",
        content((BalanceSheetView = "application/json"), (String = "text/csv")))),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn get_balance_sheet(
    State(app): State<App>,
    Caller(principal): Caller,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let today = || app.clock.now().to_zoned(TimeZone::UTC).date();
    let on = query.date("effective_on").unwrap_or_else(today);
    let format = Format::asked(&mut query, &headers);
    query.done()?;
    let sheet = app.ledger.balance_sheet(principal.tenant, on).await?;
    let table = |out: &mut Vec<u8>| Tables::new(Csv::new(out), &app.registry).balance_sheet(&sheet);
    answer(format, "balance-sheet", || BalanceSheetView::new(&sheet, &app.registry), table)
}
