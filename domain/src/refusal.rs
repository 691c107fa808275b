//! Why a lender gave no offer, who is to blame for it, and whether asking again would help.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::capabilities::Ineligibility;
use crate::decline::DeclineReason;

/// Who would have to change something for the next call to fare better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The request itself: another amount, term or collateral may be served.
    Caller,
    /// The lender or its service.
    Provider,
    /// A blockchain or its node.
    Chain,
    /// This gateway.
    Gateway,
}

/// How loud it is in the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Business as usual: the answer is no.
    Business,
    /// Something outside failed; an operator may look.
    Warning,
}

/// An answer that is not an offer. Every provider that was considered has either offers or one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not asked: {0}")]
    NotEligible(Ineligibility),
    #[error("declined: {}", .reasons.iter().map(|r| r.words()).collect::<Vec<_>>().join(" "))]
    Declined { reasons: Vec<DeclineReason> },
    #[error("no answer within {} ms", .waited.as_millis())]
    TimedOut { waited: Duration },
    #[error("the answer breaks the protocol: {rule}")]
    Malformed { rule: String },
    #[error("not asked: too many recent failures; the next probe is at {retry_at}")]
    BreakerOpen { retry_at: Timestamp },
    #[error("the provider asks for a pause of {} ms", .retry_after.as_millis())]
    RateLimited { retry_after: Duration },
    #[error("not asked: the gateway's own limit of {limit} for this provider is reached")]
    Busy { limit: &'static str },
    #[error("the provider could not be reached or failed: {detail}")]
    Unavailable {
        detail: String,
        /// Whether a repetition may mend it: a cut connection, a 503; not a 404.
        transient: bool,
    },
    #[error("the chain could not be read: {detail}")]
    ChainUnavailable { detail: String },
    #[error("the gateway stopped before the answer was known")]
    Unknown,
}

impl Refusal {
    /// The outcome's name on the wire and in metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotEligible(_) => "not_eligible",
            Self::Declined { .. } => "declined",
            Self::TimedOut { .. } => "timed_out",
            Self::Malformed { .. } => "malformed",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::RateLimited { .. } => "rate_limited",
            Self::Busy { .. } => "busy",
            Self::Unavailable { .. } => "unavailable",
            Self::ChainUnavailable { .. } => "chain_unavailable",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::NotEligible(_) | Self::Declined { .. } => Blame::Caller,
            Self::TimedOut { .. }
            | Self::Malformed { .. }
            | Self::BreakerOpen { .. }
            | Self::RateLimited { .. }
            | Self::Unavailable { .. } => Blame::Provider,
            Self::ChainUnavailable { .. } => Blame::Chain,
            Self::Busy { .. } | Self::Unknown => Blame::Gateway,
        }
    }

    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self.blame() {
            Blame::Caller => Severity::Business,
            Blame::Provider | Blame::Chain | Blame::Gateway => Severity::Warning,
        }
    }

    /// Whether the same request may fare better later.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        !matches!(self, Self::NotEligible(_) | Self::Declined { .. } | Self::Malformed { .. })
    }

    /// Whether it tells against the provider's health: what the breaker counts.
    #[must_use]
    pub const fn counts_against_provider(&self) -> bool {
        matches!(
            self,
            Self::TimedOut { .. } | Self::Malformed { .. } | Self::Unavailable { .. } | Self::ChainUnavailable { .. }
        )
    }

    /// Order among refusals, most useful to the borrower first: what they can change, then what passes by itself,
    /// then what they can do nothing about.
    #[must_use]
    pub const fn usefulness(&self) -> u8 {
        match self {
            Self::Declined { .. } => 0,
            Self::NotEligible(_) => 1,
            Self::RateLimited { .. } => 2,
            Self::Busy { .. } => 3,
            Self::BreakerOpen { .. } => 4,
            Self::TimedOut { .. } => 5,
            Self::Unavailable { .. } => 6,
            Self::ChainUnavailable { .. } => 7,
            Self::Malformed { .. } => 8,
            Self::Unknown => 9,
        }
    }
}
