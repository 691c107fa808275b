//! `GET /v1/decline-codes`.

use axum::Json;
use domain::decline::DeclineReason;
use serde::Serialize;
use utoipa::ToSchema;

/// A reason for declining.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclineCodeView {
    pub code: DeclineReason,
    /// What the borrower is told.
    pub words: &'static str,
}

/// Every reason there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclineCodeListView {
    pub decline_codes: Vec<DeclineCodeView>,
}

/// Lists every reason that a request can be declined for.
#[utoipa::path(
    get,
    path = "/v1/decline-codes",
    tag = "providers",
    operation_id = "listDeclineCodes",
    responses((status = 200, description = "The catalogue.", body = DeclineCodeListView))
)]
pub async fn list_decline_codes() -> Json<DeclineCodeListView> {
    let view = |code: &DeclineReason| DeclineCodeView { code: *code, words: code.words() };
    Json(DeclineCodeListView { decline_codes: DeclineReason::ALL.iter().map(view).collect() })
}
