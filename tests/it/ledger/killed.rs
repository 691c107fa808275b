//! Postgres or the process that posts is killed in the midst of it: what was acknowledged is there once, and no linked group
//! is half there. Invariants 1 and 2.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use devnet::Postgres;
use domain::ids::AccountId;
use sqlx::{Connection, PgConnection, Row};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::books::Books;
use crate::contracts::random::{Random, SEED};
use crate::support::database;

const KILLS: usize = 50;
/// References of different rounds are apart by this.
const ROUND: usize = 1_000_000;

struct Load {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    acknowledged: BTreeSet<u64>,
}

impl Load {
    fn start(books: &Books, accounts: &[AccountId], round: usize) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ledger-load"))
            .arg(&books.database.app_url)
            .arg(books.tenant.to_string())
            .arg((round * ROUND).to_string())
            .args(accounts.iter().map(ToString::to_string))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said, acknowledged: BTreeSet::new() }
    }

    /// Waits for so many acknowledgements.
    async fn after(&mut self, count: usize) {
        while self.acknowledged.len() < count {
            let line = self.said.next_line().await.unwrap();
            self.acknowledged.insert(line.unwrap().parse().unwrap());
        }
    }

    /// Reads what it had said to the end.
    async fn ended(mut self) -> BTreeSet<u64> {
        while let Ok(Some(line)) = self.said.next_line().await {
            // A line that the kill cut short acknowledges nothing.
            self.acknowledged.extend(line.parse::<u64>());
        }
        self.child.wait().await.unwrap();
        self.acknowledged
    }
}

/// How many transfers each posting of a round has.
async fn recorded(books: &Books, round: usize) -> BTreeMap<u64, i64> {
    let mut owner = PgConnection::connect(&books.database.owner_url).await.unwrap();
    let sql = "SELECT split_part(reference, ' ', 2)::bigint AS number, count(*) AS count
                 FROM ledger_transfers WHERE split_part(reference, ' ', 2)::bigint / $1 = $2 GROUP BY 1";
    let (size, round) = (i64::try_from(ROUND).unwrap(), i64::try_from(round).unwrap());
    let rows = sqlx::query(sql).bind(size).bind(round).fetch_all(&mut owner).await.unwrap();
    rows.iter().map(|row| (u64::try_from(row.get::<i64, _>("number")).unwrap(), row.get("count"))).collect()
}

async fn check(books: &Books, round: usize, acknowledged: &BTreeSet<u64>) {
    let recorded = recorded(books, round).await;
    for number in acknowledged {
        assert!(recorded.contains_key(number), "round {round}: {number} was acknowledged and is not there");
    }
    for (number, count) in recorded {
        let whole = if number.is_multiple_of(3) { 3 } else { 1 };
        assert_eq!(count, whole, "round {round}: {number} is not whole");
    }
    let verified = ledger::verify(&books.pool, books.tenant, |_, _| {}).await.unwrap();
    assert_eq!(verified.faults, [], "round {round}");
}

async fn strike(postgres: &mut Postgres, load: Load, which: u64) -> BTreeSet<u64> {
    let mut load = load;
    if which == 0 {
        load.child.start_kill().unwrap();
        return load.ended().await;
    }
    postgres.kill().await.unwrap();
    let acknowledged = load.ended().await;
    postgres.start_again().await.unwrap();
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_linked_is_halved_by_fifty_kills() {
    eprintln!("seed {SEED:#x}");
    let mut postgres = database::cluster().await;
    let books = Books::in_database(database::in_cluster(&postgres).await).await;
    let mut accounts = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        accounts.push(books.account(name).await);
    }
    let mut random = Random::new(11);
    for round in 0..KILLS {
        let mut load = Load::start(&books, &accounts, round);
        load.after(usize::try_from(random.below(300) + 1).unwrap()).await;
        let acknowledged = strike(&mut postgres, load, random.below(2)).await;
        check(&books, round, &acknowledged).await;
    }
    postgres.stop().await.unwrap();
}
