//! The bodies of the provider protocol. Amounts, rates and factors are decimal strings: a JSON number is refused.

use std::borrow::Cow;

use domain::country::{Country, UsState};
use domain::decline::DeclineReason;
use domain::offer::{Assurance, Binding, FeeKind, FeeTiming, RateKind, Repayment};
use domain::period::{Frequency, TermUnit};
use domain::rate::Compounding;
use domain::request::{Purpose, RatePreference};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount: a decimal string in major units, and an ISO 4217 code or CAIP-19 id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[schema(example = "10000.00", pattern = r"^(0|[1-9][0-9]{0,76})(\.[0-9]{1,36})?$")]
    pub amount: String,
    #[schema(value_type = String, example = "USD", min_length = 3, max_length = 200)]
    pub asset: Cow<'static, str>,
}

impl From<&domain::money::Money> for Money {
    fn from(money: &domain::money::Money) -> Self {
        Self { amount: money.amount(), asset: money.asset().name() }
    }
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    #[schema(minimum = 1, maximum = 18263, example = 36)]
    pub count: u32,
    pub unit: TermUnit,
}

impl From<Term> for domain::period::Term {
    fn from(term: Term) -> Self {
        Self { count: term.count, unit: term.unit }
    }
}

impl From<domain::period::Term> for Term {
    fn from(term: domain::period::Term) -> Self {
        Self { count: term.count, unit: term.unit }
    }
}

/// Who asks, under a name that only this lender sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BorrowerFacts {
    /// The same for every request of this borrower to this lender, and to no other lender.
    pub reference: String,
    #[schema(value_type = String, example = "US")]
    pub country: Country,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "CA")]
    pub state: Option<UsState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annual_income: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_debt_payments: Option<Money>,
}

/// `POST {base}/quotes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteQuestion {
    /// To be given back in the answer.
    #[schema(example = "crq_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub request_id: String,
    pub amount: Money,
    pub term: Term,
    pub purpose: Purpose,
    pub frequency: Frequency,
    pub rate_preference: RatePreference,
    pub collateral: Vec<Money>,
    pub borrower: BorrowerFacts,
    /// The day on which the credit is taken to be paid out.
    #[schema(value_type = String, format = Date)]
    pub drawn_on: Date,
}

/// The answer: offers, or a decline with its principal reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", try_from = "AnswerFields")]
pub enum QuoteAnswer {
    Offered {
        /// The question's `request_id`.
        request_id: String,
        #[schema(min_items = 1, max_items = 5)]
        offers: Vec<Offer>,
    },
    Declined {
        /// The question's `request_id`.
        request_id: String,
        #[schema(min_items = 1, max_items = 4)]
        reasons: Vec<DeclineReason>,
    },
}

/// The fields of either answer. Read so, an answer need not be kept in an intermediate form until its decision is known.
#[derive(Debug, Deserialize)]
struct AnswerFields {
    decision: Decision,
    request_id: String,
    offers: Option<Vec<Offer>>,
    reasons: Option<Vec<DeclineReason>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Offered,
    Declined,
}

impl TryFrom<AnswerFields> for QuoteAnswer {
    type Error = String;

    fn try_from(fields: AnswerFields) -> Result<Self, String> {
        let AnswerFields { decision, request_id, offers, reasons } = fields;
        match (decision, offers, reasons) {
            (Decision::Offered, Some(offers), _) => Ok(Self::Offered { request_id, offers }),
            (Decision::Declined, _, Some(reasons)) => Ok(Self::Declined { request_id, reasons }),
            (Decision::Offered, None, _) => Err("missing field `offers`".to_owned()),
            (Decision::Declined, _, None) => Err("missing field `reasons`".to_owned()),
        }
    }
}

/// How the price is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "convention", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pricing {
    /// A yearly rate on the balance owed, compounded as said.
    Nominal {
        #[schema(example = "0.0799", pattern = r"^[0-9]{1,5}(\.[0-9]{1,20})?$")]
        rate: String,
        compounding: Compounding,
    },
    /// The yearly growth of what is owed.
    EffectiveAnnual {
        #[schema(example = "0.0829", pattern = r"^[0-9]{1,5}(\.[0-9]{1,20})?$")]
        rate: String,
    },
    /// A yearly rate on the original principal.
    Flat {
        #[schema(example = "0.06", pattern = r"^[0-9]{1,5}(\.[0-9]{1,20})?$")]
        rate: String,
    },
    /// What is repaid for each unit lent.
    Factor {
        #[schema(example = "1.18", pattern = r"^[0-9]{1,5}(\.[0-9]{1,20})?$")]
        factor: String,
    },
    /// The payments themselves.
    Flows { payments: Vec<Payment> },
}

/// One payment of an offer stated as flows, in the asset asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    #[schema(example = "313.36", pattern = r"^(0|[1-9][0-9]{0,76})(\.[0-9]{1,36})?$")]
    pub amount: String,
}

/// A fee: `amount`, or `rate` as a share of the principal; exactly one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    pub kind: FeeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.02", pattern = r"^[0-9]{1,5}(\.[0-9]{1,20})?$")]
    pub rate: Option<String>,
    /// `up_front` (kept back), `financed`, `per_instalment` or `separate`.
    pub when: FeeTiming,
    pub in_apr: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Prepayment {
    pub allowed: bool,
    /// Share of the amount repaid early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
}

/// One offer, in the lender's own convention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    #[schema(min_length = 1, max_length = 128)]
    pub reference: String,
    /// At most what was asked for, in the asset asked for.
    pub principal: Money,
    pub pricing: Pricing,
    pub repayment: Repayment,
    pub term: Term,
    pub frequency: Frequency,
    /// When it is not one regular period after the drawdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_due: Option<Date>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub fees: Vec<Fee>,
    pub rate_type: RateKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_index: Option<String>,
    pub binding: Binding,
    pub assurance: Assurance,
    /// Whether the lender pays to be shown. It is disclosed and never ranks.
    #[serde(default)]
    pub sponsored: bool,
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
    /// Hours from acceptance to money.
    pub funding_hours: u32,
    pub prepayment: Prepayment,
    #[serde(default)]
    pub disclosures: Vec<String>,
}
