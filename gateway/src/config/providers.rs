//! The providers as they are written in configuration, and how each becomes one that can be asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use adapters::aave::{AaveLender, AaveLenderConfig};
use adapters::guard::{Guarded, Limits, guard};
use adapters::http::{HttpClient, HttpLender, HttpLenderConfig};
use adapters::provider::Provider;
use domain::asset::{Asset, AssetRegistry};
use domain::caip::ChainId;
use domain::capabilities::{AmountRange, Capabilities, ProviderKind, Security, Sharing};
use domain::country::Country;
use domain::deadline::Clock;
use domain::ids::ProviderId;
use domain::money::Money;
use domain::offer::RateKind;
use domain::request::{MAX_TERM_DAYS, Purpose};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{BuiltChain, Config, ConfigError};

/// One lender.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProviderConfig {
    /// Speaks the provider protocol over HTTP.
    Http(HttpConfig),
    /// An Aave v3 market.
    AaveV3(AaveConfig),
}

/// The amounts of one asset that a lender lends, in major units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeConfig {
    pub asset: String,
    pub min: String,
    pub max: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// `prv_` and a UUIDv7. `agio doctor` offers a fresh one where it is missing.
    pub id: String,
    pub name: String,
    pub kind: ProviderKind,
    pub base_url: String,
    pub secret: SecretString,
    pub amounts: Vec<RangeConfig>,
    #[serde(default)]
    pub countries: Vec<Country>,
    #[serde(default)]
    pub purposes: Vec<Purpose>,
    #[serde(default = "shortest_term")]
    pub min_term_days: i32,
    #[serde(default = "longest_term")]
    pub max_term_days: i32,
    #[serde(default = "fixed_only")]
    pub rate_types: Vec<RateKind>,
    #[serde(default)]
    pub security: Security,
    /// Assets taken as collateral.
    #[serde(default)]
    pub collateral: Vec<String>,
    pub funding_hours: u32,
    #[serde(default)]
    pub limits: Limits,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AaveConfig {
    pub id: String,
    pub name: String,
    /// CAIP-2 id of a configured chain.
    pub chain: String,
    pub pool_addresses_provider: String,
    pub data_provider: String,
    pub amounts: Vec<RangeConfig>,
    /// Assets taken as collateral.
    pub collateral: Vec<String>,
    /// Address of the token that the oracle prices the chain's own coin by; without it the cost of gas is left out.
    #[serde(default)]
    pub wrapped_native: Option<String>,
    #[serde(default)]
    pub limits: Limits,
}

fn shortest_term() -> i32 {
    1
}

fn longest_term() -> i32 {
    MAX_TERM_DAYS
}

fn fixed_only() -> Vec<RateKind> {
    vec![RateKind::Fixed]
}

impl ProviderConfig {
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Http(http) => &http.name,
            Self::AaveV3(aave) => &aave.name,
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Http(http) => &http.id,
            Self::AaveV3(aave) => &aave.id,
        }
    }

    fn limits(&self) -> &Limits {
        match self {
            Self::Http(http) => &http.limits,
            Self::AaveV3(aave) => &aave.limits,
        }
    }
}

/// Names the field of the provider at hand.
struct Field(usize);

impl Field {
    fn error(&self, name: &str, rule: impl std::fmt::Display) -> ConfigError {
        ConfigError::rule(format!("providers[{}].{name}", self.0), rule)
    }

    fn id(&self, text: &str) -> Result<ProviderId, ConfigError> {
        text.parse().map_err(|error| self.error("id", error))
    }

    fn assets(&self, registry: &AssetRegistry, names: &[String]) -> Result<Vec<Asset>, ConfigError> {
        names.iter().map(|name| registry.resolve(name).map_err(|e| self.error("collateral", e))).collect()
    }

    fn amounts(&self, registry: &AssetRegistry, ranges: &[RangeConfig]) -> Result<Vec<AmountRange>, ConfigError> {
        let read = |range: &RangeConfig| {
            let asset = registry.resolve(&range.asset).map_err(|e| self.error("amounts.asset", e))?;
            let min = Money::parse(&range.min, &asset).map_err(|e| self.error("amounts.min", e))?;
            let max = Money::parse(&range.max, &asset).map_err(|e| self.error("amounts.max", e))?;
            if min.units() > max.units() {
                return Err(self.error("amounts", "min must be at most max"));
            }
            Ok(AmountRange { min, max })
        };
        if ranges.is_empty() {
            return Err(self.error("amounts", "at least one asset must be lent"));
        }
        ranges.iter().map(read).collect()
    }
}

