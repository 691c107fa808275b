//! The dates of every kind of event by the terms alone, before business days move them.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::conventions::Place;
use super::maturity::{self, Maturity};
use super::number::as_decimal;
use super::terms::{Base, Recurrence, Terms};
use super::{ActusError, ContractType};

const PAYMENT: &str = "cycleOfInterestPayment";
const REDEMPTION: &str = "cycleOfPrincipalRedemption";

/// Dates of the schedules from their anchors to the end of the contract, past ones too. Each list rises.
#[derive(Debug)]
pub(super) struct Dates {
    pub(super) maturity: Maturity,
    /// Without the maturity itself.
    pub(super) redemptions: Vec<DateTime>,
    /// With the maturity; empty for a contract without a rate.
    pub(super) interest: Vec<DateTime>,
    pub(super) resets: Vec<DateTime>,
    pub(super) scalings: Vec<DateTime>,
    pub(super) bases: Vec<DateTime>,
    /// With the maturity; empty without a fee.
    pub(super) fees: Vec<DateTime>,
    pub(super) prepayments: Vec<DateTime>,
    /// The payments that an annuity is spread over; empty for the other types.
    pub(super) annuity: PaymentDates,
    /// The day on which an annuity's payment is first fixed, where the terms do not state it.
    pub(super) first_fixing: Option<DateTime>,
}

/// The business days of payments, and the years between them.
#[derive(Debug, Default)]
pub(super) struct PaymentDates {
    pub(super) times: Vec<DateTime>,
    /// From each time to the next: one fewer than there are times.
    pub(super) fractions: Vec<Decimal>,
}

impl Dates {
    /// # Errors
    /// When a schedule has too many dates, or there is no maturity.
    pub(super) fn try_new(terms: &Terms) -> Result<Self, ActusError> {
        let maturity = maturity::of(terms)?;
        let end = maturity.date;
        let before = |recurrence: Option<Recurrence>, term| match recurrence {
            Some(recurrence) => recurrence.times_before(end, term),
            None => Ok(Vec::new()),
        };
        let redeems = terms.contract_type != ContractType::PrincipalAtMaturity;
        let redemption = terms.principal.redemption.filter(|_| redeems);
        let annuity = redemption.filter(|_| terms.contract_type == ContractType::Annuity);
        let fixing = match &terms.base {
            Base::Lags { fixing, .. } => *fixing,
            Base::Follows { .. } => None,
        };
        Ok(Self {
            redemptions: before(redemption, REDEMPTION)?,
            interest: interest(terms, end)?,
            resets: before(terms.reset.dates, "cycleOfRateReset")?,
            scalings: before(terms.scaling.as_ref().and_then(|scaling| scaling.dates), "cycleOfScalingIndex")?,
            bases: before(fixing, "cycleOfInterestCalculationBase")?,
            fees: match &terms.fee {
                Some(fee) => to_end(before(fee.payment, "cycleOfFee")?, end),
                None => Vec::new(),
            },
            prepayments: before(terms.prepayment.dates.as_ref().map(|(dates, _)| *dates), "cycleOfOptionality")?,
            annuity: annuity.map_or(Ok(PaymentDates::default()), |cycle| payment_dates(terms, cycle, maturity))?,
            first_fixing: match annuity {
                Some(cycle) if terms.principal.payment.is_none() => Some(first_fixing(terms, cycle.anchor)?),
                _ => None,
            },
            maturity,
        })
    }

    /// Where an event of a cycle goes. One on the maturity itself goes where the maturity goes.
    pub(super) fn place(&self, terms: &Terms, date: DateTime) -> Result<Place, ActusError> {
        if date == self.maturity.date { Ok(self.maturity.place) } else { terms.conventions.place(date) }
    }
}

impl Recurrence {
    fn times_before(self, end: DateTime, term: &'static str) -> Result<Vec<DateTime>, ActusError> {
        match self.cycle {
            Some(cycle) => cycle.times_before(self.anchor, end).map_err(|source| ActusError::Dates { term, source }),
            None => Ok(Some(self.anchor).filter(|anchor| *anchor < end).into_iter().collect()),
        }
    }
}

fn to_end(mut times: Vec<DateTime>, end: DateTime) -> Vec<DateTime> {
    times.push(end);
    times
}

/// A NAM and an ANN pay interest with each redemption, and before the redemptions by a cycle of its own, which ends one
/// step of the redemptions before the first of them.
fn interest(terms: &Terms, end: DateTime) -> Result<Vec<DateTime>, ActusError> {
    if terms.interest.rate.is_none() {
        return Ok(Vec::new());
    }
    let own = terms.interest.payment;
    let redemption = match (terms.contract_type, terms.principal.redemption) {
        (ContractType::NegativeAmortizer | ContractType::Annuity, Some(redemption)) => redemption,
        _ => return Ok(to_end(own.map_or(Ok(Vec::new()), |own| own.times_before(end, PAYMENT))?, end)),
    };
    let first = redemption.anchor;
    let mut times = Vec::new();
    if let Some(own) = own.filter(|own| own.anchor < first) {
        let before = redemption.cycle.map_or(Some(first), |cycle| cycle.nth_time(first, -1));
        let before = before.ok_or(ActusError::Rule { term: REDEMPTION, rule: "leads out of the calendar" })?;
        times =
            if own.anchor <= before { to_end(own.times_before(before, PAYMENT)?, before) } else { vec![own.anchor] };
    }
    times.extend(to_end(redemption.times_before(end, REDEMPTION)?, end));
    times.sort_unstable();
    times.dedup();
    Ok(times)
}

/// An annuity may be spread over more time than the contract has: what is left is then due at maturity.
fn payment_dates(terms: &Terms, redemption: Recurrence, maturity: Maturity) -> Result<PaymentDates, ActusError> {
    let end = terms.principal.amortization.unwrap_or(maturity.date);
    let raw = to_end(redemption.times_before(end, REDEMPTION)?, end);
    let place = |date: DateTime| {
        if date == maturity.date { Ok(maturity.place.at) } else { Ok(terms.conventions.place(date)?.at) }
    };
    let times = raw.into_iter().map(place).collect::<Result<Vec<_>, ActusError>>()?;
    let years =
        |(from, to): (&DateTime, &DateTime)| as_decimal(terms.conventions.years(*from, *to, Some(maturity.date))?);
    let fractions = times.iter().zip(times.iter().skip(1)).map(years).collect::<Result<_, _>>()?;
    Ok(PaymentDates { times, fractions })
}

/// The day before the first redemption (reference tests; the specification has no such event).
fn first_fixing(terms: &Terms, first: DateTime) -> Result<DateTime, ActusError> {
    let first = first.min(terms.conventions.place(first)?.at);
    let out = ActusError::Rule { term: "cycleAnchorDateOfPrincipalRedemption", rule: "leads out of the calendar" };
    first.yesterday().map_err(|_| out)
}
