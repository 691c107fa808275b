//! `GET /livez`, `/readyz` and `/metrics`.

use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// Longest wait for the database to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// What was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    pub name: &'static str,
    pub ok: bool,
}

/// Whether requests can be served. A sick lender does not make the service unready.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyView {
    pub ready: bool,
    /// With `?verbose`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<CheckView>>,
}

/// The process runs.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "health",
    operation_id = "livez",
    responses((status = 200, description = "It runs.", body = String, content_type = "text/plain"))
)]
pub async fn livez() -> &'static str {
    "ok\n"
}

/// Requests can be served.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    operation_id = "readyz",
    params(("verbose" = Option<String>, Query, description = "Tells each check.")),
    responses(
        (status = 200, description = "Ready.", body = ReadyView),
        (status = 503, description = "Not now.", body = ReadyView),
    )
)]
pub async fn readyz(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let database = matches!(tokio::time::timeout(PATIENCE, app.db.ping()).await, Ok(Ok(())));
    let checks = vec![
        CheckView { name: "database", ok: database },
        CheckView { name: "not_stopping", ok: !app.stopping.is_cancelled() },
    ];
    let ready = checks.iter().all(|check| check.ok);
    let verbose = query.unwrap_or_default().split('&').any(|part| part == "verbose" || part.starts_with("verbose="));
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ReadyView { ready, checks: verbose.then_some(checks) })).into_response()
}

/// Prometheus metrics.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    operation_id = "metrics",
    responses((status = 200, description = "Prometheus text format.", body = String, content_type = "text/plain"))
)]
pub async fn metrics(State(app): State<App>) -> Response {
    app.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
}
