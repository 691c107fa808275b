//! What is not as the manifest says.

use std::fmt;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;

/// A call that mends a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function with its types.
    pub function: &'static str,
    pub to: Address,
    pub data: Bytes,
}

impl Call {
    pub(super) fn new<C: SolCall>(to: Address, call: &C) -> Self {
        Self { function: C::SIGNATURE, to, data: call.abi_encode().into() }
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub what: String,
    pub wanted: String,
    pub found: String,
    /// What mends it, in this order; empty where nothing can.
    pub calls: Vec<Call>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} wanted, {} found", self.what, self.wanted, self.found)
    }
}
