//! The outermost layer: every response carries a request id and a trace, every error its body, every call its metrics
//! and one line in the log. Bodies, queries and keys are never logged.

use std::panic::AssertUnwindSafe;

use adapters::clock::uuid_at;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tokio::time::Instant;
use tracing::Instrument;

use super::headers::{API_VERSION, API_VERSION_HEADER, Trace, check_version, trace_of};
use crate::app::App;
use crate::problem::{Code, Problem};

const REQUEST_ID: &str = "x-request-id";
/// Longest request id that is taken from a caller.
const MAX_REQUEST_ID: usize = 128;

/// The caller's own id for the request, if it is fit for logs; otherwise a new one.
fn request_id(app: &App, request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fit = |text: &&str| {
        (1..=MAX_REQUEST_ID).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    given.filter(fit).map_or_else(|| format!("req_{}", uuid_at(app.clock.now()).simple()), str::to_owned)
}

pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&app, &request);
    let trace = trace_of(request.headers());
    request.extensions_mut().insert(Trace(trace));
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |p| p.as_str().to_owned());
    let span = tracing::info_span!("request", request_id = %id, trace_id = %trace.trace_id(), %method, route);

    let mut response = match check_version(request.headers()) {
        Ok(()) => {
            let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
            answered.unwrap_or_else(|_| {
                tracing::error!(parent: &span, "a handler panicked");
                Problem::new(Code::Internal, "the failure was recorded under the request id").into_response()
            })
        }
        Err(problem) => problem.into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = with_body(response, &problem, &id);
    }
    let headers = response.headers_mut();
    for (name, value) in [(REQUEST_ID, id.as_str()), ("traceparent", trace.to_string().as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(API_VERSION_HEADER, HeaderValue::from_static(API_VERSION));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    metrics::histogram!("agio_http_request_seconds", "method" => method.to_string(), "route" => route,
        "status" => status.to_string())
    .record(elapsed);
    tracing::info!(parent: &span, status, elapsed_ms = elapsed.as_millis(), "answered");
    response
}

fn with_body(response: Response, problem: &Problem, id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    // A problem is made of texts and numbers only: it always has a JSON form.
    let body = serde_json::to_vec(&problem.body(id)).unwrap_or_default();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}
