//! The chains as they are written in configuration, and what each becomes.
//!
//! Of the five chains known by name only the nodes must be given; whatever else is given goes over what is known. Any other
//! chain is described whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use chain::registry::{Chain, DataFee, FeeRule, FinalityRule};
use chain::rpc::EndpointConfig;
use domain::caip::ChainId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::evm::{Wei, address};
use super::{Config, ConfigError, Environment};

/// Chains that can be configured.
pub const MAX_CHAINS: usize = 32;
/// Nodes of one chain.
pub const MAX_ENDPOINTS: usize = 16;
/// Contracts of one chain that have a name.
pub const MAX_CONTRACTS: usize = 256;
const MAX_BLOCK_TIME_MS: u64 = 3_600_000;
/// No rule of any chain reaches deeper.
const MAX_DEPTH: u64 = 100_000;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// CAIP-2.
    pub id: String,
    pub endpoints: Vec<NodeConfig>,
    /// How many nodes must say the same where money depends on it; less than two in development only.
    #[serde(default = "two")]
    pub sources_that_agree: usize,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub block_time_ms: Option<u64>,
    #[serde(default)]
    pub finality: Option<FinalityConfig>,
    #[serde(default)]
    pub fees: Option<FeesConfig>,
    #[serde(default)]
    pub data_fee: Option<DataFeeConfig>,
    /// Where Multicall3 stands, or `none`.
    #[serde(default)]
    pub multicall: Option<String>,
    /// Symbol of the coin that pays for gas.
    #[serde(default)]
    pub coin: Option<String>,
    /// Addresses by name.
    #[serde(default)]
    pub contracts: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// A secret, since many hold a key.
    pub url: SecretString,
    /// Nodes of the lowest number are asked first.
    #[serde(default)]
    pub priority: u8,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "must be \"tags\" or { safe = depth, final = depth }")]
