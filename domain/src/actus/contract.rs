//! A contract from event to event: what each pays, and what it leaves.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::day_count::YearFraction;

use super::dates::Dates;
use super::market::Market;
use super::number::{product, ratio, simple_interest, sum};
use super::plan::{self, Planned};
use super::state::{State, years};
use super::terms::{Base, FeeBasis, Penalty, Terms};
use super::{ActusError, ContractType, Event, EventKind};

pub(super) fn run(terms: &Terms, market: &Market, until: Option<DateTime>) -> Result<Vec<Event>, ActusError> {
    let dates = Dates::try_new(terms)?;
    let planned = plan::events(terms, market, &dates)?;
    let mut contract = Contract { terms, market, state: State::at_status(terms, &dates)?, dates: &dates };
    // What happened before the contract was bought is another's; it counts for the state all the same.
    let bought = planned.iter().position(|event| event.kind == EventKind::Purchase).unwrap_or(0);
    let mut events = Vec::with_capacity(planned.len());
    for (index, event) in planned.iter().enumerate() {
        let payoff = contract.happen(event)?;
        if index >= bought && until.is_none_or(|until| event.place.shown <= until) {
            events.push(contract.listed(event, payoff)?);
        }
    }
    Ok(events)
}

struct Contract<'a> {
    terms: &'a Terms,
    market: &'a Market,
    dates: &'a Dates,
    state: State,
}

