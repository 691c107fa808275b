//! When a contract ends: as stated, or when its payments have brought the principal to zero.

use jiff::civil::DateTime;
use ruint::aliases::U512;
use rust_decimal::Decimal;

use crate::day_count::YearFraction;
use crate::period::{Cycle, MAX_INSTALMENTS, PeriodError};

use super::conventions::Place;
use super::terms::Terms;
use super::{ActusError, ContractType};

/// The end of the contract, and where its event is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Maturity {
    pub(super) date: DateTime,
    pub(super) place: Place,
}

/// # Errors
/// When the payments never redeem the principal, or the date leaves the calendar.
pub(super) fn of(terms: &Terms) -> Result<Maturity, ActusError> {
    if let Some(date) = terms.stated_maturity() {
        return Ok(Maturity { date, place: Place::fixed(date) });
    }
    let date = derived(terms)?;
    // A date that was agreed is kept; one that follows from a cycle is moved as the cycle's dates are (reference test
    // ann28).
    Ok(Maturity { date, place: terms.conventions.place(date)? })
}

/// The date of the payment that redeems what is left: the n-th one after the status date, n being the principal over the
/// part of the payment that redeems, rounded up. The specification adds one more cycle; the reference tests do not.
fn derived(terms: &Terms) -> Result<DateTime, ActusError> {
    let principal = &terms.principal;
    let redemption = principal.redemption.ok_or(ActusError::Missing { term: "cycleOfPrincipalRedemption" })?;
    let cycle = redemption.cycle.ok_or(ActusError::Missing { term: "cycleOfPrincipalRedemption" })?;
    let payment = principal.payment.ok_or(ActusError::Missing { term: "nextPrincipalRedemptionPayment" })?;
    let out =
        ActusError::Rule { term: "nextPrincipalRedemptionPayment", rule: "redeems the principal beyond the calendar" };
    let first = first_after(redemption.anchor, cycle, terms.status)?;
    let interest = match terms.contract_type {
        ContractType::LinearAmortizer | ContractType::PrincipalAtMaturity => None,
        ContractType::NegativeAmortizer | ContractType::Annuity => {
            // The period that the first payment closes, or the first one of the cycle.
            let index = first.saturating_sub(1).max(0);
            let (from, to) = cycle
                .nth_time(redemption.anchor, index)
                .zip(cycle.nth_time(redemption.anchor, index.saturating_add(1)))
                .ok_or_else(|| out.clone())?;
            let years = terms.conventions.years(from, to, None)?;
            Some((terms.interest.rate.unwrap_or(Decimal::ZERO), years))
        }
    };
    let count = payments(principal.notional, payment, interest)?;
    let index = first.checked_add(count).and_then(|index| index.checked_sub(1));
    index.and_then(|index| cycle.nth_time(redemption.anchor, index)).ok_or(out)
}

/// The index of the first date of a cycle after a time.
fn first_after(anchor: DateTime, cycle: Cycle, time: DateTime) -> Result<i32, ActusError> {
    let limit = i32::try_from(MAX_INSTALMENTS).unwrap_or(i32::MAX);
    let later = |index: &i32| cycle.nth_time(anchor, *index).is_none_or(|date| date > time);
    (0..=limit)
        .find(later)
        .ok_or(ActusError::Dates { term: "cycleOfPrincipalRedemption", source: PeriodError::TooManyDates })
}

/// How many payments redeem the notional when each first pays the interest of a period on all of it (rate and years).
/// In integers: a ratio that is whole must not be rounded up by a last decimal place.
fn payments(notional: Decimal, payment: Decimal, interest: Option<(Decimal, YearFraction)>) -> Result<i32, ActusError> {
    let (rate, years) = interest.unwrap_or((Decimal::ZERO, YearFraction::ZERO));
    let short = ActusError::Rule {
        term: "nextPrincipalRedemptionPayment",
        rule: "must be above the interest of a period where no maturityDate is given",
    };
    let count = ratio(notional, payment, rate, years).ok_or(ActusError::Overflow("number of payments"))?;
    let count = count.ok_or(short)?;
    i32::try_from(count).map_err(|_| ActusError::Overflow("number of payments"))
}

/// notional / (payment - notional · rate · years) rounded up; inside, `None` when the divisor is not above zero.
fn ratio(notional: Decimal, payment: Decimal, rate: Decimal, years: YearFraction) -> Option<Option<U512>> {
    let interest_scale = notional.scale().checked_add(rate.scale())?;
    let scale = interest_scale.max(payment.scale());
    let digits = |number: Decimal| U512::from(number.mantissa().unsigned_abs());
    let lift = |scale_of: u32| Some(U512::from(10u8).pow(U512::from(scale.checked_sub(scale_of)?)));
    let denominator = U512::from(years.denominator());
    let owed = digits(notional).checked_mul(lift(notional.scale())?)?.checked_mul(denominator)?;
    let paid = digits(payment).checked_mul(lift(payment.scale())?)?.checked_mul(denominator)?;
    let interest = digits(notional).checked_mul(digits(rate))?.checked_mul(U512::from(years.numerator()))?;
    let interest = interest.checked_mul(lift(interest_scale)?)?;
    let redeemed = if rate.is_sign_negative() { paid.checked_add(interest) } else { paid.checked_sub(interest) };
    let Some(redeemed) = redeemed.filter(|redeemed| !redeemed.is_zero()) else { return Some(None) };
    Some(Some(owed.div_ceil(redeemed)))
}
