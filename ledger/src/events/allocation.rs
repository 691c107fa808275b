//! What an amount is for, and what became of the loan before.

use ruint::aliases::U256;

use crate::chart::Code;

/// What can be owed on a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Principal,
    Interest,
    Fees,
    Penalties,
}

impl Part {
    /// The loan's account of what is owed.
    #[must_use]
    pub const fn receivable(self) -> Code {
        match self {
            Self::Principal => Code::LoansPrincipal,
            Self::Interest => Code::LoansInterest,
            Self::Fees => Code::LoansFees,
            Self::Penalties => Code::LoansPenalties,
        }
    }

    /// Where a charge-off puts it: principal is a loss, and what was earned is income no more.
    #[must_use]
    pub const fn charged_off(self, cause: Cause) -> Code {
        match self {
            Self::Principal => match cause {
                Cause::BadDebt => Code::LossesBadDebt,
                Cause::Fraud => Code::LossesFraud,
            },
            Self::Interest => Code::IncomeInterestChargedOff,
            Self::Fees => Code::IncomeFeesChargedOff,
            Self::Penalties => Code::IncomePenaltiesChargedOff,
        }
    }

    /// What the house gives up when it pays a part itself: money for principal, income for what it had earned.
    #[must_use]
    pub const fn goodwill(self) -> Code {
        match self {
            Self::Principal => Code::ExpensesGoodwill,
            Self::Interest => Code::IncomeInterestChargedOff,
            Self::Fees => Code::IncomeFeesChargedOff,
            Self::Penalties => Code::IncomePenaltiesChargedOff,
        }
    }
}

/// An amount by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    pub principal: U256,
    pub interest: U256,
    pub fees: U256,
    pub penalties: U256,
}

impl Parts {
    /// The same with another amount of one part.
    #[must_use]
    pub const fn with(self, part: Part, amount: U256) -> Self {
        match part {
            Part::Principal => Self { principal: amount, ..self },
            Part::Interest => Self { interest: amount, ..self },
            Part::Fees => Self { fees: amount, ..self },
            Part::Penalties => Self { penalties: amount, ..self },
        }
    }

    #[must_use]
    pub const fn each(self) -> [(Part, U256); 4] {
        [
            (Part::Principal, self.principal),
            (Part::Interest, self.interest),
            (Part::Fees, self.fees),
            (Part::Penalties, self.penalties),
        ]
    }
}

/// Why a loan is taken for lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    BadDebt,
    Fraud,
}

/// Where a loan stands in the books when something happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Standing {
    /// What is owed is in the receivables.
    #[default]
    OnTheBooks,
    /// The receivables are empty.
    ChargedOff(Cause),
}

/// How a payment was divided: what it settles, and what it has beyond that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allocation {
    pub standing: Standing,
    pub parts: Parts,
    pub overpayment: U256,
}
