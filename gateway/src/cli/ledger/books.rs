//! The ledger as a command holds it: connected as the service connects, so that row-level security binds here too.

use std::sync::Arc;

use adapters::clock::SystemClock;
use domain::asset::AssetRegistry;
use domain::ids::TenantId;
use ledger::Ledger;
use sqlx::postgres::PgPoolOptions;

use crate::cli::{CommandError, owner_url};
use crate::config::Config;
use crate::db::{Db, connect_options};

pub(super) struct Books {
    pub(super) ledger: Ledger,
    pub(super) registry: AssetRegistry,
    pub(super) tenant: TenantId,
}

impl Books {
    pub(super) async fn open(config: &Config, tenant: &str) -> Result<Self, CommandError> {
        let db = Db::try_new(&config.database)?;
        let tenant = match tenant.parse() {
            Ok(id) => known(&db, id).await?,
            Err(_) => named(config, tenant).await?,
        };
        Ok(Self { ledger: ledger(&db), registry: config.registry()?, tenant })
    }
}

pub(super) fn ledger(db: &Db) -> Ledger {
    Ledger::new(db.pool().clone(), Arc::new(SystemClock))
}

async fn known(db: &Db, id: TenantId) -> Result<TenantId, CommandError> {
    let mut transaction = db.begin(id).await?;
    let found = sqlx::query_scalar!("SELECT tenant_id FROM tenants WHERE tenant_id = $1", id.uuid())
        .fetch_optional(&mut *transaction)
        .await?;
    found.map(TenantId::new).ok_or_else(|| format!("no tenant {id}").into())
}

/// Names of tenants are the owner's to look up.
async fn named(config: &Config, name: &str) -> Result<TenantId, CommandError> {
    let options = connect_options(owner_url(config)?)?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let found =
        sqlx::query_scalar!("SELECT tenant_id FROM tenants WHERE name = $1", name).fetch_optional(&pool).await?;
    found.map(TenantId::new).ok_or_else(|| format!("no tenant has the name {name}").into())
}

/// Every tenant, as the owner.
pub(super) async fn every_tenant(config: &Config) -> Result<Vec<TenantId>, CommandError> {
    let options = connect_options(owner_url(config)?)?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let found = sqlx::query_scalar!("SELECT tenant_id FROM ledger_heads ORDER BY tenant_id").fetch_all(&pool).await?;
    Ok(found.into_iter().map(TenantId::new).collect())
}
