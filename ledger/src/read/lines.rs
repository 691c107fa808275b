//! What every report is made of: accounts and their sums, by one clock or the other.
//!
//! An account under a control account is in the control account's line. On demand it has a line of its own, and the control
//! account has none: nothing is counted twice either way.

use domain::ids::AccountId;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::recorded;
use super::sums::{Net, Sums};
use super::{AsOf, ReadError};
use crate::account::{AccountKind, Side};
use crate::close::YEAR_CLOSE;
use crate::numeric::Numeric;

/// The most lines of a report, which is made in memory.
pub const MAX_LINES: usize = 10_000;

/// An account in a report, with what was posted to it and to those under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    pub account: AccountId,
    pub code: String,
    pub subject: Option<String>,
    pub asset: String,
    pub kind: AccountKind,
    pub normal_side: Side,
    pub is_control: bool,
    pub sums: Sums,
}

impl ReportLine {
    /// On the account's normal side.
    #[must_use]
    pub fn balance(&self) -> Net {
        self.sums.on(self.normal_side)
    }
}

/// Which accounts have lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Those that stand under no control account.
    Control,
    /// Those that are posted to.
    SubAccounts,
}

/// Which kinds of account are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinds {
    All,
    /// Income and expense.
    OfResult,
}

#[derive(Debug)]
struct Record {
    account_id: Uuid,
    code: String,
    subject: Option<String>,
    asset: String,
    kind: AccountKind,
    normal_side: Side,
    is_control: bool,
    debits: Numeric,
    credits: Numeric,
}

fn lines(records: Vec<Record>, most: usize) -> Result<Vec<ReportLine>, ReadError> {
    if records.len() > most {
        return Err(ReadError::TooManyLines { most });
    }
    let line = |record: Record| ReportLine {
        account: AccountId::new(record.account_id),
        code: record.code,
        subject: record.subject,
        asset: record.asset,
        kind: record.kind,
        normal_side: record.normal_side,
        is_control: record.is_control,
        sums: Sums { debits: record.debits.0, credits: record.credits.0 },
    };
    Ok(records.into_iter().map(line).collect())
}

/// One more than may be, so that more are noticed.
fn bound(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// Lines in the order of asset, code and subject; an account to which nothing was posted has none.
pub(super) async fn as_of(
    connection: &mut PgConnection,
    as_of: AsOf,
    detail: Detail,
) -> Result<Vec<ReportLine>, ReadError> {
    match as_of {
        AsOf::Now => now(connection, detail).await,
        AsOf::Effective(day) => in_effect(connection, Span::up_to(day), detail, Kinds::All, MAX_LINES).await,
        AsOf::Recorded(moment) => before(connection, moment, detail).await,
    }
}

async fn now(connection: &mut PgConnection, detail: Detail) -> Result<Vec<ReportLine>, ReadError> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT a.account_id, a.code, a.subject, n.asset, a.kind AS "kind: AccountKind",
                  a.normal_side AS "normal_side: Side", a.is_control, b.debits_posted AS "debits: Numeric",
                  b.credits_posted AS "credits: Numeric"
             FROM ledger_balances b
             JOIN ledger_accounts a ON a.tenant_id = b.tenant_id AND a.account_id = b.account_id
             JOIN ledger_assets n ON n.asset_id = a.asset_id
            WHERE b.tenant_id = current_tenant() AND CASE WHEN $1 THEN NOT b.is_control ELSE b.control_id IS NULL END
              AND (b.debits_posted > 0 OR b.credits_posted > 0)
            ORDER BY n.asset, a.code, a.subject NULLS FIRST LIMIT $2"#,
        detail == Detail::SubAccounts,
        bound(MAX_LINES),
    )
    .fetch_all(connection)
    .await?;
    lines(records, MAX_LINES)
}

/// Effective days whose transfers are added up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Without it, from the last closed period on, with the sums which that ended with.
    from: Option<Date>,
    through: Date,
    /// Leaves out what closed a year: it takes the year's result out of the accounts that tell it.
    before_year_close: bool,
}

impl Span {
    /// All that counts for this day or before.
    pub(crate) const fn up_to(day: Date) -> Self {
        Self { from: None, through: day, before_year_close: false }
    }

    /// What came in and went out from one day through another.
    pub(super) const fn of_result(from: Date, through: Date) -> Self {
        Self { from: Some(from), through, before_year_close: true }
    }
}

