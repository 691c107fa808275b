//! Random histories on Postgres against the reference: what each group comes to, and every balance after each batch.
//! Invariants 1 and 2; where each group moves what it takes from one account to another, 8 follows from 1.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use adapters::clock::SystemClock;
use domain::U256;
use domain::deadline::Clock;
use domain::ids::{AccountId, TenantId, TransferId};
use jiff::ToSpan;
use ledger::{AccountKind, Balance, Group, Ledger, Limit, NewAccount, Operation, Posted, Transfer};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row};
use tokio::runtime::Handle;

use super::books::{TODAY, fresh_id};
use super::reference::{Known, Reference};
use crate::support::database;

const HISTORIES: u32 = 10_000;
const WORKERS: u32 = 8;

const ACCOUNTS: [(&str, Limit); 5] = [
    ("USD", Limit::None),
    ("USD", Limit::None),
    ("USD", Limit::DebitsAtMostCredits),
    ("USD", Limit::CreditsAtMostDebits),
    ("EUR", Limit::None),
];

/// A transfer by the places of its accounts; one that ends another by the place of that among all that were taken.
#[derive(Debug, Clone)]
enum Step {
    Post { debit: usize, credit: usize, amount: u8 },
    All { debit: usize, credit: usize },
    Hold { debit: usize, credit: usize, amount: u8 },
    Settle { original: usize, amount: Option<u8> },
    Void { original: usize },
    Expire { original: usize },
    Reverse { original: usize },
}

/// References and days are few, so that some come again.
#[derive(Debug, Clone)]
struct Asked {
    step: Step,
    reference: u8,
    day: i8,
}

type Batch = Vec<Vec<Asked>>;

fn step() -> impl Strategy<Value = Step> {
    let account = || prop_oneof![20 => 0..4_usize, 1 => 4..5_usize];
    let amount = || prop_oneof![1 => Just(0_u8), 20 => 1..20_u8];
    prop_oneof![
        8 => (account(), account(), amount()).prop_map(|(debit, credit, amount)| Step::Post { debit, credit, amount }),
        1 => (account(), account()).prop_map(|(debit, credit)| Step::All { debit, credit }),
        4 => (account(), account(), amount()).prop_map(|(debit, credit, amount)| Step::Hold { debit, credit, amount }),
        3 => (0..12_usize, prop::option::of(amount())).prop_map(|(original, amount)| Step::Settle { original, amount }),
        1 => (0..12_usize).prop_map(|original| Step::Void { original }),
        1 => (0..12_usize).prop_map(|original| Step::Expire { original }),
        2 => (0..12_usize).prop_map(|original| Step::Reverse { original }),
    ]
}

fn history() -> impl Strategy<Value = (Option<i8>, Vec<Batch>)> {
    let asked = (step(), 0..40_u8, -2..3_i8).prop_map(|(step, reference, day)| Asked { step, reference, day });
    let group = prop::collection::vec(asked, 1..4);
    let batch = prop::collection::vec(group, 1..5);
    (prop::option::weighted(0.2, -2..1_i8), prop::collection::vec(batch, 1..5))
}

struct World {
    pool: PgPool,
    ledger: Ledger,
}

/// A tenant with its accounts, in one transaction.
async fn books(world: &World) -> (TenantId, Reference, Vec<AccountId>) {
    let tenant = TenantId::new(fresh_id());
    let mut transaction = world.pool.begin().await.unwrap();
    let sql = "INSERT INTO tenants (tenant_id, name) VALUES ($1, $1::text)";
    sqlx::query(sql).bind(tenant.uuid()).execute(&mut *transaction).await.unwrap();
    let new = ACCOUNTS.iter().enumerate().map(|(n, (asset, limit))| NewAccount {
        subject: Some(n.to_string()),
        limit: *limit,
        ..NewAccount::of_house("test", asset, AccountKind::Asset)
    });
    let opened = world.ledger.open_in_tx(&mut transaction, tenant, &new.collect::<Vec<_>>()).await.unwrap();
    transaction.commit().await.unwrap();
    let ids: Vec<_> = opened.iter().map(|account| account.id).collect();
    let known = ids.iter().zip(ACCOUNTS).map(|(id, (asset, limit))| (*id, Known { asset, limit })).collect();
    (tenant, Reference { accounts: known, ..Reference::default() }, ids)
}

fn transfer(asked: &Asked, accounts: &[AccountId], taken: &[TransferId]) -> Transfer {
    let unknown = TransferId::new(uuid::Uuid::from_u128(7));
    let original = |place: usize| taken.get(place).copied().unwrap_or(unknown);
    let operation = match asked.step {
        Step::Post { debit, credit, amount } => {
            Operation::Post { debit: accounts[debit], credit: accounts[credit], amount: U256::from(amount) }
        }
        Step::All { debit, credit } => {
            Operation::Post { debit: accounts[debit], credit: accounts[credit], amount: U256::MAX }
        }
        Step::Hold { debit, credit, amount } => Operation::Hold {
            debit: accounts[debit],
            credit: accounts[credit],
            amount: U256::from(amount),
            expires_at: None,
        },
        Step::Settle { original: place, amount } => {
            Operation::Settle { pending: original(place), amount: amount.map(U256::from) }
        }
        Step::Void { original: place } => Operation::Void { pending: original(place) },
        Step::Expire { original: place } => Operation::Expire { pending: original(place) },
        Step::Reverse { original: place } => Operation::Reverse { posted: original(place) },
    };
    Transfer {
        operation,
        reference: format!("ref {}", asked.reference),
        effective_on: TODAY.checked_add(i32::from(asked.day).days()).unwrap(),
        metadata: None,
    }
}

