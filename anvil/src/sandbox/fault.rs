//! How each forced outcome is brought about. Where a fault lies in the answer, everything around it is right, the
//! signature above all: what is refused is then refused for that fault.

use std::io;

use adapters::protocol::wire;
use adapters::signature::SignatureError;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use domain::deadline::Deadline;
use domain::rate::Compounding;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::connection::{BYTE_PAUSE, Line};
use super::lender;
use super::magic::Outcome;
use super::question::Question;
use super::server::Desk;

/// How long after the deadline a late answer is given.
const LATENESS: std::time::Duration = std::time::Duration::from_millis(100);
const CLOCK_OFF: SignedDuration = SignedDuration::from_mins(10);
const RETRY_AFTER_SECONDS: &str = "1";
/// Link-local, and served by no one but the clouds' metadata services.
const REDIRECT_TO: &str = "http://169.254.169.254/latest/meta-data/";
const CHUNK_BYTES: usize = 64 * 1024;
/// 1 GiB in chunks.
const ENDLESS_CHUNKS: usize = 16 * 1024;
/// What one member of the gzip bomb unpacks to, and how many there are: a little over 1 GiB in all.
const MEMBER_BYTES: usize = 1024 * 1024;
const BOMB_MEMBERS: usize = 1_100;
/// Stands, in quotes, where something that is not JSON text is put in.
const MARK: &str = "@";

/// An answer could not be made: a defect of the sandbox.
#[derive(Debug, thiserror::Error)]
pub(super) enum FaultError {
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    #[error("compression: {0}")]
    Compression(#[from] io::Error),
}

/// One question at a lender's desk.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub desk: &'a Desk,
    pub message_id: String,
    pub deadline: Timestamp,
    pub question: Question,
    /// When it first came.
    pub asked_at: Timestamp,
}

impl Turn<'_> {
    pub(super) fn signed(&self, answer: &wire::QuoteAnswer) -> Result<Response, FaultError> {
        self.signed_body(serde_json::to_vec(answer)?)
    }

    fn signed_body(&self, body: Vec<u8>) -> Result<Response, FaultError> {
        let headers = self.desk.signer.sign(&self.message_id, self.desk.clock.now(), &body)?;
        Ok(json(headers, body.into()))
    }

    fn approval(&self) -> wire::QuoteAnswer {
        self.desk.lender.approve(&self.question, self.asked_at)
    }

    /// The approval, with its offers changed.
    fn approval_with(&self, change: impl FnMut(&mut wire::Offer)) -> wire::QuoteAnswer {
        let mut answer = self.approval();
        if let wire::QuoteAnswer::Offered { offers, .. } = &mut answer {
            offers.iter_mut().for_each(change);
        }
        answer
    }

    /// The approval with `rate` in place of the whole price.
    fn approval_at(&self, rate: &str) -> wire::QuoteAnswer {
        self.approval_with(|offer| {
            offer.pricing = wire::Pricing::Nominal { rate: rate.to_owned(), compounding: Compounding::Monthly };
        })
    }

    /// The approval's text with `bytes` where a rate would stand, quotes included.
    fn with_raw_rate(&self, bytes: &[u8]) -> Result<Response, FaultError> {
        self.signed_body(put_at_mark(&serde_json::to_string(&self.approval_at(MARK))?, bytes))
    }
}

pub(super) async fn obey(outcome: Outcome, turn: &Turn<'_>, line: &Line) -> Result<Response, FaultError> {
    match outcome {
        Outcome::Approve => turn.signed(&turn.approval()),
        Outcome::Decline(reason) => turn.signed(&lender::declined(&turn.question, vec![reason])),
        Outcome::TimeOut => std::future::pending().await,
        Outcome::Late => late(turn).await,
        Outcome::ServerError => Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Outcome::RateLimited => {
            Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, RETRY_AFTER_SECONDS)]).into_response())
        }
        Outcome::Redirect => Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, REDIRECT_TO)]).into_response()),
        Outcome::CutJson => turn.signed_body(first_half(serde_json::to_vec(&turn.approval())?)),
        Outcome::WrongCurrency => turn.signed(&turn.approval_with(other_currency)),
        Outcome::OtherRequest => turn.signed(&other_request(turn.approval())),
        Outcome::NegativeRate => turn.signed(&turn.approval_at("-0.05")),
        Outcome::NotANumber => turn.with_raw_rate(b"NaN"),
        Outcome::BeyondFloat => turn.with_raw_rate(b"1e309"),
        Outcome::BrokenUtf8 => turn.with_raw_rate(b"\"\xc3\x28\""),
        Outcome::AboveAsked => turn.signed(&turn.approval_with(|offer| offer.principal.amount.insert(0, '9'))),
        Outcome::DuplicateKeys => duplicate_keys(turn),
        Outcome::WrongSignature => wrong_signature(turn),
        Outcome::ClockOff => clock_off(turn),
        Outcome::Drip => drip(turn),
        Outcome::Reset => reset(turn, line),
        Outcome::SlowHeaders => {
            line.slow_down();
            turn.signed(&turn.approval())
        }
        Outcome::EndlessBody => Ok(json(HeaderMap::new(), endless())),
        Outcome::GzipBomb => gzip_bomb(),
        Outcome::BrokenGzip => Ok(said_to_be_gzip(turn.signed(&turn.approval())?)),
    }
}

