//! What the API shows of requests, quotes and outcomes. The stored bodies have these forms too.

use std::fmt::Write as _;
use std::sync::Arc;

use adapters::protocol::wire::{Money, Term};
use domain::capabilities::ProviderKind;
use domain::money::{MoneyError, write_major};
use domain::normalise::{AprMethod, Terms};
use domain::offer::{Assurance, Binding, FeeKind, FeeTiming, Issue, Offer, RateKind, Repayment};
use domain::period::Frequency;
use domain::quote::Quote;
use domain::ranking::{Assessment, Warning};
use domain::refusal::{Blame, Refusal};
use domain::schedule::{Instalment, Schedule, ScheduleError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderView {
    #[schema(example = "prv_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub id: String,
    pub name: String,
    pub kind: ProviderKind,
}

/// The price as the lender states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotedView {
    /// `nominal`, `effective_annual`, `flat`, `factor` or `flows`.
    pub convention: String,
    /// The rate or factor; none where only flows are given.
    pub value: Option<String>,
}

/// A fee, worked out over the life of the credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeeView {
    pub kind: FeeKind,
    pub when: FeeTiming,
    pub in_apr: bool,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrepaymentView {
    pub allowed: bool,
    /// Share of the amount repaid early.
    pub fee: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollateralView {
    pub asset: String,
    pub amount: String,
    pub ltv_bps: u32,
    pub liquidation_threshold_bps: u32,
    /// Price of one major unit of the collateral below which it can be sold, in `price_currency`.
    pub liquidation_price: Option<String>,
    pub price_currency: String,
    pub oracle: Option<String>,
    pub health_factor: Option<String>,
}

/// The block that an on-chain quote was computed at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChainStateView {
    pub chain: String,
    pub block: u64,
    pub block_hash: String,
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
}

/// An unsigned call that the borrower's wallet would send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedCallView {
    pub purpose: String,
    pub chain: String,
    pub to: String,
    pub data: String,
    /// In wei.
    pub value: String,
}

/// A named part of the cost by which the quote ranks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreComponentView {
    /// `total_cost`, `indicative_premium`, `variable_premium` or `stale_premium`.
    pub name: String,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarningView {
    pub code: Warning,
    /// `notice` or `caution`.
    pub level: String,
}

/// One lender's answer on equal terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteView {
    #[schema(example = "qte_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub id: String,
    pub credit_request_id: String,
    pub provider: Arc<ProviderView>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    pub provider_reference: String,
    /// SHA-256 of the terms; see the guide for how to compute it.
    // Empty where it is stored: it follows from the rest.
    pub content_hash: String,

    pub binding: Binding,
    pub assurance: Assurance,
    /// Whether the lender pays to be shown. It never ranks.
    pub sponsored: bool,

    /// What is owed on the first day.
    pub principal: Money,
    /// What the borrower receives.
    pub disbursed: Money,
    /// The payment that occurs most often.
    pub payment: Money,
    pub total_repayable: Money,
    pub total_cost: Money,

    pub quoted: QuotedView,
    #[schema(example = "0.0799")]
    pub nominal_rate: String,
    #[schema(example = "0.0966")]
    pub apr: String,
    pub apr_method: AprMethod,
    /// None where it is beyond what is stated (above 3,000,000 %).
    pub effective_annual_rate: Option<String>,
    pub rate_type: RateKind,
    pub rate_index: Option<String>,
    pub reward_rate: Option<String>,

    pub term: Term,
    pub frequency: Frequency,
    pub repayment: Repayment,
    #[schema(value_type = String, format = Date)]
    pub first_due: Date,
    #[schema(value_type = String, format = Date)]
    pub last_due: Date,
    pub prepayment: PrepaymentView,
    pub funding_hours: u32,

    pub fees: Vec<FeeView>,
    pub fees_total: Money,
    pub collateral: Vec<CollateralView>,
    pub as_of: Option<ChainStateView>,
    pub execution_plan: Vec<PlannedCallView>,

    /// Place among all outcomes that were known when this was shown, 1 for the best.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub rank: u32,
    pub score_components: Vec<ScoreComponentView>,
    /// Sum of the components: what is compared.
    pub adjusted_cost: Money,
    pub policy_version: String,
    pub issues: Vec<Issue>,
    pub warnings: Vec<WarningView>,
    pub disclosures: Vec<String>,
}

