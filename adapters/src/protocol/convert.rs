//! Between the protocol's bodies and the domain. What comes in is held to the question before it is believed.

use std::collections::BTreeSet;

use domain::asset::Asset;
use domain::decline::MAX_DECLINE_REASONS;
use domain::money::MoneyError;
use domain::offer::{MAX_OFFERS, Offer, OfferViolation, Prepayment};
use domain::rate::RateError;
use domain::refusal::Refusal;
use jiff::Timestamp;

use super::{parts, wire};
use crate::provider::QuoteCall;

/// The rule that an answer breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("not a body of the protocol: {0}")]
    Json(String),
    #[error("request_id is not that of the question")]
    OtherRequest,
    #[error("{field}: `{found}` is not a decimal")]
    Decimal { field: &'static str, found: String },
    #[error("{field}: {source}")]
    Money { field: &'static str, source: MoneyError },
    #[error("{field}: {source}")]
    Rate { field: &'static str, source: RateError },
    #[error("{field}: the asset is {found}, not the {asked} asked for")]
    Asset { field: &'static str, found: String, asked: String },
    #[error("a fee has either an amount or a rate")]
    FeeForm,
    #[error("{0} offers; 1 to {MAX_OFFERS} are allowed")]
    Offers(usize),
    #[error("two offers share the reference `{0}`")]
    SameReference(String),
    #[error("{0} reasons; 1 to {MAX_DECLINE_REASONS} are allowed")]
    Reasons(usize),
    #[error("offer {index}: {source}")]
    Offer { index: usize, source: OfferViolation },
}

impl AnswerError {
    /// The field at fault, levels separated by points; empty where it is the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Decimal { field, .. }
            | Self::Money { field, .. }
            | Self::Rate { field, .. }
            | Self::Asset { field, .. } => field,
            Self::FeeForm => "fees",
            Self::OtherRequest => "request_id",
            Self::Offers(_) | Self::SameReference(_) | Self::Offer { .. } => "offers",
            Self::Reasons(_) => "reasons",
            Self::Json(_) => "",
        }
    }
}

/// The question as it is sent, with the borrower under `reference`.
#[must_use]
pub fn question_for(call: &QuoteCall, reference: String) -> wire::QuoteQuestion {
    let request = &call.request;
    let borrower = &request.borrower;
    wire::QuoteQuestion {
        request_id: request.id.to_string(),
        amount: (&call.ask).into(),
        term: request.term.into(),
        purpose: request.purpose,
        frequency: request.frequency,
        rate_preference: request.rate_preference,
        collateral: request.collateral.iter().map(Into::into).collect(),
        borrower: wire::BorrowerFacts {
            reference,
            country: borrower.country,
            state: borrower.us_state,
            annual_income: borrower.annual_income.as_ref().map(Into::into),
            monthly_debt_payments: borrower.monthly_debt_payments.as_ref().map(Into::into),
        },
        drawn_on: request.drawn_on,
    }
}

/// Reads an answer's body and holds it to the question.
///
/// # Errors
/// A decline as [`Refusal::Declined`]; anything that breaks a rule as [`Refusal::Malformed`], naming the rule.
pub fn answer_of(call: &QuoteCall, body: &[u8], now: Timestamp) -> Result<Vec<Offer>, Refusal> {
    let malformed = |error: AnswerError| Refusal::Malformed { rule: error.to_string() };
    let answer: wire::QuoteAnswer =
        serde_json::from_slice(body).map_err(|error| malformed(AnswerError::Json(error.to_string())))?;
    let (wire::QuoteAnswer::Offered { request_id, .. } | wire::QuoteAnswer::Declined { request_id, .. }) = &answer;
    if *request_id != call.request.id.to_string() {
        return Err(malformed(AnswerError::OtherRequest));
    }
    match answer {
        wire::QuoteAnswer::Offered { offers, .. } => offers_of(call, offers, now).map_err(malformed),
        wire::QuoteAnswer::Declined { reasons, .. } if (1..=MAX_DECLINE_REASONS).contains(&reasons.len()) => {
            Err(Refusal::Declined { reasons })
        }
        wire::QuoteAnswer::Declined { reasons, .. } => Err(malformed(AnswerError::Reasons(reasons.len()))),
    }
}

fn offers_of(call: &QuoteCall, offers: Vec<wire::Offer>, now: Timestamp) -> Result<Vec<Offer>, AnswerError> {
    if !(1..=MAX_OFFERS).contains(&offers.len()) {
        return Err(AnswerError::Offers(offers.len()));
    }
    let mut references = BTreeSet::new();
    let mut believed = Vec::with_capacity(offers.len());
    for (index, offer) in offers.into_iter().enumerate() {
        if !references.insert(offer.reference.clone()) {
            return Err(AnswerError::SameReference(offer.reference));
        }
        let offer = offer_of(offer, call.ask.asset())?;
        offer.check(&call.ask, call.request.drawn_on, now).map_err(|source| AnswerError::Offer { index, source })?;
        believed.push(offer);
    }
    Ok(believed)
}

fn offer_of(offer: wire::Offer, asset: &Asset) -> Result<Offer, AnswerError> {
    Ok(Offer {
        reference: offer.reference,
        principal: parts::money("principal", &offer.principal, asset)?,
        pricing: parts::pricing(offer.pricing, asset)?,
        repayment: offer.repayment,
        term: offer.term.into(),
        frequency: offer.frequency,
        first_due: offer.first_due,
        fees: offer.fees.into_iter().map(|fee| parts::fee(fee, asset)).collect::<Result<_, _>>()?,
        rate_kind: offer.rate_type,
        rate_index: offer.rate_index,
        reward_rate: None,
        binding: offer.binding,
        assurance: offer.assurance,
        sponsored: offer.sponsored,
        valid_until: offer.valid_until,
        funding_hours: offer.funding_hours,
        prepayment: Prepayment {
            allowed: offer.prepayment.allowed,
            fee: offer.prepayment.fee.map(|fee| parts::rate("prepayment.fee", &fee)).transpose()?,
        },
        collateral: Vec::new(),
        as_of: None,
        execution_plan: Vec::new(),
        issues: Vec::new(),
        disclosures: offer.disclosures,
    })
}
