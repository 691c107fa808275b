//! `agio ledger statement`.

use std::process::ExitCode;

use domain::ids::AccountId;
use jiff::civil::Date;
use ledger::{AssetUnit, MAX_PAGE, StatementRange, Tables};

use super::Shown;
use super::books::Books;
use super::table::Output;
use crate::cli::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The account, `acc_…`.
    account: AccountId,
    /// First effective day.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Last effective day.
    #[arg(long, value_name = "DAY")]
    through: Option<Date>,
    #[command(flatten)]
    shown: Shown,
}

/// As CSV all pages are one table, written as they are read; for people each page is a table of its own.
pub(super) async fn show(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.shown.tenant).await?;
    let range = StatementRange { from: args.from, through: args.through };
    let read =
        async |cursor: Option<&_>| books.ledger.statement(books.tenant, args.account, range, cursor, MAX_PAGE).await;
    let mut page = read(None).await?;
    let unit = AssetUnit::of(&page.account.asset, &books.registry);
    if !args.shown.csv {
        println!("before: {} {}", unit.net(page.opening), page.account.asset);
    }
    let mut tables = Tables::new(Output::new(args.shown.csv), &books.registry);
    tables.statement_head()?;
    loop {
        tables.statement(&page)?;
        let Some(next) = page.next else { break };
        if !args.shown.csv {
            tables.into_inner().finish()?;
            tables = Tables::new(Output::new(false), &books.registry);
            tables.statement_head()?;
        }
        page = read(Some(&next)).await?;
    }
    tables.into_inner().finish()?;
    if !args.shown.csv {
        println!("after: {} {}", unit.net(page.closing), page.account.asset);
    }
    Ok(ExitCode::SUCCESS)
}