impl QuoteView {
    /// # Errors
    /// When the fees do not fit in an amount.
    pub fn new(
        quote: &Quote,
        provider: Arc<ProviderView>,
        assessment: &Assessment,
        policy_version: &str,
    ) -> Result<Self, MoneyError> {
        let (offer, terms) = (&quote.offer, &quote.terms);
        let text = |rate: domain::rate::Rate| rate.to_string();
        let (first_due, last_due) = ends(&terms.schedule);
        Ok(Self {
            id: quote.id.to_string(),
            credit_request_id: quote.credit_request_id.to_string(),
            provider,
            created_at: quote.created_at,
            expires_at: offer.valid_until,
            provider_reference: offer.reference.clone(),
            content_hash: String::new(),
            binding: offer.binding,
            assurance: offer.assurance,
            sponsored: offer.sponsored,
            principal: (&terms.principal).into(),
            disbursed: (&terms.disbursed).into(),
            payment: (&terms.payment).into(),
            total_repayable: (&terms.total_repayable).into(),
            total_cost: (&terms.total_cost).into(),
            quoted: QuotedView {
                convention: offer.pricing.convention().to_owned(),
                value: offer.pricing.stated().map(|value| value.to_string()),
            },
            nominal_rate: text(terms.nominal_rate),
            apr: text(terms.apr),
            apr_method: terms.apr_method,
            effective_annual_rate: terms.effective_annual_rate.map(text),
            rate_type: offer.rate_kind,
            rate_index: offer.rate_index.clone(),
            reward_rate: offer.reward_rate.map(text),
            term: offer.term.into(),
            frequency: offer.frequency,
            repayment: offer.repayment,
            first_due,
            last_due,
            prepayment: PrepaymentView { allowed: offer.prepayment.allowed, fee: offer.prepayment.fee.map(text) },
            funding_hours: offer.funding_hours,
            fees: fee_views(terms),
            fees_total: (&terms.fees_total()?).into(),
            collateral: collateral_views(offer),
            as_of: chain_state_view(offer),
            execution_plan: plan_views(offer),
            rank: 0,
            score_components: assessment
                .components
                .iter()
                .map(|part| ScoreComponentView { name: part.name.to_owned(), amount: (&part.amount).into() })
                .collect(),
            adjusted_cost: (&assessment.adjusted_cost).into(),
            policy_version: policy_version.to_owned(),
            issues: offer.issues.clone(),
            warnings: assessment
                .warnings
                .iter()
                .map(|warning| WarningView { code: *warning, level: warning.level().to_owned() })
                .collect(),
            disclosures: offer.disclosures.clone(),
        })
    }
}

/// Decimals of the asset of an amount, which always shows all of them.
fn decimals_of(money: &Money) -> u8 {
    let decimals = money.amount.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    u8::try_from(decimals).unwrap_or(u8::MAX)
}

/// SHA-256, in hexadecimal, of what the borrower would agree to: one `name=value` line for each term in the order below,
/// then the lines of the schedule. Anyone holding the quote and its schedule can compute it again.
#[must_use]
pub fn content_hash(quote: &QuoteView, schedule: &Schedule) -> String {
    let mut text = String::with_capacity(1_024);
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}={value}");
    };
    line("version", &"agio-quote-1");
    line("credit_request_id", &quote.credit_request_id);
    line("provider_id", &quote.provider.id);
    line("provider_reference", &quote.provider_reference);
    line("expires_at", &quote.expires_at);
    line("asset", &quote.principal.asset);
    line("principal", &quote.principal.amount);
    line("disbursed", &quote.disbursed.amount);
    line("total_repayable", &quote.total_repayable.amount);
    line("total_cost", &quote.total_cost.amount);
    line("nominal_rate", &quote.nominal_rate);
    line("apr", &quote.apr);
    line("apr_method", &quote.apr_method.code());
    line("drawn_on", &schedule.drawn_on());
    text.push_str(&schedule.lines(decimals_of(&quote.principal)));
    const_hex::encode(Sha256::digest(text))
}

fn ends(schedule: &Schedule) -> (Date, Date) {
    let due = |instalment: Option<&Instalment>| instalment.map_or(schedule.drawn_on(), |i| i.due);
    (due(schedule.instalments().first()), due(schedule.instalments().last()))
}

pub(crate) fn fee_views(terms: &Terms) -> Vec<FeeView> {
    let view = |fee: &domain::normalise::ChargedFee| FeeView {
        kind: fee.kind,
        when: fee.timing,
        in_apr: fee.in_apr,
        amount: (&fee.amount).into(),
    };
    terms.fees.iter().map(view).collect()
}

