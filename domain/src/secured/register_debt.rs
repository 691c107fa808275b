//! What is owed on a loan whose money moves through the register: `contracts/src/aggregator/DebtModel.sol`.
//!
//! Simple interest per second on outstanding principal, rounded up once per interval and booked when money or terms move:
//!
//! ```text
//! accrued(t0, t1) = ceil(outstanding * apr * (t1 - t0) / (31 536 000 * 10^18))
//! interest(t1)    = min(interest(t0) + accrued(t0, t1), outstanding)
//! owed(t1)        = outstanding + interest(t1)
//! ```

use ruint::aliases::U256;

use super::arithmetic::{ArithmeticError, add, elapsed, mul, sub};
use super::health::WAD;
use crate::curve::SECONDS_PER_YEAR;

/// Unpaid interest `seconds` after `interest` was booked: never more than the principal (the rule in duplum). `apr` in
/// WAD, 1e18 = 100 % a year.
///
/// # Errors
/// [`ArithmeticError::Overflow`]; not for a principal below 2^112 and a rate below 2^64.
pub fn interest_at(outstanding: U256, interest: U256, apr: U256, seconds: u64) -> Result<U256, ArithmeticError> {
    let product = mul(mul(outstanding, apr, "interest")?, U256::from(seconds), "interest")?;
    let year = mul(U256::from(SECONDS_PER_YEAR), WAD, "year")?;
    let accrued = product.div_ceil(year);
    Ok(add(interest, accrued, "interest")?.min(outstanding))
}

/// A live loan as the register keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterDebt {
    /// Principal, smallest unit.
    pub outstanding: U256,
    /// Unpaid, as booked at `accrued_at`.
    pub interest: U256,
    /// In WAD a year.
    pub apr: U256,
    /// When money or terms moved last.
    pub accrued_at: u64,
}

/// How a payment was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    pub to_interest: U256,
    pub to_principal: U256,
    pub left: RegisterDebt,
}

impl RegisterDebt {
    /// Unpaid interest at a second.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::BelowZero`] before the last booking.
    pub fn interest_at(&self, timestamp: u64) -> Result<U256, ArithmeticError> {
        let seconds = elapsed(self.accrued_at, timestamp, "seconds since the last booking")?;
        interest_at(self.outstanding, self.interest, self.apr, seconds)
    }

    /// What would close the loan at a second.
    ///
    /// # Errors
    /// As [`RegisterDebt::interest_at`].
    pub fn owed_at(&self, timestamp: u64) -> Result<U256, ArithmeticError> {
        add(self.outstanding, self.interest_at(timestamp)?, "debt")
    }

    /// Pays `amount`, at most what is owed: interest first, the rest to principal.
    ///
    /// # Errors
    /// As [`RegisterDebt::interest_at`].
    pub fn pay(&self, amount: U256, timestamp: u64) -> Result<Payment, ArithmeticError> {
        let interest = self.interest_at(timestamp)?;
        let credited = amount.min(self.owed_at(timestamp)?);
        let to_interest = credited.min(interest);
        let to_principal = sub(credited, to_interest, "payment")?;
        let left = Self {
            outstanding: sub(self.outstanding, to_principal, "principal")?,
            interest: sub(interest, to_interest, "interest")?,
            apr: self.apr,
            accrued_at: timestamp,
        };
        Ok(Payment { to_interest, to_principal, left })
    }
}

/// What calls the debt of a loan that its provider marked as defaulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterDefault {
    /// What had fallen due in all by the schedule, when the default was last shown.
    pub called: u128,
    /// Since the funding, in all.
    pub paid: u128,
    pub funded_at: u64,
    pub term_s: u32,
    pub default_grace_s: u32,
}

impl RegisterDefault {
    /// What of a debt collateral may be sold for at a second, whatever its price: what was called and is not paid since,
    /// and all of it once the maturity is past by the grace.
    #[must_use]
    pub fn callable_at(&self, debt: U256, timestamp: u64) -> U256 {
        let all_from = u128::from(self.funded_at) + u128::from(self.term_s) + u128::from(self.default_grace_s);
        if u128::from(timestamp) > all_from {
            return debt;
        }
        U256::from(self.called.saturating_sub(self.paid)).min(debt)
    }
}
