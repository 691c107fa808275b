//! The books of a lender, random postings to them, and what they come to when everything is added up anew.

use domain::U256;
use domain::ids::{AccountId, TransferId};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use ledger::{AccountKind, Group, NewAccount, Operation, Sums, Transfer};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::books::Books;

pub const FIRST_DAY: Date = date(2025, 7, 1);

pub struct Lender {
    pub books: Books,
    pub cash: AccountId,
    pub deposits: AccountId,
    pub capital: AccountId,
    pub interest: AccountId,
    pub losses: AccountId,
    /// The control account of the loans.
    pub loans: AccountId,
    pub loan: [AccountId; 3],
}

impl Lender {
    pub async fn open() -> Self {
        Self::with(Books::open().await).await
    }

    pub async fn with(books: Books) -> Self {
        let house = |code: &str, kind| NewAccount::of_house(code, "USD", kind);
        let accounts = [
            house("cash", AccountKind::Asset),
            house("deposits", AccountKind::Liability),
            house("equity.capital", AccountKind::Equity),
            house("income.interest", AccountKind::Income),
            house("expense.losses", AccountKind::Expense),
            NewAccount { is_control: true, ..house("loans.principal", AccountKind::Asset) },
        ];
        let opened = books.ledger.open(books.tenant, &accounts).await.unwrap();
        let under = |subject: &str| NewAccount {
            subject: Some(subject.to_owned()),
            control: Some(opened[5].id),
            ..house("loans.principal.loan", AccountKind::Asset)
        };
        let loan = books.ledger.open(books.tenant, &["ln_1", "ln_2", "ln_3"].map(under)).await.unwrap();
        let [cash, deposits, capital, interest, losses, loans] = [0, 1, 2, 3, 4, 5].map(|at: usize| opened[at].id);
        let loan = [loan[0].id, loan[1].id, loan[2].id];
        Self { books, cash, deposits, capital, interest, losses, loans, loan }
    }

    /// Those that are posted to.
    pub fn accounts(&self) -> Vec<AccountId> {
        let [one, two, three] = self.loan;
        vec![self.cash, self.deposits, self.capital, self.interest, self.losses, one, two, three]
    }

    pub async fn post(&self, debit: AccountId, credit: AccountId, amount: u64, day: Date, reference: &str) {
        let operation = Operation::Post { debit, credit, amount: U256::from(amount) };
        let transfer = dated(operation, day, reference.to_owned());
        self.books.ledger.post(self.books.tenant, transfer).await.unwrap();
    }

    /// Posts, holds, settles, voids and reverses at random, on days of 400 from [`FIRST_DAY`], in batches of one to four.
    pub async fn post_at_random(&self, dice: &mut Dice, turns: u64) {
        let accounts = self.accounts();
        let (mut held, mut posted) = (Vec::<TransferId>::new(), Vec::<TransferId>::new());
        for turn in 0..turns {
            let mut groups = Vec::new();
            let mut holds = Vec::new();
            for part in 0..=dice.roll(4) {
                let (debit, credit) = (dice.roll(8), dice.roll(7));
                let credit = if credit == debit { 7 } else { credit };
                let at = |place: u64| accounts[usize::try_from(place).unwrap()];
                let (debit, credit, amount) = (at(debit), at(credit), U256::from(1 + dice.roll(100_000)));
                let kind = dice.roll(10);
                let operation = match kind {
                    0 | 1 => Operation::Hold { debit, credit, amount, expires_at: None },
                    2 if !held.is_empty() => Operation::Settle { pending: held.remove(0), amount: Some(U256::ONE) },
                    3 if !held.is_empty() => Operation::Void { pending: held.remove(0) },
                    4 if !posted.is_empty() => Operation::Reverse { posted: posted.remove(0) },
                    _ => Operation::Post { debit, credit, amount },
                };
                holds.push((matches!(operation, Operation::Hold { .. }), matches!(operation, Operation::Post { .. })));
                let day = FIRST_DAY.checked_add(i64::try_from(dice.roll(400)).unwrap().days()).unwrap();
                groups.push(Group::of(dated(operation, day, format!("{} {turn} {part}", dice.seed))));
            }
            let outcomes = self.books.ledger.post_batch(self.books.tenant, &groups).await.unwrap();
            for (outcome, (is_hold, is_post)) in outcomes.into_iter().zip(holds) {
                let id = outcome.unwrap().ids()[0];
                if is_hold {
                    held.push(id);
                } else if is_post {
                    posted.push(id);
                }
            }
        }
    }

    /// Everything that is recorded, read past the ledger, in the order of ids.
    pub async fn recorded(&self) -> Vec<Recorded> {
        let mut owner = PgConnection::connect(&self.books.database.owner_url).await.unwrap();
        let sql =
            "SELECT t.transfer_id, debit_account_id, credit_account_id, amount::text, kind::text, effective_on::text,
                          to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS recorded_at
                     FROM ledger_transfers t JOIN ledger_batches b USING (tenant_id, batch_id)
                    WHERE tenant_id = $1 ORDER BY transfer_id";
        let rows = sqlx::query(sql).bind(self.books.tenant.uuid()).fetch_all(&mut owner).await.unwrap();
        let read = |row: sqlx::postgres::PgRow| Recorded {
            id: TransferId::new(row.get::<Uuid, _>("transfer_id")),
            debit: AccountId::new(row.get::<Uuid, _>("debit_account_id")),
            credit: AccountId::new(row.get::<Uuid, _>("credit_account_id")),
            amount: U256::from_str_radix(row.get("amount"), 10).unwrap(),
            posts: ["posted", "settled", "reversed"].contains(&row.get("kind")),
            effective_on: row.get::<String, _>("effective_on").parse().unwrap(),
            recorded_at: row.get::<String, _>("recorded_at").parse().unwrap(),
        };
        rows.into_iter().map(read).collect()
    }
}

fn dated(operation: Operation, effective_on: Date, reference: String) -> Transfer {
    Transfer { operation, reference, effective_on, metadata: None }
}

/// A transfer, as the tables have it.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub id: TransferId,
    pub debit: AccountId,
    pub credit: AccountId,
    pub amount: U256,
    pub posts: bool,
    pub effective_on: Date,
    pub recorded_at: Timestamp,
}

/// What was posted to these accounts by the transfers that count.
pub fn sums(transfers: &[Recorded], accounts: &[AccountId], counts: impl Fn(&Recorded) -> bool) -> Sums {
    let mut sums = Sums::default();
    for transfer in transfers.iter().filter(|transfer| transfer.posts && counts(transfer)) {
        if accounts.contains(&transfer.debit) {
            sums.debits += transfer.amount;
        }
        if accounts.contains(&transfer.credit) {
            sums.credits += transfer.amount;
        }
    }
    sums
}

/// The same numbers for the same seed.
pub struct Dice {
    pub seed: u64,
    state: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Below `sides`: the upper bits of a linear congruence (Knuth's MMIX).
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % sides
    }
}
