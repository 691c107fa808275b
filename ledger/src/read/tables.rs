//! Reads as tables. Each row says its asset and in what unit its amounts are: `major` or `base`.

use std::io;

use domain::asset::AssetRegistry;
use ruint::aliases::U256;

use super::accounts::NamedAccount;
use super::asset_unit::AssetUnit;
use super::control::ControlLine;
use super::csv::Rows;
use super::income::IncomeStatement;
use super::lines::ReportLine;
use super::sheet::BalanceSheet;
use super::statement::Statement;
use super::sums::{Net, Sums};
use super::trial::{TrialBalance, sides};
use crate::account::{AccountKind, Balance};
use crate::transfer::TransferKind;

/// Writes reads as tables, row by row as they are made.
#[derive(Debug)]
pub struct Tables<'a, R> {
    rows: R,
    registry: &'a AssetRegistry,
}

const REPORT: [&str; 8] = ["row", "asset", "unit", "account", "code", "subject", "kind", "balance"];

impl<'a, R: Rows> Tables<'a, R> {
    #[must_use]
    pub fn new(rows: R, registry: &'a AssetRegistry) -> Self {
        Self { rows, registry }
    }

    /// What the rows were given to.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.rows
    }

    /// One row an account, and one of the totals for each asset.
    ///
    /// # Errors
    /// Those of the writer.
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
    ///
    /// # Errors
    /// Those of the writer.
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
    ///
    /// # Errors
    /// Those of the writer.
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

    /// The names of the columns of [`Tables::statement`], before its first page.
    ///
    /// # Errors
    /// Those of the writer.
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
    ///
    /// # Errors
    /// Those of the writer.
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

    /// The names of the columns of [`Tables::balance`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn balance_head(&mut self) -> io::Result<()> {
        self.row(&[
            "account",
            "code",
            "subject",
            "asset",
            "unit",
            "debits_posted",
            "credits_posted",
            "debits_pending",
            "credits_pending",
            "balance",
        ])
    }

    /// One account. What is pending is known of now only.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn balance(&mut self, named: &NamedAccount, posted: &Sums, now: Option<&Balance>) -> io::Result<()> {
        let (account, unit) = (&named.account, self.unit(&named.asset));
        let pending = |side: fn(&Balance) -> U256| now.map(|now| unit.amount(side(now))).unwrap_or_default();
        self.row(&[
            &account.id.to_string(),
            &account.code,
            account.subject.as_deref().unwrap_or_default(),
            &named.asset,
            unit.name(),
            &unit.amount(posted.debits),
            &unit.amount(posted.credits),
            &pending(|balance| balance.debits_pending),
            &pending(|balance| balance.credits_pending),
            &unit.net(posted.on(account.normal_side)),
        ])
    }

    /// One row a control account.
    ///
    /// # Errors
    /// Those of the writer.
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
        self.rows.row(fields)
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