async fn balances(world: &World, tenant: TenantId) -> BTreeMap<AccountId, Balance> {
    let sql =
        "SELECT account_id, debits_posted::text, credits_posted::text, debits_pending::text, credits_pending::text
                 FROM ledger_balances WHERE tenant_id = $1";
    let rows = sqlx::query(sql).bind(tenant.uuid()).fetch_all(&world.pool).await.unwrap();
    let read = |row: &sqlx::postgres::PgRow, column: usize| row.get::<String, _>(column).parse::<U256>().unwrap();
    let balance = |row: sqlx::postgres::PgRow| {
        let sums = Balance {
            debits_posted: read(&row, 1),
            credits_posted: read(&row, 2),
            debits_pending: read(&row, 3),
            credits_pending: read(&row, 4),
        };
        (AccountId::new(row.get(0)), sums)
    };
    rows.into_iter().map(balance).collect()
}

/// Plays a history on a tenant of its own.
async fn play(world: &World, closed: Option<i8>, batches: &[Batch]) -> Result<(), TestCaseError> {
    let (tenant, mut reference, accounts) = books(world).await;
    let mut taken: Vec<TransferId> = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        // Closed between the first batch and the second.
        if let Some(day) = closed.filter(|_| number == 1) {
            let through = TODAY.checked_add(i32::from(day).days()).unwrap();
            let mut transaction = world.pool.begin().await.unwrap();
            let sql = "SELECT set_config('agio.tenant', $1, true)";
            sqlx::query(sql).bind(tenant.uuid().to_string()).execute(&mut *transaction).await.unwrap();
            let sql = "SELECT ledger_close($1::text::date)";
            sqlx::query(sql).bind(through.to_string()).execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
            reference.closed_through = Some(through);
        }
        let groups: Vec<_> = batch
            .iter()
            .map(|group| group.iter().map(|asked| transfer(asked, &accounts, &taken)).collect())
            .map(|transfers| Group::linked(transfers).unwrap())
            .collect();
        let outcomes = world.ledger.post_batch(tenant, &groups).await.unwrap();
        for (group, outcome) in groups.iter().zip(outcomes) {
            let judged = reference.judge(group, outcome.as_ref().ok().map(Posted::ids));
            match (&outcome, judged) {
                (Ok(Posted::Applied(ids)), Ok(known)) => {
                    prop_assert!(known.iter().all(Option::is_none), "{outcome:?} where {known:?} are known");
                    taken.extend(ids);
                }
                (Ok(Posted::AlreadyApplied(ids)), Ok(known)) => {
                    prop_assert_eq!(&ids.iter().copied().map(Some).collect::<Vec<_>>(), &known);
                }
                (Err(refused), Err(expected)) => prop_assert_eq!(refused, &expected),
                (outcome, judged) => prop_assert!(false, "ledger {outcome:?}, reference {judged:?}"),
            }
        }
        let kept = balances(world, tenant).await;
        let (mut debits, mut credits) = (BTreeMap::new(), BTreeMap::new());
        for (account, balance) in &kept {
            prop_assert_eq!(*balance, reference.balance(*account));
            let asset = reference.accounts[account].asset;
            let add = |sums: &mut BTreeMap<_, domain_wide::Wide>, amount| sums.entry(asset).or_default().add(amount);
            add(&mut debits, balance.debits_posted);
            add(&mut credits, balance.credits_posted);
        }
        prop_assert_eq!(debits, credits);
    }
    Ok(())
}

/// Sums of balances that are near 256 bits each.
mod domain_wide {
    use domain::U256;

    #[derive(Debug, Default, PartialEq, Eq)]
    pub struct Wide(U256, U256);

    impl Wide {
        pub fn add(&mut self, amount: U256) {
            let (sum, over) = self.1.overflowing_add(amount);
            self.1 = sum;
            self.0 += U256::from(u8::from(over));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_histories_come_to_what_a_plain_ledger_says() {
    let database = database::fresh().await;
    // As owner: tenants are made here too. Row-level security has tests of its own.
    let pool = PgPoolOptions::new().max_connections(2 * WORKERS).connect(&database.owner_url).await.unwrap();
    let ledger = Ledger::new(pool.clone(), std::sync::Arc::new(SystemClock));
    let world = std::sync::Arc::new(World { pool, ledger });
    let seed = u64::try_from(SystemClock.now().as_millisecond()).unwrap();
    let played = std::sync::Arc::new(AtomicUsize::new(0));
    let workers = (0..WORKERS).map(|worker| {
        let (world, played, handle) = (world.clone(), played.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            let config = Config { cases: HISTORIES / WORKERS, failure_persistence: None, ..Config::default() };
            let mut bytes = [0_u8; 32];
            bytes[..8].copy_from_slice(&seed.to_be_bytes());
            bytes[8..12].copy_from_slice(&worker.to_be_bytes());
            let rng = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &bytes);
            let mut runner = TestRunner::new_with_rng(config, rng);
            runner.run(&history(), |(closed, batches)| {
                played.fetch_add(1, Ordering::Relaxed);
                handle.block_on(play(&world, closed, &batches))
            })
        })
    });
    for outcome in futures::future::join_all(workers).await {
        if let Err(TestError::Fail(reason, history)) = outcome.unwrap() {
            panic!("seed {seed}: {reason}\nthe least history that shows it: {history:#?}");
        }
    }
    assert_eq!(played.load(Ordering::Relaxed), usize::try_from(HISTORIES).unwrap());
}
