//! `POST /v1/calculators/apr`.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::calc::apr::{AprInput, AprView, apr};
use crate::http::body::Body;
use crate::problem::Problem;

/// Calculates the APR of dated flows. Nothing is stored.
#[utoipa::path(
    post,
    path = "/v1/calculators/apr",
    tag = "calculators",
    operation_id = "calculateApr",
    request_body = AprInput,
    responses((status = 200, description = "The rate.", body = AprView))
)]
pub async fn calculate_apr(State(app): State<App>, body: Body<AprInput>) -> Result<Json<AprView>, Problem> {
    apr(&body.value, &app.registry).map(Json)
}
