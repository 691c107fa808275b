//! `POST /v1/credit-requests`.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::CreditRequestId;

use crate::app::App;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::headers::{IdempotencyKey, PreferWait, Trace};
use crate::problem::Problem;
use crate::quotes::engine::AnswerSlot;
use crate::quotes::hub::Run;
use crate::quotes::input::CreditRequestInput;
use crate::quotes::snapshot::CreditRequestView;
use crate::quotes::start::{Begun, Post, in_progress};
use crate::quotes::store::NotStored;

/// How often a key whose run is not in this process is looked at.
const POLL: Duration = Duration::from_millis(50);

/// An id from a path, or "not found": an id of another kind names nothing here.
pub(crate) fn id_of<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Asks every eligible lender at once.
///
/// Answers 202 as soon as the request is stored. With `Prefer: wait=N` it waits up to N seconds for the lenders and
/// answers 200 with the final order, or 202 with what there is.
#[utoipa::path(
    post,
    path = "/v1/credit-requests",
    tag = "credit requests",
    operation_id = "createCreditRequest",
    request_body = CreditRequestInput,
    params(
        ("Idempotency-Key" = String, Header, description = "One key a call: 1 to 255 visible ASCII characters.",
            max_length = 255, min_length = 1, pattern = "^[!-~]{1,255}$"),
        ("Prefer" = Option<String>, Header, example = "wait=10",
            description = "`wait=N`: wait up to N seconds for the answers. Other preferences are ignored (RFC 7240)."),
    ),
    responses(
        (status = 200, description = "Every lender has answered or been given up.", body = CreditRequestView),
        (status = 202, description = "Lenders are being asked.", body = CreditRequestView, headers(
            ("Location" = String, description = "Where the request is read."),
            ("Idempotency-Replayed" = Option<String>, description = "`true` where the answer is an earlier one."),
        )),
    ),
    security(("api_key" = ["requests:write"]))
)]
pub async fn create_credit_request(
    State(app): State<App>,
    Caller(principal): Caller,
    IdempotencyKey(key): IdempotencyKey,
    PreferWait(wait): PreferWait,
    Trace(trace): Trace,
    body: Body<CreditRequestInput>,
) -> Result<Response, Problem> {
    let wait = wait.filter(|wait| !wait.is_zero()).map(|wait| wait.min(Duration::from_millis(app.limits.max_wait_ms)));
    let input = Arc::new(body.value);
    let post = Post { principal: &principal, key: &key, raw: &body.raw, input: &input, trace, waits: wait.is_some() };
    match app.intake.begin(&post).await? {
        Begun::Accepted { id, body } => Ok(answer(id, StatusCode::ACCEPTED, body, false)),
        Begun::Awaited { id, run, slot } => {
            let (status, body) = waited(&app, id, &post, &run, &slot, wait.unwrap_or_default()).await?;
            Ok(answer(id, status, body, false))
        }
        Begun::Answered { id, status, body } => Ok(replay(id, status, body)),
        Begun::Running { id } => joined(&app, id, &post, wait).await,
    }
}

/// Waits for the run to end; answers with what there is when the wait is over first.
async fn waited(
    app: &App,
    id: CreditRequestId,
    post: &Post<'_>,
    run: &Arc<Run>,
    slot: &AnswerSlot,
    wait: Duration,
) -> Result<(StatusCode, String), Problem> {
    let ended = tokio::time::timeout(wait, run.ended()).await.ok();
    if ended.is_none() && slot.take() {
        let body = run.stored().ok_or(NotStored::Away)?.credit_request_json();
        let status = StatusCode::ACCEPTED;
        let hand_over = post.answered(id, status.as_u16(), body.clone());
        app.intake.engine.store.put(hand_over).await.stored().await?;
        return Ok((status, body));
    }
    // Either it ended, or it is storing its last outcomes at this moment.
    run.ended().await;
    Ok(run.answer().map(|body| (StatusCode::OK, body.to_owned())).ok_or(NotStored::Away)?)
}

/// A second call with the key of one that is still running waits for the first one's answer.
///
/// The run may be another gateway's, or only about to begin here: then the key is looked at again.
async fn joined(app: &App, id: CreditRequestId, post: &Post<'_>, wait: Option<Duration>) -> Result<Response, Problem> {
    let most = wait.unwrap_or(Duration::from_millis(app.limits.max_wait_ms));
    let answered = async {
        loop {
            if let Some(run) = app.intake.engine.hub.get(id) {
                run.ended().await;
            }
            if let Some(Begun::Answered { id, status, body }) = app.intake.answer_of_key(post).await? {
                return Ok(replay(id, status, body));
            }
            app.intake.give_owed_answer(post, id).await?;
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(most, answered).await.unwrap_or_else(|_| Err(in_progress()))
}

fn replay(id: CreditRequestId, status: u16, body: String) -> Response {
    answer(id, StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body, true)
}

fn answer(id: CreditRequestId, status: StatusCode, body: String, replayed: bool) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::try_from(format!("/v1/credit-requests/{id}")) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}
