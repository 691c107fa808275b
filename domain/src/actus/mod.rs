//! The ACTUS contract types principal at maturity (PAM), linear amortizer (LAM), negative amortizer (NAM) and annuity
//! (ANN): what happens on which day, what is paid, and what the contract stands at afterwards.
//!
//! Rules: ACTUS technical specification and dictionary (actusfrf.org); where the reference tests of the same publisher
//! say otherwise, the tests are followed, and the place says so. The parts that are no more than lending are those of
//! ordinary loans: dates ([`crate::period::Cycle`]), day counts, business days, and the level payment
//! ([`crate::schedule::annuity_amount`]). Here are only the events, their order and what they do.
//!
//! Amounts are in units of the contract's currency and are not rounded to its smallest one. They are decimals of 28
//! digits: an operation that leaves them is an error, and none is made in floating point. The number of dates of a
//! schedule is bounded by [`crate::period::MAX_INSTALMENTS`].

mod contract;
mod conventions;
mod dates;
mod market;
mod maturity;
mod number;
mod plan;
mod state;
mod terms;

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::period::PeriodError;

pub use market::Market;
pub use terms::Terms;

/// Why a contract could not be read or evaluated. No retry helps. [`ActusError::Unobserved`] blames the market data,
/// every other variant the terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActusError {
    #[error("{term}: is needed")]
    Missing { term: &'static str },
    #[error("{term}: {expected}, found {found:?}")]
    Unreadable { term: &'static str, expected: &'static str, found: String },
    /// Understood or not, it is nothing that is computed here.
    #[error("{term}: {found:?} is not supported")]
    Unsupported { term: String, found: String },
    #[error("{term}: {rule}")]
    Rule { term: &'static str, rule: &'static str },
    #[error("{term}: {source}")]
    Dates { term: &'static str, source: PeriodError },
    #[error("{code}: no observation at or before {at}")]
    Unobserved { code: String, at: DateTime },
    #[error("{0}: the result needs more than 28 digits")]
    Overflow(&'static str),
}

/// The contract types that are computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractType {
    /// PAM: interest, and the principal with the last of it.
    PrincipalAtMaturity,
    /// LAM: equal parts of principal, and interest on what is left.
    LinearAmortizer,
    /// NAM: equal payments for as long as it takes; interest that they do not cover is added to the principal.
    NegativeAmortizer,
    /// ANN: equal payments that end with the principal at zero.
    Annuity,
}

impl FromStr for ContractType {
    type Err = ActusError;

    fn from_str(text: &str) -> Result<Self, ActusError> {
        match text {
            "PAM" => Ok(Self::PrincipalAtMaturity),
            "LAM" => Ok(Self::LinearAmortizer),
            "NAM" => Ok(Self::NegativeAmortizer),
            "ANN" => Ok(Self::Annuity),
            _ => Err(ActusError::Unsupported { term: "contractType".to_owned(), found: text.to_owned() }),
        }
    }
}

/// What happens. The order of the variants is the order of events at one time (ACTUS dictionary, event types; the
/// dictionary has PRF before RR, the reference tests after it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    InitialExchange,
    FeePayment,
    PrincipalRedemption,
    PenaltyPayment,
    Prepayment,
    InterestPayment,
    InterestCapitalization,
    /// A rate that was already fixed takes effect.
    RateResetFixed,
    RateReset,
    /// The payment of principal and interest is fixed anew.
    PaymentFixing,
    Purchase,
    Termination,
    ScalingIndex,
    /// The amount that bears interest is fixed anew.
    CalculationBase,
    Maturity,
    /// Nothing but a look at the state.
    Analysis,
}

impl EventKind {
    /// The dictionary's acronym.
    #[must_use]
    pub fn acronym(self) -> &'static str {
        match self {
            Self::InitialExchange => "IED",
            Self::FeePayment => "FP",
            Self::PrincipalRedemption => "PR",
            Self::PenaltyPayment => "PY",
            Self::Prepayment => "PP",
            Self::InterestPayment => "IP",
            Self::InterestCapitalization => "IPCI",
            Self::RateResetFixed => "RRF",
            Self::RateReset => "RR",
            Self::PaymentFixing => "PRF",
            Self::Purchase => "PRD",
            Self::Termination => "TD",
            Self::ScalingIndex => "SC",
            Self::CalculationBase => "IPCB",
            Self::Maturity => "MD",
            Self::Analysis => "AD",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.acronym())
    }
}

/// Something that happened, and the contract after it. Amounts have the sign that they have for the party that keeps
/// the record: what it receives and is owed is positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The business day that the event is moved to.
    pub at: DateTime,
    pub kind: EventKind,
    /// In units of [`Terms::payoff_currency`].
    pub payoff: Decimal,
    /// Principal that is owed, in units of the contract's currency.
    pub notional: Decimal,
    /// Yearly, as a fraction.
    pub rate: Decimal,
    /// Interest that has accrued and is not yet due, in units of the contract's currency.
    pub accrued: Decimal,
}

/// Every event of the contract after its status date, in order, and up to and including `until` where one is given.
/// A bought contract begins with its purchase.
///
/// # Errors
/// When a schedule has more than [`crate::period::MAX_INSTALMENTS`] dates, the maturity that follows from the payments
/// does not exist, an observation is missing, or an amount overflows.
pub fn events(terms: &Terms, market: &Market, until: Option<DateTime>) -> Result<Vec<Event>, ActusError> {
    contract::run(terms, market, until)
}

#[cfg(test)]
mod tests;
