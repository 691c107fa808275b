//! What a contract stands at between two events, and at its status date.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::day_count::YearFraction;
use crate::schedule::annuity_amount;

use super::dates::Dates;
use super::number::{ratio, simple_interest, sum};
use super::terms::{Base, Fee, FeeBasis, Terms};
use super::{ActusError, ContractType};

/// The state variables of the specification. Amounts are signed by the side that keeps the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// Interest and fees have accrued up to here.
    pub(super) at: DateTime,
    pub(super) notional: Decimal,
    pub(super) rate: Decimal,
    pub(super) accrued: Decimal,
    /// What interest accrues on.
    pub(super) base: Decimal,
    pub(super) fee: Decimal,
    /// Of principal alone for a LAM, of principal and interest for a NAM and an ANN.
    pub(super) payment: Decimal,
    pub(super) notional_scale: Decimal,
    pub(super) interest_scale: Decimal,
}

impl State {
    /// The state at the status date: nothing where the initial exchange is still to come. Interest that is not stated
    /// has accrued since the last interest date; between the initial exchange and the first one none has (reference
    /// tests lam18 and lam21).
    pub(super) fn at_status(terms: &Terms, dates: &Dates) -> Result<Self, ActusError> {
        let scaling = terms.scaling.as_ref();
        let notional_scale = scaling.filter(|scaling| scaling.notional).map(|scaling| scaling.notional_multiplier);
        let interest_scale = scaling.filter(|scaling| scaling.interest).map(|scaling| scaling.interest_multiplier);
        let mut state = Self {
            at: terms.status,
            notional: Decimal::ZERO,
            rate: Decimal::ZERO,
            accrued: Decimal::ZERO,
            base: Decimal::ZERO,
            fee: Decimal::ZERO,
            payment: payment(terms, dates)?,
            notional_scale: notional_scale.unwrap_or(Decimal::ONE),
            interest_scale: interest_scale.unwrap_or(Decimal::ONE),
        };
        if terms.exchange > terms.status {
            return Ok(state);
        }
        state.begin(terms);
        if terms.interest.rate.is_some() {
            let last = last_before(&dates.interest, terms.status);
            state.accrued = state.interest_since(terms, dates, last)?;
        }
        if let Some(fee) = &terms.fee {
            state.fee = match (fee.accrued, last_before(&dates.fees, terms.status)) {
                (Some(stated), _) => terms.side.signed(stated),
                (None, Some(last)) => state.fee_over(fee, years(terms, dates, last, terms.status)?)?,
                (None, None) => Decimal::ZERO,
            };
        }
        // Where the day of fixing is still to come, nothing is due before it.
        if dates.first_fixing.is_some() {
            state.payment = state.level_payment(terms, dates, |time| time > terms.status)?;
        }
        Ok(state)
    }

    /// Principal and rate as the terms state them.
    pub(super) fn begin(&mut self, terms: &Terms) {
        let (Base::Follows { start } | Base::Lags { start, .. }) = terms.base;
        self.notional = terms.side.signed(terms.principal.notional);
        self.base = terms.side.signed(start.unwrap_or(terms.principal.notional));
        self.rate = terms.interest.rate.unwrap_or(Decimal::ZERO);
    }

    /// The accrued interest that the terms state, or what has accrued on the principal since an earlier date.
    pub(super) fn interest_since(
        &self,
        terms: &Terms,
        dates: &Dates,
        since: Option<DateTime>,
    ) -> Result<Decimal, ActusError> {
        match (terms.interest.accrued, since) {
            // The specification leaves the sign to whoever writes the term; the reference tests give it the side's.
            (Some(stated), _) => Ok(terms.side.signed(stated)),
            (None, Some(since)) => {
                let years = years(terms, dates, since, self.at)?;
                simple_interest("accruedInterest", self.notional, self.rate, years)
            }
            (None, None) => Ok(Decimal::ZERO),
        }
    }

    /// What a fee that is a yearly fraction of the principal comes to. One that is an amount does not accrue: no payoff
    /// depends on how much of it has.
    pub(super) fn fee_over(&self, fee: &Fee, years: YearFraction) -> Result<Decimal, ActusError> {
        match fee.basis {
            FeeBasis::Notional => simple_interest("feeAccrued", self.notional, fee.rate, years),
            FeeBasis::Absolute => Ok(Decimal::ZERO),
        }
    }

    /// The payment that redeems the principal over the payment dates that are `due`, interest up to now included.
    pub(super) fn level_payment(
        &self,
        terms: &Terms,
        dates: &Dates,
        due: impl Fn(DateTime) -> bool,
    ) -> Result<Decimal, ActusError> {
        const NAME: &str = "nextPrincipalRedemptionPayment";
        let past = dates.annuity.times.iter().take_while(|time| !due(**time)).count();
        let Some(first) = dates.annuity.times.get(past) else {
            return sum(NAME, [self.notional, self.accrued]);
        };
        let interest = simple_interest(NAME, self.notional, self.rate, years(terms, dates, self.at, *first)?)?;
        let owed = sum(NAME, [self.notional, self.accrued, interest])?;
        let fractions = dates.annuity.fractions.get(past..).unwrap_or_default();
        annuity_amount(owed, self.rate, fractions).map_err(|_| ActusError::Overflow(NAME))
    }
}

/// Years between two times.
pub(super) fn years(terms: &Terms, dates: &Dates, from: DateTime, to: DateTime) -> Result<YearFraction, ActusError> {
    terms.conventions.years(from, to, Some(dates.maturity.date))
}

/// The payment that is stated. A LAM without one repays equal parts with each redemption to come and the maturity (so
/// the reference tests lam29 to lam31; the specification rounds up a quotient of year fractions). An annuity's is fixed
/// by its first event of that kind.
fn payment(terms: &Terms, dates: &Dates) -> Result<Decimal, ActusError> {
    if let Some(stated) = terms.principal.payment {
        return Ok(terms.side.signed(stated));
    }
    if terms.contract_type != ContractType::LinearAmortizer {
        return Ok(Decimal::ZERO);
    }
    let left = dates.redemptions.iter().filter(|date| **date > terms.status).count();
    let parts = Decimal::from(left).saturating_add(Decimal::ONE);
    ratio("nextPrincipalRedemptionPayment", terms.side.signed(terms.principal.notional), parts)
}

/// The last of rising dates at or before a time.
fn last_before(dates: &[DateTime], time: DateTime) -> Option<DateTime> {
    let past = dates.partition_point(|date| *date <= time);
    past.checked_sub(1).and_then(|index| dates.get(index)).copied()
}
