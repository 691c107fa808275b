//! What a provider can do, declared as data and checked before any call is made.

use serde::Serialize;

use crate::asset::Asset;
use crate::country::Country;
use crate::ids::ProviderId;
use crate::money::Money;
use crate::offer::RateKind;
use crate::request::{CreditRequest, Purpose, RatePreference};

/// What sort of lender it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    Bank,
    Fintech,
    Defi,
    OnChain,
}

impl ProviderKind {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Fintech => "fintech",
            Self::Defi => "defi",
            Self::OnChain => "on_chain",
        }
    }
}

/// Whether a lender takes collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// It lends unsecured; collateral offered is ignored.
    #[default]
    Unsecured,
    /// It does not lend without collateral that it accepts.
    Required,
}

/// Which calls may share one answer while it is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// The answer is bound to one request: only repetitions of that very call share it.
    PerRequest,
    /// The answer depends on what is asked and not on who asks.
    PerContent,
}

/// The amounts of one asset that a provider lends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmountRange {
    pub min: Money,
    pub max: Money,
}

/// Everything the gateway needs to know to decide whether to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    pub id: ProviderId,
    pub name: String,
    pub kind: ProviderKind,
    /// Places served; all when empty.
    pub countries: Vec<Country>,
    /// One range an asset.
    pub amounts: Vec<AmountRange>,
    pub min_term_days: i32,
    pub max_term_days: i32,
    /// Purposes served; all when empty.
    pub purposes: Vec<Purpose>,
    pub rate_kinds: Vec<RateKind>,
    pub security: Security,
    /// Assets taken as collateral.
    pub collateral: Vec<Asset>,
    /// Hours from acceptance to money, as the provider states them.
    pub funding_hours: u32,
    pub sharing: Sharing,
}

/// The rule by which a provider was not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ineligibility {
    #[error("it does not lend in {0}")]
    Country(Country),
    #[error("it lends none of the assets accepted")]
    Asset,
    #[error("it lends between {min} and {max}")]
    Amount { min: Money, max: Money },
    #[error("it lends for {min_days} to {max_days} days")]
    Term { min_days: i32, max_days: i32 },
    #[error("it does not lend for this purpose")]
    Purpose,
    #[error("it lends only against collateral in {}", .accepted.join(", "))]
    Collateral { accepted: Vec<String> },
    #[error("it does not offer the rate type asked for")]
    RateType,
}

impl Ineligibility {
    /// The rule's name on the wire.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Country(_) => "country",
            Self::Asset => "asset",
            Self::Amount { .. } => "amount",
            Self::Term { .. } => "term",
            Self::Purpose => "purpose",
            Self::Collateral { .. } => "collateral",
            Self::RateType => "rate_type",
        }
    }
}

impl Capabilities {
    /// What to ask this provider for: the amount in the first asset that both sides take.
    ///
    /// # Errors
    /// The first rule that makes asking pointless.
    pub fn ask(&self, request: &CreditRequest) -> Result<Money, Ineligibility> {
        if !self.countries.is_empty() && !self.countries.contains(&request.borrower.country) {
            return Err(Ineligibility::Country(request.borrower.country));
        }
        if !self.purposes.is_empty() && !self.purposes.contains(&request.purpose) {
            return Err(Ineligibility::Purpose);
        }
        self.check_rate_kind(request.rate_preference)?;
        self.check_term(request)?;
        self.check_collateral(request)?;
        self.pick_asset(request)
    }

    fn check_rate_kind(&self, preference: RatePreference) -> Result<(), Ineligibility> {
        let wanted = match preference {
            RatePreference::Any => return Ok(()),
            RatePreference::Fixed => RateKind::Fixed,
            RatePreference::Variable => RateKind::Variable,
        };
        if self.rate_kinds.contains(&wanted) { Ok(()) } else { Err(Ineligibility::RateType) }
    }

    fn check_term(&self, request: &CreditRequest) -> Result<(), Ineligibility> {
        let days = request
            .term
            .end_from(request.drawn_on)
            .ok()
            .and_then(|end| request.drawn_on.until(end).ok())
            .map_or(i32::MAX, |span| span.get_days());
        if (self.min_term_days..=self.max_term_days).contains(&days) {
            return Ok(());
        }
        Err(Ineligibility::Term { min_days: self.min_term_days, max_days: self.max_term_days })
    }

    fn check_collateral(&self, request: &CreditRequest) -> Result<(), Ineligibility> {
        let accepted = request.collateral.iter().any(|given| self.collateral.contains(given.asset()));
        if self.security == Security::Unsecured || accepted {
            return Ok(());
        }
        Err(Ineligibility::Collateral { accepted: self.collateral.iter().map(ToString::to_string).collect() })
    }

    fn pick_asset(&self, request: &CreditRequest) -> Result<Money, Ineligibility> {
        let wanted = std::iter::once(request.amount.asset()).chain(&request.accept_assets);
        let mut refused = Ineligibility::Asset;
        for asset in wanted {
            let Some(range) = self.amounts.iter().find(|range| range.min.asset() == asset) else { continue };
            let Some(amount) = request.amount_in(asset) else { continue };
            if (range.min.units()..=range.max.units()).contains(&amount.units()) {
                return Ok(amount);
            }
            refused = Ineligibility::Amount { min: range.min.clone(), max: range.max.clone() };
        }
        Err(refused)
    }
}
