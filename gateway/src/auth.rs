//! Who calls: an API key, looked up by its hash, that speaks for one tenant with named scopes.
//!
//! A lookup is remembered for a few seconds, so a revoked key lives that long at most. Keys are never stored or logged.

use std::fmt::Write as _;
use std::time::Duration;

use domain::ids::{ApiKeyId, TenantId};
use jiff::Timestamp;
use moka::future::Cache;
use rand::Rng;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::{Db, DbError};

/// Longest time that a revoked key is still taken.
const REMEMBERED: Duration = Duration::from_secs(5);
const MAX_REMEMBERED: u64 = 100_000;
/// What every key begins with, so that a leaked one can be recognised.
pub const KEY_PREFIX: &str = "agio_key_";
const KEY_BYTES: usize = 32;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
pub enum Scope {
    #[serde(rename = "requests:write")]
    #[value(name = "requests:write")]
    RequestsWrite,
    #[serde(rename = "requests:read")]
    #[value(name = "requests:read")]
    RequestsRead,
    #[serde(rename = "providers:read")]
    #[value(name = "providers:read")]
    ProvidersRead,
    #[serde(rename = "ledger:read")]
    #[value(name = "ledger:read")]
    LedgerRead,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::RequestsWrite, Self::RequestsRead, Self::ProvidersRead, Self::LedgerRead];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RequestsWrite => "requests:write",
            Self::RequestsRead => "requests:read",
            Self::ProvidersRead => "providers:read",
            Self::LedgerRead => "ledger:read",
        }
    }
}

/// A caller whose key was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub key: ApiKeyId,
    pub tenant: TenantId,
    scopes: Vec<Scope>,
    expires_at: Option<Timestamp>,
}

impl Principal {
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// A key as it is shown once, and the hash that is kept.
#[derive(Debug)]
pub struct NewKey {
    pub secret: SecretString,
    pub hash: [u8; 32],
}

impl NewKey {
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0_u8; KEY_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        let mut secret = KEY_PREFIX.to_owned();
        for byte in bytes {
            let _ = write!(secret, "{byte:02x}");
        }
        let hash = hash_of(&secret);
        Self { secret: secret.into(), hash }
    }
}

fn hash_of(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Recognises keys.
#[derive(Debug, Clone)]
pub struct Authenticator {
    db: Db,
    known: Cache<[u8; 32], Option<Principal>>,
}

impl Authenticator {
    #[must_use]
    pub fn new(db: Db) -> Self {
        let known = Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(REMEMBERED).build();
        Self { db, known }
    }

    /// The caller that this key speaks for, if it is known, not revoked and not expired at `now`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn principal(&self, key: &str, now: Timestamp) -> Result<Option<Principal>, DbError> {
        if !key.starts_with(KEY_PREFIX) || key.len() != KEY_PREFIX.len() + 2 * KEY_BYTES {
            return Ok(None);
        }
        let hash = hash_of(key);
        let principal = match self.known.get(&hash).await {
            Some(known) => known,
            None => {
                let found = self.look_up(&hash).await?;
                self.known.insert(hash, found.clone()).await;
                found
            }
        };
        Ok(principal.filter(|principal| principal.expires_at.is_none_or(|end| now < end)))
    }

    async fn look_up(&self, hash: &[u8; 32]) -> Result<Option<Principal>, DbError> {
        let row = sqlx::query!(
            r#"SELECT api_key_id AS "api_key_id!", tenant_id AS "tenant_id!", scopes AS "scopes!",
                      expires_at AS "expires_at: jiff_sqlx::Timestamp"
                 FROM authenticate($1)"#,
            hash.as_slice(),
        )
        .fetch_optional(self.db.pool())
        .await?;
        Ok(row.map(|row| Principal {
            key: ApiKeyId::new(row.api_key_id),
            tenant: TenantId::new(row.tenant_id),
            scopes: Scope::ALL.into_iter().filter(|scope| row.scopes.iter().any(|s| s == scope.code())).collect(),
            expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        }))
    }
}
