//! The events of a contract in their order, each with its time and without its amount.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::conventions::Place;
use super::dates::Dates;
use super::market::Market;
use super::terms::Terms;
use super::{ActusError, ContractType, EventKind};

/// An event that will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) kind: EventKind,
    pub(super) place: Place,
    /// What was repaid, for a prepayment that was observed.
    pub(super) amount: Option<Decimal>,
}

impl Planned {
    fn key(&self) -> (DateTime, EventKind) {
        (self.place.at, self.kind)
    }
}

/// The events after the status date and not before the initial exchange, up to the end of the contract.
///
/// # Errors
/// When a purchase, a termination or the end of the capitalisation lies after that end.
pub(super) fn events(terms: &Terms, market: &Market, dates: &Dates) -> Result<Vec<Planned>, ActusError> {
    within_contract(terms, dates)?;
    let mut list = List { terms, dates, events: Vec::new() };
    list.fixed(EventKind::InitialExchange, terms.exchange);
    list.put(EventKind::Maturity, dates.maturity.place);
    list.cyclic(EventKind::PrincipalRedemption, &dates.redemptions)?;
    list.interest()?;
    list.resets()?;
    if let Some(fixing) = dates.first_fixing {
        list.fixed(EventKind::PaymentFixing, fixing);
    }
    list.cyclic(EventKind::ScalingIndex, &dates.scalings)?;
    list.cyclic(EventKind::CalculationBase, &dates.bases)?;
    list.cyclic(EventKind::FeePayment, &dates.fees)?;
    list.prepayments(market)?;
    for at in market.analyses() {
        list.fixed(EventKind::Analysis, *at);
    }
    if let Some(purchase) = terms.purchase {
        list.fixed(EventKind::Purchase, purchase.at);
    }
    if let Some(termination) = terms.termination {
        list.fixed(EventKind::Termination, termination.at);
    }
    Ok(list.in_life())
}

fn within_contract(terms: &Terms, dates: &Dates) -> Result<(), ActusError> {
    let end = dates.maturity.place.at;
    let table = [
        ("purchaseDate", terms.purchase.map(|trade| trade.at)),
        ("terminationDate", terms.termination.map(|trade| trade.at)),
        ("capitalizationEndDate", terms.interest.capitalized_until),
    ];
    match table.into_iter().find(|(_, date)| date.is_some_and(|date| date > end)) {
        Some((term, _)) => Err(ActusError::Rule { term, rule: "must not lie after the maturity" }),
        None => Ok(()),
    }
}

struct List<'a> {
    terms: &'a Terms,
    dates: &'a Dates,
    events: Vec<Planned>,
}

impl List<'_> {
    fn put(&mut self, kind: EventKind, place: Place) {
        self.events.push(Planned { kind, place, amount: None });
    }

    /// On a date of its own, which business days do not move.
    fn fixed(&mut self, kind: EventKind, at: DateTime) {
        self.put(kind, Place::fixed(at));
    }

    fn cyclic(&mut self, kind: EventKind, dates: &[DateTime]) -> Result<(), ActusError> {
        for date in dates {
            self.put(kind, self.dates.place(self.terms, *date)?);
        }
        Ok(())
    }

    /// Until the end of the capitalisation, that day included, interest is capitalised. The dates keep their cycle
    /// after it (reference test pam18; in the specification the cycle begins anew on that day).
    fn interest(&mut self) -> Result<(), ActusError> {
        let dates = &self.dates.interest;
        let Some(until) = self.terms.interest.capitalized_until.filter(|_| !dates.is_empty()) else {
            return self.cyclic(EventKind::InterestPayment, dates);
        };
        let (capitalized, rest) = dates.split_at(dates.partition_point(|date| *date < until));
        self.cyclic(EventKind::InterestCapitalization, capitalized)?;
        self.fixed(EventKind::InterestCapitalization, until);
        let (_, paid) = rest.split_at(rest.partition_point(|date| *date <= until));
        self.cyclic(EventKind::InterestPayment, paid)
    }

    /// A rate that is already known takes the place of the first reset to come. An annuity's payment is fixed anew with
    /// every reset, and no rate is reset on the last day (reference tests; the specification has neither).
    fn resets(&mut self) -> Result<(), ActusError> {
        let dates = &self.dates.resets;
        let past = dates.partition_point(|date| *date <= self.terms.status);
        for (index, date) in dates.iter().enumerate() {
            let known = index == past && self.terms.reset.next_rate.is_some();
            let place = self.dates.place(self.terms, *date)?;
            self.put(if known { EventKind::RateResetFixed } else { EventKind::RateReset }, place);
            if self.terms.contract_type == ContractType::Annuity {
                self.put(EventKind::PaymentFixing, place);
            }
        }
        Ok(())
    }

    fn prepayments(&mut self, market: &Market) -> Result<(), ActusError> {
        let observed = market.prepayments().iter().map(|(at, amount)| (Place::fixed(*at), Some(*amount)));
        let mut all: Vec<_> = observed.collect();
        for date in &self.dates.prepayments {
            all.push((self.dates.place(self.terms, *date)?, None));
        }
        for (place, amount) in all {
            self.events.push(Planned { kind: EventKind::Prepayment, place, amount });
            if self.terms.prepayment.penalty.is_some() {
                self.put(EventKind::PenaltyPayment, place);
            }
        }
        Ok(())
    }

    fn in_life(mut self) -> Vec<Planned> {
        let ends = |event: &&Planned| matches!(event.kind, EventKind::Maturity | EventKind::Termination);
        let end = self.events.iter().filter(ends).map(Planned::key).min();
        let (status, exchange) = (self.terms.status, self.terms.exchange);
        self.events.retain(|event| {
            event.place.shown > status && event.place.at >= exchange && end.is_none_or(|end| event.key() <= end)
        });
        self.events.sort_by_key(Planned::key);
        self.events
    }
}
