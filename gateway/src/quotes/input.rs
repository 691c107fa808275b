//! The body of `POST /v1/credit-requests`, and how it becomes a request of the domain. Every broken rule is reported
//! at once, each with the field that breaks it.

use std::time::Duration;

use adapters::protocol::wire::{Money, Term};
use domain::asset::{Asset, AssetRegistry};
use domain::caip::AccountId;
use domain::consent::{Consent, ConsentPurpose, ConsentText};
use domain::deadline::Deadline;
use domain::ids::{CreditRequestId, TenantId};
use domain::money;
use domain::period::Frequency;
use domain::policy::Policy;
use domain::request::{
    Borrower, CreditRequest, MAX_ACCEPT_ASSETS, MAX_CLIENT_REFERENCE, MAX_COLLATERAL, MAX_WALLETS, Purpose,
    RatePreference,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::LimitsConfig;
use crate::problem::{FieldError, Problem};

/// A borrower's question to every lender at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "amount": {"amount": "10000.00", "asset": "USD"},
    "term": {"count": 36, "unit": "months"},
    "purpose": "working_capital",
    "frequency": "monthly",
    "borrower": {
        "client_reference": "borrower-42",
        "country": "US",
        "state": "CA",
        "annual_income": {"amount": "90000.00", "asset": "USD"},
        "monthly_debt_payments": {"amount": "500.00", "asset": "USD"}
    },
    "consents": [
        {"purpose": "share_with_lenders", "version": "2026-11", "granted_at": "2026-11-01T00:00:00Z"},
        {"purpose": "soft_inquiry", "version": "2026-11", "granted_at": "2026-11-01T00:00:00Z"}
    ],
    "deadline_ms": 3000
}))]
pub struct CreditRequestInput {
    pub amount: Money,
    /// Assets taken in place of the amount's own, at the policy's declared par.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub accept_assets: Vec<String>,
    pub term: Term,
    pub purpose: Purpose,
    /// How often the borrower would pay.
    #[serde(default = "monthly")]
    pub frequency: Frequency,
    #[serde(default)]
    pub rate_preference: RatePreference,
    #[serde(default)]
    #[schema(max_items = 8)]
    pub collateral: Vec<Money>,
    pub borrower: BorrowerInput,
    /// Consent to `share_with_lenders` and to `soft_inquiry` is required.
    #[schema(min_items = 2, max_items = 2)]
    pub consents: Vec<ConsentInput>,
    /// How long the last answer is waited for; the gateway's own limit applies when it is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 600000, example = 3000)]
    pub deadline_ms: Option<u64>,
}

/// The borrower, without a name: personal data is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BorrowerInput {
    /// The caller's own opaque name for the borrower: letters, digits, `_` and `-`, at least one of them a letter.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]*$")]
    pub client_reference: String,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    pub country: String,
    /// Required for, and only for, a borrower in the US.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{2}$", example = "CA")]
    pub state: Option<String>,
    /// Declared gross income a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_income: Option<Money>,
    /// Declared payments on existing debts, a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_debt_payments: Option<Money>,
    /// CAIP-10 account ids.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub wallets: Vec<String>,
}

/// What the borrower agreed to, in which words, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    pub purpose: ConsentPurpose,
    #[schema(example = "2026-11", max_length = 32)]
    pub version: String,
    #[schema(value_type = String, format = DateTime)]
    pub granted_at: Timestamp,
}

/// A consent as it is stored: with the hash of the words.
#[derive(Debug, Serialize)]
pub struct StoredConsent {
    purpose: ConsentPurpose,
    version: String,
    text_sha256: String,
    granted_at: Timestamp,
}

fn monthly() -> Frequency {
    Frequency::Monthly
}

/// What a body is read against.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub id: CreditRequestId,
    pub tenant: TenantId,
    pub now: Timestamp,
    pub registry: &'a AssetRegistry,
    pub policy: &'a Policy,
    pub limits: &'a LimitsConfig,
}

/// Collects what is wrong while going on, so that a caller learns all of it at once.
#[derive(Debug, Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, pointer: impl Into<String>, rule: &str, detail: impl std::fmt::Display) {
        self.0.push(FieldError::new(pointer, rule, detail));
    }

    fn asset(&mut self, registry: &AssetRegistry, pointer: &str, text: &str) -> Option<Asset> {
        registry.resolve(text).map_err(|error| self.add(pointer, "known_asset", error)).ok()
    }

    fn money(&mut self, registry: &AssetRegistry, pointer: &str, input: &Money) -> Option<money::Money> {
        let asset = self.asset(registry, &format!("{pointer}/asset"), &input.asset)?;
        let parsed = money::Money::parse(&input.amount, &asset);
        parsed.map_err(|error| self.add(format!("{pointer}/amount"), "decimal_amount", error)).ok()
    }

    fn at_most(&mut self, pointer: &str, found: usize, most: usize) {
        if found > most {
            self.add(pointer, "max_items", format!("at most {most} are taken, {found} were given"));
        }
    }
}

