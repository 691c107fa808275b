//! Schedules at a rate per period: level payments, interest only, and a single repayment.

use jiff::civil::Date;
use ruint::aliases::{U256, U1024};

use crate::period::Frequency;
use crate::rate::{FRACTION_BITS, Fixed, PeriodicRate, half_even};

use super::interest::Interest;
use super::level_payment::level_payment;
use super::{FirstPeriod, Instalment, Rows, Schedule, ScheduleError, check_due_dates, small_of};

impl Schedule {
    /// Equal payments of principal and interest. The level payment is the one that amortises the principal with the
    /// first period as long as it is, rounded to the nearest unit; the last instalment absorbs the residue. The due
    /// dates after the first are taken for regular periods.
    ///
    /// # Errors
    /// When there is no principal, no due date, a date out of order, or an amount that overflows.
    pub fn annuity(
        principal: U256,
        rate: &PeriodicRate,
        frequency: Frequency,
        drawn_on: Date,
        due_dates: &[Date],
    ) -> Result<Self, ScheduleError> {
        check_due_dates(principal, drawn_on, due_dates)?;
        let first = FirstPeriod::from_dates(drawn_on, due_dates, frequency)?;
        let level = level_payment(principal, rate, first, due_dates.len())?;
        let interest = Interests { first: Interest::first(*rate, first)?, regular: Interest::regular(*rate) };
        let rows = || Rows::new(drawn_on, principal, due_dates.len());
        match level_rows_small(rows(), level, &interest, due_dates) {
            Some(rows) => Ok(rows.proven()),
            None => level_rows(rows(), level, &interest, due_dates)?.finish(),
        }
    }

    /// Interest each period, the principal with the last.
    ///
    /// # Errors
    /// As [`Schedule::annuity`].
    pub fn interest_only(
        principal: U256,
        rate: &PeriodicRate,
        frequency: Frequency,
        drawn_on: Date,
        due_dates: &[Date],
    ) -> Result<Self, ScheduleError> {
        check_due_dates(principal, drawn_on, due_dates)?;
        let first = FirstPeriod::from_dates(drawn_on, due_dates, frequency)?;
        let regular = Interest::regular(*rate).on(principal)?;
        let mut interest = Interest::first(*rate, first)?.on(principal)?;
        let mut rows = Rows::new(drawn_on, principal, due_dates.len());
        for (index, due) in (1usize..).zip(due_dates) {
            let repaid = if index == due_dates.len() { principal } else { U256::ZERO };
            rows.push(*due, repaid, interest)?;
            interest = regular;
        }
        rows.finish()
    }

    /// One repayment on the last of the due dates, with the interest of all periods compounded: the first period is
    /// simple for its length, every other one grows by one plus the rate. Rounded once.
    ///
    /// # Errors
    /// As [`Schedule::annuity`].
    pub fn bullet(
        principal: U256,
        rate: &PeriodicRate,
        frequency: Frequency,
        drawn_on: Date,
        due_dates: &[Date],
    ) -> Result<Self, ScheduleError> {
        check_due_dates(principal, drawn_on, due_dates)?;
        let first = FirstPeriod::from_dates(drawn_on, due_dates, frequency)?;
        let Some((last, others)) = due_dates.split_last() else {
            return Err(ScheduleError::Count(0));
        };
        let interest = match others.len() {
            0 => Interest::first(*rate, first)?.on(principal)?,
            regular => compounded(principal, rate, first, regular).ok_or(ScheduleError::Overflow("interest"))?,
        };
        Self::single_repayment(principal, interest, drawn_on, *last)
    }

    /// One repayment with an interest that is already known: simple, flat, or a protocol's own.
    ///
    /// # Errors
    /// When there is no principal, the due date lies before the drawing, or the sum overflows.
    pub fn single_repayment(principal: U256, interest: U256, drawn_on: Date, due: Date) -> Result<Self, ScheduleError> {
        let mut rows = Rows::new(drawn_on, principal, 1);
        rows.push(due, principal, interest)?;
        rows.finish()
    }
}

/// The interest of the first period and of every other one.
pub(super) struct Interests {
    pub(super) first: Interest,
    pub(super) regular: Interest,
}

