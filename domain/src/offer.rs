//! A lender's answer in the lender's own convention, checked but not yet comparable.

use jiff::Timestamp;
use jiff::civil::Date;
use ruint::aliases::U256;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::asset::Asset;
use crate::caip::ChainId;
use crate::money::Money;
use crate::period::{Frequency, Term};
use crate::rate::{Bps, Compounding, Rate};

/// How the lender states the price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pricing {
    /// A yearly rate, compounded so often, on the balance owed.
    Nominal { rate: Rate, compounding: Compounding },
    /// The yearly growth of what is owed, compounding included.
    EffectiveAnnual { rate: Rate },
    /// A yearly rate on the original principal, whatever has been repaid: "add-on" interest.
    Flat { rate: Rate },
    /// What is repaid for each unit lent: 1.15 means 15 % on top, however long it takes.
    Factor { factor: Decimal },
    /// The payments themselves, and the rate that the lender names for them, if any.
    Flows { payments: Vec<(Date, U256)>, stated_rate: Option<Rate> },
}

impl Pricing {
    /// The convention's name on the wire.
    #[must_use]
    pub const fn convention(&self) -> &'static str {
        match self {
            Self::Nominal { .. } => "nominal",
            Self::EffectiveAnnual { .. } => "effective_annual",
            Self::Flat { .. } => "flat",
            Self::Factor { .. } => "factor",
            Self::Flows { .. } => "flows",
        }
    }

    /// The figure the lender quotes: a rate, or the factor; none where only flows are given.
    #[must_use]
    pub fn stated(&self) -> Option<Decimal> {
        match self {
            Self::Nominal { rate, .. } | Self::EffectiveAnnual { rate } | Self::Flat { rate } => Some(rate.value()),
            Self::Factor { factor } => Some(*factor),
            Self::Flows { stated_rate, .. } => stated_rate.map(Rate::value),
        }
    }
}

/// How the principal comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repayment {
    /// Equal payments of principal and interest.
    Annuity,
    /// Interest each period, principal at the end.
    InterestOnly,
    /// Everything at the end.
    Bullet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    Origination,
    Service,
    Instalment,
    Insurance,
    Broker,
    NetworkGas,
    Other,
}

/// When a fee is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeTiming {
    /// Kept back from what is paid out.
    UpFront,
    /// Added to the principal and repaid with it.
    Financed,
    /// With each instalment.
    PerInstalment,
    /// By the borrower, separately, at the drawdown: network gas.
    Separate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeeAmount {
    /// A fixed amount.
    Fixed(Money),
    /// A share of the amount lent.
    Share(Rate),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    pub kind: FeeKind,
    pub amount: FeeAmount,
    pub timing: FeeTiming,
    /// Whether the law counts it as part of the cost that the APR expresses.
    pub in_apr: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    Fixed,
    Variable,
}

/// How far the lender stands by the offer. Ordered: a firm one is more certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    Firm,
    Indicative,
}

/// How far the borrower has been looked at. Ordered: approved is most certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    Approved,
    Preapproved,
    Prequalified,
}

/// Whether, and at what price, the credit can be repaid early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepayment {
    pub allowed: bool,
    /// Share of the amount repaid early.
    pub fee: Option<Rate>,
}

/// What secures the credit and when it would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollateralTerms {
    pub amount: Money,
    /// Debt over collateral value when drawn.
    pub ltv_bps: Bps,
    pub liquidation_threshold_bps: Bps,
    /// Price of one major unit of the collateral below which it can be liquidated, in `price_currency`.
    pub liquidation_price: Option<Decimal>,
    pub price_currency: String,
    pub oracle: Option<String>,
    /// Collateral value times threshold over debt; liquidation below 1.
    pub health_factor: Option<Decimal>,
}

/// The block that an on-chain quote was computed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    pub chain: ChainId,
    pub block: u64,
    pub block_hash: String,
    pub time: Timestamp,
}

/// A call that the borrower's wallet must send, unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    /// What it does, for people.
    pub purpose: String,
    pub chain: ChainId,
    pub to: String,
    pub data: String,
    /// In wei.
    pub value: U256,
}

/// Something the borrower must have or do before the offer can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Issue {
    AllowanceMissing,
    BalanceMissing,
    WalletMissing,
    DocumentsMissing,
    IdentityCheckMissing,
}

/// A lender's answer, in its own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The lender's name for it.
    pub reference: String,
    /// The credit given, before financed fees and before what is kept back.
    pub principal: Money,
    pub pricing: Pricing,
    pub repayment: Repayment,
    pub term: Term,
    pub frequency: Frequency,
    /// When not one regular period after the drawdown.
    pub first_due: Option<Date>,
    pub fees: Vec<Fee>,
    pub rate_kind: RateKind,
    /// The index that a variable rate follows.
    pub rate_index: Option<String>,
    /// Paid to the borrower on top, in whatever form; never part of the cost, never ranked on.
    pub reward_rate: Option<Rate>,
    pub binding: Binding,
    pub assurance: Assurance,
    pub sponsored: bool,
    pub valid_until: Timestamp,
    pub funding_hours: u32,
    pub prepayment: Prepayment,
    pub collateral: Vec<CollateralTerms>,
    pub as_of: Option<ChainState>,
    pub execution_plan: Vec<PlannedCall>,
    pub issues: Vec<Issue>,
    pub disclosures: Vec<String>,
}

