//! Control accounts against what stands under them.

use domain::ids::{AccountId, TenantId};

use super::lines::MAX_LINES;
use super::{ReadError, snapshot};
use crate::account::Balance;
use crate::ledger::Ledger;
use crate::numeric::Numeric;

/// A control account's own balance, and the sum of the balances under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlLine {
    pub account: AccountId,
    pub code: String,
    pub asset: String,
    /// How many accounts stand under it.
    pub accounts: i64,
    pub own: Balance,
    pub under: Balance,
}

impl ControlLine {
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.own == self.under
    }
}

impl Ledger {
    /// Every control account, by asset and code.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn control_check(&self, tenant: TenantId) -> Result<Vec<ControlLine>, ReadError> {
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let bound = i64::try_from(MAX_LINES).unwrap_or(i64::MAX).saturating_add(1);
        let rows = sqlx::query!(
            r#"SELECT a.account_id, a.code, n.asset, u.accounts AS "accounts!",
                      c.debits_posted AS "debits_posted: Numeric", c.credits_posted AS "credits_posted: Numeric",
                      c.debits_pending AS "debits_pending: Numeric", c.credits_pending AS "credits_pending: Numeric",
                      u.debits_posted AS "under_debits_posted!: Numeric",
                      u.credits_posted AS "under_credits_posted!: Numeric",
                      u.debits_pending AS "under_debits_pending!: Numeric",
                      u.credits_pending AS "under_credits_pending!: Numeric"
                 FROM ledger_balances c
                 JOIN ledger_accounts a ON a.tenant_id = c.tenant_id AND a.account_id = c.account_id
                 JOIN ledger_assets n ON n.asset_id = a.asset_id
                CROSS JOIN LATERAL (
                    SELECT count(*) AS accounts, coalesce(sum(s.debits_posted), 0) AS debits_posted,
                           coalesce(sum(s.credits_posted), 0) AS credits_posted,
                           coalesce(sum(s.debits_pending), 0) AS debits_pending,
                           coalesce(sum(s.credits_pending), 0) AS credits_pending
                      FROM ledger_accounts m JOIN ledger_balances s ON s.account_id = m.account_id
                     WHERE m.tenant_id = current_tenant() AND m.control_id = c.account_id AND s.tenant_id = current_tenant()
                ) AS u
                WHERE c.tenant_id = current_tenant() AND c.is_control
                ORDER BY n.asset, a.code, a.subject NULLS FIRST LIMIT $1"#,
            bound,
        )
        .fetch_all(&mut *transaction)
        .await?;
        if rows.len() > MAX_LINES {
            return Err(ReadError::TooManyLines { most: MAX_LINES });
        }
        Ok(rows
            .into_iter()
            .map(|row| ControlLine {
                account: AccountId::new(row.account_id),
                code: row.code,
                asset: row.asset,
                accounts: row.accounts,
                own: Balance {
                    debits_posted: row.debits_posted.0,
                    credits_posted: row.credits_posted.0,
                    debits_pending: row.debits_pending.0,
                    credits_pending: row.credits_pending.0,
                },
                under: Balance {
                    debits_posted: row.under_debits_posted.0,
                    credits_posted: row.under_credits_posted.0,
                    debits_pending: row.under_debits_pending.0,
                    credits_pending: row.under_credits_pending.0,
                },
            })
            .collect())
    }
}
