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

/// Opens accounts, or finds those that have the code, subject and asset of one; in the order that they were asked for.
pub(crate) async fn open(
    connection: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    accounts: &[NewAccount],
) -> sqlx::Result<Vec<Account>> {
    let codes: Vec<String> = accounts.iter().map(|account| account.code.clone()).collect();
    let subjects: Vec<Option<String>> = accounts.iter().map(|account| account.subject.clone()).collect();
    let assets: Vec<String> = accounts.iter().map(|account| account.asset.clone()).collect();
    sqlx::query!(
        r#"INSERT INTO ledger_accounts
               (tenant_id, account_id, code, subject, asset_id, kind, normal_side, "limit", is_control, control_id)
           SELECT $1, id, code, subject, ledger_asset(asset), kind, side, bound, control, under
             FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::ledger_account_kind[], $7::ledger_side[],
                         $8::ledger_limit[], $9::boolean[], $10::uuid[])
                  AS account (id, code, subject, asset, kind, side, bound, control, under)
           ON CONFLICT (tenant_id, code, subject, asset_id) DO NOTHING"#,
        tenant.uuid(),
        ids,
        &codes,
        &subjects as _,
        &assets,
        &accounts.iter().map(|account| account.kind).collect::<Vec<_>>() as _,
        &accounts.iter().map(NewAccount::normal_side).collect::<Vec<_>>() as _,
        &accounts.iter().map(|account| account.limit).collect::<Vec<_>>() as _,
        &accounts.iter().map(|account| account.is_control).collect::<Vec<_>>(),
        &accounts.iter().map(|account| account.control.map(AccountId::uuid)).collect::<Vec<_>>() as _,
    )
    .execute(&mut *connection)
    .await?;
    let records = sqlx::query_as!(
        Record,
        r#"SELECT a.account_id AS "account_id!", a.code AS "code!", a.subject, a.asset_id AS "asset_id!: AssetNumber",
                  a.kind AS "kind!: AccountKind", a.normal_side AS "normal_side!: Side", a."limit" AS "limit!: Limit",
                  a.is_control AS "is_control!", a.control_id
             FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS asked (code, subject, asset, place)
             JOIN ledger_assets n ON n.asset = asked.asset
             JOIN ledger_accounts a ON a.tenant_id = $1 AND a.code = asked.code AND a.asset_id = n.asset_id
              AND a.subject IS NOT DISTINCT FROM asked.subject
            ORDER BY asked.place"#,
        tenant.uuid(),
        &codes,
        &subjects as _,
        &assets,
    )
    .fetch_all(connection)
    .await?;
    Ok(records.into_iter().map(Account::from).collect())
}