impl CreditRequestInput {
    /// The request that this body asks for.
    ///
    /// # Errors
    /// A problem that names every field that breaks a rule.
    pub fn read(&self, reading: Reading<'_>) -> Result<CreditRequest, Problem> {
        let mut errors = Errors::default();
        errors.at_most("/accept_assets", self.accept_assets.len(), MAX_ACCEPT_ASSETS);
        errors.at_most("/collateral", self.collateral.len(), MAX_COLLATERAL);
        let registry = reading.registry;
        let amount = errors.money(registry, "/amount", &self.amount);
        let accept_assets = numbered(&self.accept_assets)
            .filter_map(|(i, text)| errors.asset(registry, &format!("/accept_assets/{i}"), text))
            .collect();
        let collateral = numbered(&self.collateral)
            .filter_map(|(i, money)| errors.money(registry, &format!("/collateral/{i}"), money))
            .collect();
        let borrower = self.borrower.read(registry, &mut errors);
        if self.deadline_ms == Some(0) {
            errors.add("/deadline_ms", "positive", "the deadline must be at least 1 ms");
        }
        let (Some(amount), Some(borrower), true) = (amount, borrower, errors.0.is_empty()) else {
            return Err(Problem::invalid(errors.0));
        };
        let request = CreditRequest {
            id: reading.id,
            tenant: reading.tenant,
            amount,
            accept_assets,
            term: self.term.into(),
            purpose: self.purpose,
            frequency: self.frequency,
            rate_preference: self.rate_preference,
            collateral,
            borrower,
            consents: self.consents.iter().map(ConsentInput::consent).collect(),
            created_at: reading.now,
            drawn_on: reading.now.to_zoned(TimeZone::UTC).date(),
            deadline: self.deadline(reading),
        };
        let broken = request.violations(reading.policy, reading.limits.max_amount_major);
        if broken.is_empty() {
            return Ok(request);
        }
        let errors = broken.into_iter().map(|v| FieldError::new(v.pointer, v.rule, v.detail));
        Err(Problem::invalid(errors.collect()))
    }

    fn deadline(&self, reading: Reading<'_>) -> Deadline {
        let wait = self.deadline_ms.unwrap_or(reading.limits.default_deadline_ms);
        Deadline::after(reading.now, Duration::from_millis(wait.min(reading.limits.max_deadline_ms)))
    }

    /// The consents with the hash of their words.
    #[must_use]
    pub fn stored_consents(&self) -> Vec<StoredConsent> {
        let stored = |input: &ConsentInput| {
            let text = ConsentText::of(&input.consent())?;
            Some(StoredConsent {
                purpose: input.purpose,
                version: input.version.clone(),
                text_sha256: text.sha256(),
                granted_at: input.granted_at,
            })
        };
        self.consents.iter().filter_map(stored).collect()
    }
}

impl ConsentInput {
    fn consent(&self) -> Consent {
        Consent { purpose: self.purpose, version: self.version.clone(), granted_at: self.granted_at }
    }
}

impl BorrowerInput {
    fn read(&self, registry: &AssetRegistry, errors: &mut Errors) -> Option<Borrower> {
        errors.at_most("/borrower/wallets", self.wallets.len(), MAX_WALLETS);
        if !is_opaque(&self.client_reference) {
            let detail =
                "1 to 64 letters, digits, `_` and `-`, at least one of them a letter: no name, number or address";
            errors.add("/borrower/client_reference", "opaque_reference", detail);
        }
        let country = self.country.parse().map_err(|e| errors.add("/borrower/country", "known_country", e)).ok();
        let us_state = match &self.state {
            Some(text) => text.parse().map_err(|e| errors.add("/borrower/state", "known_state", e)).ok(),
            None => None,
        };
        let mut optional =
            |pointer, money: &Option<Money>| money.as_ref().and_then(|money| errors.money(registry, pointer, money));
        let annual_income = optional("/borrower/annual_income", &self.annual_income);
        let monthly_debt_payments = optional("/borrower/monthly_debt_payments", &self.monthly_debt_payments);
        let wallets: Vec<AccountId> = numbered(&self.wallets)
            .filter_map(|(i, text)| {
                text.parse().map_err(|e| errors.add(format!("/borrower/wallets/{i}"), "caip10", e)).ok()
            })
            .collect();
        Some(Borrower {
            client_reference: self.client_reference.clone(),
            country: country?,
            us_state,
            annual_income,
            monthly_debt_payments,
            wallets,
        })
    }
}

fn numbered<T>(items: &[T]) -> impl Iterator<Item = (usize, &T)> {
    items.iter().enumerate()
}

/// A reference that says nothing of a person: no address, no bare number.
fn is_opaque(text: &str) -> bool {
    (1..=MAX_CLIENT_REFERENCE).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}
