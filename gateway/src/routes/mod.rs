//! The routes: the table of contents of the product. One file each; the OpenAPI document is made from this same list.

mod apr;
mod create_credit_request;
mod decline_codes;
mod get_credit_request;
mod get_quote;
mod health;
mod ledger;
mod list_quotes;
mod providers;
mod schedule;
mod stream_quotes;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::auth::Scope;
use crate::http::{auth, observe};
use crate::openapi;
use crate::problem::{Code, Problem};

pub(crate) use create_credit_request::id_of;

fn for_scope(app: &App, scope: Scope, routes: Vec<UtoipaMethodRouter<App>>) -> OpenApiRouter<App> {
    let router = routes.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::routes);
    router.route_layer(from_fn_with_state((app.clone(), scope), auth::require))
}

fn declared(app: &App) -> OpenApiRouter<App> {
    let writing = vec![routes!(create_credit_request::create_credit_request)];
    let reading = vec![
        routes!(get_credit_request::get_credit_request),
        routes!(list_quotes::list_quotes),
        routes!(stream_quotes::stream_quotes),
        routes!(get_quote::get_quote),
        routes!(get_quote::explain_quote),
        routes!(get_quote::quote_schedule),
    ];
    let providers = vec![routes!(providers::list_providers), routes!(providers::get_provider)];
    let open = OpenApiRouter::new()
        .routes(routes!(apr::calculate_apr))
        .routes(routes!(schedule::calculate_schedule))
        .routes(routes!(decline_codes::list_decline_codes))
        .route_layer(from_fn_with_state(app.clone(), auth::open));
    let unlimited = OpenApiRouter::new()
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics));
    OpenApiRouter::with_openapi(openapi::base())
        .merge(for_scope(app, Scope::RequestsWrite, writing))
        .merge(for_scope(app, Scope::RequestsRead, reading))
        .merge(for_scope(app, Scope::ProvidersRead, providers))
        .merge(for_scope(app, Scope::LedgerRead, ledger::declared()))
        .merge(open)
        .merge(unlimited)
}

/// The document of every route.
#[must_use]
pub fn document(app: &App) -> OpenApi {
    openapi::finished(declared(app).split_for_parts().1)
}

/// The whole service.
pub fn router(app: &App) -> Router {
    let (router, document) = declared(app).split_for_parts();
    let pages = SwaggerUi::new("/docs").url("/openapi.json", openapi::finished(document));
    router
        .merge(pages)
        .fallback(|| async { Problem::not_found().into_response() })
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "the Allow header names the methods that are taken").into_response()
        })
        .with_state(app.clone())
        .layer(from_fn_with_state(app.clone(), observe::observe))
}
