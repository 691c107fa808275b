//! `GET /v1/ledger/accounts/{id}/balance`.

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::AccountId;
use ledger::{AsOf, Sums};

use super::as_of;
use crate::app::App;
use crate::books::view::LedgerBalanceView;
use crate::http::auth::Caller;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::routes::id_of;

/// Reads what is posted to an account: now, at the end of a day, or as it was recorded at a moment.
#[utoipa::path(
    get,
    path = "/v1/ledger/accounts/{id}/balance",
    tag = "ledger",
    operation_id = "getLedgerBalance",
    params(
        ("id" = String, Path, description = "The account.", example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33"),
        ("effective_on" = Option<String>, Query, format = Date,
            description = "At the end of this day, by what counts for it and for days before."),
        ("recorded_at" = Option<String>, Query, format = DateTime,
            description = "By what was recorded at this moment, in UTC, or before."),
    ),
    responses((status = 200, description = "The balance.", body = LedgerBalanceView)),
    security(("api_key" = ["ledger:read"]))
)]
pub async fn get_balance(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<LedgerBalanceView>, Problem> {
    let id: AccountId = id_of(&id)?;
    let as_of = as_of(&mut query);
    query.done()?;
    let account = app.ledger.account(principal.tenant, id).await?;
    let (posted, now) = match as_of {
        AsOf::Now => {
            let balances = app.ledger.balances(principal.tenant, &[id]).await?;
            let balance = *balances.get(&id).ok_or_else(Problem::not_found)?;
            (Sums::from(&balance), Some(balance))
        }
        past => (app.ledger.balance_as_of(principal.tenant, id, past).await?, None),
    };
    Ok(Json(LedgerBalanceView::new(&account, as_of, posted, now.as_ref(), &app.registry)))
}
