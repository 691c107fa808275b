//! `agio ledger trial-balance`, `balance-sheet`, `income-statement` and `control`.

use std::process::ExitCode;

use adapters::clock::SystemClock;
use domain::deadline::Clock;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::AssetUnit;

use super::books::Books;
use super::table::show;
use super::{Shown, Time};
use crate::cli::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct TrialArgs {
    /// What stands under control accounts, account by account in their place.
    #[arg(long)]
    sub_accounts: bool,
    #[command(flatten)]
    time: Time,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn trial_balance(args: &TrialArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.shown.tenant).await?;
    let trial = books.ledger.trial_balance(books.tenant, args.time.as_of(), args.sub_accounts).await?;
    show(args.shown.csv, &books.registry, |tables| tables.trial_balance(&trial))?;
    let mut code = ExitCode::SUCCESS;
    for uneven in trial.assets.iter().filter(|of_asset| !of_asset.difference().is_zero()) {
        let difference = AssetUnit::of(&uneven.asset, &books.registry).net(uneven.difference());
        eprintln!("debits are not credits: they differ by {difference} {}", uneven.asset);
        code = ExitCode::FAILURE;
    }
    Ok(code)
}

#[derive(Debug, clap::Args)]
pub(super) struct SheetArgs {
    /// The day; today, in UTC, when left out.
    #[arg(long, value_name = "DAY")]
    effective_on: Option<Date>,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn balance_sheet(args: &SheetArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.shown.tenant).await?;
    let on = args.effective_on.unwrap_or_else(|| SystemClock.now().to_zoned(TimeZone::UTC).date());
    let sheet = books.ledger.balance_sheet(books.tenant, on).await?;
    show(args.shown.csv, &books.registry, |tables| tables.balance_sheet(&sheet))?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, clap::Args)]
pub(super) struct IncomeArgs {
    /// First effective day.
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// Last effective day.
    #[arg(long, value_name = "DAY")]
    through: Date,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn income_statement(args: &IncomeArgs, config: &Config) -> Result<ExitCode, CommandError> {
    if args.through < args.from {
        return Err("--through: the last day is not before the first".into());
    }
    let books = Books::open(config, &args.shown.tenant).await?;
    let income = books.ledger.income_statement(books.tenant, args.from, args.through).await?;
    show(args.shown.csv, &books.registry, |tables| tables.income_statement(&income))?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, clap::Args)]
pub(super) struct ControlArgs {
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn control(args: &ControlArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.shown.tenant).await?;
    let lines = books.ledger.control_check(books.tenant).await?;
    show(args.shown.csv, &books.registry, |tables| tables.control(&lines))?;
    let mut code = ExitCode::SUCCESS;
    for drifted in lines.iter().filter(|line| !line.agrees()) {
        eprintln!("{} ({}, {}) is not the sum of what stands under it", drifted.account, drifted.code, drifted.asset);
        code = ExitCode::FAILURE;
    }
    Ok(code)
}
