//! Reads as tables. Each row says its asset and in what unit its amounts are: `major` or `base`.

use std::io::{self, Write};

use domain::asset::AssetRegistry;

use super::asset_unit::AssetUnit;
use super::control::ControlLine;
use super::csv_field::write_row;
use super::income::IncomeStatement;
use super::lines::ReportLine;
use super::sheet::BalanceSheet;
use super::statement::Statement;
use super::sums::Net;
use super::trial::{TrialBalance, sides};
use crate::account::{AccountKind, Balance};
use crate::transfer::TransferKind;

/// Writes tables, row by row as they are made.
#[derive(Debug)]
pub struct Csv<'a, W> {
    out: W,
    registry: &'a AssetRegistry,
}

const REPORT: [&str; 8] = ["row", "asset", "unit", "account", "code", "subject", "kind", "balance"];

impl<'a, W: Write> Csv<'a, W> {
    pub fn new(out: W, registry: &'a AssetRegistry) -> Self {
        Self { out, registry }
    }

    /// One row an account, and one of the totals for each asset.
    ///
    /// # Errors
    /// Those of the writer, here and below.
    pub fn trial_balance(&mut self, trial: &TrialBalance) -> io::Result<()> {
        self.row(&["row", "asset", "unit", "account", "code", "subject", "kind", "debit", "credit"])?;
        for of_asset in &trial.assets {
            let (asset, unit) = (of_asset.asset.as_str(), self.unit(&of_asset.asset));
            for line in &of_asset.lines {
                let sums = sides(line);
                let id = line.account.to_string();
                let (debit, credit) = (unit.amount(sums.debits), unit.amount(sums.credits));
                let subject = line.subject.as_deref().unwrap_or_default();
                let kind = kind_name(line.kind);
                self.row(&["account", asset, unit.name(), &id, &line.code, subject, kind, &debit, &credit])?;
            }
            let (debit, credit) = (unit.amount(of_asset.totals.debits), unit.amount(of_asset.totals.credits));
            self.row(&["total", asset, unit.name(), "", "", "", "", &debit, &credit])?;
        }
        Ok(())
    }

    /// One row an account, and for each asset its totals and its result.
    pub fn balance_sheet(&mut self, sheet: &BalanceSheet) -> io::Result<()> {
        self.row(&REPORT)?;
        for of_asset in &sheet.assets {
            self.report_lines(&of_asset.lines)?;
            let totals = [
                ("total_assets", of_asset.total_assets),
                ("total_liabilities", of_asset.total_liabilities),
                ("total_equity", of_asset.total_equity),
                ("result", of_asset.result),
            ];
            self.report_totals(&of_asset.asset, &totals)?;
        }
        Ok(())
    }

    /// One row an account, and for each asset its totals and its result.
    pub fn income_statement(&mut self, income: &IncomeStatement) -> io::Result<()> {
        self.row(&REPORT)?;
        for of_asset in &income.assets {
            self.report_lines(&of_asset.lines)?;
            let totals = [
                ("total_income", of_asset.total_income),
                ("total_expense", of_asset.total_expense),
                ("result", of_asset.result),
            ];
            self.report_totals(&of_asset.asset, &totals)?;
        }
        Ok(())
    }

    /// The names of the columns of [`Csv::statement`], before its first page.
    pub fn statement_head(&mut self) -> io::Result<()> {
        self.row(&[
            "transfer",
            "recorded_at",
            "effective_on",
            "kind",
            "reference",
            "counter_account",
            "asset",
            "unit",
            "debit",
            "credit",
            "balance",
        ])
    }

    /// The lines of a page. Amounts stand on the account's side; `kind` says whether they are posted.
    pub fn statement(&mut self, page: &Statement) -> io::Result<()> {
        let (account, asset) = (page.account.account.id, page.account.asset.as_str());
        let unit = self.unit(asset);
        for line in &page.lines {
            let transfer = &line.transfer;
            let is_debit = transfer.debit == account;
            let counter = if is_debit { transfer.credit } else { transfer.debit };
            let amount = unit.amount(transfer.amount);
            let (debit, credit) = if is_debit { (amount.as_str(), "") } else { ("", amount.as_str()) };
            self.row(&[
                &transfer.id.to_string(),
                &line.recorded_at.to_string(),
                &transfer.effective_on.to_string(),
                transfer_kind_name(transfer.kind),
                &transfer.reference,
                &counter.to_string(),
                asset,
                unit.name(),
                debit,
                credit,
                &unit.net(line.balance),
            ])?;
        }
        Ok(())
    }

    /// One row a control account.
    pub fn control(&mut self, lines: &[ControlLine]) -> io::Result<()> {
        let names = |of: &str| {
            ["debits_posted", "credits_posted", "debits_pending", "credits_pending"].map(|name| format!("{of}_{name}"))
        };
        let amounts = |unit: AssetUnit, balance: &Balance| {
            [balance.debits_posted, balance.credits_posted, balance.debits_pending, balance.credits_pending]
                .map(|amount| unit.amount(amount))
        };
        let (own, under) = (names("own"), names("under"));
        let mut head = vec!["account", "code", "asset", "unit", "accounts", "agrees"];
        head.extend(own.iter().chain(&under).map(String::as_str));
        self.row(&head)?;
        for line in lines {
            let unit = self.unit(&line.asset);
            let (own, under) = (amounts(unit, &line.own), amounts(unit, &line.under));
            let (id, accounts) = (line.account.to_string(), line.accounts.to_string());
            let agrees = if line.agrees() { "yes" } else { "no" };
            let mut row = vec![id.as_str(), &line.code, &line.asset, unit.name(), &accounts, agrees];
            row.extend(own.iter().chain(&under).map(String::as_str));
            self.row(&row)?;
        }
        Ok(())
    }

    fn unit(&self, asset: &str) -> AssetUnit {
        AssetUnit::of(asset, self.registry)
    }

    fn row(&mut self, fields: &[&str]) -> io::Result<()> {
        write_row(&mut self.out, fields)
    }

    fn report_lines(&mut self, lines: &[ReportLine]) -> io::Result<()> {
        for line in lines {
            let unit = self.unit(&line.asset);
            let (id, subject) = (line.account.to_string(), line.subject.as_deref().unwrap_or_default());
            let (kind, balance) = (kind_name(line.kind), unit.net(line.balance()));
            self.row(&["account", &line.asset, unit.name(), &id, &line.code, subject, kind, &balance])?;
        }
        Ok(())
    }

    fn report_totals(&mut self, asset: &str, totals: &[(&str, Net)]) -> io::Result<()> {
        let unit = self.unit(asset);
        for (name, total) in totals {
            self.row(&[name, asset, unit.name(), "", "", "", "", &unit.net(*total)])?;
        }
        Ok(())
    }
}

const fn kind_name(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "asset",
        AccountKind::Liability => "liability",
        AccountKind::Equity => "equity",
        AccountKind::Income => "income",
        AccountKind::Expense => "expense",
        AccountKind::Memo => "memo",
    }
}

const fn transfer_kind_name(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::Posted => "posted",
        TransferKind::Pending => "pending",
        TransferKind::Settled => "settled",
        TransferKind::Voided => "voided",
        TransferKind::Expired => "expired",
        TransferKind::Reversed => "reversed",
    }
}
