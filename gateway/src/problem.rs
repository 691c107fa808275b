//! Errors as the caller sees them: RFC 9457 problems, built in one place from a closed list of codes.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($($name:ident, $status:ident, $retryable:literal, $code:literal, $title:literal;)*) => {
        /// Every kind of problem there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($name,)* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Whether the same call may succeed later without being changed.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* }
            }
        }
    };
}

codes! {
    MalformedJson, BAD_REQUEST, false, "malformed_json", "The body is not JSON.";
    MalformedHeader, BAD_REQUEST, false, "malformed_header", "A header is not of the form it must have.";
    IdempotencyKeyMissing, BAD_REQUEST, false, "idempotency_key_missing", "The Idempotency-Key header is missing.";
    Unauthenticated, UNAUTHORIZED, false, "unauthenticated", "No valid API key was given.";
    ScopeMissing, FORBIDDEN, false, "scope_missing", "The API key has not the scope that this call needs.";
    NotFound, NOT_FOUND, false, "not_found", "There is nothing of that name here.";
    MethodNotAllowed, METHOD_NOT_ALLOWED, false, "method_not_allowed", "This address does not take that method.";
    IdempotencyInProgress, CONFLICT, true, "idempotency_in_progress", "A call with this key is still running.";
    BodyTooLarge, PAYLOAD_TOO_LARGE, false, "body_too_large", "The body is larger than is read.";
    UnsupportedMediaType, UNSUPPORTED_MEDIA_TYPE, false, "unsupported_media_type", "The body must be application/json.";
    InvalidRequest, UNPROCESSABLE_ENTITY, false, "invalid_request", "A field breaks a rule.";
    ReportTooLarge, UNPROCESSABLE_ENTITY, false, "report_too_large", "The report has more lines than are made at once.";
    IdempotencyKeyReused, UNPROCESSABLE_ENTITY, false, "idempotency_key_reused", "The key was used for another call.";
    RateLimited, TOO_MANY_REQUESTS, true, "rate_limited", "Too many calls.";
    StreamLimit, TOO_MANY_REQUESTS, true, "stream_limit", "Too many event streams are open.";
    Internal, INTERNAL_SERVER_ERROR, true, "internal", "Something failed here.";
    Unavailable, SERVICE_UNAVAILABLE, true, "unavailable", "The service cannot answer now.";
    Overloaded, SERVICE_UNAVAILABLE, true, "overloaded", "More work is under way than can be borne.";
}

/// A field and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body, or the name of a header or query parameter.
    #[schema(example = "/amount/amount")]
    pub pointer: String,
    /// Stable name of the rule.
    #[schema(example = "positive")]
    pub rule: String,
    #[schema(example = "the amount must be more than zero")]
    pub detail: String,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, rule: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self { pointer: pointer.into(), rule: rule.into(), detail: detail.to_string() }
    }
}

/// The body of every error, as `application/problem+json`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Stable URI of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:agio:problem:invalid_request")]
    pub kind: String,
    pub title: String,
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    pub detail: String,
    /// The fields at fault; empty when none is.
    pub errors: Vec<FieldError>,
    pub request_id: String,
    /// Whether the same call may succeed later without being changed.
    pub retryable: bool,
}

/// An error on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldError>,
    pub retry_after: Option<Duration>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// Fields that break rules. The detail is that of the first.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(String::new, |first| first.detail.clone());
        Self { code: Code::InvalidRequest, detail, errors, retry_after: None }
    }

    #[must_use]
    pub fn field(code: Code, error: FieldError) -> Self {
        Self { code, detail: error.detail.clone(), errors: vec![error], retry_after: None }
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "no such resource, or not one of yours")
    }

    /// A fault of ours. What it was goes to the log; the caller gets the request id to name it by.
    #[must_use]
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request failed inside");
        Self::new(Code::Internal, "the failure was recorded under the request id")
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The body under this request id.
    #[must_use]
    pub fn body(&self, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:agio:problem:{}", self.code.code()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            request_id: request_id.to_owned(),
            retryable: self.code.retryable(),
        }
    }
}

/// The status and headers only: the body needs the request id, which the outermost layer knows and fills in.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == Code::Unauthenticated {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A page of every code, for the docs.
#[must_use]
pub fn catalogue() -> String {
    let mut page = String::from(
        "# Problems\n\nGenerated by `agio openapi --problems`. Every error is an RFC 9457 problem; `type` is \
         `urn:agio:problem:` and the code.\n\n| code | status | retryable | meaning |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let retryable = if code.retryable() { "yes" } else { "no" };
        page += &format!("| `{}` | {} | {retryable} | {} |\n", code.code(), code.status().as_u16(), code.title());
    }
    page
}