/// Pays what is owed with level payments, the last of them with the residue.
pub(super) fn level_rows(
    mut rows: Rows,
    level: U256,
    interest: &Interests,
    due_dates: &[Date],
) -> Result<Rows, ScheduleError> {
    let (last, others) = due_dates.split_last().ok_or(ScheduleError::Count(0))?;
    let (mut carried, mut period) = (U256::ZERO, &interest.first);
    for due in others {
        let owed = interest_owed(period, rows.balance, carried)?;
        let payment = level.min(add(rows.balance, owed)?);
        let paid = owed.min(payment);
        carried = owed.saturating_sub(paid);
        rows.push(*due, payment.saturating_sub(paid), paid)?;
        period = &interest.regular;
    }
    let owed = interest_owed(period, rows.balance, carried)?;
    rows.push(*last, rows.balance, owed)?;
    Ok(rows)
}

/// As [`level_rows`] where everything stays below 2^64, which all fiat loans do; otherwise `None`.
///
/// The rows keep every promise of [`Schedule::check`] without being gone through again, which would cost as much as making
/// them: numbers count up from 1, dates are in order as [`check_due_dates`] found them, each balance is the one before
/// less what is repaid, and no sum of 4,000 such amounts leaves 78 digits. That all is repaid is proven by adding up.
pub(super) fn level_rows_small(mut rows: Rows, level: U256, interest: &Interests, due_dates: &[Date]) -> Option<Rows> {
    let (last, others) = due_dates.split_last()?;
    let (level, mut balance) = (small_of(level)?, small_of(rows.principal)?);
    let (mut carried, mut period) = (0_u64, &interest.first);
    let owed = |period: &Interest, balance: u64, carried: u64| {
        period.on_u64(balance.checked_add(carried)?)?.checked_add(carried)
    };
    let (mut number, mut in_all) = (0_u32, 0_u64);
    let mut push = |due: Date, repaid: u64, paid: u64, after: u64| {
        number = number.checked_add(1)?;
        in_all = in_all.checked_add(repaid)?;
        rows.instalments.push(Instalment {
            number,
            due,
            principal: U256::from(repaid),
            interest: U256::from(paid),
            fees: U256::ZERO,
            balance_after: U256::from(after),
        });
        Some(())
    };
    for due in others {
        let owed = owed(period, balance, carried)?;
        let payment = level.min(balance.checked_add(owed)?);
        let paid = owed.min(payment);
        let repaid = payment.saturating_sub(paid);
        carried = owed.saturating_sub(paid);
        balance = balance.checked_sub(repaid)?;
        push(*due, repaid, paid, balance)?;
        period = &interest.regular;
    }
    push(*last, balance, owed(period, balance, carried)?, 0)?;
    (U256::from(in_all) == rows.principal).then_some(rows)
}

fn interest_owed(interest: &Interest, balance: U256, carried: U256) -> Result<U256, ScheduleError> {
    add(interest.on(add(balance, carried)?)?, carried)
}

fn add(a: U256, b: U256) -> Result<U256, ScheduleError> {
    a.checked_add(b).ok_or(ScheduleError::Overflow("interest"))
}

/// P ((1 + ik)(1 + i)^regular - 1), rounded once.
fn compounded(principal: U256, rate: &PeriodicRate, first: FirstPeriod, regular: usize) -> Option<U256> {
    let (days, regular_days) = first.ratio();
    let growth = Fixed::from_ratio(rate.denominator().checked_add(rate.numerator())?, rate.denominator())?;
    let first_denominator = rate.denominator().checked_mul(U256::from(regular_days))?;
    let first_growth = first_denominator.checked_add(rate.numerator().checked_mul(U256::from(days))?)?;
    let total = growth.pow(u32::try_from(regular).ok()?)?;
    let total = total.checked_mul(Fixed::from_ratio(first_growth, first_denominator)?)?.checked_sub(Fixed::ONE)?;
    let product = U1024::from(principal).checked_mul(U1024::from(total.bits()))?;
    let rounded = half_even(product, U1024::ONE << FRACTION_BITS)?;
    U256::checked_from_limbs_slice(rounded.as_limbs())
}
