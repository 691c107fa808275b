//! Payments on another day than the schedule's, or of another amount.
//!
//! A plan takes every instalment for paid on its due date unless a payment says otherwise. A payment is towards an
//! instalment: it settles the interest that has accrued by the day and then principal, which stops bearing interest that
//! day. What is known afterwards stands, and the rest follows (Apache Fineract, progressive loans):
//!
//! - An instalment that is met early stays what it was; the interest of the days that are left in its period is due with
//!   the next one. One that is met before its period begins is all principal.
//! - The other instalments keep their level, and the last that is not met is what is owed.
//! - A drawdown, a rate change or [`Surplus::Level`] levels again over the instalments that are not met. One of which more
//!   is paid than the new level stays what it was.
//! - What is paid late is as due; its principal bears interest to the day, which falls to the period that it accrues in.

use jiff::civil::Date;
use ruint::aliases::U256;

/// The most payments of one plan: monthly for over thirty years.
pub const MAX_PAYMENTS: usize = 400;

/// What is paid on a day, after what is drawn on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    pub on: Date,
    pub paid: Paid,
}

/// Amounts are in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// To the instalment of a due date, interest first. What is above the instalment goes where [`Surplus`] says.
    Sum { due: Date, amount: U256 },
    /// Principal of the instalment of a due date, also above what it asks for. The interest to the day is paid on top.
    Principal { due: Date, amount: U256 },
    /// Everything that is owed on the day, as if it met one instalment after the other. The last payment of a plan.
    Everything,
}

/// Where a sum goes that is above its instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Surplus {
    /// To the instalments that are due next, in turn.
    #[default]
    Next,
    /// To the last instalment, then the one before it.
    Last,
    /// To the balance: the instalments after it are found again.
    Level,
}

/// What principal costs that is paid after its due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Late {
    /// Interest to the day.
    #[default]
    ToTheDay,
    /// Nothing more than if it had been paid when it was due (Fineract without recalculation of interest past due).
    AsDue,
}

/// Payments and their rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payments {
    /// In any order; those of one day are made in the order in which they are named.
    pub made: Vec<Payment>,
    pub surplus: Surplus,
    pub late: Late,
}

/// What an instalment comes to, whenever it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// 1 for the first.
    pub number: u32,
    pub due: Date,
    pub principal: U256,
    pub interest: U256,
    /// Principal that is not repaid by the end of the due date, with what is drawn and paid ahead on it. What is paid
    /// late counts as repaid when it was due.
    pub balance: U256,
}
