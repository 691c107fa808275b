//! A lender: a profile, and a pure function from a question to an answer.
//!
//! It declines, with the reasons of the catalogue in the order in which they are checked here, when the residence,
//! purpose, amount or term is outside what it declares, when existing debts alone take too much of income, and when
//! they do so together with this credit. Otherwise it quotes
//!
//! ```text
//! base + months × per_month + burden / 10 % × per_burden_tenth (or undeclared) + small_amount
//! ```
//!
//! in basis points, in its own convention. Two equal questions get equal answers.

use adapters::protocol::wire;
use domain::asset::{Asset, AssetError};
use domain::capabilities::{AmountRange, Capabilities, Security, Sharing};
use domain::country::PlaceError;
use domain::decline::{DeclineReason, MAX_DECLINE_REASONS};
use domain::ids::ProviderId;
use domain::money::{Money, MoneyError};
use domain::offer::RateKind;
use jiff::Timestamp;
use uuid::Uuid;

use super::offer;
use super::profile::{AmountLimits, PROFILES, Profile};
use super::question::Question;

/// A burden beyond twice the income is priced like twice the income: only a forced approval gets there.
const MAX_PRICED_BURDEN_BPS: u32 = 20_000;
/// Basis points of burden that a surcharge is counted in.
const BURDEN_STEP_BPS: u32 = 1_000;

/// A profile says something that the domain cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    #[error(transparent)]
    Country(#[from] PlaceError),
    #[error(transparent)]
    Asset(#[from] AssetError),
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// A lender that can be started.
#[derive(Debug, Clone)]
pub struct Lender {
    pub(super) profile: &'static Profile,
    capabilities: Capabilities,
}

impl Lender {
    /// The six, in the order of their numbers.
    ///
    /// # Errors
    /// When a profile names a country, currency or amount that does not exist.
    pub fn all() -> Result<Vec<Self>, ProfileError> {
        PROFILES.iter().map(Self::try_new).collect()
    }

    fn try_new(profile: &'static Profile) -> Result<Self, ProfileError> {
        let capabilities = Capabilities {
            id: ProviderId::new(Uuid::from_u128(profile.id)),
            name: profile.name.to_owned(),
            kind: profile.kind,
            countries: profile.countries.iter().map(|code| code.parse()).collect::<Result<_, _>>()?,
            amounts: profile.amounts.iter().map(range).collect::<Result<_, _>>()?,
            min_term_days: profile.min_term_days,
            max_term_days: profile.max_term_days,
            purposes: profile.purposes.to_vec(),
            rate_kinds: vec![RateKind::Fixed],
            security: Security::Unsecured,
            collateral: Vec::new(),
            funding_hours: profile.funding_hours,
            sharing: Sharing::PerRequest,
        };
        Ok(Self { profile, capabilities })
    }

    /// The same lender under another name, to have many of it.
    #[must_use]
    pub fn renamed(mut self, id: ProviderId, name: String) -> Self {
        self.capabilities.id = id;
        self.capabilities.name = name;
        self
    }

    /// The digit that addresses it in a magic amount.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.profile.number
    }

    /// What it lends, to whom: its own rules and what a gateway is told of them are the same data.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The answer to a question first asked at `asked_at`.
    #[must_use]
    pub fn answer(&self, question: &Question, asked_at: Timestamp) -> wire::QuoteAnswer {
        let reasons = self.reasons_to_decline(question);
        if reasons.is_empty() { self.approve(question, asked_at) } else { declined(question, reasons) }
    }

    /// The answer without its rules. Only an amount that it cannot compute with is declined.
    #[must_use]
    pub fn approve(&self, question: &Question, asked_at: Timestamp) -> wire::QuoteAnswer {
        match offer::build(self.profile, question, self.price_bps(question), asked_at) {
            Some(offer) => {
                wire::QuoteAnswer::Offered { request_id: question.wire.request_id.clone(), offers: vec![offer] }
            }
            None => declined(question, vec![DeclineReason::AmountNotOffered]),
        }
    }

    fn reasons_to_decline(&self, question: &Question) -> Vec<DeclineReason> {
        let capabilities = &self.capabilities;
        let (borrower, rules) = (&question.wire.borrower, &self.profile.affordability);
        let served = capabilities.countries.contains(&borrower.country);
        let purpose = capabilities.purposes.is_empty() || capabilities.purposes.contains(&question.wire.purpose);
        let term = (capabilities.min_term_days..=capabilities.max_term_days).contains(&question.days);
        let unverified = rules.income_required && question.annual_income.is_none();
        let indebted = question.debts_bps().is_some_and(|bps| bps > rules.max_debts_bps);
        let overburdened = question.burden_bps().is_some_and(|bps| bps > rules.max_burden_bps);
        let found = [
            (!served, DeclineReason::ResidenceNotServed),
            (!purpose, DeclineReason::PurposeNotServed),
            (self.range_for(question).is_none(), DeclineReason::AmountNotOffered),
            (!term, DeclineReason::TermNotOffered),
            (unverified, DeclineReason::UnableToVerify),
            (indebted, DeclineReason::ObligationsExcessive),
            (overburdened, DeclineReason::IncomeInsufficient),
        ];
        found.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)).take(MAX_DECLINE_REASONS).collect()
    }

    /// The limits that the amount asked for lies within.
    fn range_for(&self, question: &Question) -> Option<&AmountRange> {
        let amount = question.amount.as_ref()?;
        let of_asset = self.capabilities.amounts.iter().find(|range| range.min.asset() == amount.asset());
        of_asset.filter(|range| (range.min.units()..=range.max.units()).contains(&amount.units()))
    }

    fn price_bps(&self, question: &Question) -> u32 {
        let price = &self.profile.price;
        let burden = match question.burden_bps() {
            Some(bps) => bps.min(MAX_PRICED_BURDEN_BPS).saturating_mul(price.per_burden_tenth_bps) / BURDEN_STEP_BPS,
            None => price.undeclared_bps,
        };
        let small = self
            .range_for(question)
            .zip(question.amount.as_ref())
            .is_some_and(|(range, amount)| amount.units().saturating_mul(domain::U256::from(10)) < range.max.units());
        price
            .base_bps
            .saturating_add(offer::months(self.profile, question).saturating_mul(price.per_month_bps))
            .saturating_add(burden)
            .saturating_add(if small { price.small_amount_bps } else { 0 })
    }
}

pub(super) fn declined(question: &Question, reasons: Vec<DeclineReason>) -> wire::QuoteAnswer {
    wire::QuoteAnswer::Declined { request_id: question.wire.request_id.clone(), reasons }
}

fn range(limits: &AmountLimits) -> Result<AmountRange, ProfileError> {
    let asset = Asset::fiat(limits.currency)?;
    Ok(AmountRange { min: Money::parse(limits.min, &asset)?, max: Money::parse(limits.max, &asset)? })
}
