//! A Postgres that writes through, and a ledger of ten thousand accounts on it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use adapters::clock::{SystemClock, uuid_at};
use domain::deadline::Clock;
use domain::ids::{AccountId, TenantId};
use ledger::{AccountKind, Ledger, NewAccount, Verified};
use secrecy::SecretString;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use super::{ACCOUNTS, LedgerBenchError};
use crate::postgres::{Postgres, PostgresOptions};
use crate::toolchain::Toolchain;

/// As a server of this size is usually set up; pgbench and the ledger share them.
const SETTINGS: [(&str, &str); 4] =
    [("shared_buffers", "2GB"), ("min_wal_size", "4GB"), ("max_wal_size", "8GB"), ("checkpoint_timeout", "15min")];
/// A server that has run for a while writes its log into files that it has; a fresh one fills each new file with zeros first,
/// within somebody's commit. So many files are the least that it keeps.
const MAKE_LOG_FILES: &str = "DO $$
BEGIN
    FOR i IN 1..256 LOOP
        PERFORM pg_logical_emit_message(true, 'bench', 'a file of its own');
        PERFORM pg_switch_wal();
    END LOOP;
END $$";

const CONNECTIONS: u32 = 16;
const ROLE: &str = "agio_bench";

pub(super) struct Stage {
    postgres: Postgres,
    pub(super) pool: PgPool,
    pub(super) ledger: Ledger,
    pub(super) tenant: TenantId,
    pub(super) accounts: Arc<Vec<AccountId>>,
    /// The number of the next reference: references that begin alike and ascend lie side by side in their index.
    pub(super) next: Arc<AtomicU64>,
}

impl Stage {
    pub(super) async fn start(toolchain: &Toolchain) -> Result<Self, LedgerBenchError> {
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let options = PostgresOptions { fsync: true, settings, ..PostgresOptions::default() };
        let postgres = Postgres::start(toolchain, options).await?;
        let mut owner = PgConnection::connect(&postgres.superuser_url()).await?;
        // Its password lives as long as the cluster does, on the loopback address.
        let password = uuid::Uuid::new_v4().simple().to_string();
        for statement in ["CREATE DATABASE pgbench".to_owned(), "CREATE DATABASE ledger".to_owned()] {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut owner).await?;
        }
        gateway::db::migrate(&SecretString::from(postgres.url("ledger"))).await?;
        let statement = format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{password}' IN ROLE agio_app");
        sqlx::query(AssertSqlSafe(statement)).execute(&mut owner).await?;
        sqlx::query(MAKE_LOG_FILES).execute(&mut owner).await?;
        sqlx::query("CHECKPOINT").execute(&mut owner).await?;
        owner.close().await?;

        let tenant = TenantId::new(uuid_at(SystemClock.now()));
        let mut owner = PgConnection::connect(&postgres.url("ledger")).await?;
        sqlx::query("INSERT INTO tenants (tenant_id, name) VALUES ($1, 'bench')")
            .bind(tenant.uuid())
            .execute(&mut owner)
            .await?;
        owner.close().await?;
        let url = format!("postgres://{ROLE}:{password}@127.0.0.1:{}/ledger", postgres.port());
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&url).await?;
        let ledger = Ledger::new(pool.clone(), Arc::new(SystemClock));
        let new: Vec<_> = (0..ACCOUNTS)
            .map(|number| NewAccount {
                subject: Some(number.to_string()),
                ..NewAccount::of_house("bench", "USD", AccountKind::Asset)
            })
            .collect();
        let accounts = ledger.open(tenant, &new).await?.into_iter().map(|account| account.id).collect();
        Ok(Self { postgres, pool, ledger, tenant, accounts: Arc::new(accounts), next: Arc::default() })
    }

    pub(super) fn pgbench_url(&self) -> String {
        self.postgres.url("pgbench")
    }

    /// Where Postgres' client library is, for a pgbench that comes without.
    pub(super) fn libraries(&self) -> PathBuf {
        self.postgres.bin().join("../lib")
    }

    /// Verifies the whole ledger.
    pub(super) async fn verified(&self, after: &str) -> Result<(Verified, Duration), LedgerBenchError> {
        let began = Instant::now();
        let verified = ledger::verify(&self.pool, self.tenant, |_, _| {}).await?;
        match verified.faults.first() {
            None => Ok((verified, began.elapsed())),
            Some(fault) => Err(LedgerBenchError::Fault { after: after.to_owned(), fault: fault.clone() }),
        }
    }

    pub(super) async fn stop(self) -> Result<(), LedgerBenchError> {
        self.pool.close().await;
        Ok(self.postgres.stop().await?)
    }
}
