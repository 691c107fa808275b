//! An account's transfers, a page at a time, with what the account came to after each.

use domain::ids::{AccountId, TenantId, TransferId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::accounts::{NamedAccount, account};
use super::balances::effective;
use super::cursor::StatementCursor;
use super::sums::{Net, Sums};
use super::{ReadError, page_size, snapshot};
use crate::asset::AssetNumber;
use crate::ledger::Ledger;
use crate::numeric::Numeric;
use crate::transfer::{Row, TransferKind};

/// Effective days of a statement, both ends counted in; open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatementRange {
    pub from: Option<Date>,
    pub through: Option<Date>,
}

/// A transfer of the account, and the account's balance after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    pub transfer: Row,
    pub recorded_at: Timestamp,
    /// What is posted, on the account's normal side. A transfer that posts nothing leaves it as it was.
    pub balance: Net,
}

/// A page of a statement, in the order of transfer ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub account: NamedAccount,
    pub range: StatementRange,
    /// Before the first line of this page.
    pub opening: Net,
    /// After the last.
    pub closing: Net,
    pub lines: Vec<StatementLine>,
    pub next: Option<StatementCursor>,
}

impl Ledger {
    /// At most `limit` transfers, from the start of the range or from where a page before ended. All pages that follow from
    /// one first page are of the state of the books that it saw.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn statement(
        &self,
        tenant: TenantId,
        id: AccountId,
        range: StatementRange,
        cursor: Option<&StatementCursor>,
        limit: usize,
    ) -> Result<Statement, ReadError> {
        let size = page_size(limit)?;
        if cursor.is_some_and(|cursor| cursor.account != id || cursor.range != range) {
            return Err(ReadError::Cursor);
        }
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let account = account(&mut transaction, id).await?;
        if account.account.is_control {
            return Err(ReadError::ControlAccount(id));
        }
        let start = match cursor {
            Some(cursor) => *cursor,
            None => start(&mut transaction, id, range).await?,
        };
        let records = records(&mut transaction, &start, size.saturating_add(1)).await?;
        let more = records.len() > limit;
        let side = account.account.normal_side;
        let (mut sums, mut lines) = (start.sums, Vec::with_capacity(records.len()));
        for record in records.into_iter().take(limit) {
            let line = StatementLine::from(record);
            sums = sums.checked_add(&moved(&line.transfer, id)).ok_or(ReadError::TooLarge)?;
            lines.push(StatementLine { balance: sums.on(side), ..line });
        }
        let last = lines.last().filter(|_| more).map(|line| line.transfer.id);
        let next = last.map(|last| StatementCursor { last, sums, ..start });
        Ok(Statement { account, range, opening: start.sums.on(side), closing: sums.on(side), lines, next })
    }
}

async fn start(
    connection: &mut PgConnection,
    account: AccountId,
    range: StatementRange,
) -> Result<StatementCursor, ReadError> {
    let newest = sqlx::query_scalar!("SELECT number FROM ledger_heads WHERE tenant_id = current_tenant()")
        .fetch_optional(&mut *connection)
        .await?
        .unwrap_or(0);
    let sums = match range.from.and_then(|from| from.yesterday().ok()) {
        Some(before) => effective(connection, account, before).await?,
        None => Sums::default(),
    };
    Ok(StatementCursor { account, range, newest, last: TransferId::new(Uuid::nil()), sums })
}

/// What a transfer posts to the account.
fn moved(transfer: &Row, account: AccountId) -> Sums {
    let amount = if transfer.kind.posts() { transfer.amount } else { Default::default() };
    if transfer.debit == account {
        Sums { debits: amount, ..Sums::default() }
    } else {
        Sums { credits: amount, ..Sums::default() }
    }
}

#[derive(Debug)]
struct Record {
    transfer_id: Uuid,
    debit_account_id: Uuid,
    credit_account_id: Uuid,
    asset_id: AssetNumber,
    amount: Numeric,
    kind: TransferKind,
    original_id: Option<Uuid>,
    released: Option<Numeric>,
    expires_at: Option<jiff_sqlx::Timestamp>,
    effective_on: jiff_sqlx::Date,
    reference: String,
    metadata: Option<serde_json::Value>,
    recorded_at: jiff_sqlx::Timestamp,
}

async fn records(connection: &mut PgConnection, start: &StatementCursor, most: i64) -> sqlx::Result<Vec<Record>> {
    sqlx::query_as!(
        Record,
        r#"SELECT t.transfer_id, t.debit_account_id, t.credit_account_id, t.asset_id AS "asset_id: AssetNumber",
                  t.amount AS "amount: Numeric", t.kind AS "kind: TransferKind", t.original_id,
                  t.released AS "released: Numeric", t.expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  t.effective_on AS "effective_on: jiff_sqlx::Date", t.reference, t.metadata,
                  b.recorded_at AS "recorded_at: jiff_sqlx::Timestamp"
             FROM ledger_transfers t JOIN ledger_batches b ON b.batch_id = t.batch_id
            WHERE t.tenant_id = current_tenant() AND (t.debit_account_id = $1 OR t.credit_account_id = $1)
              AND t.transfer_id > $2 AND b.tenant_id = current_tenant() AND b.number <= $3
              AND t.effective_on BETWEEN coalesce($4::date, '-infinity') AND coalesce($5::date, 'infinity')
            ORDER BY t.transfer_id LIMIT $6"#,
        start.account.uuid(),
        start.last.uuid(),
        start.newest,
        start.range.from.map(jiff_sqlx::Date::from) as _,
        start.range.through.map(jiff_sqlx::Date::from) as _,
        most,
    )
    .fetch_all(connection)
    .await
}

impl From<Record> for StatementLine {
    fn from(record: Record) -> Self {
        let transfer = Row {
            id: TransferId::new(record.transfer_id),
            debit: AccountId::new(record.debit_account_id),
            credit: AccountId::new(record.credit_account_id),
            asset: record.asset_id,
            amount: record.amount.0,
            kind: record.kind,
            original: record.original_id.map(TransferId::new),
            released: record.released.map(|released| released.0),
            expires_at: record.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            effective_on: record.effective_on.to_jiff(),
            reference: record.reference,
            metadata: record.metadata,
        };
        Self { transfer, recorded_at: record.recorded_at.to_jiff(), balance: Net::default() }
    }
}
