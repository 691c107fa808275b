//! The close of a period.

use domain::ids::TenantId;
use jiff::civil::Date;
use sqlx::PgConnection;

use super::CloseError;
use crate::ledger::Ledger;
use crate::store;

/// Closing twice is a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Applied,
    /// The day had been closed before, or the tenant has no books.
    AlreadyApplied,
}

impl Ledger {
    /// Closes all days through this one, the last of a period that is over. From then on nothing is recorded that counts for
    /// any of them, and every account's sums through it are kept.
    ///
    /// # Errors
    /// [`CloseError`].
    pub async fn close_period(&self, tenant: TenantId, through: Date) -> Result<Closed, CloseError> {
        let mut transaction = self.poster.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        let closed = close(&mut transaction, through).await?;
        transaction.commit().await?;
        Ok(closed)
    }
}

/// In the caller's transaction, whose tenant is set.
pub(super) async fn close(connection: &mut PgConnection, through: Date) -> Result<Closed, CloseError> {
    let day = jiff_sqlx::Date::from(through);
    let closed = sqlx::query_scalar!(r#"SELECT ledger_close($1) AS "closed!""#, day as _).fetch_one(connection).await;
    match closed {
        Ok(true) => Ok(Closed::Applied),
        Ok(false) => Ok(Closed::AlreadyApplied),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("ledger_closings_over") => {
            Err(CloseError::NotOver { through })
        }
        Err(error) => Err(error.into()),
    }
}
