//! How a product rounds, and where it puts what rounding leaves.
//!
//! Interest is exact until it is rounded; it is rounded once a period, a half to even, unless the product says
//! otherwise. The unit is a number of base units: 100 for whole euros.

use std::num::NonZeroU64;

/// Which of the two nearest multiples is taken. Nothing that is rounded here is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// IEEE 754 roundTiesToEven.
    #[default]
    HalfEven,
    HalfUp,
    Up,
    Down,
}

impl Mode {
    /// Whether to go one up from a quotient. `rest` is the remainder and `missing` what it lacks to the divisor.
    pub(super) fn goes_up<T: Ord>(self, odd: bool, exact: bool, rest: &T, missing: &T) -> bool {
        match self {
            Self::HalfEven => rest > missing || (rest == missing && odd),
            Self::HalfUp => rest >= missing,
            Self::Up => !exact,
            Self::Down => false,
        }
    }
}

/// To a multiple of `unit` base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Round {
    pub unit: NonZeroU64,
    pub mode: Mode,
}

impl Round {
    /// The nearest base unit, a half to even.
    pub const NEAREST: Self = Self { unit: NonZeroU64::MIN, mode: Mode::HalfEven };

    /// To base units.
    #[must_use]
    pub const fn units(mode: Mode) -> Self {
        Self { unit: NonZeroU64::MIN, mode }
    }
}

impl Default for Round {
    fn default() -> Self {
        Self::NEAREST
    }
}

/// What becomes of the difference that rounded instalments leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Residue {
    /// The last instalment is what is owed: balance and interest.
    #[default]
    LastPayment,
    /// The last instalment stays as the others; its interest takes the difference.
    LastInterest,
    /// The last instalment stays; what is left is left. Never more than what is owed is paid.
    Leave,
    /// The last instalment absorbs; then the level moves by the difference shared over its instalments, where the last
    /// is off by more units than half of them and the move brings it closer (Apache Fineract's progressive loans).
    Spread,
    /// Interest is charged at the rate that the rounded instalments amount to, and the last interest closes
    /// (as the curo calculator does). Level instalments of one drawdown only.
    IntoRate,
}

/// A product's rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rounding {
    pub interest: Round,
    /// Of instalments and down payments.
    pub payment: Round,
    /// Of equal parts of principal.
    pub principal: Round,
    pub residue: Residue,
    /// Rounds the interest of each part of a period that a drawdown or a rate change cuts, then adds; otherwise the
    /// parts are added exactly and rounded once.
    pub each_segment: bool,
}