impl Contract<'_> {
    fn listed(&self, event: &Planned, payoff: Decimal) -> Result<Event, ActusError> {
        let Planned { kind, place, .. } = *event;
        let State { notional, rate, accrued, .. } = self.state;
        Ok(Event { at: place.shown, kind, payoff: self.settled(payoff, place.shown)?, notional, rate, accrued })
    }

    /// In the currency of the settlement.
    fn settled(&self, payoff: Decimal, at: DateTime) -> Result<Decimal, ActusError> {
        match &self.terms.settlement_currency {
            Some(settlement) if *settlement != self.terms.currency => {
                let rate = self.market.value(&format!("{}/{settlement}", self.terms.currency), at)?;
                product("payoff", [payoff, rate])
            }
            _ => Ok(payoff),
        }
    }

    /// The payoff of an event in the contract's currency; the state is then that after it.
    fn happen(&mut self, event: &Planned) -> Result<Decimal, ActusError> {
        let at = event.place.at;
        if event.kind == EventKind::InitialExchange {
            return self.exchange(at);
        }
        let years = self.accrue(at)?;
        match event.kind {
            EventKind::PrincipalRedemption => self.redeem(),
            EventKind::InterestPayment => self.pay_interest(),
            EventKind::FeePayment => Ok(self.pay_fee()),
            EventKind::Prepayment => self.prepay(at, event.amount),
            EventKind::PenaltyPayment => self.penalty(at, years),
            EventKind::Purchase => self.traded(self.terms.purchase.map(|trade| trade.price)).map(|price| -price),
            EventKind::Termination => {
                let price = self.traded(self.terms.termination.map(|trade| trade.price))?;
                // The specification sets the rate to zero as well; the reference tests leave it.
                self.close();
                Ok(price)
            }
            EventKind::Maturity => self.mature(),
            _ => self.change(event.kind, at).map(|()| Decimal::ZERO),
        }
    }

    /// What an event does that pays nothing.
    fn change(&mut self, kind: EventKind, at: DateTime) -> Result<(), ActusError> {
        match kind {
            EventKind::InterestCapitalization => self.capitalize()?,
            EventKind::RateReset => self.state.rate = self.reset_rate(at)?,
            EventKind::RateResetFixed => self.state.rate = self.terms.reset.next_rate.unwrap_or(self.state.rate),
            EventKind::PaymentFixing => {
                self.state.payment = self.state.level_payment(self.terms, self.dates, |time| time > at)?;
            }
            EventKind::ScalingIndex => self.scale(at)?,
            EventKind::CalculationBase => self.state.base = self.state.notional,
            _ => {}
        }
        Ok(())
    }

    fn exchange(&mut self, at: DateTime) -> Result<Decimal, ActusError> {
        self.state.at = at;
        self.state.begin(self.terms);
        let anchor = self.terms.interest.payment.map(|payment| payment.anchor);
        self.state.accrued = self.state.interest_since(self.terms, self.dates, anchor)?;
        if self.dates.first_fixing.is_some() {
            // Where the day of fixing lies before the contract, a payment may be due on its first day (reference test
            // ann09). Where it lies in it, nothing is due before it fixes the payment anew.
            self.state.payment = self.state.level_payment(self.terms, self.dates, |time| time >= at)?;
        }
        let lent = sum("payoff", [self.terms.principal.notional, self.terms.principal.premium])?;
        Ok(-self.terms.side.signed(lent))
    }

    /// Brings interest and fee up to a time; the years since the event before.
    fn accrue(&mut self, at: DateTime) -> Result<YearFraction, ActusError> {
        const NAME: &str = "accruedInterest";
        let years = years(self.terms, self.dates, self.state.at, at)?;
        let interest = simple_interest(NAME, self.state.base, self.state.rate, years)?;
        self.state.accrued = sum(NAME, [self.state.accrued, interest])?;
        if let Some(fee) = &self.terms.fee {
            self.state.fee = sum("feeAccrued", [self.state.fee, self.state.fee_over(fee, years)?])?;
        }
        self.state.at = self.state.at.max(at);
        Ok(years)
    }

    /// A payment in hand, but never more than the principal: events of nothing go on until maturity (reference test
    /// ann13).
    fn redeem(&mut self) -> Result<Decimal, ActusError> {
        let wanted = match self.terms.contract_type {
            ContractType::NegativeAmortizer | ContractType::Annuity => {
                sum("payment", [self.state.payment, -self.state.accrued])?
            }
            ContractType::LinearAmortizer | ContractType::PrincipalAtMaturity => self.state.payment,
        };
        let repaid = self.repay(wanted)?;
        product("payoff", [self.state.notional_scale, repaid])
    }

    /// Takes an amount off the principal, at most all of it, and tells how much.
    fn repay(&mut self, wanted: Decimal) -> Result<Decimal, ActusError> {
        let side = self.terms.side;
        let repaid = side.signed(side.signed(wanted).min(side.signed(self.state.notional)));
        self.state.notional = sum("notionalPrincipal", [self.state.notional, -repaid])?;
        self.follow();
        Ok(repaid)
    }

    /// In the specification the base that is fixed at the initial exchange stays what it was; in the reference test
    /// lam18 it moves with the principal.
    fn follow(&mut self) {
        if let Base::Follows { .. } = self.terms.base {
            self.state.base = self.state.notional;
        }
    }

    fn pay_interest(&mut self) -> Result<Decimal, ActusError> {
        let paid = product("payoff", [self.state.interest_scale, self.state.accrued])?;
        self.state.accrued = Decimal::ZERO;
        Ok(paid)
    }

    fn capitalize(&mut self) -> Result<(), ActusError> {
        self.state.notional = sum("notionalPrincipal", [self.state.notional, self.state.accrued])?;
        self.state.accrued = Decimal::ZERO;
        self.follow();
        Ok(())
    }

    fn pay_fee(&mut self) -> Decimal {
        let accrued = std::mem::take(&mut self.state.fee);
        match &self.terms.fee {
            Some(fee) if fee.basis == FeeBasis::Absolute => self.terms.side.signed(fee.rate),
            _ => accrued,
        }
    }

    fn prepay(&mut self, at: DateTime, observed: Option<Decimal>) -> Result<Decimal, ActusError> {
        let amount = match (observed, &self.terms.prepayment.dates) {
            (Some(amount), _) => amount,
            (None, Some((_, code))) => self.market.value(code, at)?,
            (None, None) => Decimal::ZERO,
        };
        self.repay(self.terms.side.signed(amount))
    }

    /// The principal carries the side's sign; an absolute penalty is given it.
    fn penalty(&self, at: DateTime, years: YearFraction) -> Result<Decimal, ActusError> {
        let rate = match self.terms.prepayment.penalty {
            Some(Penalty::Absolute(amount)) => return Ok(self.terms.side.signed(amount)),
            Some(Penalty::Notional(rate)) => rate,
            Some(Penalty::RateDifference) => {
                let market = self.market.value(self.reset_code()?, at)?;
                sum("penalty", [self.state.rate, -market])?.max(Decimal::ZERO)
            }
            None => Decimal::ZERO,
        };
        simple_interest("payoff", self.state.notional, rate, years)
    }

    /// A price and the accrued interest with it, as the side that sells receives them. The accrued interest of a
    /// liability is negative and lowers the price: so the specification, and reference tests lam04 and lam21.
    fn traded(&self, price: Option<Decimal>) -> Result<Decimal, ActusError> {
        let total = sum("payoff", [price.unwrap_or(Decimal::ZERO), self.state.accrued])?;
        Ok(self.terms.side.signed(total))
    }

    /// The fee of the last period has been paid by its own event of this day.
    fn mature(&mut self) -> Result<Decimal, ActusError> {
        let principal = product("payoff", [self.state.notional_scale, self.state.notional])?;
        let interest = product("payoff", [self.state.interest_scale, self.state.accrued])?;
        self.close();
        sum("payoff", [principal, interest])
    }

    fn close(&mut self) {
        self.state.notional = Decimal::ZERO;
        self.state.accrued = Decimal::ZERO;
        self.state.base = Decimal::ZERO;
    }

    fn reset_code(&self) -> Result<&str, ActusError> {
        let code = self.terms.reset.code.as_deref();
        code.ok_or(ActusError::Missing { term: "marketObjectCodeOfRateReset" })
    }

    /// The observed rate with multiplier and spread, moved no further than a period and a life allow.
    fn reset_rate(&self, at: DateTime) -> Result<Decimal, ActusError> {
        const NAME: &str = "nominalInterestRate";
        let reset = &self.terms.reset;
        let observed = self.market.value(self.reset_code()?, at)?;
        let wanted = sum(NAME, [product(NAME, [observed, reset.multiplier])?, reset.spread])?;
        let mut change = sum(NAME, [wanted, -self.state.rate])?;
        if let Some(floor) = reset.period_floor {
            change = change.max(-floor);
        }
        if let Some(cap) = reset.period_cap {
            change = change.min(cap);
        }
        let mut rate = sum(NAME, [self.state.rate, change])?;
        if let Some(floor) = reset.life_floor {
            rate = rate.max(floor);
        }
        if let Some(cap) = reset.life_cap {
            rate = rate.min(cap);
        }
        Ok(rate)
    }

    /// The index over the one that the contract was dealt at (reference tests lam25 and lam26; the specification has the
    /// relative change).
    fn scale(&mut self, at: DateTime) -> Result<(), ActusError> {
        if let Some(scaling) = &self.terms.scaling {
            let index = ratio("scalingIndex", self.market.value(&scaling.code, at)?, scaling.index)?;
            if scaling.interest {
                self.state.interest_scale = index;
            }
            if scaling.notional {
                self.state.notional_scale = index;
            }
        }
        Ok(())
    }
}
