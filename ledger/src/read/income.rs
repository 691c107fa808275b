//! The income statement: what came in and what it cost, from one day through another.

use domain::ids::TenantId;
use jiff::civil::Date;

use super::lines::{Detail, Kinds, MAX_LINES, ReportLine, Span, by_asset, in_effect, total};
use super::sums::Net;
use super::{ReadError, snapshot};
use crate::account::AccountKind;
use crate::ledger::Ledger;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeStatement {
    pub from: Date,
    pub through: Date,
    pub assets: Vec<IncomeOfAsset>,
}

/// Of one asset. What closed a year is left out, so a year that is closed still tells its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeOfAsset {
    pub asset: String,
    pub lines: Vec<ReportLine>,
    pub total_income: Net,
    pub total_expense: Net,
    /// Income less expense.
    pub result: Net,
}

impl IncomeOfAsset {
    fn try_new(asset: String, lines: Vec<ReportLine>) -> Result<Self, ReadError> {
        let (total_income, total_expense) = (total(&lines, AccountKind::Income)?, total(&lines, AccountKind::Expense)?);
        let result = total_income.checked_sub(&total_expense).ok_or(ReadError::TooLarge)?;
        Ok(Self { asset, lines, total_income, total_expense, result })
    }
}

impl Ledger {
    /// Of the days from `from` through `through`; empty where the one is later than the other.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn income_statement(
        &self,
        tenant: TenantId,
        from: Date,
        through: Date,
    ) -> Result<IncomeStatement, ReadError> {
        let mut transaction = snapshot(&self.poster.pool, tenant).await?;
        let span = Span::of_result(from, through);
        let lines = in_effect(&mut transaction, span, Detail::Control, Kinds::OfResult, MAX_LINES).await?;
        let assets = by_asset(lines).into_iter().map(|(asset, lines)| IncomeOfAsset::try_new(asset, lines));
        Ok(IncomeStatement { from, through, assets: assets.collect::<Result<_, _>>()? })
    }
}
