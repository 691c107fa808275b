//! A credit request: what a borrower asks every lender at once.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::asset::Asset;
use crate::caip::AccountId;
use crate::consent::{Consent, ConsentPurpose, ConsentText};
use crate::country::{Country, UsState};
use crate::deadline::Deadline;
use crate::ids::{CreditRequestId, TenantId};
use crate::money::Money;
use crate::normalise::AprMethod;
use crate::period::{Frequency, Term};
use crate::policy::Policy;

/// What the credit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    WorkingCapital,
    Equipment,
    Inventory,
    RealEstate,
    Refinancing,
    DebtConsolidation,
    HomeImprovement,
    Vehicle,
    Education,
    Medical,
    Liquidity,
    Other,
}

/// Whether the borrower takes a rate that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatePreference {
    #[default]
    Any,
    Fixed,
    Variable,
}

/// Who asks, without a name: personal data is not accepted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrower {
    /// The caller's own opaque name for the borrower.
    pub client_reference: String,
    pub country: Country,
    /// Required when the country is the United States: law and licences differ by state.
    pub us_state: Option<UsState>,
    /// Declared gross income a year.
    pub annual_income: Option<Money>,
    /// Declared payments on existing debts, a month.
    pub monthly_debt_payments: Option<Money>,
    pub wallets: Vec<AccountId>,
}

/// One question to all lenders, fully typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditRequest {
    pub id: CreditRequestId,
    pub tenant: TenantId,
    pub amount: Money,
    /// Assets taken in place of the amount's own, at the policy's declared par.
    pub accept_assets: Vec<Asset>,
    pub term: Term,
    pub purpose: Purpose,
    pub frequency: Frequency,
    pub rate_preference: RatePreference,
    pub collateral: Vec<Money>,
    pub borrower: Borrower,
    pub consents: Vec<Consent>,
    pub created_at: Timestamp,
    /// The day on which every offer is taken to be paid out, so that all are compared alike.
    pub drawn_on: Date,
    pub deadline: Deadline,
}

/// Most assets that can be accepted in place of the one asked for.
pub const MAX_ACCEPT_ASSETS: usize = 8;
/// Most collateral assets: what the escrow contract takes a loan.
pub const MAX_COLLATERAL: usize = 8;
pub const MAX_WALLETS: usize = 8;
/// Longest term, in days: fifty years.
pub const MAX_TERM_DAYS: i32 = 18_263;
pub const MAX_CLIENT_REFERENCE: usize = 64;

/// A rule of the request as a whole that is broken, and the field (JSON pointer) that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub pointer: String,
    pub rule: &'static str,
    pub detail: String,
}

impl Violation {
    fn new(pointer: impl Into<String>, rule: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), rule, detail: detail.into() }
    }
}

impl CreditRequest {
    /// The APR method of the borrower's law; all offers to one request are measured by the same one.
    #[must_use]
    pub fn apr_method(&self) -> AprMethod {
        if self.borrower.country == Country::US { AprMethod::UsRegZ } else { AprMethod::EuCcd }
    }

    /// The amount as it would be lent in `asset`: itself, or its par value in an accepted asset.
    #[must_use]
    pub fn amount_in(&self, asset: &Asset) -> Option<Money> {
        if asset == self.amount.asset() {
            return Some(self.amount.clone());
        }
        if !self.accept_assets.contains(asset) {
            return None;
        }
        self.amount.at_par_in(asset).ok()
    }

    /// Rules that no single field's type can hold. Empty when the request may be asked.
    #[must_use]
    pub fn violations(&self, policy: &Policy, max_amount_major: u64) -> Vec<Violation> {
        let mut found: Vec<_> = self.amount_violations(max_amount_major).into_iter().collect();
        found.extend(self.term_violations());
        found.extend(self.asset_violations(policy));
        found.extend(self.borrower_violations());
        found.extend(self.consent_violations());
        found
    }

    fn amount_violations(&self, max_amount_major: u64) -> Option<Violation> {
        if self.amount.is_zero() {
            return Some(Violation::new("/amount/amount", "positive", "the amount must be more than zero"));
        }
        let limit = Money::parse(&max_amount_major.to_string(), self.amount.asset()).ok()?;
        let above = self.amount.units() > limit.units();
        above.then(|| Violation::new("/amount/amount", "max_amount", format!("the most that can be asked is {limit}")))
    }

    fn term_violations(&self) -> Option<Violation> {
        let broken = |detail: &str| Some(Violation::new("/term", "term_range", detail));
        if self.term.count == 0 {
            return broken("the term must be at least one day");
        }
        match self.term.end_from(self.drawn_on) {
            Ok(end) if self.drawn_on.until(end).is_ok_and(|span| span.get_days() <= MAX_TERM_DAYS) => None,
            _ => broken("the longest term is 50 years"),
        }
    }

    fn asset_violations(&self, policy: &Policy) -> Vec<Violation> {
        let mut found = Vec::new();
        for (i, asset) in self.accept_assets.iter().enumerate() {
            let pointer = format!("/accept_assets/{i}");
            let before = self.accept_assets.iter().take(i);
            if asset == self.amount.asset() || before.into_iter().any(|seen| seen == asset) {
                found.push(Violation::new(pointer, "distinct", format!("{asset} is named twice")));
            } else if !policy.at_par(asset, self.amount.asset()) {
                let detail =
                    format!("policy {} declares no par between {asset} and {}", policy.version, self.amount.asset());
                found.push(Violation::new(pointer, "par_declared", detail));
            }
        }
        for (i, given) in self.collateral.iter().enumerate() {
            let pointer = format!("/collateral/{i}");
            if given.is_zero() {
                found.push(Violation::new(pointer + "/amount", "positive", "the amount must be more than zero"));
            } else if self.collateral.iter().take(i).any(|seen| seen.asset() == given.asset()) {
                let detail = format!("{} is named twice", given.asset());
                found.push(Violation::new(pointer + "/asset", "distinct", detail));
            }
        }
        found
    }

    fn borrower_violations(&self) -> Option<Violation> {
        let us = self.borrower.country == Country::US;
        match (us, self.borrower.us_state) {
            (true, None) => Some(Violation::new(
                "/borrower/state",
                "required_in_us",
                "the state is required for a borrower in the US",
            )),
            (false, Some(_)) => {
                Some(Violation::new("/borrower/state", "only_in_us", "a state is only taken for a borrower in the US"))
            }
            _ => None,
        }
    }

    fn consent_violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        for (i, consent) in self.consents.iter().enumerate() {
            let pointer = format!("/consents/{i}");
            if ConsentText::of(consent).is_none() {
                let detail = format!("version `{}` of {} is not current", consent.version, consent.purpose.code());
                found.push(Violation::new(pointer + "/version", "consent_version", detail));
            } else if consent.granted_at > self.created_at {
                found.push(Violation::new(pointer + "/granted_at", "not_in_future", "consent cannot be given later"));
            } else if self.consents.iter().take(i).any(|seen| seen.purpose == consent.purpose) {
                found.push(Violation::new(pointer + "/purpose", "distinct", "each purpose is consented to once"));
            }
        }
        for purpose in ConsentPurpose::REQUIRED {
            if !self.consents.iter().any(|consent| consent.purpose == purpose) {
                let detail = format!("consent to {} is missing", purpose.code());
                found.push(Violation::new("/consents", "consent_required", detail));
            }
        }
        found
    }
}
