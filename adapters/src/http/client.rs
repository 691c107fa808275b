//! The one function by which an HTTP lender is called. It bounds the answer, follows no redirect, and says precisely
//! what failed; nothing else in this crate holds an HTTP client.

use bytes::{Bytes, BytesMut};
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode, header};
use reqwest::Url;
use std::time::Duration;

/// Longest wait for a connection, within the call's deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Idle connections kept for each lender.
const IDLE_CONNECTIONS: usize = 64;
/// Pause that a 429 without `Retry-After` is taken to ask for.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the HTTP client could not be made: {0}")]
    Build(#[source] reqwest::Error),
}

/// Shared by all HTTP lenders; connections are kept and used again.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
}

/// An answer that was read to its end, within its limits.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl HttpClient {
    /// # Errors
    /// When the TLS set-up of the machine is unusable.
    pub fn try_new() -> Result<Self, ClientError> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .user_agent(concat!("agio/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(|inner| Self { inner })
            .map_err(ClientError::Build)
    }

    /// Posts JSON and reads a JSON answer of at most `max_bytes`, counted after decompression.
    ///
    /// # Errors
    /// The refusal that the failure amounts to.
    pub(super) async fn post_json(
        &self,
        url: Url,
        headers: HeaderMap,
        body: Vec<u8>,
        max_bytes: usize,
    ) -> Result<HttpAnswer, Refusal> {
        let sent = self.inner.post(url).headers(headers).body(body).send().await;
        let mut answer = sent.map_err(|error| unavailable(&error))?;
        check_status(answer.status(), answer.headers())?;
        check_json(answer.headers())?;
        let mut read = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unavailable(&error))? {
            if read.len() + chunk.len() > max_bytes {
                return Err(malformed(format!("the answer is longer than {max_bytes} bytes")));
            }
            read.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer { headers: answer.headers().clone(), body: read.freeze() })
    }
}

fn malformed(rule: String) -> Refusal {
    Refusal::Malformed { rule }
}

/// Says what kind of failure it was; the address stays out of it, since it may carry a secret.
fn unavailable(error: &reqwest::Error) -> Refusal {
    let detail = if error.is_connect() {
        "the connection could not be made"
    } else if is_compression(error) {
        return malformed("the answer's compression is broken".to_owned());
    } else {
        "the connection broke"
    };
    Refusal::Unavailable { detail: detail.to_owned(), transient: true }
}

/// Every failure while a body is read is of the kind "decode"; one of the decoder itself lies directly on an I/O error,
/// one of the connection on an error of the HTTP layer.
fn is_compression(error: &reqwest::Error) -> bool {
    error.is_decode() && std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

fn check_status(status: StatusCode, headers: &HeaderMap) -> Result<(), Refusal> {
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::TOO_MANY_REQUESTS => Err(Refusal::RateLimited { retry_after: retry_after(headers) }),
        status => {
            let transient = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
            Err(Refusal::Unavailable { detail: format!("it answered {}", status.as_u16()), transient })
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Duration {
    headers
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map_or(DEFAULT_RETRY_AFTER, Duration::from_secs)
}

fn check_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(malformed("the answer's content type is not application/json".to_owned()))
}
