//! `GET /v1/ledger/accounts` and `/v1/ledger/accounts/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use ledger::{AccountFilter, MAX_PAGE};

use super::USUAL_PAGE;
use crate::app::App;
use crate::books::answer::link_next;
use crate::books::view::{LedgerAccountListView, LedgerAccountView};
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::routes::id_of;

/// Lists accounts that fit every filter that is given.
#[utoipa::path(
    get,
    path = "/v1/ledger/accounts",
    tag = "ledger",
    operation_id = "listLedgerAccounts",
    params(
        ("code" = Option<String>, Query, description = "Place in the chart of accounts.", min_length = 1, max_length = 100),
        ("subject" = Option<String>, Query, description = "Whose they are, such as a loan.", min_length = 1, max_length = 100),
        ("asset" = Option<String>, Query, description = "ISO 4217 code or CAIP-19 id.", min_length = 3, max_length = 250),
        ("control" = Option<String>, Query, description = "The control account that they stand under.",
            pattern = "^acc_[0-9a-f]{32}$"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
        ("limit" = Option<u32>, Query, description = "Entries on the page; 50 unless given.", minimum = 1, maximum = 200),
    ),
    responses((status = 200, description = "The accounts.", body = LedgerAccountListView,
        headers(("Link" = String, description = "The next page, where there is one.")))),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn list_accounts(
    State(app): State<App>,
    Caller(principal): Caller,
    uri: Uri,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = AccountFilter {
        code: query.text("code", 1, 100),
        subject: query.text("subject", 1, 100),
        asset: query.text("asset", 3, 250),
        control: query.parsed("control", "account_id", "the id of an account, `acc_…`"),
    };
    let after = query.parsed("cursor", "cursor", "`next_cursor` of the page before");
    let limit = query.size("limit", MAX_PAGE, USUAL_PAGE);
    query.done()?;
    let page = app.ledger.accounts(principal.tenant, &filter, after, limit).await?;
    let next = page.next;
    let mut response = Json(LedgerAccountListView::from(page)).into_response();
    if let Some(next) = next {
        link_next(&mut response, &uri, &next.to_string());
    }
    Ok(response)
}

/// Reads one account.
#[utoipa::path(
    get,
    path = "/v1/ledger/accounts/{id}",
    tag = "ledger",
    operation_id = "getLedgerAccount",
    params(("id" = String, Path, description = "The account.", example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")),
    responses((status = 200, description = "The account.", body = LedgerAccountView)),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn get_account(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Json<LedgerAccountView>, Problem> {
    let account = app.ledger.account(principal.tenant, id_of(&id)?).await?;
    Ok(Json(account.into()))
}
