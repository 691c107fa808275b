//! What every period comes to: interest on what is owed in its stretches, and an instalment's parts.

use jiff::civil::Date;

use super::engine::{Engine, Period, Row, Segment, Target};
use super::exact::{Exact, add, sub};
use super::paying::Overdue;
use super::{PlanError, Rounding};

impl Engine<'_> {
    /// Interest, principal and balance of every period from what each is asked for.
    pub(super) fn settle(&mut self) -> Result<(), PlanError> {
        let posting = self.terms.posting.map(|every| usize::try_from(every.get()).unwrap_or(usize::MAX));
        let (mut balance, mut carried, mut unposted) = (0_i128, 0_i128, 0_i128);
        let count = self.periods.len();
        let rounding = self.terms.rounding;
        for (number, period) in (1usize..).zip(&mut self.periods) {
            let interest = accrue(&mut balance, period, &self.overdue, rounding)?;
            let (brought, accrued) = (carried, add(interest, carried)?);
            let balance_after = if let Some(every) = posting {
                unposted = add(unposted, accrued)?;
                let posts = number.checked_rem(every) == Some(0) || number == count;
                let posted = if posts { std::mem::take(&mut unposted) } else { 0 };
                period.row = post(period.target, balance, posted, accrued)?;
                period.row.unposted = unposted;
                sub(add(balance, posted)?, period.row.principal)?
            } else {
                let owed = sub(balance, period.drawn_after(self.terms.start)?)?;
                period.row = split(period, owed, accrued)?;
                carried = match period.target {
                    Target::Payment(_) if period.row.capitalised == 0 => sub(accrued, period.row.interest)?.max(0),
                    _ => 0,
                };
                let repaid = sub(period.row.principal, period.paid_principal)?;
                add(sub(balance, repaid)?, period.row.capitalised)?
            };
            balance = balance_after;
            period.row.balance = balance;
            period.row.brought = brought;
        }
        self.unpaid = carried;
        Ok(())
    }
}

impl Period {
    /// What of the drawn on the due date is not paid ahead on it. It follows the instalment unless it is the first day.
    fn drawn_after(&self, first_day: Date) -> Result<i128, PlanError> {
        match self.segments.last() {
            Some(segment) if self.due > first_day => Ok(sub(segment.drawn, self.ahead_when_due)?.max(0)),
            _ => Ok(0),
        }
    }
}

/// Goes through the stretches of a period: their balances, and the interest of all, rounded.
fn accrue(balance: &mut i128, period: &mut Period, overdue: &[Overdue], rounding: Rounding) -> Result<i128, PlanError> {
    for segment in &mut period.segments {
        segment.balance = *balance;
        segment.bearing = *balance;
        for late in overdue.iter().filter(|late| late.since <= segment.from && segment.to <= late.until) {
            segment.bearing = add(segment.bearing, late.amount)?;
        }
        *balance = add(*balance, segment.change)?;
    }
    period.given.map_or_else(|| interest_of(period.segments.iter(), rounding), Ok)
}

/// The interest of stretches whose balances are known, rounded.
pub(super) fn interest_of<'a>(
    segments: impl Iterator<Item = &'a Segment>,
    rounding: Rounding,
) -> Result<i128, PlanError> {
    let (mut exact, mut rounded) = (Exact::ZERO, 0_i128);
    for segment in segments {
        let interest = Exact::interest(segment.bearing, segment.rate)?;
        if rounding.each_segment {
            rounded = add(rounded, interest.rounded(rounding.interest)?)?;
        } else if !interest.is_zero() {
            exact = if exact.is_zero() { interest } else { exact.plus(interest)? };
        }
    }
    if rounding.each_segment { Ok(rounded) } else { exact.rounded(rounding.interest) }
}

/// An instalment's interest, principal, and what of the interest joins the balance.
fn split(period: &Period, balance: i128, accrued: i128) -> Result<Row, PlanError> {
    let owed = add(balance, period.paid_principal)?;
    let (interest, principal) = match period.target {
        Target::Payment(payment) => {
            // Principal paid beyond its share leaves the interest that is not paid to the next period.
            let ahead = period.paid_principal > 0 && period.paid_principal > sub(payment, accrued)?;
            let interest = if ahead { period.paid_interest } else { accrued.max(period.paid_interest) };
            let principal = sub(payment, interest)?;
            let principal = if ahead { principal.max(period.paid_principal) } else { principal };
            (interest, principal.min(owed))
        }
        Target::Principal(principal) => (accrued, principal.max(period.paid_principal).min(owed)),
        Target::Nothing => (accrued, accrued.checked_neg().ok_or(PlanError::Overflow("interest"))?),
        Target::All => (accrued, owed),
    };
    let capitalised = principal.min(0).checked_neg().ok_or(PlanError::Overflow("interest"))?;
    let (interest, principal) = (sub(interest, capitalised)?, principal.max(0));
    Ok(Row { accrued, interest, principal, capitalised, ..Row::default() })
}

/// An instalment where interest joins the balance: all of it is principal.
fn post(target: Target, balance: i128, posted: i128, accrued: i128) -> Result<Row, PlanError> {
    let owed = add(balance, posted)?;
    let principal = match target {
        Target::Payment(amount) | Target::Principal(amount) => amount.min(owed),
        Target::Nothing => 0,
        Target::All => owed,
    };
    Ok(Row { accrued, principal, capitalised: posted, ..Row::default() })
}
