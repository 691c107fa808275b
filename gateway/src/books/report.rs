//! Reports as they stand on the wire.

use domain::asset::AssetRegistry;
use domain::ids::AccountId;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{
    AccountKind, AsOf, AssetUnit, BalanceSheet, IncomeOfAsset, IncomeStatement, ReportLine, SheetOfAsset, TrialBalance,
    TrialOfAsset,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An account in a report. What stands under a control account is in the control account's line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportLineView {
    #[schema(value_type = String, example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub account: AccountId,
    #[schema(example = "loans.principal")]
    pub code: String,
    pub subject: Option<String>,
    #[schema(value_type = String, pattern = "^(asset|liability|equity|income|expense|memo)$")]
    pub kind: AccountKind,
    pub is_control: bool,
    /// What was debited and credited in all.
    pub debits: String,
    pub credits: String,
    /// What is left on the account's normal side.
    pub balance: String,
}

impl ReportLineView {
    fn new(line: &ReportLine, unit: AssetUnit) -> Self {
        Self {
            account: line.account,
            code: line.code.clone(),
            subject: line.subject.clone(),
            kind: line.kind,
            is_control: line.is_control,
            debits: unit.amount(line.sums.debits),
            credits: unit.amount(line.sums.credits),
            balance: unit.net(line.balance()),
        }
    }

    fn all(lines: &[ReportLine], unit: AssetUnit) -> Vec<Self> {
        lines.iter().map(|line| Self::new(line, unit)).collect()
    }
}

/// Of one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialOfAssetView {
    #[schema(example = "USD")]
    pub asset: String,
    #[schema(pattern = "^(major|base)$")]
    pub unit: &'static str,
    pub lines: Vec<ReportLineView>,
    /// Of balances on the debit side, and of those on the credit side.
    pub total_debit: String,
    pub total_credit: String,
    /// Zero, or the books are broken.
    #[schema(example = "0.00")]
    pub difference: String,
}

/// Every account's balance, asset by asset, and whether the sides are equal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceView {
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_on: Option<Date>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub recorded_at: Option<Timestamp>,
    pub assets: Vec<TrialOfAssetView>,
}

impl TrialBalanceView {
    #[must_use]
    pub fn new(trial: &TrialBalance, registry: &AssetRegistry) -> Self {
        let of_asset = |of: &TrialOfAsset| {
            let unit = AssetUnit::of(&of.asset, registry);
            TrialOfAssetView {
                asset: of.asset.clone(),
                unit: unit.name(),
                lines: ReportLineView::all(&of.lines, unit),
                total_debit: unit.amount(of.totals.debits),
                total_credit: unit.amount(of.totals.credits),
                difference: unit.net(of.difference()),
            }
        };
        Self {
            effective_on: if let AsOf::Effective(day) = trial.as_of { Some(day) } else { None },
            recorded_at: if let AsOf::Recorded(moment) = trial.as_of { Some(moment) } else { None },
            assets: trial.assets.iter().map(of_asset).collect(),
        }
    }
}

/// Of one asset: assets are liabilities, equity and result.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetOfAssetView {
    #[schema(example = "USD")]
    pub asset: String,
    #[schema(pattern = "^(major|base)$")]
    pub unit: &'static str,
    pub lines: Vec<ReportLineView>,
    pub total_assets: String,
    pub total_liabilities: String,
    pub total_equity: String,
    /// Income less expense that no year's close has moved into equity yet.
    pub result: String,
}

/// What is owned, what is owed, and what is left, at the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceSheetView {
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    pub assets: Vec<SheetOfAssetView>,
}

impl BalanceSheetView {
    #[must_use]
    pub fn new(sheet: &BalanceSheet, registry: &AssetRegistry) -> Self {
        let of_asset = |of: &SheetOfAsset| {
            let unit = AssetUnit::of(&of.asset, registry);
            SheetOfAssetView {
                asset: of.asset.clone(),
                unit: unit.name(),
                lines: ReportLineView::all(&of.lines, unit),
                total_assets: unit.net(of.total_assets),
                total_liabilities: unit.net(of.total_liabilities),
                total_equity: unit.net(of.total_equity),
                result: unit.net(of.result),
            }
        };
        Self { on: sheet.on, assets: sheet.assets.iter().map(of_asset).collect() }
    }
}

/// Of one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomeOfAssetView {
    #[schema(example = "USD")]
    pub asset: String,
    #[schema(pattern = "^(major|base)$")]
    pub unit: &'static str,
    pub lines: Vec<ReportLineView>,
    pub total_income: String,
    pub total_expense: String,
    /// Income less expense.
    pub result: String,
}

/// What came in and what it cost, from one day through another. What closed a year is left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomeStatementView {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub through: Date,
    pub assets: Vec<IncomeOfAssetView>,
}

impl IncomeStatementView {
    #[must_use]
    pub fn new(income: &IncomeStatement, registry: &AssetRegistry) -> Self {
        let of_asset = |of: &IncomeOfAsset| {
            let unit = AssetUnit::of(&of.asset, registry);
            IncomeOfAssetView {
                asset: of.asset.clone(),
                unit: unit.name(),
                lines: ReportLineView::all(&of.lines, unit),
                total_income: unit.net(of.total_income),
                total_expense: unit.net(of.total_expense),
                result: unit.net(of.result),
            }
        };
        Self { from: income.from, through: income.through, assets: income.assets.iter().map(of_asset).collect() }
    }
}
