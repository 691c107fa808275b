//! Reads a JSON body: bounded, of the right type, and with every fault named by its place.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
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
        let most = app.limits.max_body_bytes;
        let too_large = || Problem::new(Code::BodyTooLarge, format!("at most {most} bytes are read"));
        let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
        if declared.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let raw = to_bytes(request.into_body(), most).await.map_err(|_| too_large())?;
        let value = parse(&raw)?;
        Ok(Self { raw, value })
    }
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
