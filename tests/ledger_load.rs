//! Posts to a ledger without end and says which postings were acknowledged, a line each on standard output.
//!
//! Arguments: URL of the database, tenant, number of the first posting, ids of the accounts. Every third posting is a linked
//! group of three. Ends when the database is away, or is killed before.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use adapters::clock::SystemClock;
use domain::U256;
use domain::ids::{AccountId, TenantId};
use jiff::civil::date;
use ledger::{Group, Ledger, Operation, Transfer};
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinSet;

const TASKS: u64 = 8;

fn transfer(accounts: &[AccountId], number: u64, part: u64) -> Option<Transfer> {
    let at = |place: u64| accounts.get(usize::try_from(place % accounts.len() as u64).ok()?).copied();
    let debit = at(number.wrapping_add(part))?;
    let credit = at(number.wrapping_add(part).wrapping_add(1))?;
    Some(Transfer {
        operation: Operation::Post { debit, credit, amount: U256::from(number % 100 + 1) },
        reference: format!("load {number} {part}"),
        effective_on: date(2026, 3, 10),
        metadata: None,
    })
}

fn group(accounts: &[AccountId], number: u64) -> Option<Group> {
    let parts = if number.is_multiple_of(3) { 3 } else { 1 };
    Group::linked((0..parts).filter_map(|part| transfer(accounts, number, part)).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("{what} is missing"));
    let (url, tenant, first) = (next("the database")?, next("the tenant")?, next("the first number")?);
    let tenant: TenantId = tenant.parse()?;
    let accounts: Arc<Vec<AccountId>> = Arc::new(arguments.map(|id| id.parse()).collect::<Result<_, _>>()?);
    let pool = PgPoolOptions::new().max_connections(4).connect(&url).await?;
    let ledger = Ledger::new(pool, Arc::new(SystemClock));
    let number = Arc::new(AtomicU64::new(first.parse()?));
    let mut tasks: JoinSet<Result<(), Box<dyn Error + Send + Sync>>> = JoinSet::new();
    for _ in 0..TASKS {
        let (ledger, accounts, number) = (ledger.clone(), Arc::clone(&accounts), Arc::clone(&number));
        tasks.spawn(async move {
            loop {
                let number = number.fetch_add(1, Ordering::Relaxed);
                let group = group(&accounts, number).ok_or("two accounts are needed")?;
                ledger.post(tenant, group).await?;
                // One write a line: what another process reads is whole.
                std::io::stdout().lock().write_all(format!("{number}\n").as_bytes())?;
            }
        });
    }
    match tasks.join_next().await {
        Some(ended) => ended?.map_err(|error| error as Box<dyn Error>),
        None => Ok(()),
    }
}