pub enum FinalityConfig {
    Tags(Tags),
    Depth(Depth),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tags {
    Tags,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    pub safe: u64,
    #[serde(rename = "final")]
    pub last: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FeesConfig {
    DynamicFee { least_priority_wei: Wei },
    GasPrice { least_wei: Wei },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataFeeConfig {
    None,
    OpStack,
    Arbitrum,
}

fn two() -> usize {
    2
}

/// A chain and its nodes.
#[derive(Debug, Clone)]
pub struct BuiltChain {
    pub chain: Arc<Chain>,
    pub endpoints: Vec<EndpointConfig>,
    pub sources_that_agree: usize,
}

impl BuiltChain {
    /// The node that is asked first.
    pub(crate) fn first_endpoint(&self) -> Option<&EndpointConfig> {
        self.endpoints.iter().min_by_key(|endpoint| endpoint.priority)
    }
}

impl Config {
    /// Every configured chain, in the order of the file.
    ///
    /// # Errors
    /// When a chain's configuration breaks a rule; the error names the field.
    pub fn build_chains(&self) -> Result<Vec<BuiltChain>, ConfigError> {
        if self.chains.len() > MAX_CHAINS {
            return Err(ConfigError::rule("chains", format!("must be at most {MAX_CHAINS}")));
        }
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut built = Vec::with_capacity(self.chains.len());
        for (i, config) in self.chains.iter().enumerate() {
            let field = Field(i);
            let chain = build(&field, config, self.environment)?;
            if !ids.insert(chain.id.clone()) {
                return Err(field.error("id", "is used by another chain"));
            }
            if !names.insert(chain.name.clone()) {
                return Err(field.error("name", "is used by another chain"));
            }
            let endpoints = endpoints(&field, &config.endpoints)?;
            let sources_that_agree = sources(&field, config, self.environment)?;
            built.push(BuiltChain { chain: Arc::new(chain), endpoints, sources_that_agree });
        }
        Ok(built)
    }
}

/// Names the field of the chain at hand.
struct Field(usize);

impl Field {
    fn error(&self, name: &str, rule: impl Display) -> ConfigError {
        ConfigError::rule(format!("chains[{}].{name}", self.0), rule)
    }

    /// What must be said of a chain that is not known by name.
    fn needed<T>(&self, name: &str, found: Option<T>, id: &ChainId) -> Result<T, ConfigError> {
        found.ok_or_else(|| self.error(name, format!("is needed, since {id} is none of the chains known by name")))
    }
}

fn build(field: &Field, config: &ChainConfig, environment: Environment) -> Result<Chain, ConfigError> {
    let id: ChainId = config.id.parse().map_err(|error| field.error("id", error))?;
    let known = Chain::known(&id);
    let mut chain = match known {
        Some(chain) => chain,
        None => described(field, config, &id)?,
    };
    if let Some(name) = &config.name {
        chain.name = text(field, "name", name, 64)?;
    }
    if let Some(coin) = &config.coin {
        chain.coin = text(field, "coin", coin, 16)?;
    }
    if let Some(ms) = config.block_time_ms {
        if ms == 0 || ms > MAX_BLOCK_TIME_MS {
            return Err(field.error("block_time_ms", format!("must be between 1 and {MAX_BLOCK_TIME_MS}")));
        }
        chain.block_time = Duration::from_millis(ms);
    }
    if let Some(finality) = config.finality {
        chain.finality = finality_rule(field, finality, environment)?;
    }
    if let Some(fees) = config.fees {
        chain.fees = fee_rule(field, fees)?;
    }
    match config.data_fee {
        Some(DataFeeConfig::None) => chain.data_fee = DataFee::None,
        Some(DataFeeConfig::OpStack) => chain.data_fee = DataFee::OpStack,
        Some(DataFeeConfig::Arbitrum) => chain.data_fee = DataFee::Arbitrum,
        None => {}
    }
    match config.multicall.as_deref() {
        Some("none") => chain.multicall = None,
        Some(text) => chain.multicall = Some(address(text).map_err(|rule| field.error("multicall", rule))?),
        None => {}
    }
    contracts(field, config, &mut chain)?;
    Ok(chain)
}

/// A chain of which the file says all; what it says is read afterwards, as for every other.
fn described(field: &Field, config: &ChainConfig, id: &ChainId) -> Result<Chain, ConfigError> {
    let name = field.needed("name", config.name.as_deref(), id)?;
    field.needed("block_time_ms", config.block_time_ms, id)?;
    field.needed("finality", config.finality, id)?;
    field.needed("fees", config.fees, id)?;
    field.needed("coin", config.coin.as_ref(), id)?;
    Chain::try_new(id.clone(), name).map_err(|error| field.error("id", error))
}

fn text(field: &Field, name: &str, text: &str, most: usize) -> Result<String, ConfigError> {
    if text.is_empty() || text.len() > most || text.trim() != text || text.chars().any(char::is_control) {
        return Err(field.error(name, format!("must be 1 to {most} characters, without spaces around them")));
    }
    Ok(text.to_owned())
}

fn finality_rule(
    field: &Field,
    finality: FinalityConfig,
    environment: Environment,
) -> Result<FinalityRule, ConfigError> {
    let Depth { safe, last } = match finality {
        FinalityConfig::Tags(Tags::Tags) => return Ok(FinalityRule::Tags),
        FinalityConfig::Depth(depth) => depth,
    };
    if safe > last {
        return Err(field.error("finality.safe", "must be at most finality.final"));
    }
    if last > MAX_DEPTH {
        return Err(field.error("finality.final", format!("must be at most {MAX_DEPTH}")));
    }
    if last == 0 && environment == Environment::Production {
        return Err(field.error("finality.final", "is 0, which makes the head final: in development only"));
    }
    Ok(FinalityRule::Depth { safe, last })
}

fn fee_rule(field: &Field, fees: FeesConfig) -> Result<FeeRule, ConfigError> {
    let small = |name: &str, wei: Wei| {
        u128::try_from(wei.0).map_err(|_| field.error(&format!("fees.{name}"), "is more wei than 128 bits hold"))
    };
    Ok(match fees {
        FeesConfig::DynamicFee { least_priority_wei } => {
            FeeRule::DynamicFee { least_priority_wei: small("least_priority_wei", least_priority_wei)? }
        }
        FeesConfig::GasPrice { least_wei } => FeeRule::GasPrice { least_wei: small("least_wei", least_wei)? },
    })
}

fn contracts(field: &Field, config: &ChainConfig, chain: &mut Chain) -> Result<(), ConfigError> {
    if config.contracts.len() > MAX_CONTRACTS {
        return Err(field.error("contracts", format!("must be at most {MAX_CONTRACTS}")));
    }
    for (name, text) in &config.contracts {
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_name {
            let rule = format!("`{name}` is no name: a small letter, then up to 63 small letters, digits and _");
            return Err(field.error("contracts", rule));
        }
        let found = address(text).map_err(|rule| field.error(&format!("contracts.{name}"), rule))?;
        chain.contracts.insert(name.clone(), found);
    }
    Ok(())
}

fn endpoints(field: &Field, configs: &[NodeConfig]) -> Result<Vec<EndpointConfig>, ConfigError> {
    if configs.is_empty() || configs.len() > MAX_ENDPOINTS {
        return Err(field.error("endpoints", format!("must be 1 to {MAX_ENDPOINTS} nodes")));
    }
    let mut seen = BTreeMap::new();
    for (place, node) in configs.iter().enumerate() {
        let name = format!("endpoints[{place}].url");
        let url: Option<reqwest::Url> = node.url.expose_secret().parse().ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| field.error(&name, "is no http or https address"))?;
        // One node under two names would agree with itself.
        if let Some(other) = seen.insert(url.to_string(), place) {
            return Err(field.error(&name, format!("is the same as that of endpoints[{other}]")));
        }
    }
    Ok(configs.iter().map(|node| EndpointConfig { url: node.url.clone(), priority: node.priority }).collect())
}

fn sources(field: &Field, config: &ChainConfig, environment: Environment) -> Result<usize, ConfigError> {
    let wanted = config.sources_that_agree;
    let name = "sources_that_agree";
    if wanted == 0 {
        return Err(field.error(name, "must be more than 0"));
    }
    if wanted < 2 && environment == Environment::Production {
        return Err(field.error(name, "is 1, which believes a single node: in development only"));
    }
    if wanted > config.endpoints.len() {
        return Err(field.error(name, format!("is {wanted}, and endpoints has {}", config.endpoints.len())));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests;