pub(crate) async fn in_effect(
    connection: &mut PgConnection,
    span: Span,
    detail: Detail,
    kinds: Kinds,
    most: usize,
) -> Result<Vec<ReportLine>, ReadError> {
    let records = sqlx::query_as!(
        Record,
        r#"WITH closed AS (
               SELECT max(through) AS through FROM ledger_closings
                WHERE tenant_id = current_tenant() AND through <= $2 AND $1::date IS NULL
           ), moved AS (
               SELECT account_id, sum(debit) AS debits, sum(credit) AS credits
                 FROM (
                     SELECT c.account_id, c.debits_posted AS debit, c.credits_posted AS credit
                       FROM closed JOIN ledger_closing_balances c ON c.through = closed.through
                      WHERE c.tenant_id = current_tenant()
                     UNION ALL
                     SELECT side.account_id, side.debit, side.credit
                       FROM closed CROSS JOIN ledger_transfers t
                      CROSS JOIN LATERAL (
                          VALUES (t.debit_account_id, t.amount, 0), (t.credit_account_id, 0, t.amount)
                      ) AS side (account_id, debit, credit)
                      WHERE t.tenant_id = current_tenant() AND t.kind IN ('posted', 'settled', 'reversed')
                        AND t.effective_on >= coalesce($1, closed.through + 1, '-infinity') AND t.effective_on <= $2
                        AND NOT ($3 AND starts_with(t.reference, $4))
                 ) AS sides
                GROUP BY account_id
           )
           SELECT a.account_id AS "account_id!", a.code AS "code!", a.subject, n.asset AS "asset!",
                  a.kind AS "kind!: AccountKind", a.normal_side AS "normal_side!: Side", a.is_control AS "is_control!",
                  sum(m.debits) AS "debits!: Numeric", sum(m.credits) AS "credits!: Numeric"
             FROM moved m
             JOIN ledger_accounts own ON own.tenant_id = current_tenant() AND own.account_id = m.account_id
             JOIN ledger_accounts a ON a.tenant_id = own.tenant_id
              AND a.account_id = CASE WHEN $5 THEN own.account_id ELSE coalesce(own.control_id, own.account_id) END
             JOIN ledger_assets n ON n.asset_id = a.asset_id
            WHERE NOT $6 OR a.kind IN ('income', 'expense')
            GROUP BY a.tenant_id, a.account_id, n.asset
            ORDER BY n.asset, a.code, a.subject NULLS FIRST LIMIT $7"#,
        span.from.map(jiff_sqlx::Date::from) as _,
        jiff_sqlx::Date::from(span.through) as _,
        span.before_year_close,
        YEAR_CLOSE,
        detail == Detail::SubAccounts,
        kinds == Kinds::OfResult,
        bound(most),
    )
    .fetch_all(connection)
    .await?;
    lines(records, most)
}

/// Balances of now less what was recorded later: the nearer the moment, the fewer transfers are read.
async fn before(
    connection: &mut PgConnection,
    moment: Timestamp,
    detail: Detail,
) -> Result<Vec<ReportLine>, ReadError> {
    let after = recorded::after(connection, moment).await?;
    let records = sqlx::query_as!(
        Record,
        r#"WITH later AS (
               SELECT side.account_id, sum(side.debit) AS debits, sum(side.credit) AS credits
                 FROM ledger_transfers t JOIN ledger_batches b ON b.batch_id = t.batch_id
                CROSS JOIN LATERAL (
                    VALUES (t.debit_account_id, t.amount, 0), (t.credit_account_id, 0, t.amount)
                ) AS side (account_id, debit, credit)
                WHERE t.tenant_id = current_tenant() AND t.transfer_id >= $2 AND t.kind IN ('posted', 'settled', 'reversed')
                  AND b.tenant_id = current_tenant() AND b.number > $1
                GROUP BY side.account_id
           ), moved AS (
               SELECT s.account_id, s.debits_posted - coalesce(l.debits, 0) AS debits,
                      s.credits_posted - coalesce(l.credits, 0) AS credits
                 FROM ledger_balances s LEFT JOIN later l ON l.account_id = s.account_id
                WHERE s.tenant_id = current_tenant() AND NOT s.is_control
           )
           SELECT a.account_id AS "account_id!", a.code AS "code!", a.subject, n.asset AS "asset!",
                  a.kind AS "kind!: AccountKind", a.normal_side AS "normal_side!: Side", a.is_control AS "is_control!",
                  sum(m.debits) AS "debits!: Numeric", sum(m.credits) AS "credits!: Numeric"
             FROM moved m
             JOIN ledger_accounts own ON own.tenant_id = current_tenant() AND own.account_id = m.account_id
             JOIN ledger_accounts a ON a.tenant_id = own.tenant_id
              AND a.account_id = CASE WHEN $3 THEN own.account_id ELSE coalesce(own.control_id, own.account_id) END
             JOIN ledger_assets n ON n.asset_id = a.asset_id
            WHERE m.debits > 0 OR m.credits > 0
            GROUP BY a.tenant_id, a.account_id, n.asset
            ORDER BY n.asset, a.code, a.subject NULLS FIRST LIMIT $4"#,
        after.number,
        after.first_id,
        detail == Detail::SubAccounts,
        bound(MAX_LINES),
    )
    .fetch_all(connection)
    .await?;
    lines(records, MAX_LINES)
}

/// Lines of one asset after another, each with the asset's name.
pub(super) fn by_asset(lines: Vec<ReportLine>) -> Vec<(String, Vec<ReportLine>)> {
    let mut assets: Vec<(String, Vec<ReportLine>)> = Vec::new();
    for line in lines {
        match assets.last_mut() {
            Some((asset, lines)) if *asset == line.asset => lines.push(line),
            _ => assets.push((line.asset.clone(), vec![line])),
        }
    }
    assets
}

/// The sum of the balances of accounts of one kind, on the side of that kind.
pub(super) fn total(lines: &[ReportLine], kind: AccountKind) -> Result<Net, ReadError> {
    let mut sum = Net::default();
    for line in lines.iter().filter(|line| line.kind == kind) {
        sum = sum.checked_add(&line.balance()).ok_or(ReadError::TooLarge)?;
    }
    Ok(sum)
}