fn json(mut headers: HeaderMap, body: Body) -> Response {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (headers, body).into_response()
}

fn put_at_mark(text: &str, bytes: &[u8]) -> Vec<u8> {
    match text.split_once(&format!("\"{MARK}\"")) {
        Some((before, after)) => [before.as_bytes(), bytes, after.as_bytes()].concat(),
        None => text.as_bytes().to_vec(),
    }
}

fn first_half(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(body.len() / 2);
    body
}

fn other_currency(offer: &mut wire::Offer) {
    let other = if offer.principal.asset == "USD" { "EUR" } else { "USD" };
    offer.principal.asset = other.into();
}

fn other_request(mut answer: wire::QuoteAnswer) -> wire::QuoteAnswer {
    let (wire::QuoteAnswer::Offered { request_id, .. } | wire::QuoteAnswer::Declined { request_id, .. }) = &mut answer;
    "crq_00000000000070008000000000000000".clone_into(request_id);
    answer
}

async fn late(turn: &Turn<'_>) -> Result<Response, FaultError> {
    let left = Deadline::after(turn.deadline, LATENESS).remaining(turn.desk.clock.now());
    tokio::time::sleep(left).await;
    turn.signed(&turn.approval())
}

/// A reader that takes the last of two equal keys would see the true term; one that takes the first, a day.
fn duplicate_keys(turn: &Turn<'_>) -> Result<Response, FaultError> {
    let twice = r#""term":{"count":1,"unit":"days"},"term":"#;
    let text = serde_json::to_string(&turn.approval())?;
    turn.signed_body(text.replacen(r#""term":"#, twice, 1).into_bytes())
}

fn wrong_signature(turn: &Turn<'_>) -> Result<Response, FaultError> {
    let headers = turn.desk.signer.sign(&turn.message_id, turn.desk.clock.now(), b"{}")?;
    Ok(json(headers, serde_json::to_vec(&turn.approval())?.into()))
}

fn clock_off(turn: &Turn<'_>) -> Result<Response, FaultError> {
    let body = serde_json::to_vec(&turn.approval())?;
    let then = turn.desk.clock.now().saturating_sub(CLOCK_OFF).unwrap_or(Timestamp::MIN);
    let headers = turn.desk.signer.sign(&turn.message_id, then, &body)?;
    Ok(json(headers, body.into()))
}

fn drip(turn: &Turn<'_>) -> Result<Response, FaultError> {
    let body = serde_json::to_vec(&turn.approval())?;
    let headers = turn.desk.signer.sign(&turn.message_id, turn.desk.clock.now(), &body)?;
    let bytes = stream::iter(body).then(|byte| async move {
        tokio::time::sleep(BYTE_PAUSE).await;
        Ok::<_, io::Error>(Bytes::from(vec![byte]))
    });
    Ok(json(headers, Body::from_stream(bytes)))
}

/// The first half goes out before the connection breaks: the stream yields once, so that it is flushed.
fn reset(turn: &Turn<'_>, line: &Line) -> Result<Response, FaultError> {
    line.reset_at_close();
    let body = serde_json::to_vec(&turn.approval())?;
    let headers = turn.desk.signer.sign(&turn.message_id, turn.desk.clock.now(), &body)?;
    let half = stream::iter([Ok(Bytes::from(first_half(body)))]);
    let broken = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Ok(json(headers, Body::from_stream(half.chain(broken))))
}

/// Spaces, which are the beginning of JSON for ever. One chunk is sent again and again, as fast as it is read.
fn endless() -> Body {
    let chunk = Bytes::from(vec![b' '; CHUNK_BYTES]);
    Body::from_stream(stream::iter(std::iter::repeat_n(chunk, ENDLESS_CHUNKS)).map(Ok::<_, io::Error>))
}

/// A gzip file may have many members, which unpack to what they hold one after the other (RFC 1952, section 2.2): one
/// small member of zeros is made, and sent many times.
fn gzip_bomb() -> Result<Response, FaultError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    io::Write::write_all(&mut encoder, &vec![0; MEMBER_BYTES])?;
    let member = Bytes::from(encoder.finish()?);
    let members = stream::iter(std::iter::repeat_n(member, BOMB_MEMBERS)).map(Ok::<_, io::Error>);
    Ok(said_to_be_gzip(json(HeaderMap::new(), Body::from_stream(members))))
}

fn said_to_be_gzip(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}
