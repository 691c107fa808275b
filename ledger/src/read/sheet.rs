//! The balance sheet: what is owned, what is owed, and what is left, at the end of a day.

use domain::ids::TenantId;
use jiff::civil::Date;

use super::lines::{Detail, Kinds, MAX_LINES, ReportLine, Span, by_asset, in_effect, total};
use super::sums::Net;
use super::{ReadError, snapshot};
use crate::account::AccountKind;
use crate::ledger::Ledger;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceSheet {
    pub on: Date,
    pub assets: Vec<SheetOfAsset>,
}

/// The sheet of one asset. Accounts of income and expense have no lines of their own: what they come to is the result that
/// no year's close has moved into equity yet. Memo accounts stand outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOfAsset {
    pub asset: String,
    pub lines: Vec<ReportLine>,
    pub total_assets: Net,
    pub total_liabilities: Net,
    pub total_equity: Net,
    /// Income less expense, not closed into equity.
    pub result: Net,
}

impl SheetOfAsset {
    fn try_new(asset: String, lines: Vec<ReportLine>) -> Result<Self, ReadError> {
        let total = |kind| total(&lines, kind);
        let result = total(AccountKind::Income)?.checked_sub(&total(AccountKind::Expense)?);
        let (total_assets, total_liabilities, total_equity) =
            (total(AccountKind::Asset)?, total(AccountKind::Liability)?, total(AccountKind::Equity)?);
        let shown = |kind| matches!(kind, AccountKind::Asset | AccountKind::Liability | AccountKind::Equity);
        Ok(Self {
            asset,
            total_assets,
            total_liabilities,
            total_equity,
            result: result.ok_or(ReadError::TooLarge)?,
            lines: lines.into_iter().filter(|line| shown(line.kind)).collect(),
        })
    }

    /// Assets less liabilities, equity and result: zero, unless something was posted between a memo account and another.
    /// `None` above 256 bits.
    #[must_use]
    pub fn difference(&self) -> Option<Net> {
        let owned = self.total_assets.checked_sub(&self.total_liabilities)?;
        owned.checked_sub(&self.total_equity)?.checked_sub(&self.result)
    }
}

impl Ledger {
    /// At the end of a day, by what counts for it and for days before.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn balance_sheet(&self, tenant: TenantId, on: Date) -> Result<BalanceSheet, ReadError> {
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let lines = in_effect(&mut transaction, Span::up_to(on), Detail::Control, Kinds::All, MAX_LINES).await?;
        let assets = by_asset(lines).into_iter().map(|(asset, lines)| SheetOfAsset::try_new(asset, lines));
        Ok(BalanceSheet { on, assets: assets.collect::<Result<_, _>>()? })
    }
}
