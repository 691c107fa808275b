//! Migrations: forward only, compiled in, run by the owner of the database.

use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;

use super::{DbError, connect_options};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Connect(#[from] DbError),
    #[error("migration: {0}")]
    Run(#[from] sqlx::migrate::MigrateError),
}

/// Brings the database at `owner_url` up to date. Several may try at once: one does the work.
///
/// # Errors
/// When the database is away, or a migration fails or was changed after it ran.
pub async fn migrate(owner_url: &SecretString) -> Result<(), MigrateError> {
    let options = connect_options(owner_url)?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(DbError::from)?;
    MIGRATOR.run(&pool).await?;
    pool.close().await;
    Ok(())
}
