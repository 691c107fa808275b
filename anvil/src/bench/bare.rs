//! The bare fan-out: the least that a service in front of many lenders can do.
//!
//! Each post is answered with the bodies of all lenders' answers, asked at the same moment and joined as one JSON array.
//! Nothing is verified, stored, converted or ranked. The question is one of the protocol and signed, since lenders
//! answer no other; it is signed once a post, where the gateway does it for each lender.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use adapters::clock::{SystemClock, uuid_at};
use adapters::protocol;
use adapters::signature::{SignatureError, Signer};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::deadline::{Clock, Deadline};
use futures::future::try_join_all;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::BenchError;
use super::question::protocol_question;

/// The line that names the address begins so.
pub(super) const LISTENS_ON: &str = "bare fan-out listens on ";
/// The settings of the gateway's own client: the same connections for both.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const IDLE_CONNECTIONS: usize = 64;
/// What the gateway gives a lender unless told otherwise.
const DEADLINE: Duration = Duration::from_secs(5);

/// The lenders to ask, as they stand in a file. It holds the secret that all of them share.
#[derive(Debug, Serialize, Deserialize)]
pub struct Book {
    pub secret: String,
    pub base_urls: Vec<String>,
}

impl Book {
    /// # Errors
    /// When the file cannot be read or is of another form.
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let text = fs::read_to_string(path).map_err(|source| BenchError::Io { path: path.to_owned(), source })?;
        Ok(toml::from_str(&text)?)
    }
}

#[derive(Debug, thiserror::Error)]
enum FanOutError {
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    #[error("a header of the question is not text")]
    Header(#[from] header::InvalidHeaderValue),
    #[error("a lender was not reached or refused: {0}")]
    Lender(#[from] reqwest::Error),
}

impl IntoResponse for FanOutError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_GATEWAY, self.to_string()).into_response()
    }
}

#[derive(Debug)]
struct FanOut {
    client: reqwest::Client,
    signer: Signer,
    quotes: Vec<String>,
    question: Bytes,
}

impl FanOut {
    fn try_new(book: Book) -> Result<Self, BenchError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .build()?;
        let quotes = book.base_urls.iter().map(|base| format!("{base}/quotes")).collect();
        let signer = Signer::try_new(&SecretString::from(book.secret))?;
        Ok(Self { client, signer, quotes, question: protocol_question()?.into() })
    }

    /// The headers of a new question. The key is new as well: a lender answers a known one from memory.
    fn headers(&self) -> Result<HeaderMap, FanOutError> {
        let now = SystemClock.now();
        let id = format!("msg_{}", uuid_at(now).simple());
        let mut headers = self.signer.sign(&id, now, &self.question)?;
        let deadline = Deadline::after(now, DEADLINE).at();
        headers.insert(protocol::IDEMPOTENCY_KEY, HeaderValue::try_from(Uuid::new_v4().to_string())?);
        headers.insert(protocol::DEADLINE, HeaderValue::try_from(deadline.to_string())?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Ok(headers)
    }

    async fn ask(&self, quotes: &str, headers: HeaderMap) -> Result<Bytes, FanOutError> {
        let sent = self.client.post(quotes).headers(headers).body(self.question.clone()).send().await?;
        Ok(sent.error_for_status()?.bytes().await?)
    }

    async fn ask_all(&self) -> Result<Vec<u8>, FanOutError> {
        let headers = self.headers()?;
        let answers = try_join_all(self.quotes.iter().map(|quotes| self.ask(quotes, headers.clone()))).await?;
        let mut joined = Vec::with_capacity(answers.iter().map(|answer| answer.len() + 1).sum::<usize>() + 2);
        for answer in &answers {
            joined.push(if joined.is_empty() { b'[' } else { b',' });
            joined.extend_from_slice(answer);
        }
        joined.push(b']');
        Ok(joined)
    }
}

/// The body is read and not looked at: reading it is part of answering.
async fn fan_out(State(fan_out): State<Arc<FanOut>>, _body: Bytes) -> Result<Response, FanOutError> {
    let joined = fan_out.ask_all().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], joined).into_response())
}

/// Serves on a free port of this machine until the process is ended. `listening` is told the line that names it.
///
/// # Errors
/// When the client cannot be made or the port cannot be listened on.
pub async fn serve_bare(book: Book, listening: impl FnOnce(&str) -> std::io::Result<()>) -> Result<(), BenchError> {
    super::load::install_tls();
    let state = Arc::new(FanOut::try_new(book)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(BenchError::Listen)?;
    let address = listener.local_addr().map_err(BenchError::Listen)?;
    listening(&format!("{LISTENS_ON}http://{address}")).map_err(BenchError::Listen)?;
    let router = Router::new().route(super::stage::PATH, post(fan_out)).with_state(state);
    axum::serve(listener, router).await.map_err(BenchError::Listen)
}
