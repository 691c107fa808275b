//! Sums of two sides, and what is left between them.

use std::fmt;

use ruint::aliases::U256;

use crate::account::{Balance, Side};

/// What was posted to an account, or to several, on each side, in the asset's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    pub debits: U256,
    pub credits: U256,
}

impl Sums {
    /// What is left on a side: below zero where the other outweighs it.
    #[must_use]
    pub fn on(&self, side: Side) -> Net {
        let (own, other) = match side {
            Side::Debit => (self.debits, self.credits),
            Side::Credit => (self.credits, self.debits),
        };
        Net::between(own, other)
    }

    /// `None` above 256 bits.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        let debits = self.debits.checked_add(other.debits)?;
        Some(Self { debits, credits: self.credits.checked_add(other.credits)? })
    }
}

impl From<&Balance> for Sums {
    fn from(balance: &Balance) -> Self {
        Self { debits: balance.debits_posted, credits: balance.credits_posted }
    }
}

/// An amount that may be below zero. Zero never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Net {
    amount: U256,
    below_zero: bool,
}

impl Net {
    /// `own` less `other`.
    #[must_use]
    pub fn between(own: U256, other: U256) -> Self {
        Self { amount: own.abs_diff(other), below_zero: own < other }
    }

    #[must_use]
    pub const fn amount(&self) -> U256 {
        self.amount
    }

    #[must_use]
    pub const fn is_below_zero(&self) -> bool {
        self.below_zero
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    #[must_use]
    pub fn negated(&self) -> Self {
        Self { amount: self.amount, below_zero: !self.below_zero && !self.is_zero() }
    }

    /// `None` above 256 bits.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        if self.below_zero == other.below_zero {
            let amount = self.amount.checked_add(other.amount)?;
            return Some(Self { amount, below_zero: self.below_zero });
        }
        let (above, below) = if self.below_zero { (other, self) } else { (self, other) };
        Some(Self::between(above.amount, below.amount))
    }

    /// `None` above 256 bits.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.checked_add(&other.negated())
    }
}

/// In the smallest unit.
impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below_zero { "-" } else { "" }, self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(value: i64) -> Net {
        let amount = U256::from(value.unsigned_abs());
        if value < 0 { Net::between(U256::ZERO, amount) } else { Net::between(amount, U256::ZERO) }
    }

    #[test]
    fn sums_below_zero_are_those_of_whole_numbers() {
        for (a, b) in [(0, 0), (5, 3), (3, 5), (-5, 3), (5, -5), (-5, -3), (0, -1)] {
            assert_eq!(net(a).checked_add(&net(b)), Some(net(a + b)), "{a} + {b}");
            assert_eq!(net(a).checked_sub(&net(b)), Some(net(a - b)), "{a} - {b}");
        }
        assert_eq!(net(-7).to_string(), "-7");
        assert!(!net(0).negated().is_below_zero());
    }

    #[test]
    fn a_sum_above_256_bits_is_none() {
        let most = Net::between(U256::MAX, U256::ZERO);
        assert_eq!(most.checked_add(&net(1)), None);
        assert_eq!(most.negated().checked_sub(&net(1)), None);
        assert_eq!(most.checked_sub(&most), Some(Net::default()));
        assert_eq!(
            Sums { debits: U256::MAX, credits: U256::ZERO }
                .checked_add(&Sums { debits: U256::ONE, credits: U256::ZERO }),
            None
        );
    }

    #[test]
    fn what_is_left_stands_on_the_side_that_is_asked_for() {
        let sums = Sums { debits: U256::from(3), credits: U256::from(10) };
        assert_eq!((sums.on(Side::Debit), sums.on(Side::Credit)), (net(-7), net(7)));
    }
}
