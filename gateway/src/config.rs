//! Configuration: defaults, then a TOML file, then the environment (`AGIO__DATABASE__URL` is `database.url`).
//!
//! Unknown keys are refused and secrets have no default. What the file says is checked once, here, and becomes the
//! typed parts that the service is built from.

mod chains;
mod evm;
mod providers;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::asset::{Asset, AssetError, AssetRegistry, Token};
use domain::policy::Policy;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub use chains::{BuiltChain, ChainConfig, MAX_CHAINS, MAX_CONTRACTS, MAX_ENDPOINTS, NodeConfig};
pub use evm::Wei;
pub use providers::{AaveConfig, HttpConfig, ProviderConfig, RangeConfig};

/// Prefix of the environment variables; two underscores separate the levels.
pub const ENV_PREFIX: &str = "AGIO__";

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration: {0}")]
    Read(#[from] Box<figment::Error>),
    #[error("configuration file {0} does not exist")]
    NoFile(PathBuf),
    #[error("configuration: {field}: {rule}")]
    Rule { field: String, rule: String },
    #[error("configuration: tokens: {0}")]
    Asset(#[from] AssetError),
}

impl ConfigError {
    pub(crate) fn rule(field: impl Into<String>, rule: impl std::fmt::Display) -> Self {
        Self::Rule { field: field.into(), rule: rule.to_string() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Development,
    Production,
}

/// The whole configuration as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub environment: Environment,
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub limits: LimitsConfig,
    pub policy: Policy,
    #[serde(default)]
    pub tokens: Vec<TokenConfig>,
    #[serde(default)]
    pub chains: Vec<ChainConfig>,
    #[serde(default)]
    pub providers: Vec<ProviderConfig>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub bind: SocketAddr,
    /// Longest wait for requests under way when asked to stop.
    pub drain_ms: u64,
}

/// Two roles: the application's, which row-level security binds, and the owner's, for migrations and operators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: SecretString,
    #[serde(default)]
    pub owner_url: Option<SecretString>,
    pub max_connections: u32,
    /// Longest wait for a connection before the answer is 503.
    pub acquire_timeout_ms: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    pub max_body_bytes: usize,
    /// In major units of whatever asset is asked for.
    pub max_amount_major: u64,
    pub default_deadline_ms: u64,
    pub max_deadline_ms: u64,
    pub max_wait_ms: u64,
    /// Requests a second for one key (or address, where no key is needed) on one route, and how many at once.
    pub requests_per_second: u32,
    pub burst: u32,
    /// Event streams open at once for one key.
    pub max_streams: usize,
    /// Credit requests being quoted at once; more are refused with 503.
    pub max_quoting: usize,
    /// Providers that can be configured.
    pub max_providers: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// CAIP-19.
    pub id: String,
    pub symbol: String,
    pub decimals: u8,
}

/// What holds unless the file or the environment says otherwise.
#[derive(Serialize)]
struct Defaults {
    environment: Environment,
    server: ServerConfig,
    database: DatabaseDefaults,
    limits: LimitsConfig,
    policy: Policy,
}

#[derive(Serialize)]
struct DatabaseDefaults {
    max_connections: u32,
    acquire_timeout_ms: u64,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            // Whoever forgets to say where they are gets the strict rules.
            environment: Environment::Production,
            server: ServerConfig { bind: SocketAddr::from(([127, 0, 0, 1], 8080)), drain_ms: 15_000 },
            database: DatabaseDefaults { max_connections: 20, acquire_timeout_ms: 2_000 },
            limits: LimitsConfig {
                max_body_bytes: 256 * 1024,
                max_amount_major: 1_000_000_000,
                default_deadline_ms: 5_000,
                max_deadline_ms: 30_000,
                max_wait_ms: 30_000,
                requests_per_second: 50,
                burst: 100,
                max_streams: 32,
                max_quoting: 2_000,
                max_providers: 60,
            },
            policy: Policy::default(),
        }
    }
}

impl Config {
    /// Reads the defaults, the file if one is given, and the environment.
    ///
    /// # Errors
    /// When the file is missing, a key is unknown or missing, or a value breaks a rule.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Defaults::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::NoFile(file.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        Self::from_figment(figment.merge(Env::prefixed(ENV_PREFIX).split("__")))
    }

    /// Reads defaults and this TOML text alone.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::from_figment(Figment::from(Serialized::defaults(Defaults::default())).merge(Toml::string(text)))
    }

    fn from_figment(figment: Figment) -> Result<Self, ConfigError> {
        let config: Self = figment.extract().map_err(Box::new)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let positive = [
            ("limits.max_body_bytes", limits.max_body_bytes as u64),
            ("limits.max_amount_major", limits.max_amount_major),
            ("limits.default_deadline_ms", limits.default_deadline_ms),
            ("limits.requests_per_second", u64::from(limits.requests_per_second)),
            ("limits.burst", u64::from(limits.burst)),
            ("limits.max_quoting", limits.max_quoting as u64),
            ("database.max_connections", u64::from(self.database.max_connections)),
        ];
        if let Some((field, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::rule(field, "must be more than 0"));
        }
        if limits.default_deadline_ms > limits.max_deadline_ms {
            return Err(ConfigError::rule("limits.default_deadline_ms", "must be at most limits.max_deadline_ms"));
        }
        if self.providers.len() > limits.max_providers {
            let rule =
                format!("{} are configured, limits.max_providers is {}", self.providers.len(), limits.max_providers);
            return Err(ConfigError::rule("providers", rule));
        }
        self.build_chains()?;
        self.registry().map(|_| ())
    }

    /// The tokens, with what the policy says of them checked.
    ///
    /// # Errors
    /// When a token is malformed or doubled, or a par names an asset that is not known.
    pub fn registry(&self) -> Result<AssetRegistry, ConfigError> {
        let tokens = self.tokens.iter().enumerate().map(|(i, token)| {
            let id = token.id.parse().map_err(|error| ConfigError::rule(format!("tokens[{i}].id"), error))?;
            Ok(Token { id, symbol: token.symbol.clone(), decimals: token.decimals })
        });
        let registry = AssetRegistry::try_new(tokens.collect::<Result<Vec<_>, ConfigError>>()?)?;
        for (i, par) in self.policy.pars.iter().enumerate() {
            registry.resolve(&par.token).map_err(|e| ConfigError::rule(format!("policy.pars[{i}].token"), e))?;
            Asset::fiat(&par.currency).map_err(|e| ConfigError::rule(format!("policy.pars[{i}].currency"), e))?;
        }
        Ok(registry)
    }
}

#[cfg(test)]
mod tests;
