//! A tenant with a ledger of its own, and what is posted to it.

use std::sync::Arc;

use adapters::clock::{SystemClock, uuid_at};
use domain::U256;
use domain::deadline::Clock;
use domain::ids::{AccountId, TenantId};
use jiff::civil::{Date, date};
use ledger::{AccountKind, Balance, Ledger, Limit, NewAccount, Operation, Transfer};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row};
use uuid::Uuid;

use crate::support::database::{self, Database};

pub const TODAY: Date = date(2026, 3, 10);

pub fn fresh_id() -> Uuid {
    uuid_at(SystemClock.now())
}

pub struct Books {
    pub database: Database,
    pub tenant: TenantId,
    pub pool: PgPool,
    pub ledger: Ledger,
}

impl Books {
    pub async fn open() -> Self {
        let database = database::fresh().await;
        Self::in_database(database).await
    }

    pub async fn in_database(database: Database) -> Self {
        let tenant = tenant(&database).await;
        let pool = PgPoolOptions::new().max_connections(8).connect(&database.app_url).await.unwrap();
        let ledger = Ledger::new(pool.clone(), Arc::new(SystemClock));
        Self { database, tenant, pool, ledger }
    }

    /// An asset account without a limit.
    pub async fn account(&self, subject: &str) -> AccountId {
        self.limited(subject, "USD", Limit::None).await
    }

    pub async fn limited(&self, subject: &str, asset: &str, limit: Limit) -> AccountId {
        let house = NewAccount::of_house("test.account", asset, AccountKind::Asset);
        let account = NewAccount { subject: Some(subject.to_owned()), limit, ..house };
        self.ledger.open(self.tenant, &[account]).await.unwrap()[0].id
    }

    pub async fn balance(&self, account: AccountId) -> Balance {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        let sql = "SELECT debits_posted::text, credits_posted::text, debits_pending::text, credits_pending::text
                     FROM ledger_balances WHERE account_id = $1";
        let row = sqlx::query(sql).bind(account.uuid()).fetch_one(&mut owner).await.unwrap();
        let read = |column: usize| U256::from_str_radix(&row.get::<String, _>(column), 10).unwrap();
        Balance { debits_posted: read(0), credits_posted: read(1), debits_pending: read(2), credits_pending: read(3) }
    }

    pub async fn count(&self, table: &str) -> i64 {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
    }
}

/// A new tenant in a database.
pub async fn tenant(database: &Database) -> TenantId {
    let tenant = TenantId::new(fresh_id());
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    sqlx::query("INSERT INTO tenants (tenant_id, name) VALUES ($1, $2)")
        .bind(tenant.uuid())
        .bind(tenant.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    tenant
}

pub fn asked(operation: Operation, reference: &str) -> Transfer {
    Transfer { operation, reference: reference.to_owned(), effective_on: TODAY, metadata: None }
}

pub fn post(debit: AccountId, credit: AccountId, amount: u64, reference: &str) -> Transfer {
    asked(Operation::Post { debit, credit, amount: U256::from(amount) }, reference)
}
