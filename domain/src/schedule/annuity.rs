//! Schedules at a rate per period: level payments, interest only, and a single repayment.

use jiff::civil::Date;
use ruint::Uint;
use ruint::aliases::{U256, U1024};

use crate::period::Frequency;
use crate::rate::{FRACTION_BITS, Fixed, PeriodicRate, half_even};

use super::interest::Interest;
use super::{FirstPeriod, Schedule, ScheduleError, check_due_dates};

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
        let regular = Interest::regular(*rate);
        let mut interest = Interest::first(*rate, first)?;
        let (mut balance, mut carried) = (principal, U256::ZERO);
        let mut parts = Vec::with_capacity(due_dates.len());
        let Some((last, others)) = due_dates.split_last() else {
            return Err(ScheduleError::Count(0));
        };
        for due in others {
            let owed = interest_owed(&interest, balance, carried)?;
            let payment = level.min(add(balance, owed)?);
            let paid = owed.min(payment);
            let repaid = payment.saturating_sub(paid);
            parts.push((*due, repaid, paid));
            carried = owed.saturating_sub(paid);
            balance = balance.saturating_sub(repaid);
            interest = regular;
        }
        parts.push((*last, balance, interest_owed(&interest, balance, carried)?));
        Self::finish(drawn_on, principal, parts)
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
        let mut parts = Vec::with_capacity(due_dates.len());
        for (index, due) in (1usize..).zip(due_dates) {
            let repaid = if index == due_dates.len() { principal } else { U256::ZERO };
            parts.push((*due, repaid, interest));
            interest = regular;
        }
        Self::finish(drawn_on, principal, parts)
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
        Self::finish(drawn_on, principal, vec![(due, principal, interest)])
    }
}

fn interest_owed(interest: &Interest, balance: U256, carried: U256) -> Result<U256, ScheduleError> {
    add(interest.on(add(balance, carried)?)?, carried)
}

fn add(a: U256, b: U256) -> Result<U256, ScheduleError> {
    a.checked_add(b).ok_or(ScheduleError::Overflow("interest"))
}

/// The payment A that brings P(1 + ik) to zero after the first payment and n - 1 regular ones:
/// A = P (1 + ik) i / ((1 + i)(1 - v^n)), v = 1 / (1 + i), k the length of the first period in regular ones. With k = 1
/// it is the annuity of any textbook. Everything but v^n is one exact ratio; v^n has 256 binary places.
pub(super) fn level_payment(
    principal: U256,
    rate: &PeriodicRate,
    first: FirstPeriod,
    count: usize,
) -> Result<U256, ScheduleError> {
    let overflow = || ScheduleError::Overflow("level payment");
    let n = u32::try_from(count).map_err(|_| ScheduleError::Count(count))?;
    let growth = rate.denominator().checked_add(rate.numerator()).ok_or_else(overflow)?;
    let discount = Fixed::from_ratio(rate.denominator(), growth).and_then(|v| v.pow(n)).ok_or_else(overflow)?;
    let repaid = Fixed::ONE.checked_sub(discount).ok_or_else(overflow)?;
    let level = if rate.is_zero() || repaid.bits().is_zero() {
        half_even(Uint::<1024, 16>::from(principal), U1024::from(n))
    } else {
        level_ratio(principal, rate, first, growth)
            .zip(level_divisor(rate, first, growth, repaid))
            .and_then(|(numerator, denominator)| half_even(numerator, denominator))
    };
    level.and_then(|wide| U256::checked_from_limbs_slice(wide.as_limbs())).ok_or_else(overflow)
}

fn level_ratio(principal: U256, rate: &PeriodicRate, first: FirstPeriod, growth: U256) -> Option<U1024> {
    let (days, regular_days) = first.ratio();
    let mut numerator = U1024::from(principal).checked_mul(U1024::from(rate.numerator()))?;
    if days != regular_days {
        let first_growth = rate
            .denominator()
            .checked_mul(U256::from(regular_days))?
            .checked_add(rate.numerator().checked_mul(U256::from(days))?)?;
        numerator = numerator.checked_mul(U1024::from(first_growth))?;
    } else {
        numerator = numerator.checked_mul(U1024::from(growth))?;
    }
    numerator.checked_shl(FRACTION_BITS)
}

fn level_divisor(rate: &PeriodicRate, first: FirstPeriod, growth: U256, repaid: Fixed) -> Option<U1024> {
    let (days, regular_days) = first.ratio();
    let regular = if days == regular_days { 1 } else { regular_days };
    U1024::from(growth)
        .checked_mul(U1024::from(rate.denominator()))?
        .checked_mul(U1024::from(regular))?
        .checked_mul(U1024::from(repaid.bits()))
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