impl Config {
    /// Every configured lender, with its guards.
    ///
    /// # Errors
    /// When a provider's configuration breaks a rule; the error names the field.
    pub fn build_providers(&self, clock: &Arc<dyn Clock>) -> Result<Vec<Guarded>, ConfigError> {
        let registry = self.registry()?;
        let chains = self.build_chains()?;
        let client = HttpClient::try_new().map_err(|error| ConfigError::rule("providers", error))?;
        let mut ids = BTreeSet::new();
        let mut built = Vec::with_capacity(self.providers.len());
        for (i, config) in self.providers.iter().enumerate() {
            let field = Field(i);
            if !ids.insert(config.id()) {
                return Err(field.error("id", "is used by another provider"));
            }
            let provider: Arc<dyn Provider> = match config {
                ProviderConfig::Http(http) => Arc::new(build_http(&field, http, &registry, &client, clock)?),
                ProviderConfig::AaveV3(aave) => Arc::new(build_aave(&field, aave, &registry, &chains, clock)?),
            };
            built.push(guard(provider, config.limits(), Arc::clone(clock)));
        }
        Ok(built)
    }
}

fn find_chain<'a>(field: &Field, chains: &'a [BuiltChain], id: &str) -> Result<&'a BuiltChain, ConfigError> {
    let wanted: ChainId = id.parse().map_err(|error| field.error("chain", error))?;
    let found = chains.iter().find(|built| built.chain.id == wanted);
    found.ok_or_else(|| field.error("chain", format!("{id} is not among the chains")))
}

fn build_aave(
    field: &Field,
    config: &AaveConfig,
    registry: &AssetRegistry,
    chains: &[BuiltChain],
    clock: &Arc<dyn Clock>,
) -> Result<AaveLender, ConfigError> {
    let found = find_chain(field, chains, &config.chain)?;
    let capabilities = Capabilities {
        id: field.id(&config.id)?,
        name: config.name.clone(),
        kind: ProviderKind::Defi,
        countries: Vec::new(),
        amounts: field.amounts(registry, &config.amounts)?,
        min_term_days: 1,
        max_term_days: MAX_TERM_DAYS,
        purposes: Vec::new(),
        rate_kinds: vec![RateKind::Variable],
        security: Security::Required,
        collateral: field.assets(registry, &config.collateral)?,
        funding_hours: 0,
        sharing: Sharing::PerContent,
    };
    let node = found.first_endpoint().ok_or_else(|| field.error("chain", "has no node"))?;
    AaveLender::try_new(
        AaveLenderConfig {
            capabilities,
            chain: found.chain.id.clone(),
            rpc_url: node.url.expose_secret().to_owned(),
            inclusion_delay: whole_seconds(found.chain.block_time),
            pool_addresses_provider: config.pool_addresses_provider.clone(),
            data_provider: config.data_provider.clone(),
            wrapped_native: config.wrapped_native.clone(),
        },
        Arc::clone(clock),
    )
    .map_err(|error| field.error("chain", error))
}

/// Blocks have whole seconds, so that the next one of a faster chain is counted as a second away.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0)))
}

fn build_http(
    field: &Field,
    config: &HttpConfig,
    registry: &AssetRegistry,
    client: &HttpClient,
    clock: &Arc<dyn Clock>,
) -> Result<HttpLender, ConfigError> {
    let capabilities = Capabilities {
        id: field.id(&config.id)?,
        name: config.name.clone(),
        kind: config.kind,
        countries: config.countries.clone(),
        amounts: field.amounts(registry, &config.amounts)?,
        min_term_days: config.min_term_days,
        max_term_days: config.max_term_days,
        purposes: config.purposes.clone(),
        rate_kinds: config.rate_types.clone(),
        security: config.security,
        collateral: field.assets(registry, &config.collateral)?,
        funding_hours: config.funding_hours,
        sharing: Sharing::PerRequest,
    };
    let lender = HttpLenderConfig { capabilities, base_url: config.base_url.clone(), secret: config.secret.clone() };
    HttpLender::try_new(lender, client, Arc::clone(clock)).map_err(|error| field.error("base_url", error))
}
