//! Why a chain could not be read or written.

use alloy::rpc::json_rpc::ErrorPayload;
use alloy::transports::TransportError;

/// The address of a node may carry a key: endpoints are named by their place in the configuration, and transport errors by
/// kind alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    #[error("no endpoint of the chain could answer {method}: {last}")]
    Unavailable { method: &'static str, last: String },
    /// The node answered, and says no: a revert among others, which no other node would answer differently.
    #[error("{method}: error {code}: {message}")]
    Refused { method: &'static str, code: i64, message: String, data: Option<alloy::primitives::Bytes> },
    #[error("{method}: the answer is not of its type: {what}")]
    Malformed { method: &'static str, what: String },
    #[error("{method}: {sources} of {wanted} sources that must agree could be asked")]
    TooFewSources { method: &'static str, sources: usize, wanted: usize },
    #[error("{method}: two sources answer differently")]
    Disagreement { method: &'static str },
    #[error("the node has no such block")]
    NoBlock,
}

impl RpcError {
    pub(super) fn refused(method: &'static str, payload: &ErrorPayload) -> Self {
        let data = payload.try_data_as::<alloy::primitives::Bytes>().and_then(Result::ok);
        Self::Refused { method, code: payload.code, message: payload.message.to_string(), data }
    }
}

/// An error of a transport in words that hold no address.
pub(super) fn kind(error: &TransportError) -> String {
    match error {
        TransportError::ErrorResp(payload) => format!("error {}", payload.code),
        TransportError::DeserError { .. } | TransportError::SerError(_) => "format".to_owned(),
        _ => "connection".to_owned(),
    }
}
