//! What terms must be to each other. What depends on a maturity that follows from the payments is checked where that is
//! known.

use rust_decimal::Decimal;

use super::super::{ActusError, ContractType};
use super::Terms;

pub(super) fn check(terms: &Terms) -> Result<(), ActusError> {
    amounts(terms)?;
    needed(terms)?;
    dates(terms)?;
    bounds(terms)
}

fn must(holds: bool, term: &'static str, rule: &'static str) -> Result<(), ActusError> {
    if holds { Ok(()) } else { Err(ActusError::Rule { term, rule }) }
}

fn amounts(terms: &Terms) -> Result<(), ActusError> {
    let principal = &terms.principal;
    must(principal.notional > Decimal::ZERO, "notionalPrincipal", "must be above zero: the role gives the sign")?;
    let payment = principal.payment.unwrap_or(Decimal::ZERO);
    must(payment >= Decimal::ZERO, "nextPrincipalRedemptionPayment", "must not be negative")?;
    let index = terms.scaling.as_ref().map_or(Decimal::ONE, |scaling| scaling.index);
    must(!index.is_zero(), "scalingIndexAtContractDealDate", "must not be zero")
}

/// What each type cannot do without. A maturity that is not stated follows from the payments.
fn needed(terms: &Terms) -> Result<(), ActusError> {
    let (payment, stated) = (terms.principal.payment.is_some(), terms.stated_maturity().is_some());
    let term = match terms.contract_type {
        ContractType::PrincipalAtMaturity if !stated => "maturityDate",
        ContractType::PrincipalAtMaturity => return Ok(()),
        ContractType::NegativeAmortizer if !payment => "nextPrincipalRedemptionPayment",
        _ => match terms.principal.redemption {
            None => "cycleOfPrincipalRedemption",
            Some(redemption) if !stated && redemption.cycle.is_none() => "cycleOfPrincipalRedemption",
            Some(_) if !stated && !payment => "maturityDate",
            Some(_) => return Ok(()),
        },
    };
    Err(ActusError::Missing { term })
}

fn dates(terms: &Terms) -> Result<(), ActusError> {
    let exchange = terms.exchange;
    let after = |date: Option<jiff::civil::DateTime>| date.is_none_or(|date| date > exchange);
    let from = |date: Option<jiff::civil::DateTime>| date.is_none_or(|date| date >= exchange);
    let (bought, sold) = (terms.purchase.map(|trade| trade.at), terms.termination.map(|trade| trade.at));
    must(after(terms.maturity), "maturityDate", "must lie after initialExchangeDate")?;
    must(after(terms.principal.amortization), "amortizationDate", "must lie after initialExchangeDate")?;
    let capitalized = terms.interest.capitalized_until;
    must(from(capitalized), "capitalizationEndDate", "must not lie before initialExchangeDate")?;
    must(from(bought), "purchaseDate", "must not lie before initialExchangeDate")?;
    must(from(sold), "terminationDate", "must not lie before initialExchangeDate")?;
    let ordered = bought.zip(sold).is_none_or(|(bought, sold)| bought < sold);
    must(ordered, "terminationDate", "must lie after purchaseDate")
}

fn bounds(terms: &Terms) -> Result<(), ActusError> {
    let reset = &terms.reset;
    let ordered = reset.life_floor.zip(reset.life_cap).is_none_or(|(floor, cap)| floor <= cap);
    must(ordered, "lifeCap", "must not lie below lifeFloor")?;
    must(reset.period_cap.is_none_or(|cap| cap >= Decimal::ZERO), "periodCap", "must not be negative")
}
