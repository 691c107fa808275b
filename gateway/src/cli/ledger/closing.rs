//! `agio ledger close` and `close-year`.

use std::process::ExitCode;

use jiff::civil::Date;
use ledger::{AccountFilter, Closed, MAX_PAGE};

use super::books::Books;
use crate::cli::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct PeriodArgs {
    /// Name of the tenant, or its id, `tnt_…`.
    #[arg(long)]
    tenant: String,
    /// Last day of the period.
    #[arg(long, value_name = "DAY")]
    through: Date,
}

pub(super) async fn period(args: &PeriodArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.tenant).await?;
    let closed = books.ledger.close_period(books.tenant, args.through).await?;
    say(closed, &format!("the period through {}", args.through));
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, clap::Args)]
pub(super) struct YearArgs {
    /// Name of the tenant, or its id, `tnt_…`.
    #[arg(long)]
    tenant: String,
    /// The calendar year.
    #[arg(long)]
    year: i16,
    /// Code of the house's accounts of equity that the result goes to, one an asset.
    #[arg(long, value_name = "CODE")]
    into: String,
}

pub(super) async fn year(args: &YearArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.tenant).await?;
    let filter = AccountFilter { code: Some(args.into.clone()), ..AccountFilter::default() };
    let (mut retained, mut after) = (Vec::new(), None);
    loop {
        let page = books.ledger.accounts(books.tenant, &filter, after, MAX_PAGE).await?;
        let of_house = page.accounts.iter().filter(|named| named.account.subject.is_none());
        retained.extend(of_house.map(|named| named.account.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let closed = books.ledger.close_year(books.tenant, args.year, &retained).await?;
    say(closed, &format!("the year {}", args.year));
    Ok(ExitCode::SUCCESS)
}

fn say(closed: Closed, what: &str) {
    match closed {
        Closed::Applied => println!("{what} is closed"),
        Closed::AlreadyApplied => println!("{what} had been closed before, or there are no books"),
    }
}