fn collateral_views(offer: &Offer) -> Vec<CollateralView> {
    let view = |terms: &domain::offer::CollateralTerms| CollateralView {
        asset: terms.amount.asset().to_string(),
        amount: terms.amount.amount(),
        ltv_bps: terms.ltv_bps.0,
        liquidation_threshold_bps: terms.liquidation_threshold_bps.0,
        liquidation_price: terms.liquidation_price.map(|price| price.to_string()),
        price_currency: terms.price_currency.clone(),
        oracle: terms.oracle.clone(),
        health_factor: terms.health_factor.map(|factor| factor.to_string()),
    };
    offer.collateral.iter().map(view).collect()
}

fn chain_state_view(offer: &Offer) -> Option<ChainStateView> {
    offer.as_of.as_ref().map(|state| ChainStateView {
        chain: state.chain.to_string(),
        block: state.block,
        block_hash: state.block_hash.clone(),
        time: state.time,
    })
}

fn plan_views(offer: &Offer) -> Vec<PlannedCallView> {
    let view = |call: &domain::offer::PlannedCall| PlannedCallView {
        purpose: call.purpose.clone(),
        chain: call.chain.to_string(),
        to: call.to.clone(),
        data: call.data.clone(),
        value: call.value.to_string(),
    };
    offer.execution_plan.iter().map(view).collect()
}

/// One instalment, in major units of the schedule's asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstalmentView {
    #[schema(minimum = 1)]
    pub number: u32,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    pub payment: String,
    pub principal: String,
    pub interest: String,
    pub fees: String,
    pub balance_after: String,
}

/// All instalments of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleView {
    #[schema(value_type = String, format = Date)]
    pub drawn_on: Date,
    pub principal: Money,
    pub total_repayable: Money,
    pub instalments: Vec<InstalmentView>,
}

impl ScheduleView {
    /// The instalments, with the amounts that stand beside them.
    ///
    /// # Errors
    /// When a payment does not fit in an amount.
    pub fn new(schedule: &Schedule, principal: Money, total_repayable: Money) -> Result<Self, ScheduleError> {
        let decimals = decimals_of(&principal);
        let amount = |units| {
            let mut text = String::new();
            write_major(&mut text, units, decimals);
            text
        };
        let instalment = |i: &Instalment| {
            Ok(InstalmentView {
                number: i.number,
                due: i.due,
                payment: amount(i.payment()?),
                principal: amount(i.principal),
                interest: amount(i.interest),
                fees: amount(i.fees),
                balance_after: amount(i.balance_after),
            })
        };
        Ok(Self {
            drawn_on: schedule.drawn_on(),
            principal,
            total_repayable,
            instalments: schedule.instalments().iter().map(instalment).collect::<Result<_, _>>()?,
        })
    }
}

/// A quote in the list of a provider's outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteBrief {
    pub id: String,
    #[schema(minimum = 1)]
    pub rank: u32,
    pub apr: String,
    pub payment: Money,
    pub total_cost: Money,
    pub binding: Binding,
}

/// Why a provider made no offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalView {
    /// The reason in words.
    pub detail: String,
    pub blame: Blame,
    /// Whether the same request may fare better later.
    pub retryable: bool,
    /// Codes of `GET /v1/decline-codes`, or the name of the rule that kept the provider from being asked.
    pub codes: Vec<String>,
    /// When to try again, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retry_at: Option<Timestamp>,
}

impl RefusalView {
    #[must_use]
    pub fn new(refusal: &Refusal, now: Timestamp) -> Self {
        let codes = match refusal {
            Refusal::Declined { reasons } => reasons.iter().map(|reason| reason.code().to_owned()).collect(),
            Refusal::NotEligible(rule) => vec![rule.rule().to_owned()],
            _ => Vec::new(),
        };
        let retry_at = match refusal {
            Refusal::BreakerOpen { retry_at } => Some(*retry_at),
            Refusal::RateLimited { retry_after } => Some(domain::deadline::Deadline::after(now, *retry_after).at()),
            _ => None,
        };
        Self { detail: refusal.to_string(), blame: refusal.blame(), retryable: refusal.retryable(), codes, retry_at }
    }
}

/// What became of one provider: its quotes, or why there are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeView {
    pub provider: Arc<ProviderView>,
    /// `answered`, `declined`, `not_eligible`, `timed_out`, `malformed`, `breaker_open`, `rate_limited`, `busy`,
    /// `unavailable`, `chain_unavailable` or `unknown`.
    pub outcome: String,
    /// From the question to the answer; 0 for a provider that was not asked.
    pub elapsed_ms: u64,
    pub refusal: Option<RefusalView>,
    /// Best first.
    #[serde(default)]
    pub quotes: Vec<QuoteBrief>,
    /// Place among all outcomes; none for a provider whose quotes have places of their own.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub rank: Option<u32>,
}
