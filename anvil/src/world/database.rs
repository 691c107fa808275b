//! The gateway's database and the role that it connects as.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::WorldError;
use crate::postgres::Postgres;

pub(super) const NAME: &str = "agio";
const LOGIN: &str = "agio_gateway";

/// The addresses of the owner and of the application.
#[derive(Debug, Clone)]
pub struct Roles {
    pub owner_url: String,
    pub app_url: String,
    password: String,
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    // Names are ours and the password is hexadecimal: nothing in the text comes from outside.
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.map(|_| ())
}

impl Roles {
    /// Makes the database if it is not there.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub async fn prepare(postgres: &Postgres) -> Result<Self, WorldError> {
        let mut admin = PgConnection::connect(&postgres.superuser_url()).await?;
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(NAME)
            .fetch_one(&mut admin)
            .await?;
        if !there {
            run(&mut admin, format!("CREATE DATABASE {NAME}")).await?;
        }
        let password = Uuid::new_v4().simple().to_string();
        let app_url = format!("postgres://{LOGIN}:{password}@127.0.0.1:{}/{NAME}", postgres.port());
        Ok(Self { owner_url: postgres.url(NAME), app_url, password })
    }

    /// Makes the login role, once the migrations have made the group that it belongs to.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub async fn let_in(&self, postgres: &Postgres) -> Result<(), WorldError> {
        let mut admin = PgConnection::connect(&postgres.superuser_url()).await?;
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(LOGIN)
            .fetch_one(&mut admin)
            .await?;
        let verb = if there { "ALTER" } else { "CREATE" };
        run(&mut admin, format!("{verb} ROLE {LOGIN} LOGIN PASSWORD '{}'", self.password)).await?;
        run(&mut admin, format!("GRANT agio_app TO {LOGIN}")).await?;
        Ok(())
    }
}
