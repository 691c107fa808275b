//! The provider protocol: what a lender's service is sent and what it answers, so that it needs no code of ours.
//!
//! `POST {base}/quotes`, JSON both ways, signed both ways (see [`crate::signature`]), with `Idempotency-Key`,
//! `X-Deadline` and `traceparent`. Published as `docs/provider-protocol.openapi.json`.

mod convert;
pub mod openapi;
pub mod parts;
pub mod wire;

pub use convert::{AnswerError, answer_of, question_for};

/// Header: one key for all attempts of one question.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Header: when the answer must have arrived, RFC 3339.
pub const DEADLINE: &str = "x-deadline";
pub const TRACEPARENT: &str = "traceparent";
/// Largest answer that is read, after decompression.
pub const MAX_ANSWER_BYTES: usize = 256 * 1024;
