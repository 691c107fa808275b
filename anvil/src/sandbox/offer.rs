//! The offer itself, said in the lender's convention.

use adapters::protocol::wire;
use domain::U256;
use domain::money::Money;
use domain::offer::{RateKind, Repayment};
use domain::period::{Term, TermUnit};
use domain::rate::{Bps, Compounding};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::profile::{Convention, FeeRule, FeeSize, Profile};
use super::question::Question;

const BPS_IN_ONE: u32 = 10_000;

/// Months that are lent for: those asked, up to the most it offers.
pub(super) fn months(profile: &Profile, question: &Question) -> u32 {
    question.months.min(profile.longest_offer_months)
}

/// The offer at the price of `price_bps`; `None` when the amounts or dates are beyond what can be computed.
pub(super) fn build(
    profile: &Profile,
    question: &Question,
    price_bps: u32,
    asked_at: Timestamp,
) -> Option<wire::Offer> {
    let principal = question.amount.as_ref()?;
    let term = offered_term(profile, question);
    let first_due = match profile.first_due_days {
        Some(days) => Some(question.drawn_on.checked_add(days.days()).ok()?),
        None => None,
    };
    // Whole seconds, so that the text is the same however finely the clock ticks.
    let valid_until = asked_at.checked_add(SignedDuration::from_hours(profile.valid_hours)).ok()?;
    Some(wire::Offer {
        reference: format!("{}-{}", profile.number, question.wire.request_id.chars().rev().take(8).collect::<String>()),
        principal: principal.into(),
        pricing: pricing(profile, question, principal, term, price_bps)?,
        repayment: Repayment::Annuity,
        term: term.into(),
        frequency: profile.frequency,
        first_due,
        fees: profile.fee.iter().map(|rule| fee(rule, principal)).collect::<Option<_>>()?,
        rate_type: RateKind::Fixed,
        rate_index: None,
        binding: profile.binding,
        assurance: profile.assurance,
        sponsored: profile.sponsored,
        valid_until: Timestamp::from_second(valid_until.as_second()).ok()?,
        funding_hours: profile.funding_hours,
        prepayment: wire::Prepayment {
            allowed: profile.prepayment.allowed,
            fee: profile.prepayment.fee_bps.map(fraction),
        },
        disclosures: vec![profile.disclosure.to_owned()],
    })
}

fn offered_term(profile: &Profile, question: &Question) -> Term {
    if question.months > profile.longest_offer_months {
        return Term { count: profile.longest_offer_months, unit: TermUnit::Months };
    }
    question.term
}

/// Basis points as the decimal fraction that the protocol wants: 799 is `0.0799`.
fn fraction(bps: u32) -> String {
    Bps(bps).fraction().to_string()
}

fn pricing(
    profile: &Profile,
    question: &Question,
    principal: &Money,
    term: Term,
    price_bps: u32,
) -> Option<wire::Pricing> {
    let rate = fraction(price_bps);
    Some(match profile.convention {
        Convention::Nominal => wire::Pricing::Nominal { rate, compounding: Compounding::Monthly },
        Convention::EffectiveAnnual => wire::Pricing::EffectiveAnnual { rate },
        Convention::Flat => wire::Pricing::Flat { rate },
        Convention::Factor => wire::Pricing::Factor { factor: fraction(BPS_IN_ONE.saturating_add(price_bps)) },
        Convention::Flows => wire::Pricing::Flows {
            payments: flows(profile, principal, price_bps, &due_dates(profile, question.drawn_on, term)?)?,
        },
    })
}

/// A term that holds no whole period ends in a single payment.
fn due_dates(profile: &Profile, drawn_on: Date, term: Term) -> Option<Vec<Date>> {
    match term.instalments_from(drawn_on, profile.frequency) {
        Ok(count) => profile.frequency.due_dates_after(drawn_on, count).ok(),
        Err(_) => term.end_from(drawn_on).ok().map(|end| vec![end]),
    }
}

/// Equal parts of the principal, the last with what division leaves, each with one period's interest on what was owed,
/// rounded up.
fn flows(profile: &Profile, principal: &Money, price_bps: u32, due_dates: &[Date]) -> Option<Vec<wire::Payment>> {
    let count = U256::from(due_dates.len());
    let part = principal.units().checked_div(count)?;
    let per_period = U256::from(BPS_IN_ONE.checked_mul(profile.frequency.periods_per_year())?);
    let mut owed = principal.units();
    let mut payments = Vec::with_capacity(due_dates.len());
    for (number, due) in (1_usize..).zip(due_dates) {
        let interest = owed.checked_mul(U256::from(price_bps))?.div_ceil(per_period);
        let repaid = if number == due_dates.len() { owed } else { part };
        let amount = principal.with_units(repaid.checked_add(interest)?).amount();
        payments.push(wire::Payment { due: *due, amount });
        owed = owed.checked_sub(repaid)?;
    }
    Some(payments)
}

fn fee(rule: &FeeRule, principal: &Money) -> Option<wire::Fee> {
    let (amount, rate) = match rule.size {
        FeeSize::Bps(bps) => (None, Some(fraction(bps))),
        FeeSize::Fixed(text) => (Some(wire::Money::from(&Money::parse(text, principal.asset()).ok()?)), None),
    };
    Some(wire::Fee { kind: rule.kind, amount, rate, when: rule.timing, in_apr: true })
}
