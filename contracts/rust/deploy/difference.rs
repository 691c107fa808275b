//! What is not as the manifest says.

use std::fmt;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;

use super::lanes::lane_of;

/// Who may make a call once everything is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// At once.
    Guardian,
    /// After the delay, in its lane or as the administrator.
    Multisig,
    /// Gives up what is the deployer's own.
    Deployer,
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guardian => "the guardian",
            Self::Multisig => "the multisig",
            Self::Deployer => "the deployer",
        })
    }
}

/// A call that mends a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function with its types.
    pub function: &'static str,
    pub lane: Lane,
    pub to: Address,
    pub data: Bytes,
}

impl Call {
    pub(super) fn new<C: SolCall>(to: Address, call: &C) -> Self {
        Self { function: C::SIGNATURE, lane: lane_of(C::SELECTOR), to, data: call.abi_encode().into() }
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

/// What a chain shows beside the manifest and the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    pub differences: Vec<Difference>,
    /// What a manifest cannot say and who verifies should know, a sentence each.
    pub facts: Vec<String>,
}

impl Findings {
    pub(super) fn add(&mut self, other: Self) {
        self.differences.extend(other.differences);
        self.facts.extend(other.facts);
    }
}

/// A second as people read it, in UTC.
pub(super) fn time(second: u64) -> String {
    let timestamp = i64::try_from(second).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
    timestamp.map_or_else(|| format!("second {second}"), |timestamp| timestamp.to_string())
}
