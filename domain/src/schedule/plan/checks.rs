//! What terms must fulfil before anything is computed.

use crate::rate::{Rate, RateError};
use crate::schedule::{ScheduleError, check_count};

use super::exact::units;
use super::rounding::Residue;
use super::{Drawdown, MAX_DRAWDOWNS, MAX_PAYMENTS, MAX_RATE_CHANGES, Paid, PlanError, Pricing, Repayment, Terms};

pub(super) fn check(terms: &Terms) -> Result<(), PlanError> {
    due_dates(terms)?;
    drawdowns(terms)?;
    pricing(terms)?;
    repayment(terms)?;
    grace(terms)?;
    payments(terms)?;
    together(terms)
}

fn due_dates(terms: &Terms) -> Result<(), PlanError> {
    check_count(terms.due_dates.len())?;
    let mut before = terms.start;
    for (number, due) in (1u32..).zip(&terms.due_dates) {
        let in_advance = number == 1 && *due == before && terms.due_dates.len() > 1;
        if *due <= before && !in_advance {
            return Err(ScheduleError::DatesOutOfOrder { number, due: *due, before }.into());
        }
        before = *due;
    }
    Ok(())
}

fn drawdowns(terms: &Terms) -> Result<(), PlanError> {
    let count = terms.drawdowns.len();
    if !(1..=MAX_DRAWDOWNS).contains(&count) {
        return Err(PlanError::DrawdownCount(count));
    }
    let last = terms.due_dates.last().copied().ok_or(ScheduleError::Count(0))?;
    let mut total = 0_i128;
    for (number, Drawdown { on, amount }) in (1usize..).zip(&terms.drawdowns) {
        let (on, start) = (*on, terms.start);
        if amount.is_zero() {
            return Err(PlanError::EmptyDrawdown { number });
        }
        if on < start {
            return Err(PlanError::DrawdownTooEarly { number, on, start });
        }
        if on >= last {
            return Err(PlanError::DrawdownTooLate { number, on, last });
        }
        total = super::exact::add(total, units(*amount, "drawdown")?).map_err(|_| PlanError::TooLarge("drawdowns"))?;
    }
    match terms.down_payment {
        Some(share) if share.is_negative() || share.value() >= rust_decimal::Decimal::ONE => {
            Err(PlanError::DownPaymentShare(share))
        }
        _ => Ok(()),
    }
}

fn pricing(terms: &Terms) -> Result<(), PlanError> {
    let not_negative = |rate: Rate| {
        if rate.is_negative() { Err(RateError::Negative(rate.value())) } else { Ok(()) }
    };
    match &terms.pricing {
        Pricing::PerPeriod(rates) if rates.len() != terms.due_dates.len() => {
            Err(PlanError::PeriodRateCount { found: rates.len(), expected: terms.due_dates.len() })
        }
        Pricing::PerPeriod(_) => Ok(()),
        Pricing::Yearly { rate, changes, .. } => {
            not_negative(*rate)?;
            if changes.len() > MAX_RATE_CHANGES {
                return Err(PlanError::RateChangeCount(changes.len()));
            }
            let (mut after, last) = (terms.start, terms.due_dates.last());
            for (number, change) in (1usize..).zip(changes) {
                not_negative(change.rate)?;
                if change.on <= after || last.is_none_or(|last| change.on >= *last) {
                    return Err(PlanError::RateChangeOrder { number, on: change.on, after });
                }
                after = change.on;
            }
            Ok(())
        }
    }
}

fn repayment(terms: &Terms) -> Result<(), PlanError> {
    units(terms.balloon, "balloon")?;
    match &terms.repayment {
        Repayment::Level(Some(weights)) => {
            let (found, expected) = (weights.parts.len(), terms.due_dates.len());
            if found != expected {
                return Err(PlanError::WeightCount { found, expected });
            }
            if weights.parts.iter().all(|part| *part == 0) {
                return Err(PlanError::NoWeight);
            }
        }
        Repayment::FixedPrincipal(each) if each.is_zero() => return Err(PlanError::Zero("principal of an instalment")),
        Repayment::FixedPrincipal(each) => drop(units(*each, "principal of an instalment")?),
        Repayment::FixedPayment(each) if each.is_zero() => return Err(PlanError::Zero("payment")),
        Repayment::FixedPayment(each) => drop(units(*each, "payment")?),
        Repayment::Level(None) | Repayment::EqualPrincipal | Repayment::Flat | Repayment::InterestOnly => {}
    }
    Ok(())
}

