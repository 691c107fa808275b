//! Reads a JSON body: bounded, of the right type, and with every fault named by its place.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::app::App;
use crate::problem::{Code, FieldError, Problem};

/// A body as its bytes and as what they mean.
#[derive(Debug)]
pub struct Body<T> {
    pub raw: Bytes,
    pub value: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        check_content_type(request.headers())?;
        let raw = read(request.into_body(), app.limits.max_body_bytes).await?;
        let value = parse(&raw)?;
        Ok(Self { raw, value })
    }
}

/// Bytes beyond the limit that are taken and thrown away before the answer: a caller that is still sending when the
/// connection closes would see that and not the 413.
const DISCARDED: usize = 1024 * 1024;

async fn read(mut body: axum::body::Body, most: usize) -> Result<Bytes, Problem> {
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::new(Code::MalformedJson, "the body broke off");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= most {
            kept.extend_from_slice(&data);
        } else if seen > most.saturating_add(DISCARDED) {
            break;
        }
    }
    if seen > most {
        return Err(Problem::new(Code::BodyTooLarge, format!("at most {most} bytes are read")));
    }
    Ok(kept.freeze())
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType, "the Content-Type must be application/json"))
}

/// Reads JSON, or says what is wrong with it and where.
///
/// # Errors
/// `malformed_json` for what is no JSON (or nested too deep), `invalid_request` for JSON of the wrong shape.
pub fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    // Keeping account of the place in the body costs more than reading it: only a body at fault is read that way.
    serde_json::from_slice(raw).or_else(|_| parse_with_places(raw))
}

fn parse_with_places<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        problem(pointer, &error.into_inner())
    })?;
    deserializer.end().map_err(|error| problem(String::new(), &error))?;
    Ok(value)
}

fn problem(mut pointer: String, error: &serde_json::Error) -> Problem {
    let detail = error.to_string();
    if !error.is_data() {
        return Problem::new(Code::MalformedJson, detail);
    }
    let (rule, field) = match () {
        () if detail.starts_with("unknown field") => ("unknown_field", quoted(&detail)),
        () if detail.starts_with("missing field") => ("required", quoted(&detail)),
        () if detail.starts_with("duplicate field") => ("no_duplicates", quoted(&detail)),
        () if detail.starts_with("unknown variant") => ("one_of", None),
        () => ("type", None),
    };
    if let Some(field) = field.filter(|field| !pointer.ends_with(&format!("/{field}"))) {
        pointer = format!("{pointer}/{field}");
    }
    Problem::invalid(vec![FieldError::new(pointer, rule, without_position(&detail))])
}

/// The name that serde puts between backticks.
fn quoted(detail: &str) -> Option<&str> {
    detail.split('`').nth(1)
}

/// Line and column mean nothing beside a pointer.
fn without_position(detail: &str) -> &str {
    detail.rsplit_once(" at line ").map_or(detail, |(text, _)| text)
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer += &format!("/{index}"),
            Segment::Map { key } => pointer += &format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotes::input::CreditRequestInput;

    fn fault(text: &str) -> (Code, String, String) {
        let problem = parse::<CreditRequestInput>(text.as_bytes()).unwrap_err();
        let first = problem.errors.first().cloned();
        let (pointer, rule) = first.map(|f| (f.pointer, f.rule)).unwrap_or_default();
        (problem.code, pointer, rule)
    }

    #[test]
    fn a_fault_is_named_by_its_place_and_rule() {
        let invalid = |pointer: &str, rule: &str| (Code::InvalidRequest, pointer.to_owned(), rule.to_owned());
        assert_eq!(fault(r#"{"nam": 1}"#), invalid("/nam", "unknown_field"));
        assert_eq!(fault(r#"{"amount": {"amount": "1"}}"#), invalid("/amount/asset", "required"));
        assert_eq!(fault(r#"{"amount": {"amount": 1.5, "asset": "USD"}}"#), invalid("/amount/amount", "type"));
        assert_eq!(fault(r#"{"purpose": "fun"}"#), invalid("/purpose", "one_of"));
        assert_eq!(fault(r#"{"term": {"count": 1, "count": 2}}"#), invalid("/term/count", "no_duplicates"));
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_refused_before_it_is_looked_at() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let deep_field = format!(r#"{{"amount": {deep}}}"#);
        for text in ["", "{", "nonsense", "{} {}", "{\"a\": NaN}", deep.as_str(), deep_field.as_str()] {
            let (code, ..) = fault(text);
            assert!(matches!(code, Code::MalformedJson | Code::InvalidRequest), "{text:.20}: {code:?}");
        }
        assert_eq!(fault("{").0, Code::MalformedJson);
    }
}
