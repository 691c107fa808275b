//! The order of outcomes: one pure function of the request, the policy and the answers.
//!
//! Offers that meet the amount and term asked for come first, by adjusted cost; then partial offers by APR; then
//! refusals, most useful first. Ties go to the more certain, then the faster, then the lower provider id: an order that
//! does not depend on who answered first, so that it can be computed again from what is stored. Payout to the gateway
//! is no input.

use jiff::civil::Date;
use ruint::aliases::U256;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::ProviderId;
use crate::money::{Money, MoneyError};
use crate::offer::{Assurance, Binding, RateKind};
use crate::period::Frequency;
use crate::policy::Policy;
use crate::quote::Quote;
use crate::rate::Bps;
use crate::refusal::Refusal;
use crate::request::CreditRequest;

/// Where an outcome stands. The derived order is the ranking: less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum Standing {
    /// Meets the amount and term asked for.
    Full {
        /// In base units of the asset asked for.
        adjusted_cost: U256,
        binding: Binding,
        assurance: Assurance,
        funding_hours: u32,
        provider: ProviderId,
        reference: String,
    },
    /// Offers less, or for another term.
    Partial {
        apr: Decimal,
        binding: Binding,
        assurance: Assurance,
        funding_hours: u32,
        provider: ProviderId,
        reference: String,
    },
    Refused {
        usefulness: u8,
        provider: ProviderId,
    },
}

/// A named part of the cost that an offer is ranked by, in the asset asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreComponent {
    pub name: &'static str,
    pub amount: Money,
}

/// A quote's place in the order, and what makes it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub standing: Standing,
    pub components: Vec<ScoreComponent>,
    pub adjusted_cost: Money,
    pub warnings: Vec<Warning>,
}

/// Something that a borrower should know before comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Paid in a token that counts as the currency asked for only by the policy's declared par.
    RankedAtPar,
    /// The rate can change; costs assume that it does not.
    VariableRate,
    /// Computed from data older than the policy allows without a premium.
    Stale,
    /// Less than the amount asked for.
    PartialAmount,
    /// Over another time than the term asked for.
    OtherTerm,
    /// The collateral can be sold if its price falls.
    LiquidationRisk,
}

impl Warning {
    #[must_use]
    pub const fn level(self) -> &'static str {
        match self {
            Self::RankedAtPar | Self::Stale | Self::PartialAmount | Self::OtherTerm => "notice",
            Self::VariableRate | Self::LiquidationRisk => "caution",
        }
    }
}

/// Where a refusal stands among the outcomes.
#[must_use]
pub fn standing_of_refusal(refusal: &Refusal, provider: ProviderId) -> Standing {
    Standing::Refused { usefulness: refusal.usefulness(), provider }
}

/// Assesses one quote for one request under one policy.
///
/// # Errors
/// When a cost does not fit in the asset asked for.
pub fn assess(request: &CreditRequest, policy: &Policy, quote: &Quote) -> Result<Assessment, MoneyError> {
    let asked = &request.amount;
    let total_cost = quote.terms.total_cost.at_par_in(asked.asset())?;
    let stale = is_stale(policy, quote);
    let mut components = vec![ScoreComponent { name: "total_cost", amount: total_cost }];
    let mut premium = |name, units: Option<U256>| -> Result<(), MoneyError> {
        let units = units.ok_or(MoneyError::Overflow)?;
        components.push(ScoreComponent { name, amount: asked.with_units(units) });
        Ok(())
    };
    if quote.offer.binding == Binding::Indicative {
        premium("indicative_premium", share(asked.units(), policy.indicative_premium_bps, 1, 1))?;
    }
    if quote.offer.rate_kind == RateKind::Variable {
        let days = term_days(quote);
        premium("variable_premium", share(asked.units(), policy.variable_premium_bps_per_year, days, DAYS_A_YEAR))?;
    }
    if stale {
        premium("stale_premium", share(asked.units(), policy.stale_premium_bps, 1, 1))?;
    }
    let adjusted_cost =
        components.iter().try_fold(Money::zero(asked.asset().clone()), |sum, part| sum.checked_add(&part.amount))?;
    let shortfall = Shortfall::of(request, quote);
    Ok(Assessment {
        standing: standing(quote, &adjusted_cost, shortfall),
        warnings: warnings(request, quote, stale, shortfall),
        components,
        adjusted_cost,
    })
}

