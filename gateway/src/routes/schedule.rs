//! `POST /v1/calculators/schedule`.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::calc::schedule::{ScheduleInput, TermsView, schedule};
use crate::http::body::Body;
use crate::problem::Problem;

/// Puts an offer on equal terms, with every instalment. Nothing is stored.
#[utoipa::path(
    post,
    path = "/v1/calculators/schedule",
    tag = "calculators",
    operation_id = "calculateSchedule",
    request_body = ScheduleInput,
    responses((status = 200, description = "The terms.", body = TermsView))
)]
pub async fn calculate_schedule(State(app): State<App>, body: Body<ScheduleInput>) -> Result<Json<TermsView>, Problem> {
    schedule(&body.value, &app.registry).map(Json)
}
