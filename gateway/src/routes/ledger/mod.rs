//! `GET /v1/ledger/…`: the books of the caller's tenant, read only.

mod accounts;
mod balance;
mod balance_sheet;
mod income_statement;
mod transfers;
mod trial_balance;

use ledger::AsOf;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::query::Query;

/// Entries on a page when the caller does not say how many.
const USUAL_PAGE: usize = 50;

pub(super) fn declared() -> Vec<UtoipaMethodRouter<App>> {
    vec![
        routes!(accounts::list_accounts),
        routes!(accounts::get_account),
        routes!(balance::get_balance),
        routes!(transfers::list_transfers),
        routes!(trial_balance::get_trial_balance),
        routes!(balance_sheet::get_balance_sheet),
        routes!(income_statement::get_income_statement),
    ]
}

/// The time that the caller asks about: by one clock, by the other, or now.
fn as_of(query: &mut Query) -> AsOf {
    match (query.date("effective_on"), query.moment("recorded_at")) {
        (Some(_), Some(_)) => {
            query.refuse("recorded_at", "one_clock", "`effective_on` or `recorded_at`, not both");
            AsOf::Now
        }
        (Some(day), None) => AsOf::Effective(day),
        (None, Some(moment)) => AsOf::Recorded(moment),
        (None, None) => AsOf::Now,
    }
}
