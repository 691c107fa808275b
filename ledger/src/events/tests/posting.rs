//! Events as transfers, judged by the ledger's own fold.

use std::collections::{BTreeSet, HashMap};

use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::account::{Account, Balance};
use crate::chart::tests::opened;
use crate::chart::{Accounts, Book, HouseAccounts, LoanAccounts, house_accounts, loan_accounts};
use crate::fold::{Standing as Held, State};
use crate::refusal::Refusal;
use crate::transfer::{Group, Operation, Row};

const TODAY: Date = date(2026, 3, 10);

struct Books {
    house: HouseAccounts,
    loan: LoanAccounts,
    all: Vec<Account>,
}

impl Books {
    fn open(book: Book) -> Self {
        let of_house = opened(&house_accounts(book, "USD"), 1, 1);
        let house = HouseAccounts::try_new(book, &of_house).unwrap();
        let of_loan = opened(&loan_accounts(&house, "loan-1", "USD").unwrap(), 1000, 1);
        let loan = LoanAccounts::try_new(&house, &of_loan).unwrap();
        Self { house, loan, all: [of_house, of_loan].concat() }
    }

    fn accounts(&self) -> Accounts<'_> {
        Accounts { house: &self.house, loan: &self.loan }
    }

    /// Books in which these rows were posted before.
    fn state(&self, before: &[Row]) -> State {
        let empty = |account: &Account| (account.id, Held { account: account.clone(), balance: Balance::default() });
        let mut accounts: HashMap<_, _> = self.all.iter().map(empty).collect();
        for row in before {
            accounts.get_mut(&row.debit).unwrap().balance.debits_posted += row.amount;
            accounts.get_mut(&row.credit).unwrap().balance.credits_posted += row.amount;
        }
        State {
            now: Timestamp::UNIX_EPOCH,
            closed_through: None,
            accounts,
            recorded: HashMap::new(),
            originals: before.iter().map(|row| (row.id, (row.clone(), None))).collect(),
        }
    }

    fn post(&self, before: &[Row], group: Group, first: u128) -> Result<Vec<Row>, Refusal> {
        let ids = (first..).map(|id| TransferId::new(Uuid::from_u128(id)));
        let mut folded = self.state(before).fold(&[group], ids);
        folded.outcomes.remove(0).map_err(|refused| refused.refusal)?;
        Ok(folded.rows)
    }
}

fn book_of(event: Event) -> Option<Book> {
    Some(event.entries().ok()?.first()?.debit.row().book)
}

fn nets(rows: &[Row]) -> BTreeMap<AccountId, i128> {
    let mut nets = BTreeMap::new();
    for row in rows {
        let amount = i128::try_from(row.amount).unwrap();
        *nets.entry(row.debit).or_default() += amount;
        *nets.entry(row.credit).or_default() -= amount;
    }
    nets.into_iter().filter(|(_, net)| *net != 0).collect()
}

proptest! {
    #[test]
    fn a_group_posts_the_entries_of_its_event_under_references_of_their_own(event in event()) {
        let Some(book) = book_of(event) else { return Ok(()) };
        let books = Books::open(book);
        let group = event.group(books.accounts(), "loan-1/repayment-7", TODAY).unwrap();
        let entries = event.entries().unwrap();
        prop_assert_eq!(group.len(), entries.len());
        for ((number, transfer), entry) in (1..).zip(group.iter()).zip(&entries) {
            let of = |code| books.accounts().of(code).unwrap();
            let (debit, credit) = (of(entry.debit), of(entry.credit));
            prop_assert_eq!(&transfer.operation, &Operation::Post { debit, credit, amount: entry.amount });
            prop_assert_eq!(&transfer.reference, &format!("loan-1/repayment-7/{number}"));
            prop_assert_eq!(transfer.effective_on, TODAY);
        }
        let references: BTreeSet<_> = group.iter().map(|transfer| transfer.reference.as_str()).collect();
        prop_assert_eq!(references.len(), group.len());
    }

    #[test]
    fn the_ledger_takes_an_event_and_its_reversal_and_every_account_is_where_it_was(event in event()) {
        let Some(book) = book_of(event) else { return Ok(()) };
        let books = Books::open(book);
        // Collateral has to be there before it goes.
        let lock = Event::CollateralLock { amount: U256::from(u64::MAX) };
        let mut rows = Vec::new();
        if book == Book::Collateral {
            rows = books.post(&[], lock.group(books.accounts(), "lock", TODAY).unwrap(), 1).unwrap();
        }
        let before = nets(&rows);
        let posted = books.post(&rows, event.group(books.accounts(), "event", TODAY).unwrap(), 100).unwrap();
        let ids: Vec<_> = posted.iter().map(|row| row.id).collect();
        rows.extend(posted);
        let undone = books.post(&rows, reversal(&ids, "undo", TODAY).unwrap(), 200).unwrap();
        prop_assert_eq!(undone.len(), ids.len());
        prop_assert_eq!(undone[0].original, ids.last().copied());
        rows.extend(undone);
        prop_assert_eq!(nets(&rows), before);
    }
}

#[test]
fn collateral_that_is_not_held_can_be_neither_released_nor_seized() {
    let books = Books::open(Book::Collateral);
    let group = |event: Event, reference: &str| event.group(books.accounts(), reference, TODAY).unwrap();
    let locked = books.post(&[], group(Event::CollateralLock { amount: U256::from(50) }, "lock"), 1).unwrap();
    for (amount, is_held) in [(50, true), (51, false)] {
        let amount = U256::from(amount);
        for event in [Event::CollateralRelease { amount }, Event::CollateralSeizure { amount }] {
            let outcome = books.post(&locked, group(event, "go"), 100);
            assert_eq!(outcome.is_ok(), is_held, "{outcome:?}");
            assert!(is_held || matches!(outcome, Err(Refusal::LimitExceeded { .. })), "{outcome:?}");
        }
    }
}

#[test]
fn an_event_in_the_accounts_of_another_book_is_refused() {
    let (money, collateral) = (Books::open(Book::Money), Books::open(Book::Collateral));
    let amount = U256::from(1);
    let refused = |event: Event, books: &Books| event.group(books.accounts(), "x", TODAY).unwrap_err();
    let not_open = |code| EventError::Accounts(ChartError::NotOpen(code));
    assert_eq!(refused(Event::CollateralLock { amount }, &money), not_open(Code::CollateralHeld));
    assert_eq!(refused(Event::Fee { amount }, &collateral), not_open(Code::LoansFees));
    assert_eq!(refused(Event::Fee { amount: U256::ZERO }, &money), EventError::NothingMoves);
    assert_eq!(reversal(&[], "x", TODAY), Err(EventError::NothingMoves));
}
