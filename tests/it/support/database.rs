//! One Postgres for the whole test process, and a fresh database for each test, copied from a migrated one.

use std::sync::LazyLock;

use devnet::{Postgres, PostgresOptions, Toolchain};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The application's role: a member of `agio_app` and nothing more.
const APP_ROLE: &str = "agio_gateway";
const TEMPLATE: &str = "agio_template";
/// Only ever reachable on the loopback address, for the life of the tests.
static APP_PASSWORD: LazyLock<String> = LazyLock::new(|| Uuid::new_v4().simple().to_string());

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

/// A database of one test's own.
#[derive(Debug, Clone)]
pub struct Database {
    /// As the application connects: bound by row-level security.
    pub app_url: String,
    /// As the owner connects.
    pub owner_url: String,
}

/// A private cluster, with the template and the role made.
pub async fn cluster() -> Postgres {
    let toolchain = Toolchain::locate().unwrap();
    let options = PostgresOptions { max_connections: 400, ..PostgresOptions::default() };
    let postgres = Postgres::start(&toolchain, options).await.unwrap();
    let mut admin = PgConnection::connect(&postgres.superuser_url()).await.unwrap();
    run(&mut admin, format!("CREATE DATABASE {TEMPLATE}")).await;
    gateway::db::migrate(&SecretString::from(postgres.url(TEMPLATE))).await.unwrap();
    let password = APP_PASSWORD.as_str();
    run(&mut admin, format!("CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{password}' IN ROLE agio_app")).await;
    postgres
}

pub async fn run(connection: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.unwrap();
}

/// A fresh database in `postgres`.
pub async fn in_cluster(postgres: &Postgres) -> Database {
    let name = format!("t_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&postgres.superuser_url()).await.unwrap();
    run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    let owner_url = postgres.url(&name);
    let app_url = format!("postgres://{APP_ROLE}:{}@127.0.0.1:{}/{name}", APP_PASSWORD.as_str(), postgres.port());
    Database { app_url, owner_url }
}

/// A fresh database in the shared cluster.
pub async fn fresh() -> Database {
    // One copy from the template at a time: Postgres refuses to copy a database that others connect to.
    static COPYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let postgres = SHARED.get_or_init(cluster).await;
    let _turn = COPYING.lock().await;
    in_cluster(postgres).await
}