const DAYS_A_YEAR: u64 = 365;
const BPS: u64 = 10_000;

/// `amount` × `bps` × `numerator` / `denominator`, rounded up: a premium never rounds to the lender's favour.
fn share(amount: U256, bps: Bps, numerator: u64, denominator: u64) -> Option<U256> {
    let scaled = amount.checked_mul(U256::from(bps.0))?.checked_mul(U256::from(numerator))?;
    Some(scaled.div_ceil(U256::from(BPS) * U256::from(denominator)))
}

fn is_stale(policy: &Policy, quote: &Quote) -> bool {
    quote.offer.as_of.as_ref().is_some_and(|state| {
        quote.created_at.duration_since(state.time).as_secs() > i64::from(policy.stale_after_seconds)
    })
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn last_due(quote: &Quote) -> Date {
    let schedule = &quote.terms.schedule;
    schedule.instalments().last().map_or(schedule.drawn_on(), |last| last.due)
}

fn term_days(quote: &Quote) -> u64 {
    u64::try_from(days_between(quote.terms.schedule.drawn_on(), last_due(quote))).unwrap_or(0)
}

/// Days of the longest period of a frequency: a month has up to 31, a quarter up to 92.
fn longest_period_days(frequency: Frequency) -> i32 {
    match frequency {
        Frequency::Weekly => 7,
        Frequency::Fortnightly => 14,
        Frequency::Monthly => 31,
        Frequency::Quarterly => 92,
    }
}

/// In what an offer falls short of what was asked for.
#[derive(Debug, Clone, Copy)]
struct Shortfall {
    amount: bool,
    term: bool,
}

impl Shortfall {
    /// The term is met when the last payment falls within one payment period of the end asked for: an odd first
    /// date moves all of them.
    fn of(request: &CreditRequest, quote: &Quote) -> Self {
        let amount = request
            .amount_in(quote.offer.principal.asset())
            .is_none_or(|asked| quote.offer.principal.units() < asked.units());
        let term = request
            .term
            .end_from(request.drawn_on)
            .map_or(true, |end| days_between(last_due(quote), end).abs() > longest_period_days(quote.offer.frequency));
        Self { amount, term }
    }

    fn any(self) -> bool {
        self.amount || self.term
    }
}

fn standing(quote: &Quote, adjusted_cost: &Money, shortfall: Shortfall) -> Standing {
    let offer = &quote.offer;
    let (binding, assurance, funding_hours) = (offer.binding, offer.assurance, offer.funding_hours);
    let (provider, reference) = (quote.provider.id, offer.reference.clone());
    if shortfall.any() {
        let apr = quote.terms.apr.value();
        Standing::Partial { apr, binding, assurance, funding_hours, provider, reference }
    } else {
        let adjusted_cost = adjusted_cost.units();
        Standing::Full { adjusted_cost, binding, assurance, funding_hours, provider, reference }
    }
}

fn warnings(request: &CreditRequest, quote: &Quote, stale: bool, shortfall: Shortfall) -> Vec<Warning> {
    let at_risk = quote.offer.collateral.iter().any(|terms| terms.liquidation_price.is_some());
    [
        (quote.offer.principal.asset() != request.amount.asset(), Warning::RankedAtPar),
        (quote.offer.rate_kind == RateKind::Variable, Warning::VariableRate),
        (stale, Warning::Stale),
        (shortfall.amount, Warning::PartialAmount),
        (shortfall.term, Warning::OtherTerm),
        (at_risk, Warning::LiquidationRisk),
    ]
    .into_iter()
    .filter_map(|(holds, warning)| holds.then_some(warning))
    .collect()
}

/// The indices of `standings`, best first.
#[must_use]
pub fn rank(standings: &[&Standing]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..standings.len()).collect();
    order.sort_by_key(|index| standings.get(*index));
    order
}

#[cfg(test)]
mod tests;
