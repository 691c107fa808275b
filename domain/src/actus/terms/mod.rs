//! The terms of a contract, read from the names and texts of the ACTUS dictionary and checked against each other.

mod named;
mod read;
mod rules;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::period::Cycle;

use super::conventions::{Conventions, Side};
use super::{ActusError, ContractType};

/// A contract's terms. What is in a value of this type was understood, is supported and does not contradict itself.
/// A term of the dictionary that the contract type has no use for is read and has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub(super) contract_type: ContractType,
    pub(super) side: Side,
    pub(super) currency: String,
    pub(super) settlement_currency: Option<String>,
    pub(super) status: DateTime,
    pub(super) exchange: DateTime,
    pub(super) maturity: Option<DateTime>,
    pub(super) conventions: Conventions,
    pub(super) principal: Principal,
    pub(super) interest: Interest,
    pub(super) reset: Reset,
    pub(super) base: Base,
    pub(super) scaling: Option<Scaling>,
    pub(super) fee: Option<Fee>,
    pub(super) purchase: Option<Trade>,
    pub(super) termination: Option<Trade>,
    pub(super) prepayment: Prepayment,
}

/// Dates that recur; one date alone without a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recurrence {
    pub(super) anchor: DateTime,
    pub(super) cycle: Option<Cycle>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principal {
    /// Above zero; the side gives it its sign.
    pub(super) notional: Decimal,
    pub(super) premium: Decimal,
    pub(super) redemption: Option<Recurrence>,
    /// Of principal alone for a LAM, of principal and interest for a NAM and an ANN.
    pub(super) payment: Option<Decimal>,
    /// The date by which an annuity's payment would bring the principal to zero.
    pub(super) amortization: Option<DateTime>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interest {
    /// `None` for a contract without interest events.
    pub(super) rate: Option<Decimal>,
    pub(super) accrued: Option<Decimal>,
    pub(super) payment: Option<Recurrence>,
    pub(super) capitalized_until: Option<DateTime>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reset {
    pub(super) dates: Option<Recurrence>,
    pub(super) code: Option<String>,
    pub(super) multiplier: Decimal,
    pub(super) spread: Decimal,
    /// The rate of the first reset after the status date.
    pub(super) next_rate: Option<Decimal>,
    pub(super) life_floor: Option<Decimal>,
    pub(super) life_cap: Option<Decimal>,
    /// The most that one reset may lower the rate by, zero or above.
    pub(super) period_floor: Option<Decimal>,
    /// The most that one reset may raise the rate by, zero or above.
    pub(super) period_cap: Option<Decimal>,
}

/// The amount that interest accrues on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// The principal as it stands; `start` until it first changes.
    Follows { start: Option<Decimal> },
    /// The principal as it stood on the last of the dates, and `start` before the first.
    Lags { start: Option<Decimal>, fixing: Option<Recurrence> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scaling {
    pub(super) interest: bool,
    pub(super) notional: bool,
    pub(super) interest_multiplier: Decimal,
    pub(super) notional_multiplier: Decimal,
    pub(super) dates: Option<Recurrence>,
    pub(super) code: String,
    /// The index that the contract was dealt at; not zero.
    pub(super) index: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fee {
    pub(super) basis: FeeBasis,
    /// A yearly fraction of the principal, or an amount.
    pub(super) rate: Decimal,
    pub(super) accrued: Option<Decimal>,
    pub(super) payment: Option<Recurrence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeeBasis {
    Absolute,
    Notional,
}

/// The contract bought or sold at a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trade {
    pub(super) at: DateTime,
    pub(super) price: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepayment {
    /// Dates on which the market names an amount that is repaid, with its code.
    pub(super) dates: Option<(Recurrence, String)>,
    pub(super) penalty: Option<Penalty>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Penalty {
    Absolute(Decimal),
    /// A yearly fraction of the principal.
    Notional(Decimal),
    /// What the rate of the contract is above the market's.
    RateDifference,
}

impl Terms {
    /// Reads terms by their names in the dictionary. Numbers are decimal texts, dates ISO 8601 without a time zone.
    ///
    /// # Errors
    /// The first term that is missing, unreadable, not supported, or breaks a rule, by name.
    pub fn try_new(terms: impl IntoIterator<Item = (String, String)>) -> Result<Self, ActusError> {
        let terms = read::read(terms)?;
        rules::check(&terms)?;
        Ok(terms)
    }

    #[must_use]
    pub fn contract_type(&self) -> ContractType {
        self.contract_type
    }

    /// The currency of every payoff: that of the settlement where one is agreed.
    #[must_use]
    pub fn payoff_currency(&self) -> &str {
        self.settlement_currency.as_deref().unwrap_or(&self.currency)
    }

    /// The date on which the contract ends by its terms; `None` where it follows from the payments.
    pub(super) fn stated_maturity(&self) -> Option<DateTime> {
        let annuity = self.contract_type == ContractType::Annuity;
        self.maturity.or(self.principal.amortization.filter(|_| annuity))
    }
}
