//! Equal payments of a total that is agreed as a sum: flat and factor rates.

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::rate::half_even;

use super::flows::split;
use super::{Schedule, ScheduleError, check_due_dates};

impl Schedule {
    /// Equal payments that add up to `total`; the last absorbs what does not divide.
    ///
    /// Principal and interest are each shared in a straight line. The agreement names a sum and not a rate on the
    /// balance, so nothing in it says that interest falls as principal is repaid; and a straight line is exact,
    /// needs no root and cannot make an instalment that repays nothing.
    ///
    /// # Errors
    /// [`ScheduleError::TotalBelowPrincipal`], and when there is no principal, no due date or a date out of order.
    pub fn level_total(
        principal: U256,
        total: U256,
        drawn_on: Date,
        due_dates: &[Date],
    ) -> Result<Self, ScheduleError> {
        check_due_dates(principal, drawn_on, due_dates)?;
        let payments = shares(total, due_dates.len()).ok_or(ScheduleError::Count(due_dates.len()))?;
        let repaid = shares(principal, due_dates.len()).ok_or(ScheduleError::Count(due_dates.len()))?;
        let interest = payments.level.saturating_sub(repaid.level);
        let last = due_dates.len().saturating_sub(1);
        let payment = |index: usize| if index == last { payments.last } else { payments.level };
        let dated = due_dates.iter().enumerate().map(|(index, due)| (*due, payment(index)));
        split(principal, drawn_on, dated, |_| Ok(interest))
    }
}

/// An amount in equal parts but for the last.
struct Shares {
    level: U256,
    last: U256,
}

/// The level share is the nearest unit; the one below where the nearest would ask for more than there is.
fn shares(amount: U256, count: usize) -> Option<Shares> {
    let divisor = U256::from(count);
    let others = divisor.checked_sub(U256::ONE)?;
    let last = |level: U256| amount.checked_sub(level.checked_mul(others)?).map(|last| Shares { level, last });
    let nearest = half_even(amount, divisor)?;
    last(nearest).or_else(|| last(amount.checked_div(divisor)?))
}
