//! The provider protocol: what a lender's service is sent and what it answers, so that it needs no code of ours.
//!
//! `POST {base}/quotes`, JSON both ways, signed both ways (see [`crate::signature`]), with `Idempotency-Key`,
//! `X-Deadline` and `traceparent`. Published as `docs/provider-protocol.openapi.json`.

mod convert;
pub mod openapi;
pub mod parts;
pub mod wire;

use http::HeaderName;

pub use convert::{AnswerError, answer_of, question_for};

/// Header: one key for all attempts of one question.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Header: when the answer must have arrived, RFC 3339.
pub const DEADLINE: HeaderName = HeaderName::from_static("x-deadline");
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Largest answer that is read, after decompression.
pub const MAX_ANSWER_BYTES: usize = 256 * 1024;
