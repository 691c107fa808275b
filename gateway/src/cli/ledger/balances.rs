//! `agio ledger balances`.

use std::process::ExitCode;

use domain::ids::AccountId;
use ledger::{AccountFilter, AsOf, MAX_PAGE, NamedAccount, Sums, Tables};

use super::books::Books;
use super::table::Output;
use super::{Shown, Time};
use crate::cli::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The accounts, `acc_…`; all that fit the filters when left out.
    accounts: Vec<AccountId>,
    /// Place in the chart of accounts.
    #[arg(long, conflicts_with = "accounts")]
    code: Option<String>,
    /// Whose they are, such as a loan.
    #[arg(long, conflicts_with = "accounts")]
    subject: Option<String>,
    /// ISO 4217 code or CAIP-19 id.
    #[arg(long, conflicts_with = "accounts")]
    asset: Option<String>,
    #[command(flatten)]
    time: Time,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn show(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.shown.tenant).await?;
    let as_of = args.time.as_of();
    let mut tables = Tables::new(Output::new(args.shown.csv), &books.registry);
    tables.balance_head()?;
    if !args.accounts.is_empty() {
        let mut accounts = Vec::with_capacity(args.accounts.len());
        for id in &args.accounts {
            accounts.push(books.ledger.account(books.tenant, *id).await?);
        }
        for page in accounts.chunks(MAX_PAGE) {
            write(&books, as_of, page, &mut tables).await?;
        }
    } else {
        let Args { code, subject, asset, .. } = args;
        let (code, subject, asset) = (code.clone(), subject.clone(), asset.clone());
        let filter = AccountFilter { code, subject, asset, control: None };
        let mut after = None;
        loop {
            let page = books.ledger.accounts(books.tenant, &filter, after, MAX_PAGE).await?;
            write(&books, as_of, &page.accounts, &mut tables).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    tables.into_inner().finish()?;
    Ok(ExitCode::SUCCESS)
}

async fn write(
    books: &Books,
    as_of: AsOf,
    accounts: &[NamedAccount],
    tables: &mut Tables<'_, Output>,
) -> Result<(), CommandError> {
    let ids: Vec<AccountId> = accounts.iter().map(|named| named.account.id).collect();
    let now = match as_of {
        AsOf::Now => books.ledger.balances(books.tenant, &ids).await?,
        AsOf::Effective(_) | AsOf::Recorded(_) => Default::default(),
    };
    for named in accounts {
        let id = named.account.id;
        match now.get(&id) {
            Some(balance) => tables.balance(named, &Sums::from(balance), Some(balance))?,
            None => {
                let posted = books.ledger.balance_as_of(books.tenant, id, as_of).await?;
                tables.balance(named, &posted, None)?;
            }
        }
    }
    Ok(())
}
