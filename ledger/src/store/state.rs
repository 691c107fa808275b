//! What groups are judged against, read under the tenant's lock.

use std::collections::{HashMap, HashSet};

use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::accounts::accounts;
use super::row::Record;
use crate::account::Balance;
use crate::asset::AssetNumber;
use crate::fold::{Standing, State};
use crate::numeric::Numeric;
use crate::transfer::{Group, Operation, Row, TransferKind};

/// Takes the tenant's lock and reads all that the groups touch. `now` stands in for the database's clock where the tenant
/// has no ledger yet, and so no account.
pub(crate) async fn state(connection: &mut PgConnection, groups: &[Group], now: Timestamp) -> sqlx::Result<State> {
    let head = sqlx::query!(
        r#"SELECT closed_through AS "closed_through: jiff_sqlx::Date", moment AS "moment!: jiff_sqlx::Timestamp"
             FROM ledger_lock()"#
    )
    .fetch_optional(&mut *connection)
    .await?;
    let (now, closed_through) = match head {
        Some(head) => (head.moment.to_jiff(), head.closed_through.map(jiff_sqlx::Date::to_jiff)),
        None => (now, None),
    };
    let recorded = recorded(connection, groups).await?;
    let originals = originals(connection, groups).await?;
    let rows = recorded.values().chain(originals.values().map(|(row, _)| row));
    let touched: HashSet<Uuid> =
        named(groups).chain(rows.flat_map(|row| [row.debit.uuid(), row.credit.uuid()])).collect();
    let accounts = standings(connection, &touched.into_iter().collect::<Vec<_>>()).await?;
    Ok(State { now, closed_through, accounts, recorded, originals })
}

fn named(groups: &[Group]) -> impl Iterator<Item = Uuid> {
    groups.iter().flat_map(Group::iter).flat_map(|transfer| match transfer.operation {
        Operation::Post { debit, credit, .. } | Operation::Hold { debit, credit, .. } => {
            [Some(debit.uuid()), Some(credit.uuid())].into_iter().flatten()
        }
        _ => [None, None].into_iter().flatten(),
    })
}

async fn recorded(connection: &mut PgConnection, groups: &[Group]) -> sqlx::Result<HashMap<String, Row>> {
    let references: Vec<String> =
        groups.iter().flat_map(Group::iter).map(|transfer| transfer.reference.clone()).collect();
    let records = sqlx::query_as!(
        Record,
        r#"SELECT t.transfer_id, t.debit_account_id, t.credit_account_id, t.asset_id AS "asset_id: AssetNumber",
                  t.amount AS "amount: Numeric", t.kind AS "kind: TransferKind", t.original_id,
                  t.released AS "released: Numeric", t.expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  t.effective_on AS "effective_on: jiff_sqlx::Date", t.reference, t.metadata, NULL::uuid AS ended_by
             FROM ledger_references r
             JOIN ledger_transfers t ON t.transfer_id = r.transfer_id
            WHERE r.tenant_id = current_tenant() AND r.reference = ANY($1)"#,
        &references,
    )
    .fetch_all(connection)
    .await?;
    Ok(records.into_iter().map(Row::from).map(|row| (row.reference.clone(), row)).collect())
}

async fn originals(
    connection: &mut PgConnection,
    groups: &[Group],
) -> sqlx::Result<HashMap<TransferId, (Row, Option<TransferId>)>> {
    let referred = |operation: &Operation| match operation {
        Operation::Settle { pending, .. } | Operation::Void { pending } | Operation::Expire { pending } => {
            Some(*pending)
        }
        Operation::Reverse { posted } => Some(*posted),
        Operation::Post { .. } | Operation::Hold { .. } => None,
    };
    let transfers = groups.iter().flat_map(Group::iter);
    let ids: Vec<Uuid> = transfers.filter_map(|transfer| referred(&transfer.operation)).map(TransferId::uuid).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let records = sqlx::query_as!(
        Record,
        r#"SELECT t.transfer_id AS "transfer_id!", t.debit_account_id AS "debit_account_id!",
                  t.credit_account_id AS "credit_account_id!", t.asset_id AS "asset_id!: AssetNumber",
                  t.amount AS "amount!: Numeric", t.kind AS "kind!: TransferKind", t.original_id,
                  t.released AS "released: Numeric", t.expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  t.effective_on AS "effective_on!: jiff_sqlx::Date", t.reference AS "reference!", t.metadata,
                  s.transfer_id AS "ended_by?"
             FROM ledger_transfers t
             LEFT JOIN ledger_settlements s ON s.original_id = t.transfer_id
            WHERE t.transfer_id = ANY($1)"#,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    let ended = |record: Record| {
        let by = record.ended_by.map(TransferId::new);
        let row = Row::from(record);
        (row.id, (row, by))
    };
    Ok(records.into_iter().map(ended).collect())
}

async fn standings(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<HashMap<AccountId, Standing>> {
    let accounts = accounts(connection, ids).await?;
    let balances = sqlx::query!(
        r#"SELECT account_id, debits_posted AS "debits_posted: Numeric", credits_posted AS "credits_posted: Numeric",
                  debits_pending AS "debits_pending: Numeric", credits_pending AS "credits_pending: Numeric"
             FROM ledger_balances WHERE account_id = ANY($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    let mut balances: HashMap<Uuid, Balance> = balances
        .into_iter()
        .map(|row| {
            let balance = Balance {
                debits_posted: row.debits_posted.0,
                credits_posted: row.credits_posted.0,
                debits_pending: row.debits_pending.0,
                credits_pending: row.credits_pending.0,
            };
            (row.account_id, balance)
        })
        .collect();
    let standing = |account: crate::account::Account| {
        let balance = balances.remove(&account.id.uuid())?;
        Some((account.id, Standing { account, balance }))
    };
    Ok(accounts.into_iter().filter_map(standing).collect())
}
