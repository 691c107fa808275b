//! Accounts: opening and finding them.

use domain::ids::{AccountId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::account::{Account, AccountKind, Limit, NewAccount, Side};
use crate::asset::AssetNumber;

#[derive(Debug)]
struct Record {
    account_id: Uuid,
    code: String,
    subject: Option<String>,
    asset_id: AssetNumber,
    kind: AccountKind,
    normal_side: Side,
    limit: Limit,
    is_control: bool,
    control_id: Option<Uuid>,
}

impl From<Record> for Account {
    fn from(record: Record) -> Self {
        Self {
            id: AccountId::new(record.account_id),
            code: record.code,
            subject: record.subject,
            asset: record.asset_id,
            kind: record.kind,
            normal_side: record.normal_side,
            limit: record.limit,
            is_control: record.is_control,
            control: record.control_id.map(AccountId::new),
        }
    }
}

/// Those of the tenant that exist.
pub(crate) async fn accounts(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Account>> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT account_id, code, subject, asset_id AS "asset_id: AssetNumber", kind AS "kind: AccountKind",
                  normal_side AS "normal_side: Side", "limit" AS "limit: Limit", is_control, control_id
             FROM ledger_accounts WHERE account_id = ANY($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(records.into_iter().map(Account::from).collect())
}

/// Opens an account, or finds the one that has its code, subject and asset.
pub(crate) async fn open(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: AccountId,
    account: &NewAccount,
) -> sqlx::Result<Account> {
    let asset = sqlx::query_scalar!(r#"SELECT ledger_asset($1) AS "asset!""#, account.asset)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query!(
        r#"INSERT INTO ledger_accounts
               (tenant_id, account_id, code, subject, asset_id, kind, normal_side, "limit", is_control, control_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT (tenant_id, code, subject, asset_id) DO NOTHING"#,
        tenant.uuid(),
        id.uuid(),
        account.code,
        account.subject,
        asset,
        account.kind as _,
        account.normal_side() as _,
        account.limit as _,
        account.is_control,
        account.control.map(AccountId::uuid),
    )
    .execute(&mut *connection)
    .await?;
    let record = sqlx::query_as!(
        Record,
        r#"SELECT account_id, code, subject, asset_id AS "asset_id: AssetNumber", kind AS "kind: AccountKind",
                  normal_side AS "normal_side: Side", "limit" AS "limit: Limit", is_control, control_id
             FROM ledger_accounts
            WHERE tenant_id = $1 AND code = $2 AND subject IS NOT DISTINCT FROM $3 AND asset_id = $4"#,
        tenant.uuid(),
        account.code,
        account.subject,
        asset,
    )
    .fetch_one(connection)
    .await?;
    Ok(record.into())
}
