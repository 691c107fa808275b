//! An offer on equal terms: what the gateway makes of a lender's convention, with every instalment.

use adapters::protocol::wire::{Fee, Money, Pricing, Term};
use adapters::protocol::{AnswerError, parts};
use domain::asset::AssetRegistry;
use domain::normalise::{AprMethod, Terms, normalise};
use domain::offer::{Assurance, Binding, Offer, OfferViolation, Prepayment, RateKind, Repayment};
use domain::period::Frequency;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{FieldError, Problem};
use crate::quotes::view::{FeeView, ScheduleView, fee_views};

/// An offer's economic terms, as a lender would state them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleInput {
    pub principal: Money,
    pub pricing: Pricing,
    #[serde(default = "annuity")]
    pub repayment: Repayment,
    pub term: Term,
    pub frequency: Frequency,
    /// When the credit is paid out.
    #[schema(value_type = String, format = Date)]
    pub drawn_on: Date,
    /// When it is not one regular period after the drawdown.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_due: Option<Date>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub fees: Vec<Fee>,
    pub apr_method: AprMethod,
}

/// The terms, comparable with any other offer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermsView {
    pub principal: Money,
    pub disbursed: Money,
    pub payment: Money,
    pub total_repayable: Money,
    pub total_cost: Money,
    pub nominal_rate: String,
    pub apr: String,
    pub apr_method: AprMethod,
    pub effective_annual_rate: Option<String>,
    pub fees: Vec<FeeView>,
    pub schedule: ScheduleView,
}

fn annuity() -> Repayment {
    Repayment::Annuity
}

/// # Errors
/// A problem that names the field and the rule.
pub fn schedule(input: &ScheduleInput, registry: &AssetRegistry) -> Result<TermsView, Problem> {
    let offer = offer(input, registry)?;
    let terms = normalise(&offer, input.drawn_on, input.apr_method)
        .map_err(|error| Problem::invalid(vec![FieldError::new("", "terms_exist", error)]))?;
    view(&terms)
}

fn offer(input: &ScheduleInput, registry: &AssetRegistry) -> Result<Offer, Problem> {
    let invalid = |pointer: &str, rule: &str, error: &dyn std::error::Error| {
        Problem::invalid(vec![FieldError::new(pointer, rule, error)])
    };
    let asset =
        registry.resolve(&input.principal.asset).map_err(|error| invalid("/principal/asset", "known_asset", &error))?;
    let broken = |error: AnswerError| invalid(&format!("/{}", error.field().replace('.', "/")), "readable", &error);
    let principal = parts::money("principal.amount", &input.principal, &asset).map_err(broken)?;
    let fees = input.fees.iter().cloned().map(|fee| parts::fee(fee, &asset).map_err(broken));
    let offer = Offer {
        reference: "calculator".to_owned(),
        pricing: parts::pricing(input.pricing.clone(), &asset).map_err(broken)?,
        repayment: input.repayment,
        term: input.term.into(),
        frequency: input.frequency,
        first_due: input.first_due,
        fees: fees.collect::<Result<_, _>>()?,
        rate_kind: RateKind::Fixed,
        rate_index: None,
        reward_rate: None,
        binding: Binding::Indicative,
        assurance: Assurance::Prequalified,
        sponsored: false,
        valid_until: Timestamp::MAX,
        funding_hours: 0,
        prepayment: Prepayment { allowed: true, fee: None },
        collateral: Vec::new(),
        as_of: None,
        execution_plan: Vec::new(),
        issues: Vec::new(),
        disclosures: Vec::new(),
        principal,
    };
    offer
        .check(&offer.principal, input.drawn_on, Timestamp::UNIX_EPOCH)
        .map_err(|error: OfferViolation| invalid("", "in_range", &error))?;
    Ok(offer)
}

fn view(terms: &Terms) -> Result<TermsView, Problem> {
    let (principal, total) = ((&terms.principal).into(), (&terms.total_repayable).into());
    let schedule = ScheduleView::new(&terms.schedule, principal, total).map_err(|error| Problem::internal(&error))?;
    Ok(TermsView {
        principal: (&terms.principal).into(),
        disbursed: (&terms.disbursed).into(),
        payment: (&terms.payment).into(),
        total_repayable: (&terms.total_repayable).into(),
        total_cost: (&terms.total_cost).into(),
        nominal_rate: terms.nominal_rate.to_string(),
        apr: terms.apr.to_string(),
        apr_method: terms.apr_method,
        effective_annual_rate: terms.effective_annual_rate.map(|rate| rate.to_string()),
        fees: fee_views(terms),
        schedule,
    })
}
