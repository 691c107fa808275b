//! The request headers that mean something here, read strictly.

use std::time::Duration;

use adapters::trace::TraceContext;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::problem::{Code, FieldError, Problem};

/// Longest idempotency key.
const MAX_KEY: usize = 255;

/// `Idempotency-Key`: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let name = "Idempotency-Key";
        let mut given = parts.headers.get_all(name).iter();
        let Some(value) = given.next() else {
            let error = FieldError::new(name, "required", "every POST must carry an Idempotency-Key");
            return Err(Problem::field(Code::IdempotencyKeyMissing, error));
        };
        let text = value.to_str().ok().filter(|text| {
            given.next().is_none() && (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        });
        text.map(|text| Self(text.to_owned())).ok_or_else(|| {
            let detail = "the key must be one value of 1 to 255 visible ASCII characters";
            Problem::field(Code::MalformedHeader, FieldError::new(name, "visible_ascii", detail))
        })
    }
}

/// `Prefer: wait=10` (RFC 7240): how long the caller would wait for the final answer. Other preferences are ignored,
/// as that standard asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreferWait(pub Option<Duration>);

impl<S: Send + Sync> FromRequestParts<S> for PreferWait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        prefer_wait(&parts.headers).map(Self)
    }
}

fn prefer_wait(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    for preference in values.flat_map(|value| value.split(',')) {
        let token = preference.split(';').next().unwrap_or_default().trim();
        let Some((name, value)) = token.split_once('=') else { continue };
        if name.trim().eq_ignore_ascii_case("wait") {
            let seconds = value.trim().trim_matches('"').parse::<u32>().map_err(|_| {
                Problem::field(
                    Code::MalformedHeader,
                    FieldError::new("Prefer", "wait_seconds", "wait must be a whole number of seconds"),
                )
            })?;
            return Ok(Some(Duration::from_secs(u64::from(seconds))));
        }
    }
    Ok(None)
}

/// `Last-Event-ID`: the place in a stream after which to go on; 0 for the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEventId(pub i32);

impl<S: Send + Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("last-event-id") else { return Ok(Self(0)) };
        let seq = value.to_str().ok().and_then(|text| text.parse().ok()).filter(|seq| *seq >= 0);
        seq.map(Self).ok_or_else(|| {
            let detail = "the id of an event of this stream was expected";
            Problem::field(Code::MalformedHeader, FieldError::new("Last-Event-ID", "event_id", detail))
        })
    }
}

/// The dated version of the API that this gateway speaks.
pub const API_VERSION: &str = "2026-11";
/// Header, both ways: the version that is asked for and the one that answers.
pub const API_VERSION_HEADER: &str = "api-version";

/// A caller who names a version gets that one or is told that it is not spoken here.
///
/// # Errors
/// The problem `malformed_header`, naming the version that is spoken.
pub fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(API_VERSION_HEADER) {
        Some(asked) if asked.as_bytes() != API_VERSION.as_bytes() => {
            let error = FieldError::new("API-Version", "known_version", format!("the version spoken is {API_VERSION}"));
            Err(Problem::field(Code::MalformedHeader, error))
        }
        _ => Ok(()),
    }
}

/// The trace that this request is part of: the caller's, or a new one.
#[must_use]
pub fn trace_of(headers: &HeaderMap) -> TraceContext {
    let given = headers.get("traceparent").and_then(|value| value.to_str().ok());
    given.and_then(|text| text.parse::<TraceContext>().ok()).map_or_else(TraceContext::begin, TraceContext::child)
}

/// The trace of a request, set by the outermost layer.
#[derive(Debug, Clone, Copy)]
pub struct Trace(pub TraceContext);

impl<S: Send + Sync> FromRequestParts<S> for Trace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_else(|| Self(trace_of(&parts.headers))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_of_the_api_is_not_passed_off_as_this_one() {
        let asked = |version: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(API_VERSION_HEADER, version.parse().unwrap());
            check_version(&headers).map_err(|problem| problem.code)
        };
        assert_eq!(asked(API_VERSION), Ok(()));
        assert_eq!(asked("2020-01"), Err(Code::MalformedHeader));
        assert!(check_version(&HeaderMap::new()).is_ok());
    }

    fn wait(value: &str) -> Result<Option<Duration>, Code> {
        let mut headers = HeaderMap::new();
        headers.insert("prefer", value.parse().unwrap());
        prefer_wait(&headers).map_err(|problem| problem.code)
    }

    #[test]
    fn only_a_wait_in_whole_seconds_is_a_wait() {
        assert_eq!(wait("wait=10"), Ok(Some(Duration::from_secs(10))));
        assert_eq!(wait("respond-async, wait=2; foo=bar"), Ok(Some(Duration::from_secs(2))));
        assert_eq!(wait("return=minimal"), Ok(None));
        for text in ["wait=", "wait=-1", "wait=1.5", "wait=soon"] {
            assert_eq!(wait(text), Err(Code::MalformedHeader), "{text}");
        }
    }
}
