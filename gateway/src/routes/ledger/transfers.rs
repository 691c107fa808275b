//! `GET /v1/ledger/accounts/{id}/transfers`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use ledger::{Csv, MAX_PAGE, StatementCursor, StatementRange, Tables};

use super::USUAL_PAGE;
use crate::app::App;
use crate::books::answer::{Format, answer, link_next};
use crate::books::view::LedgerStatementView;
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::routes::id_of;

/// Lists an account's transfers with the balance after each.
#[utoipa::path(
    get,
    path = "/v1/ledger/accounts/{id}/transfers",
    tag = "ledger",
    operation_id = "listLedgerTransfers",
    params(
        ("id" = String, Path, description = "The account.", example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33"),
        ("from" = Option<String>, Query, format = Date, description = "First effective day."),
        ("through" = Option<String>, Query, format = Date, description = "Last effective day."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before, asked for with the same days."),
        ("limit" = Option<u32>, Query, description = "Entries on the page; 50 unless given.", minimum = 1, maximum = 200),
        ("format" = Option<String>, Query, pattern = "^(json|csv)$", description = "Over the Accept header."),
    ),
    responses((status = 200, description = "A page of transfers.",
        content((LedgerStatementView = "application/json"), (String = "text/csv")),
        headers(("Link" = String, description = "The next page, where there is one.")))),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn list_transfers(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let range = StatementRange { from: query.date("from"), through: query.date("through") };
    let cursor: Option<StatementCursor> = query.parsed("cursor", "cursor", "`next_cursor` of the page before");
    let limit = query.size("limit", MAX_PAGE, USUAL_PAGE);
    let format = Format::asked(&mut query, &headers);
    query.done()?;
    let page = app.ledger.statement(principal.tenant, id, range, cursor.as_ref(), limit).await?;
    let next = page.next;
    let table = |out: &mut Vec<u8>| {
        let mut tables = Tables::new(Csv::new(out), &app.registry);
        tables.statement_head()?;
        tables.statement(&page)
    };
    let mut response = answer(format, "transfers", || LedgerStatementView::new(&page, &app.registry), table)?;
    if let Some(next) = next {
        link_next(&mut response, &uri, &next.to_string());
    }
    Ok(response)
}
