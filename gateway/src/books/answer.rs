//! In which form a read is answered, and where the next page is.

use std::io;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::query::Query;
use crate::problem::Problem;

/// JSON, or a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

impl Format {
    /// What the parameter `format` says, or else the `Accept` header.
    pub fn asked(query: &mut Query, headers: &HeaderMap) -> Self {
        let read = |text: &str| match text {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        };
        let named = query.take("format", "one_of", "`json` or `csv`", read);
        named.unwrap_or_else(|| if prefers_csv(headers) { Self::Csv } else { Self::Json })
    }
}

/// Whether a table is named and nothing that stands for JSON is liked as well (RFC 9110, 12.5.1).
fn prefers_csv(headers: &HeaderMap) -> bool {
    let (mut csv, mut json) = (0, 0);
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1_000, thousandths);
        match kind.as_str() {
            "text/csv" => csv = weight,
            "application/json" | "application/*" | "*/*" => json = weight.max(json),
            _ => {}
        }
    }
    csv > json
}

/// Of a weight such as `0.8`; one that cannot be read weighs nothing.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{fraction:0<3}");
    match (whole, digits.parse::<u32>()) {
        ("1", Ok(0)) => 1_000,
        ("0", Ok(part)) if digits.len() == 3 => part,
        _ => 0,
    }
}

/// The value as JSON, or as the table that is written for it under this name.
///
/// # Errors
/// Never for the tables of this API, which are written to memory.
pub fn answer<T: Serialize>(
    format: Format,
    name: &str,
    value: impl FnOnce() -> T,
    table: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Result<Response, Problem> {
    let mut response = match format {
        Format::Json => Json(value()).into_response(),
        Format::Csv => {
            let mut body = Vec::new();
            table(&mut body).map_err(|error| Problem::internal(&error))?;
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned());
            let file = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\""));
            ([kind, file], body).into_response()
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// Adds where the next page is: the address that was asked, with this cursor (RFC 8288).
pub fn link_next(response: &mut Response, asked: &Uri, cursor: &str) {
    let kept = asked.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<&str> = kept.filter(|pair| pair.split('=').next() != Some("cursor")).collect();
    let cursor = format!("cursor={cursor}");
    pairs.push(&cursor);
    let link = format!("<{}?{}>; rel=\"next\"", asked.path(), pairs.join("&"));
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().insert(header::LINK, link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, value.parse().unwrap());
        prefers_csv(&headers)
    }

    #[test]
    fn a_table_is_sent_to_who_likes_it_more_than_json() {
        for value in ["text/csv", "TEXT/CSV", "text/csv, */*;q=0.1", "application/json;q=0.5, text/csv; q=0.75"] {
            assert!(accepts(value), "{value}");
        }
        for value in ["*/*", "application/json, text/csv", "text/csv;q=0, */*", "text/csv;q=nonsense", "text/html"] {
            assert!(!accepts(value), "{value}");
        }
        assert!(!prefers_csv(&HeaderMap::new()));
    }

    #[test]
    fn the_next_page_is_at_the_address_that_was_asked_with_another_cursor() {
        let mut response = ().into_response();
        let asked: Uri = "/v1/ledger/accounts?code=a%2Cb&cursor=old&limit=2".parse().unwrap();
        link_next(&mut response, &asked, "new");
        let expected = "</v1/ledger/accounts?code=a%2Cb&limit=2&cursor=new>; rel=\"next\"";
        assert_eq!(response.headers()[header::LINK], expected);
    }
}
