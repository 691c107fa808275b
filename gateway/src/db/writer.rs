//! The connection of one writer, apart from those that requests wait for.
//!
//! What a writer writes is one statement and so one transaction: it needs no round trips to begin and to commit. Its
//! tenant is set on the connection, which no one else uses, and set anew when it changes.

use std::future::Future;
use std::io;
use std::time::Duration;

use domain::ids::TenantId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::time::Instant;

use super::{DbError, connect_options};
use crate::config::DatabaseConfig;

/// Longest wait for one statement. A database that takes longer is as good as away.
const STATEMENT_WITHIN: Duration = Duration::from_secs(10);

/// A connection that has rested this long is asked whether it still stands before it is used: the database may have gone
/// and come back meanwhile, and the next caller is not to pay for that.
const RESTED: Duration = Duration::from_secs(1);

/// A connection at rest: whose it is, and since when.
#[derive(Debug)]
struct Resting {
    connection: PgConnection,
    tenant: TenantId,
    since: Instant,
}

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    /// On the disk.
    Durable,
    /// Seen by everyone, and on the disk before any durable commit that comes after it. A crash of Postgres within its
    /// `wal_writer_delay` can undo it.
    Visible,
}

impl Commits {
    const fn setting(self) -> &'static str {
        match self {
            Self::Durable => "on",
            Self::Visible => "off",
        }
    }
}

/// Connects when it is first needed, and again after the connection broke.
#[derive(Debug)]
pub struct Writer {
    options: PgConnectOptions,
    connect_within: Duration,
    resting: Option<Resting>,
}

impl Writer {
    /// Writers find rows by their keys and never otherwise. A planner without statistics of a young table would read all
    /// of it instead, at each commit; these connections do not let it.
    ///
    /// # Errors
    /// When the address is malformed.
    pub fn try_new(config: &DatabaseConfig, commits: Commits) -> Result<Self, DbError> {
        let settings = [
            ("enable_seqscan", "off"),
            ("enable_bitmapscan", "off"),
            ("plan_cache_mode", "force_generic_plan"),
            ("synchronous_commit", commits.setting()),
        ];
        let connect_within = Duration::from_millis(config.acquire_timeout_ms);
        Ok(Self { options: connect_options(&config.url)?.options(settings), connect_within, resting: None })
    }

    /// The connection, in which only this tenant's rows exist from now on. Whoever takes it gives it back with
    /// [`Writer::keep`] unless it broke: one that broke, or was dropped in the middle of its work, is not used again.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn take(&mut self, tenant: TenantId) -> Result<PgConnection, DbError> {
        let (mut connection, of) = match self.rested().await {
            Some(resting) => (resting.connection, Some(resting.tenant)),
            None => (within(self.connect_within, PgConnection::connect_with(&self.options)).await?, None),
        };
        if of != Some(tenant) {
            // A UUID's text cannot carry SQL.
            let set = AssertSqlSafe(format!("SET agio.tenant = '{}'", tenant.uuid()));
            within(STATEMENT_WITHIN, connection.execute(set)).await?;
        }
        Ok(connection)
    }

    async fn rested(&mut self) -> Option<Resting> {
        let mut resting = self.resting.take()?;
        let stands =
            resting.since.elapsed() < RESTED || within(self.connect_within, resting.connection.ping()).await.is_ok();
        stands.then_some(resting)
    }

    /// The connection is in order and this tenant's.
    pub fn keep(&mut self, connection: PgConnection, tenant: TenantId) {
        self.resting = Some(Resting { connection, tenant, since: Instant::now() });
    }
}

/// The result of one statement, if it comes within the time that one may take.
///
/// # Errors
/// When the database is away, or refuses.
pub async fn one_statement<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, DbError> {
    within(STATEMENT_WITHIN, work).await
}

async fn within<T>(most: Duration, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, DbError> {
    match tokio::time::timeout(most, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()).into()),
    }
}
