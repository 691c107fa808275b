//! Postgres: pools, transactions that belong to one tenant, and how its errors become problems.

mod migrate;
mod writer;

use std::time::Duration;

use domain::ids::TenantId;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use crate::config::DatabaseConfig;
use crate::problem::{Code, Problem};

pub use migrate::{MigrateError, migrate};
pub use writer::{Commits, Writer, one_statement};

/// What a caller is told to wait when the database is away.
const RETRY_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("database.url: {0}")]
    Url(String),
    #[error("the database cannot be reached now")]
    Away(#[source] sqlx::Error),
    #[error("the database refused: {0}")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) { Self::Away(error) } else { Self::Refused(error) }
    }
}

/// Whether the error says that Postgres is gone, going, or has no connection to give, rather than that it disagrees.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            // Class 08: connection; 53: resources; 57P0x: shutting down or starting; 25P03, 25006: idle or read-only.
            code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") || code == "25006"
        }),
        _ => false,
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Away(source) => {
                tracing::warn!(error = %source, "the database is away");
                Self::new(Code::Unavailable, "the database cannot be reached now").retry_after(RETRY_AFTER)
            }
            DbError::Url(_) | DbError::Refused(_) => Self::internal(&error),
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        DbError::from(error).into()
    }
}

/// The application's database. Every query goes through a transaction that names its tenant.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Prepares the pool; connections are made when they are first needed, so a database that is late is no reason
    /// not to start.
    ///
    /// # Errors
    /// When the address is malformed.
    pub fn try_new(config: &DatabaseConfig) -> Result<Self, DbError> {
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(Duration::from_millis(config.acquire_timeout_ms))
            .connect_lazy_with(connect_options(&config.url)?);
        Ok(Self { pool })
    }

    /// A transaction in which only this tenant's rows exist.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self, tenant: TenantId) -> Result<Transaction<'static, Postgres>, DbError> {
        // One round trip for both statements. A UUID's text cannot carry SQL.
        let statement = format!("BEGIN; SET LOCAL agio.tenant = '{}'", tenant.uuid());
        Ok(self.pool.begin_with(AssertSqlSafe(statement)).await?)
    }

    /// For the few functions that run before or across tenants.
    #[must_use]
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// # Errors
    /// When the database is away.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query_scalar!(r#"SELECT 1 AS "one!""#).fetch_one(&self.pool).await?;
        Ok(())
    }

    /// Whether the newest migration's tables are there. The record of migrations is the owner's and not read.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_tables(&self) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!(r#"SELECT (to_regclass('idempotency_keys') IS NOT NULL) AS "found!""#);
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// Whether the role that the service connects as could see every tenant: a superuser, one that bypasses row-level
    /// security, or a member of the tables' owner.
    ///
    /// # Errors
    /// When the database is away, or its tables are not there.
    pub async fn bypasses_row_security(&self) -> Result<bool, DbError> {
        let found = sqlx::query_scalar!(
            r#"SELECT (r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, c.relowner, 'member')) AS "bypasses!"
                 FROM pg_roles r, pg_class c
                WHERE r.rolname = current_user AND c.oid = 'credit_requests'::regclass"#,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(found)
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// # Errors
/// When the address is malformed. The address itself is not repeated: it may hold a password.
pub fn connect_options(url: &SecretString) -> Result<PgConnectOptions, DbError> {
    url.expose_secret()
        .parse::<PgConnectOptions>()
        .map(|options| options.application_name("agio"))
        .map_err(|error| DbError::Url(format!("not a Postgres address ({error})")))
}
