//! What is owed on a loan whose lender keeps the books elsewhere and signs what they say:
//! `contracts/src/collateral/SignedDebtBook.sol` and `DebtGrowth.sol`.
//!
//! A statement can lower the debt at once and let it grow at the agreed rate; what goes beyond is a jump, which counts
//! only after a delay. A debt is never more than the principal grown since funding, less what was repaid on the chain.

use ruint::aliases::U256;

use super::arithmetic::{ArithmeticError, BPS, add, elapsed, fits_128, mul, mul_div_up, sub};
use crate::curve::SECONDS_PER_YEAR;

/// How long a jump waits before it counts, in seconds: 48 hours.
pub const CHALLENGE_DELAY_S: u64 = 48 * 3_600;
/// How long a statement may be relied on at most, in seconds: 35 days.
pub const MAX_VALIDITY_S: u64 = 35 * 86_400;

/// An amount with simple interest: `amount + ceil(amount * rate * seconds / (10^4 * 365 days))`.
///
/// # Errors
/// [`ArithmeticError::Overflow`].
pub fn grown(amount: U256, rate_bps: u32, seconds: u64) -> Result<U256, ArithmeticError> {
    let rate = mul(U256::from(rate_bps), U256::from(seconds), "rate over time")?;
    let year = mul(U256::from(BPS), U256::from(SECONDS_PER_YEAR), "year")?;
    add(amount, mul_div_up(amount, rate, year, "interest")?, "debt")
}

/// The most that may be owed so many seconds after funding.
///
/// # Errors
/// [`ArithmeticError::Overflow`].
pub fn growth_cap(principal: U256, rate_bps: u32, seconds: u64, repaid: U256) -> Result<U256, ArithmeticError> {
    Ok(grown(principal, rate_bps, seconds)?.saturating_sub(repaid))
}

/// A stated amount above what the rate explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Owed at `at`; above zero.
    pub amount: u128,
    pub at: u64,
    /// From when on it is in force.
    pub from: u64,
}

/// What a lender says is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Owed at `stated_at`; 0 closes the loan.
    pub amount: u128,
    /// How much of what was repaid on the chain the amount takes account of; what came since is taken off.
    pub repaid: u128,
    /// Above that of every statement before.
    pub sequence: u64,
    pub stated_at: u64,
    /// Last second at which it may be relied on.
    pub valid_until: u64,
}

/// A funded loan as the book keeps it. Amounts in the smallest unit of the debt's asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedDebt {
    pub principal: u128,
    /// Simple interest a year, and the fastest that the debt may grow.
    pub rate_bps: u32,
    /// From this second on all that is owed is called.
    pub maturity: u64,
    pub funded_at: u64,
    /// In force, owed at `amount_at`.
    pub amount: u128,
    pub amount_at: u64,
    pub jump: Option<Jump>,
    /// On the chain, in all.
    pub repaid: u128,
    /// Of the newest statement.
    pub sequence: u64,
    /// Last second at which the debt may be relied on.
    pub valid_until: u64,
}

/// What a statement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// The amount is in force.
    InForce(SignedDebt),
    /// The amount is in force from the second that the jump names, unless refused before.
    Waits(SignedDebt),
    /// Nothing is owed any more.
    Closed,
}

