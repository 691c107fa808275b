//! Finding accounts.

use domain::ids::{AccountId, TenantId};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ReadError, page_size, snapshot};
use crate::account::{Account, AccountKind, Limit, Side};
use crate::asset::AssetNumber;
use crate::ledger::Ledger;

/// An account with its asset's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    pub account: Account,
    /// ISO 4217 code or CAIP-19 id.
    pub asset: String,
    pub opened_at: Timestamp,
}

/// Which accounts are looked for: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    pub code: Option<String>,
    pub subject: Option<String>,
    pub asset: Option<String>,
    /// The control account that they stand under.
    pub control: Option<AccountId>,
}

/// Accounts in the order of their ids, and the last of them where there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    pub accounts: Vec<NamedAccount>,
    pub next: Option<AccountId>,
}

#[derive(Debug)]
struct Record {
    account_id: Uuid,
    code: String,
    subject: Option<String>,
    asset_id: AssetNumber,
    asset: String,
    kind: AccountKind,
    normal_side: Side,
    limit: Limit,
    is_control: bool,
    control_id: Option<Uuid>,
    opened_at: jiff_sqlx::Timestamp,
}

impl From<Record> for NamedAccount {
    fn from(record: Record) -> Self {
        let account = Account {
            id: AccountId::new(record.account_id),
            code: record.code,
            subject: record.subject,
            asset: record.asset_id,
            kind: record.kind,
            normal_side: record.normal_side,
            limit: record.limit,
            is_control: record.is_control,
            control: record.control_id.map(AccountId::new),
        };
        Self { account, asset: record.asset, opened_at: record.opened_at.to_jiff() }
    }
}

impl Ledger {
    /// One account.
    ///
    /// # Errors
    /// [`ReadError::UnknownAccount`], also where it is another tenant's.
    pub async fn account(&self, tenant: TenantId, id: AccountId) -> Result<NamedAccount, ReadError> {
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        account(&mut transaction, id).await
    }

    /// Accounts that fit, `limit` at most, after the one that a page before ended with.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn accounts(
        &self,
        tenant: TenantId,
        filter: &AccountFilter,
        after: Option<AccountId>,
        limit: usize,
    ) -> Result<AccountPage, ReadError> {
        let size = page_size(limit)?;
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let records = sqlx::query_as!(
            Record,
            r#"SELECT a.account_id, a.code, a.subject, a.asset_id AS "asset_id: AssetNumber", n.asset,
                      a.kind AS "kind: AccountKind", a.normal_side AS "normal_side: Side", a."limit" AS "limit: Limit",
                      a.is_control, a.control_id, a.opened_at AS "opened_at: jiff_sqlx::Timestamp"
                 FROM ledger_accounts a JOIN ledger_assets n ON n.asset_id = a.asset_id
                WHERE a.tenant_id = current_tenant()
                  AND ($1::text IS NULL OR a.code = $1) AND ($2::text IS NULL OR a.subject = $2)
                  AND ($3::text IS NULL OR n.asset = $3) AND ($4::uuid IS NULL OR a.control_id = $4)
                  AND ($5::uuid IS NULL OR a.account_id > $5)
                ORDER BY a.account_id LIMIT $6"#,
            filter.code,
            filter.subject,
            filter.asset,
            filter.control.map(AccountId::uuid),
            after.map(AccountId::uuid),
            size.saturating_add(1),
        )
        .fetch_all(&mut *transaction)
        .await?;
        let more = records.len() > limit;
        let accounts: Vec<NamedAccount> = records.into_iter().take(limit).map(NamedAccount::from).collect();
        let next = accounts.last().filter(|_| more).map(|last| last.account.id);
        Ok(AccountPage { accounts, next })
    }
}

pub(super) async fn account(connection: &mut PgConnection, id: AccountId) -> Result<NamedAccount, ReadError> {
    let record = sqlx::query_as!(
        Record,
        r#"SELECT a.account_id, a.code, a.subject, a.asset_id AS "asset_id: AssetNumber", n.asset,
                  a.kind AS "kind: AccountKind", a.normal_side AS "normal_side: Side", a."limit" AS "limit: Limit",
                  a.is_control, a.control_id, a.opened_at AS "opened_at: jiff_sqlx::Timestamp"
             FROM ledger_accounts a JOIN ledger_assets n ON n.asset_id = a.asset_id
            WHERE a.tenant_id = current_tenant() AND a.account_id = $1"#,
        id.uuid(),
    )
    .fetch_optional(connection)
    .await?;
    record.map(NamedAccount::from).ok_or(ReadError::UnknownAccount(id))
}
