//! The close of a year: what income and expense came to goes into equity, and they begin the next year at zero.
//!
//! All of it is one transaction under the tenant's lock: the balances at the end of the year, the transfers that bring them
//! to zero, and the close of the period. Nothing can come between, and half a close is never seen.

use std::collections::HashMap;

use domain::ids::{AccountId, TenantId};
use jiff::civil::Date;
use sqlx::PgConnection;

use super::period::{Closed, close};
use super::{CloseError, YEAR_CLOSE};
use crate::account::{Account, AccountKind, Side};
use crate::asset::AssetNumber;
use crate::ledger::Ledger;
use crate::posting::post_in_order;
use crate::read::{Detail, Kinds, ReadError, ReportLine, Span, in_effect};
use crate::refusal::Refused;
use crate::store;
use crate::transfer::{Group, MAX_BATCH, Operation, Transfer};

/// The most accounts of income and expense in one ledger.
const MAX_RESULT_ACCOUNTS: usize = 100_000;

impl Ledger {
    /// Moves the balance of every account of income and expense at the end of the calendar year to `retained`: accounts of
    /// equity, one for each asset that has a result. Then closes the period through the year's last day. A year that is
    /// closed is left as it is.
    ///
    /// # Errors
    /// [`CloseError`]; nothing is changed then.
    pub async fn close_year(&self, tenant: TenantId, year: i16, retained: &[AccountId]) -> Result<Closed, CloseError> {
        let last = Date::new(year, 12, 31).map_err(|_| CloseError::Year { year })?;
        let mut transaction = self.poster.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        let closed_through = store::lock(&mut transaction).await?;
        // Now that the lock is held, nothing can change what is read.
        let results = results(&mut transaction, last).await?;
        if let Some(through) = closed_through.filter(|through| last <= *through) {
            let done = results.is_empty();
            return if done { Ok(Closed::AlreadyApplied) } else { Err(CloseError::PeriodClosed { through }) };
        }
        let ids: Vec<_> = retained.iter().map(|id| id.uuid()).collect();
        let accounts = store::accounts(&mut transaction, &ids).await?;
        let retained = by_asset(retained, accounts)?;
        let ids: Vec<_> = results.iter().map(|line| line.account.uuid()).collect();
        let assets: HashMap<AccountId, AssetNumber> = store::accounts(&mut transaction, &ids)
            .await?
            .into_iter()
            .map(|account| (account.id, account.asset))
            .collect();
        let mut transfers = Vec::with_capacity(results.len());
        for line in &results {
            let equity = assets.get(&line.account).and_then(|asset| retained.get(asset));
            let equity = equity.ok_or_else(|| CloseError::NoAccountFor { asset: line.asset.clone() })?;
            transfers.push(to_zero(line, *equity, year, last));
        }
        for part in transfers.chunks(MAX_BATCH) {
            let Some(group) = Group::linked(part.to_vec()) else { continue };
            let groups = std::slice::from_ref(&group);
            let outcomes = post_in_order(&mut transaction, tenant, groups, self.poster.clock.as_ref()).await?;
            if let Some(Refused { index, refusal }) = outcomes.into_iter().find_map(Result::err) {
                let reference = part.get(index).map(|transfer| transfer.reference.clone()).unwrap_or_default();
                return Err(CloseError::Refused { reference, refusal });
            }
        }
        let closed = close(&mut transaction, last).await?;
        transaction.commit().await?;
        Ok(closed)
    }
}

/// Accounts of income and expense that are not at zero at the end of the year.
async fn results(connection: &mut PgConnection, last: Date) -> Result<Vec<ReportLine>, CloseError> {
    let (detail, kinds) = (Detail::SubAccounts, Kinds::OfResult);
    let lines = in_effect(connection, Span::up_to(last), detail, kinds, MAX_RESULT_ACCOUNTS).await?;
    Ok(lines.into_iter().filter(|line| !line.balance().is_zero()).collect())
}

/// The accounts that take results, of which there is one an asset.
fn by_asset(asked: &[AccountId], found: Vec<Account>) -> Result<HashMap<AssetNumber, AccountId>, CloseError> {
    if let Some(missing) = asked.iter().find(|id| found.iter().all(|account| account.id != **id)) {
        return Err(ReadError::UnknownAccount(*missing).into());
    }
    let mut retained = HashMap::new();
    for account in found {
        if account.kind != AccountKind::Equity || account.is_control {
            return Err(CloseError::NotEquity(account.id));
        }
        if let Some(other) = retained.insert(account.asset, account.id) {
            return Err(CloseError::TwoAccounts { one: other, other: account.id });
        }
    }
    Ok(retained)
}

/// The transfer that takes an account's balance off it.
fn to_zero(line: &ReportLine, equity: AccountId, year: i16, last: Date) -> Transfer {
    let balance = line.sums.on(Side::Debit);
    let (debit, credit) = if balance.is_below_zero() { (line.account, equity) } else { (equity, line.account) };
    Transfer {
        operation: Operation::Post { debit, credit, amount: balance.amount() },
        reference: format!("{YEAR_CLOSE}{year}:{}", line.account),
        effective_on: last,
        metadata: None,
    }
}