fn grace(terms: &Terms) -> Result<(), PlanError> {
    let (grace, of) = (terms.grace, terms.due_dates.len());
    let leaves_one = |which: &'static str, periods: u32| match usize::try_from(periods) {
        Ok(count) if count < of => Ok(()),
        _ => Err(PlanError::GraceTooLong { which, periods, of }),
    };
    leaves_one("grace of principal", grace.principal)?;
    leaves_one("grace of interest", grace.interest)?;
    leaves_one("capitalised grace", grace.capitalised)?;
    // All of the periods may be free of interest.
    match usize::try_from(grace.interest_free) {
        Ok(count) if count <= of => Ok(()),
        _ => Err(PlanError::GraceTooLong { which: "interest-free grace", periods: grace.interest_free, of }),
    }
}

fn payments(terms: &Terms) -> Result<(), PlanError> {
    let made = &terms.payments.made;
    if made.len() > MAX_PAYMENTS {
        return Err(PlanError::PaymentCount(made.len()));
    }
    let last = terms.due_dates.last().copied().ok_or(ScheduleError::Count(0))?;
    let numbered = || (1usize..).zip(made);
    let paid_off = numbered().find(|(_, payment)| payment.paid == Paid::Everything);
    for (number, payment) in numbered() {
        let on = payment.on;
        if on < terms.start || on > last {
            return Err(PlanError::PaymentOutside { number, on, start: terms.start, last });
        }
        if paid_off.is_some_and(|(last, everything)| (everything.on, last) < (on, number)) {
            return Err(PlanError::PaidOff { number, on });
        }
        if let Paid::Sum { due, amount } | Paid::Principal { due, amount } = payment.paid {
            units(amount, "payment")?;
            if !terms.due_dates.contains(&due) {
                return Err(PlanError::NoInstalment { number, due });
            }
            if amount.is_zero() {
                return Err(PlanError::EmptyPayment { number });
            }
        }
    }
    Ok(())
}

/// What has no agreed meaning together.
fn together(terms: &Terms) -> Result<(), PlanError> {
    let level = matches!(terms.repayment, Repayment::Level(_));
    let weighted = matches!(terms.repayment, Repayment::Level(Some(_)));
    let fixed = matches!(terms.repayment, Repayment::FixedPayment(_));
    let flat = terms.repayment == Repayment::Flat;
    let grace = terms.grace;
    let several = terms.drawdowns.iter().any(|drawdown| drawdown.on != terms.start);
    let changes = matches!(&terms.pricing, Pricing::Yearly { changes, .. } if !changes.is_empty());
    let any_grace = grace.principal > 0 || grace.interest > 0 || grace.capitalised > 0;
    let residue = terms.rounding.residue;
    let balloon = !terms.balloon.is_zero();
    let paid = !terms.payments.made.is_empty();
    let moved = !matches!(residue, Residue::LastPayment | Residue::Spread);
    let refused = [
        (balloon && !level && terms.repayment != Repayment::EqualPrincipal, "balloon", "this way of repayment"),
        (flat && several, "flat interest", "drawdowns after the first day"),
        (flat && changes, "flat interest", "rate changes"),
        (flat && grace.capitalised > 0, "flat interest", "capitalised grace"),
        (terms.posting.is_some() && !level, "posting of interest", "other than level payments"),
        (terms.posting.is_some() && any_grace, "posting of interest", "grace"),
        (grace.interest > 0 && grace.capitalised > 0, "grace of interest", "capitalised grace"),
        (residue == Residue::Spread && (!level || weighted || balloon), "spread residue", "other than equal payments"),
        (residue == Residue::Spread && terms.posting.is_some(), "spread residue", "posting of interest"),
        (
            residue == Residue::IntoRate && !level && !fixed,
            "residue into the rate",
            "other than level or fixed payments",
        ),
        (residue == Residue::IntoRate && balloon, "residue into the rate", "a balloon"),
        (residue == Residue::IntoRate && any_grace, "residue into the rate", "grace"),
        (residue == Residue::IntoRate && several, "residue into the rate", "drawdowns after the first day"),
        (residue == Residue::IntoRate && changes, "residue into the rate", "rate changes"),
        (paid && flat, "payments", "flat interest"),
        (paid && terms.posting.is_some(), "payments", "posting of interest"),
        (paid && grace.interest > 0, "payments", "grace of interest"),
        (paid && grace.capitalised > 0, "payments", "capitalised grace"),
        (paid && moved, "payments", "a residue that is not in the last payment"),
    ];
    match refused.into_iter().find(|(refused, ..)| *refused) {
        Some((_, what, with)) => Err(PlanError::NotTogether { what, with }),
        None => Ok(()),
    }
}