/// Why a statement does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    #[error("statement {given} comes after statement {held}")]
    SequenceOld { held: u64, given: u64 },
    #[error("it is about second {stated_at}, which is not yet")]
    StatedInFuture { stated_at: u64 },
    #[error("it is about second {stated_at}, before the funding at {funded_at}")]
    StatedBefore { funded_at: u64, stated_at: u64 },
    #[error("it takes account of {given} repaid, of which only {held} was")]
    RepaidAhead { held: u128, given: u128 },
    #[error("stated at {stated_at} and valid until {valid_until}: over, or for too long")]
    ValidityRefused { stated_at: u64, valid_until: u64 },
    #[error("{amount} is above the principal with its interest less what was repaid, {cap}")]
    GrowthAboveCap { amount: u128, cap: U256 },
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl SignedDebt {
    /// A loan whose borrower said at a second that the money came.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] at the end of time.
    pub fn funded(principal: u128, rate_bps: u32, maturity: u64, at: u64) -> Result<Self, ArithmeticError> {
        let valid_until = at.checked_add(MAX_VALIDITY_S).ok_or(ArithmeticError::Overflow("validity"))?;
        Ok(Self {
            principal,
            rate_bps,
            maturity,
            funded_at: at,
            amount: principal,
            amount_at: at,
            jump: None,
            repaid: 0,
            sequence: 0,
            valid_until,
        })
    }

    /// What is due at a second, by the amount in force and the rate since.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::BelowZero`] before the amount in force.
    pub fn due_at(&self, timestamp: u64) -> Result<U256, ArithmeticError> {
        let ripe = self.ripened(timestamp);
        let seconds = elapsed(ripe.amount_at, timestamp, "seconds since the amount in force")?;
        let grown = grown(U256::from(ripe.amount), self.rate_bps, seconds)?;
        Ok(grown.min(self.cap_at(timestamp)?))
    }

    /// What of it is called at a second: all from the maturity on.
    ///
    /// # Errors
    /// As [`SignedDebt::due_at`].
    pub fn callable_at(&self, timestamp: u64) -> Result<U256, ArithmeticError> {
        if timestamp >= self.maturity { self.due_at(timestamp) } else { Ok(U256::ZERO) }
    }

    /// The most that may be owed at a second.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::BelowZero`] before the funding.
    pub fn cap_at(&self, timestamp: u64) -> Result<U256, ArithmeticError> {
        self.cap_with(timestamp, self.repaid)
    }

    fn cap_with(&self, timestamp: u64, repaid: u128) -> Result<U256, ArithmeticError> {
        let seconds = elapsed(self.funded_at, timestamp, "seconds since the funding")?;
        growth_cap(U256::from(self.principal), self.rate_bps, seconds, U256::from(repaid))
    }

    /// The loan after a statement is brought, whose signature was checked before.
    ///
    /// # Errors
    /// [`StatementRefusal`], in the order of its variants.
    pub fn state(&self, statement: &Statement, now: u64) -> Result<Stated, StatementRefusal> {
        let held = self.ripened(now);
        held.require_timely(statement, now)?;
        let cap = held.cap_with(statement.stated_at, statement.repaid)?;
        if U256::from(statement.amount) > cap {
            return Err(StatementRefusal::GrowthAboveCap { amount: statement.amount, cap });
        }
        let (amount, as_of) = held.carried(statement)?;
        let next = Self { sequence: statement.sequence, valid_until: statement.valid_until, ..held };
        Ok(next.applied(amount, as_of, now)?)
    }

    /// What a statement says, at its own second or at that of the last repayment where that came after it.
    fn carried(&self, statement: &Statement) -> Result<(u128, u64), ArithmeticError> {
        let as_of = statement.stated_at.max(self.amount_at);
        let seconds = elapsed(statement.stated_at, as_of, "seconds since the statement")?;
        let carried = grown(U256::from(statement.amount), self.rate_bps, seconds)?;
        let since = self.repaid.checked_sub(statement.repaid).ok_or(ArithmeticError::BelowZero("repaid since"))?;
        Ok((fits_128(carried.saturating_sub(U256::from(since)), "stated debt")?, as_of))
    }

    /// Puts an amount in force, or makes it a jump; one within what a jump before it explains keeps that one's date.
    fn applied(self, amount: u128, as_of: u64, now: u64) -> Result<Stated, ArithmeticError> {
        if self.explains(self.amount, self.amount_at, amount, as_of)? {
            let next = Self { amount, amount_at: as_of, jump: None, ..self };
            return Ok(if amount == 0 { Stated::Closed } else { Stated::InForce(next) });
        }
        let kept = match self.jump {
            Some(jump) if as_of >= jump.at && self.explains(jump.amount, jump.at, amount, as_of)? => Some(jump.from),
            _ => now.checked_add(CHALLENGE_DELAY_S),
        };
        let from = kept.ok_or(ArithmeticError::Overflow("challenge delay"))?;
        Ok(Stated::Waits(Self { jump: Some(Jump { amount, at: as_of, from }), ..self }))
    }

    /// Repays at most what is due: what was taken, and the loan after it, which is closed where nothing is due then.
    ///
    /// # Errors
    /// As [`SignedDebt::due_at`].
    pub fn repay(&self, amount: U256, now: u64) -> Result<(U256, Self), ArithmeticError> {
        let due = self.due_at(now)?;
        let repaid = amount.min(due);
        let taken = fits_128(repaid, "repayment")?;
        let ripe = self.ripened(now);
        let after = Self {
            amount: fits_128(sub(due, repaid, "debt left")?, "debt left")?,
            amount_at: now,
            jump: ripe.jump.and_then(|jump| {
                let left = jump.amount.checked_sub(taken).filter(|left| *left != 0);
                left.map(|amount| Jump { amount, ..jump })
            }),
            repaid: self.repaid.checked_add(taken).ok_or(ArithmeticError::Overflow("repaid"))?,
            ..ripe
        };
        Ok((repaid, after))
    }

    /// A jump whose delay is over is the amount in force.
    #[must_use]
    pub fn ripened(&self, now: u64) -> Self {
        match self.jump {
            Some(jump) if now >= jump.from => Self { amount: jump.amount, amount_at: jump.at, jump: None, ..*self },
            _ => *self,
        }
    }

    /// Whether an amount has grown to no less than another by a later second.
    fn explains(&self, amount: u128, at: u64, other: u128, as_of: u64) -> Result<bool, ArithmeticError> {
        let seconds = elapsed(at, as_of, "seconds between statements")?;
        Ok(U256::from(other) <= grown(U256::from(amount), self.rate_bps, seconds)?)
    }

    fn require_timely(&self, statement: &Statement, now: u64) -> Result<(), StatementRefusal> {
        let Statement { sequence, stated_at, valid_until, repaid, .. } = *statement;
        if sequence <= self.sequence {
            return Err(StatementRefusal::SequenceOld { held: self.sequence, given: sequence });
        }
        if stated_at > now {
            return Err(StatementRefusal::StatedInFuture { stated_at });
        }
        if stated_at < self.funded_at {
            return Err(StatementRefusal::StatedBefore { funded_at: self.funded_at, stated_at });
        }
        if repaid > self.repaid {
            return Err(StatementRefusal::RepaidAhead { held: self.repaid, given: repaid });
        }
        let validity = valid_until.checked_sub(stated_at);
        if valid_until < now || validity.is_none_or(|validity| validity > MAX_VALIDITY_S) {
            return Err(StatementRefusal::ValidityRefused { stated_at, valid_until });
        }
        Ok(())
    }
}