/// Most offers that one provider can make to one request.
pub const MAX_OFFERS: usize = 5;
pub const MAX_FEES: usize = 10;
/// Most instalments: fifty years of weeks.
pub const MAX_INSTALMENTS: usize = 2_610;
pub const MAX_REFERENCE: usize = 128;
/// Longest wait for a first payment that is believed.
const MAX_FIRST_DUE_DAYS: i32 = 732;
/// Most hours to funding that are believed: ninety days.
const MAX_FUNDING_HOURS: u32 = 2_160;
/// Factor rates beyond this are not offers.
const MAX_FACTOR: Decimal = Decimal::ONE_HUNDRED;
const MAX_DISCLOSURES: usize = 20;
const MAX_DISCLOSURE_CHARS: usize = 1_000;

/// The rule that an answer breaks. Answers are hostile input: each is held to these before anything is computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferViolation {
    #[error("the offer is in {found}, {asked} was asked for")]
    Asset { found: String, asked: String },
    #[error("the principal {found} is not above zero and at most the {asked} asked for")]
    Principal { found: String, asked: String },
    #[error("{field} is out of range: {rule}")]
    Range { field: &'static str, rule: &'static str },
    #[error("the offer had expired when it was given")]
    Expired,
    #[error("{field} holds more than {limit} entries or characters")]
    TooMany { field: &'static str, limit: usize },
}

impl Offer {
    /// Holds the answer to the question: same asset, no more than was asked, nothing out of range.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn check(&self, asked: &Money, drawn_on: Date, now: Timestamp) -> Result<(), OfferViolation> {
        if self.principal.asset() != asked.asset() {
            let (found, asked) = (self.principal.asset().to_string(), asked.asset().to_string());
            return Err(OfferViolation::Asset { found, asked });
        }
        if self.principal.is_zero() || self.principal.units() > asked.units() {
            let (found, asked) = (self.principal.to_string(), asked.to_string());
            return Err(OfferViolation::Principal { found, asked });
        }
        if self.valid_until <= now {
            return Err(OfferViolation::Expired);
        }
        self.check_sizes()?;
        self.check_pricing()?;
        self.check_fees(asked.asset())?;
        self.check_dates(drawn_on)
    }

    fn check_sizes(&self) -> Result<(), OfferViolation> {
        let limits = [
            ("reference", self.reference.chars().count(), MAX_REFERENCE),
            ("fees", self.fees.len(), MAX_FEES),
            ("disclosures", self.disclosures.len(), MAX_DISCLOSURES),
        ];
        for (field, found, limit) in limits {
            if found > limit {
                return Err(OfferViolation::TooMany { field, limit });
            }
        }
        if self.disclosures.iter().any(|text| text.chars().count() > MAX_DISCLOSURE_CHARS) {
            return Err(OfferViolation::TooMany { field: "disclosures", limit: MAX_DISCLOSURE_CHARS });
        }
        if self.reference.is_empty() {
            return Err(OfferViolation::Range { field: "reference", rule: "must not be empty" });
        }
        Ok(())
    }

    fn check_pricing(&self) -> Result<(), OfferViolation> {
        let range = |field, rule| Err(OfferViolation::Range { field, rule });
        match &self.pricing {
            Pricing::Nominal { rate, .. } | Pricing::EffectiveAnnual { rate } | Pricing::Flat { rate } => {
                if rate.value().is_sign_negative() && !rate.value().is_zero() {
                    return range("pricing.rate", "must not be negative");
                }
            }
            Pricing::Factor { factor } => {
                if *factor < Decimal::ONE || *factor > MAX_FACTOR {
                    return range("pricing.factor", "must lie between 1 and 100");
                }
            }
            Pricing::Flows { payments, .. } => {
                if payments.is_empty() || payments.len() > MAX_INSTALMENTS {
                    return range("pricing.payments", "must hold 1 to 2610 payments");
                }
            }
        }
        Ok(())
    }

    fn check_fees(&self, asset: &Asset) -> Result<(), OfferViolation> {
        for fee in &self.fees {
            match &fee.amount {
                FeeAmount::Fixed(amount) if amount.asset() != asset => {
                    return Err(OfferViolation::Asset { found: amount.asset().to_string(), asked: asset.to_string() });
                }
                FeeAmount::Share(rate) if rate.value() < Decimal::ZERO || rate.value() > Decimal::ONE => {
                    return Err(OfferViolation::Range { field: "fees.rate", rule: "must lie between 0 and 1" });
                }
                FeeAmount::Fixed(_) | FeeAmount::Share(_) => {}
            }
        }
        Ok(())
    }

    fn check_dates(&self, drawn_on: Date) -> Result<(), OfferViolation> {
        let range = |field, rule| Err(OfferViolation::Range { field, rule });
        if self.funding_hours > MAX_FUNDING_HOURS {
            return range("funding_hours", "must be at most 2160");
        }
        if let Some(first) = self.first_due {
            let days = drawn_on.until(first).map_or(i32::MAX, |span| span.get_days());
            if !(1..=MAX_FIRST_DUE_DAYS).contains(&days) {
                return range("first_due", "must lie 1 to 732 days after the drawdown");
            }
        }
        if let Pricing::Flows { payments, .. } = &self.pricing {
            let mut last = drawn_on;
            for (due, _) in payments {
                if *due <= last {
                    return range("pricing.payments", "dates must follow the drawdown and rise");
                }
                last = *due;
            }
        }
        Ok(())
    }
}
