//! The one function by which an HTTP lender is called. It bounds the answer, follows no redirect, and says precisely
//! what failed; nothing else in this crate calls a lender over HTTP.
//!
//! It stands directly on `hyper`: a lender is posted to a few thousand times a second, and needs neither cookies nor
//! proxies nor redirects. Connections are those of [`super::lines`].

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::refusal::Refusal;
use flate2::write::GzDecoder;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use super::lines::{Lines, broken};

/// Longest wait for a connection, within the call's deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Pause that a 429 without `Retry-After` is taken to ask for.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("agio/", env!("CARGO_PKG_VERSION")));

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the HTTP client could not be made: {0}")]
    Tls(#[from] rustls::Error),
}

/// How lenders are reached over HTTP: shared by all of them.
#[derive(Debug, Clone)]
pub struct HttpClient {
    connector: HttpsConnector<HttpConnector>,
}

/// One address of one lender.
#[derive(Debug)]
pub(super) struct Endpoint {
    uri: Uri,
    path: Uri,
    host: HeaderValue,
    lines: Lines,
}

/// The address has no host, or one that cannot stand in a header.
#[derive(Debug, thiserror::Error)]
#[error("no address that can be called")]
pub(super) struct NotAnEndpoint;

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
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()?
            .try_with_platform_verifier()?
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        Ok(Self { connector })
    }

    /// # Errors
    /// When the address names no host.
    pub(super) fn endpoint(&self, uri: Uri) -> Result<Endpoint, NotAnEndpoint> {
        let authority = uri.authority().ok_or(NotAnEndpoint)?;
        // Who calls is known by signatures, not by what an address carries before its `@`.
        let host = authority.as_str().rsplit('@').next().unwrap_or_default();
        let host = HeaderValue::from_str(host).map_err(|_| NotAnEndpoint)?;
        let path = uri.path_and_query().cloned().ok_or(NotAnEndpoint)?;
        Ok(Endpoint { path: path.into(), host, lines: Lines::new(self.connector.clone()), uri })
    }
}

impl Endpoint {
    /// Posts JSON and reads a JSON answer of at most `max_bytes`, counted after decompression.
    ///
    /// # Errors
    /// The refusal that the failure amounts to.
    pub(super) async fn post_json(
        &self,
        mut headers: HeaderMap,
        body: Vec<u8>,
        max_bytes: usize,
    ) -> Result<HttpAnswer, Refusal> {
        headers.insert(header::HOST, self.host.clone());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::USER_AGENT, USER_AGENT);
        let mut request = Request::new(Full::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = headers;
        let mut line = self.lines.take(&self.uri).await?;
        let (head, body) = line.send(request).await?.into_parts();
        check_status(head.status, &head.headers)?;
        check_json(&head.headers)?;
        let body = match encoding(&head.headers)? {
            Encoding::Plain => line.drive(read_plain(body, max_bytes)).await?,
            Encoding::Gzip => line.drive(read_gzip(body, max_bytes)).await?,
        };
        self.lines.keep(line).await;
        Ok(HttpAnswer { headers: head.headers, body })
    }
}

fn malformed(rule: impl Into<String>) -> Refusal {
    Refusal::Malformed { rule: rule.into() }
}

fn too_long(max_bytes: usize) -> Refusal {
    malformed(format!("the answer is longer than {max_bytes} bytes"))
}

async fn next_data(body: &mut Incoming) -> Option<Result<Bytes, Refusal>> {
    loop {
        match body.frame().await? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(_) => return Some(Err(broken("the connection broke"))),
        }
    }
}

async fn read_plain(mut body: Incoming, max_bytes: usize) -> Result<Bytes, Refusal> {
    let fits =
        |read: usize, data: Bytes| if read + data.len() > max_bytes { Err(too_long(max_bytes)) } else { Ok(data) };
    // Most answers come in one piece, which is taken as it is.
    let Some(first) = next_data(&mut body).await else { return Ok(Bytes::new()) };
    let first = fits(0, first?)?;
    let Some(second) = next_data(&mut body).await else { return Ok(first) };
    let mut read = Vec::from(first);
    read.extend_from_slice(&fits(read.len(), second?)?);
    while let Some(data) = next_data(&mut body).await {
        read.extend_from_slice(&fits(read.len(), data?)?);
    }
    Ok(read.into())
}

async fn read_gzip(mut body: Incoming, max_bytes: usize) -> Result<Bytes, Refusal> {
    let broken_gzip = || malformed("the answer's compression is broken");
    let mut decoder = GzDecoder::new(Bounded { read: Vec::new(), max_bytes });
    while let Some(data) = next_data(&mut body).await {
        let unpacked = decoder.write_all(&data?);
        unpacked.map_err(|error| if is_full(&error) { too_long(max_bytes) } else { broken_gzip() })?;
    }
    let unpacked = decoder.finish();
    let read = unpacked.map_err(|error| if is_full(&error) { too_long(max_bytes) } else { broken_gzip() })?.read;
    Ok(read.into())
}

/// Takes no more than it may, so that a small body cannot unpack to a large one.
struct Bounded {
    read: Vec<u8>,
    max_bytes: usize,
}

fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::StorageFull
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.read.len() + data.len() > self.max_bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.read.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Encoding {
    Plain,
    Gzip,
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(Encoding::Plain),
        Some(b"gzip") => Ok(Encoding::Gzip),
        Some(_) => Err(malformed("the answer's compression is not one that was offered")),
    }
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
    Err(malformed("the answer's content type is not application/json"))
}
