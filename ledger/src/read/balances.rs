//! Balances of accounts.

use std::collections::HashMap;

use domain::ids::{AccountId, TenantId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::accounts::account;
use super::sums::Sums;
use super::{AsOf, ReadError, recorded, snapshot};
use crate::account::Balance;
use crate::ledger::Ledger;
use crate::numeric::Numeric;

/// The most accounts whose balances are read at once.
pub const MAX_BALANCES: usize = 1_000;

#[derive(Debug)]
struct Record {
    debits: Numeric,
    credits: Numeric,
}

impl From<Record> for Sums {
    fn from(record: Record) -> Self {
        Self { debits: record.debits.0, credits: record.credits.0 }
    }
}

impl Ledger {
    /// Balances of now, all of one moment. An account that is not known, or another tenant's, has none.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn balances(
        &self,
        tenant: TenantId,
        ids: &[AccountId],
    ) -> Result<HashMap<AccountId, Balance>, ReadError> {
        if ids.len() > MAX_BALANCES {
            return Err(ReadError::TooManyAccounts { given: ids.len(), most: MAX_BALANCES });
        }
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let rows = sqlx::query!(
            r#"SELECT account_id, debits_posted AS "debits_posted: Numeric", credits_posted AS "credits_posted: Numeric",
                      debits_pending AS "debits_pending: Numeric", credits_pending AS "credits_pending: Numeric"
                 FROM ledger_balances WHERE tenant_id = current_tenant() AND account_id = ANY($1)"#,
            &ids,
        )
        .fetch_all(&mut *transaction)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let balance = Balance {
                    debits_posted: row.debits_posted.0,
                    credits_posted: row.credits_posted.0,
                    debits_pending: row.debits_pending.0,
                    credits_pending: row.credits_pending.0,
                };
                (AccountId::new(row.account_id), balance)
            })
            .collect())
    }

    /// What is posted to an account as of a time; to those under it where it is a control account.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn balance_as_of(&self, tenant: TenantId, id: AccountId, as_of: AsOf) -> Result<Sums, ReadError> {
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        account(&mut transaction, id).await?;
        Ok(match as_of {
            AsOf::Now => now(&mut transaction, id).await?,
            AsOf::Effective(day) => effective(&mut transaction, id, day).await?,
            AsOf::Recorded(moment) => before(&mut transaction, id, moment).await?,
        })
    }
}

async fn now(connection: &mut PgConnection, id: AccountId) -> sqlx::Result<Sums> {
    let record = sqlx::query_as!(
        Record,
        r#"SELECT debits_posted AS "debits: Numeric", credits_posted AS "credits: Numeric"
             FROM ledger_balances WHERE tenant_id = current_tenant() AND account_id = $1"#,
        id.uuid(),
    )
    .fetch_one(connection)
    .await?;
    Ok(record.into())
}

/// The balance that the last closed period up to the day ended with, and what counts for the days since.
pub(super) async fn effective(connection: &mut PgConnection, id: AccountId, day: Date) -> sqlx::Result<Sums> {
    let record = sqlx::query_as!(
        Record,
        r#"WITH closed AS (
               SELECT max(through) AS through FROM ledger_closings WHERE tenant_id = current_tenant() AND through <= $2
           ), member AS (
               SELECT account_id FROM ledger_accounts
                WHERE tenant_id = current_tenant() AND (account_id = $1 OR control_id = $1)
           )
           SELECT coalesce(sum(debit), 0) AS "debits!: Numeric", coalesce(sum(credit), 0) AS "credits!: Numeric"
             FROM (
                 SELECT c.debits_posted AS debit, c.credits_posted AS credit
                   FROM closed JOIN ledger_closing_balances c ON c.through = closed.through
                   JOIN member m ON m.account_id = c.account_id
                  WHERE c.tenant_id = current_tenant()
                 UNION ALL
                 SELECT t.amount, 0
                   FROM closed CROSS JOIN member m JOIN ledger_transfers t ON t.debit_account_id = m.account_id
                  WHERE t.tenant_id = current_tenant() AND t.kind IN ('posted', 'settled', 'reversed')
                    AND t.effective_on > coalesce(closed.through, '-infinity') AND t.effective_on <= $2
                 UNION ALL
                 SELECT 0, t.amount
                   FROM closed CROSS JOIN member m JOIN ledger_transfers t ON t.credit_account_id = m.account_id
                  WHERE t.tenant_id = current_tenant() AND t.kind IN ('posted', 'settled', 'reversed')
                    AND t.effective_on > coalesce(closed.through, '-infinity') AND t.effective_on <= $2
             ) AS moved"#,
        id.uuid(),
        jiff_sqlx::Date::from(day) as _,
    )
    .fetch_one(connection)
    .await?;
    Ok(record.into())
}

/// The balance of now less what was recorded later: the nearer the moment, the fewer rows are read.
async fn before(connection: &mut PgConnection, id: AccountId, moment: Timestamp) -> sqlx::Result<Sums> {
    let after = recorded::after(connection, moment).await?;
    let record = sqlx::query_as!(
        Record,
        r#"WITH member AS (
               SELECT account_id FROM ledger_accounts
                WHERE tenant_id = current_tenant() AND (account_id = $1 OR control_id = $1)
           ), later AS (
               SELECT coalesce(sum(debit), 0) AS debits, coalesce(sum(credit), 0) AS credits
                 FROM (
                     SELECT t.amount AS debit, 0 AS credit, t.batch_id
                       FROM member m JOIN ledger_transfers t ON t.debit_account_id = m.account_id
                      WHERE t.tenant_id = current_tenant() AND t.transfer_id >= $3
                        AND t.kind IN ('posted', 'settled', 'reversed')
                     UNION ALL
                     SELECT 0, t.amount, t.batch_id
                       FROM member m JOIN ledger_transfers t ON t.credit_account_id = m.account_id
                      WHERE t.tenant_id = current_tenant() AND t.transfer_id >= $3
                        AND t.kind IN ('posted', 'settled', 'reversed')
                 ) AS moved
                 JOIN ledger_batches b ON b.batch_id = moved.batch_id
                WHERE b.tenant_id = current_tenant() AND b.number > $2
           )
           SELECT n.debits_posted - later.debits AS "debits!: Numeric", n.credits_posted - later.credits AS "credits!: Numeric"
             FROM ledger_balances n CROSS JOIN later
            WHERE n.tenant_id = current_tenant() AND n.account_id = $1"#,
        id.uuid(),
        after.number,
        after.first_id,
    )
    .fetch_one(connection)
    .await?;
    Ok(record.into())
}
