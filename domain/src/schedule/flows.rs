//! Payments that a lender states outright, each split into interest and principal.
#![expect(
    clippy::float_arithmetic,
    reason = "the daily rate that splits interest from principal; the parts themselves are integers"
)]

use jiff::civil::Date;
use ruint::aliases::U256;

use crate::apr::root_between;
use crate::period::days_between;

use super::interest::Interest;
use super::{Rows, Schedule, ScheduleError, check_count};

/// The daily rate is searched up to here: a thousandfold growth a day.
const MAX_DAILY: f64 = 1_000.0;

/// Binary places of the daily rate as an integer ratio.
const DAILY_BITS: usize = 80;

impl Schedule {
    /// The payments as given. Interest is split off actuarially: at the one daily rate, simple for the days since the
    /// payment before, that brings the balance to zero with the last payment. The total interest is exactly what the
    /// payments exceed the principal by, whatever the rate is rounded to.
    ///
    /// # Errors
    /// [`ScheduleError::TotalBelowPrincipal`]; when there is no principal, no payment, or a date before the one that
    /// it follows.
    pub fn from_flows(principal: U256, drawn_on: Date, payments: &[(Date, U256)]) -> Result<Self, ScheduleError> {
        check_flows(principal, drawn_on, payments)?;
        let gaps = days_since_previous(drawn_on, payments);
        let rate = daily_rate(principal, payments, &gaps).ok_or(ScheduleError::Overflow("daily rate"))?;
        let mut gaps = gaps.iter();
        split(principal, drawn_on, payments.iter().copied(), |balance| {
            let days = U256::from(gaps.next().copied().unwrap_or(0));
            let numerator = rate.checked_mul(days).ok_or(ScheduleError::Overflow("interest"))?;
            Interest::new(numerator, U256::ONE << DAILY_BITS).on(balance)
        })
    }
}

/// Splits payments so that principal and interest each add up exactly: `accrued` names the interest on what is owed,
/// and is heeded as far as the remaining payments allow. Always possible, since what is left of the balance and of the
/// total interest is at every point what is left to pay.
pub(super) fn split(
    principal: U256,
    drawn_on: Date,
    payments: impl ExactSizeIterator<Item = (Date, U256)> + Clone,
    mut accrued: impl FnMut(U256) -> Result<U256, ScheduleError>,
) -> Result<Schedule, ScheduleError> {
    let total = super::sum(payments.clone().map(|(_, amount)| amount), "total of the payments")?;
    let interest = total.checked_sub(principal).ok_or(ScheduleError::TotalBelowPrincipal { total, principal })?;
    let (mut balance, mut left, mut carried) = (principal, interest, U256::ZERO);
    let mut rows = Rows::new(drawn_on, principal, payments.len());
    for (due, payment) in payments {
        // What is carried is interest that will be paid, so it never exceeds what is left of it.
        let owed = balance.checked_add(carried).ok_or(ScheduleError::Overflow("interest"))?;
        let wanted = accrued(owed)?.checked_add(carried).ok_or(ScheduleError::Overflow("interest"))?;
        let paid = wanted.max(payment.saturating_sub(balance)).min(payment).min(left);
        let repaid = payment.saturating_sub(paid);
        left = left.saturating_sub(paid);
        carried = wanted.saturating_sub(paid).min(left);
        balance = balance.saturating_sub(repaid);
        rows.push(due, repaid, paid)?;
    }
    rows.finish()
}

fn check_flows(principal: U256, drawn_on: Date, payments: &[(Date, U256)]) -> Result<(), ScheduleError> {
    if principal.is_zero() {
        return Err(ScheduleError::NoPrincipal);
    }
    check_count(payments.len())?;
    let mut before = drawn_on;
    for (number, (due, _)) in (1u32..).zip(payments) {
        if *due < before {
            return Err(ScheduleError::DatesOutOfOrder { number, due: *due, before });
        }
        before = *due;
    }
    Ok(())
}

fn days_since_previous(drawn_on: Date, payments: &[(Date, U256)]) -> Vec<u32> {
    let dates = payments.iter().map(|(due, _)| *due);
    let before = std::iter::once(drawn_on).chain(dates.clone());
    before.zip(dates).map(|(from, to)| u32::try_from(days_between(from, to)).unwrap_or(0)).collect()
}

/// The daily rate that the payments amount to, times 2^80. It only shares out an interest that is known exactly, so a
/// float's 53 bits are enough; addition, multiplication and division alone give the same bits on every machine.
fn daily_rate(principal: U256, payments: &[(Date, U256)], gaps: &[u32]) -> Option<U256> {
    let scale = f64::from(principal);
    let flows: Vec<(f64, f64)> =
        payments.iter().zip(gaps).map(|((_, amount), days)| (f64::from(*amount) / scale, f64::from(*days))).collect();
    let value_and_slope = |rate: f64| {
        let (mut value, mut slope, mut discount, mut speed) = (1.0, 0.0, 1.0, 0.0);
        for (amount, days) in &flows {
            let growth = days * rate + 1.0;
            discount /= growth;
            speed += days / growth;
            value -= amount * discount;
            slope += amount * discount * speed;
        }
        (value, slope)
    };
    let (at_zero, at_limit) = (value_and_slope(0.0).0, value_and_slope(MAX_DAILY).0);
    let rate = match (at_zero < 0.0, at_limit > 0.0) {
        (false, _) => 0.0,
        (true, false) => MAX_DAILY,
        (true, true) => root_between(value_and_slope, 0.0, MAX_DAILY, true)?,
    };
    U256::try_from(rate * 2f64.powi(i32::try_from(DAILY_BITS).ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    /// (days after the drawing, payment) to (principal, interest).
    fn parts(principal: u64, payments: &[(i64, u64)]) -> Vec<(u64, u64)> {
        let drawn = date(2026, 1, 1);
        let dated = payments.iter().map(|(days, paid)| (drawn.checked_add(days.days()).unwrap(), U256::from(*paid)));
        let dated: Vec<_> = dated.collect();
        let schedule = Schedule::from_flows(U256::from(principal), drawn, &dated).unwrap();
        let small = |amount: U256| u64::try_from(amount).unwrap();
        schedule.instalments().iter().map(|row| (small(row.principal), small(row.interest))).collect()
    }

    /// A thousandth a day, by hand: 100,000 for 30 days, 60,000 for 50, 45,000 for 10.
    #[test]
    fn interest_is_simple_at_the_daily_rate_for_the_days_since_the_payment_before() {
        let payments = [(30, 43_000), (80, 18_000), (90, 45_450)];
        assert_eq!(parts(100_000, &payments), [(40_000, 3_000), (15_000, 3_000), (45_000, 450)]);
        // Two on one day are one payment.
        let split = [(30, 20_000), (30, 23_000), (80, 18_000), (90, 45_450)];
        assert_eq!(parts(100_000, &split), [(17_000, 3_000), (23_000, 0), (15_000, 3_000), (45_000, 450)]);
    }

    #[test]
    fn no_interest_is_split_off_where_none_is_paid_and_all_that_is_due_where_a_day_multiplies() {
        assert_eq!(parts(90, &[(10, 30), (20, 30), (30, 30)]), [(30, 0), (30, 0), (30, 0)]);
        // Beyond a thousandfold a day the first payment is all interest.
        assert_eq!(parts(1, &[(1, 900), (2, 2_000_000)]), [(0, 900), (1, 1_999_999)]);
        // On the day of the drawing no time passes.
        assert_eq!(parts(100, &[(0, 40), (0, 70)]), [(40, 0), (60, 10)]);
    }
}
