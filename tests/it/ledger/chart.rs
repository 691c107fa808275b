//! The chart and the events of a loan, in a real ledger.

use std::collections::BTreeMap;

use domain::U256;
use domain::ids::AccountId;
use ledger::chart::{Accounts, Book, Code, HouseAccounts, LoanAccounts, house_accounts, loan_accounts};
use ledger::events::{Allocation, Cause, Event, Parts, Standing, reversal};
use ledger::{PostError, Posted, Refusal};

use super::books::{Books, TODAY};

async fn house(books: &Books, book: Book, asset: &str) -> HouseAccounts {
    let opened = books.ledger.open(books.tenant, &house_accounts(book, asset)).await.unwrap();
    HouseAccounts::try_new(book, &opened).unwrap()
}

async fn loan(books: &Books, house: &HouseAccounts, name: &str, asset: &str) -> LoanAccounts {
    let opened = books.ledger.open(books.tenant, &loan_accounts(house, name, asset).unwrap()).await.unwrap();
    LoanAccounts::try_new(house, &opened).unwrap()
}

async fn post(books: &Books, accounts: Accounts<'_>, event: Event, reference: &str) -> Result<Posted, PostError> {
    books.ledger.post(books.tenant, event.group(accounts, reference, TODAY).unwrap()).await
}

/// Debits less credits.
async fn net(books: &Books, account: AccountId) -> i128 {
    let balance = books.balance(account).await;
    let signed = |amount: U256| i128::try_from(amount).unwrap();
    signed(balance.debits_posted) - signed(balance.credits_posted)
}

fn units(amount: u64) -> U256 {
    U256::from(amount)
}

fn life(name: &str) -> [(String, Event); 4] {
    let parts = Parts { principal: units(400), interest: units(30), fees: units(5), penalties: units(2) };
    let lost = Parts { principal: units(600), fees: units(98), ..Parts::default() };
    [
        (format!("{name}/disbursed"), Event::Disbursement { principal: units(1000), overpayment: units(0) }),
        (format!("{name}/accrued"), Event::Accrual { interest: units(30), fees: units(103), penalties: units(2) }),
        (
            format!("{name}/paid"),
            Event::Repayment(Allocation { parts, overpayment: units(9), standing: Standing::OnTheBooks }),
        ),
        (format!("{name}/lost"), Event::ChargeOff { cause: Cause::BadDebt, parts: lost }),
    ]
}

#[tokio::test]
async fn control_accounts_are_the_sum_of_the_loans_and_a_reversed_life_leaves_nothing() {
    let books = Books::open().await;
    let house = house(&books, Book::Money, "USD").await;
    let mut loans = Vec::new();
    for name in ["loan-1", "loan-2"] {
        loans.push((name, loan(&books, &house, name, "USD").await));
    }
    let mut posted = Vec::new();
    for (name, loan) in &loans {
        let accounts = Accounts { house: &house, loan };
        // The second is not charged off.
        for (reference, event) in life(name).into_iter().take(if *name == "loan-1" { 4 } else { 3 }) {
            let Posted::Applied(ids) = post(&books, accounts, event, &reference).await.unwrap() else { panic!("new") };
            let again = post(&books, accounts, event, &reference).await.unwrap();
            assert_eq!(again, Posted::AlreadyApplied(ids.clone()));
            posted.push((reference, ids));
        }
    }
    let mut controls = BTreeMap::new();
    for code in Code::ALL {
        let Some(control) = house.control(*code) else { continue };
        let mut sum = 0;
        for (_, loan) in &loans {
            sum += net(&books, loan.own(*code).unwrap()).await;
        }
        assert_eq!(net(&books, control).await, sum, "{code}");
        controls.insert(*code, sum);
    }
    let expected = [
        (Code::LoansPrincipal, 600),
        (Code::LoansInterest, 0),
        (Code::LoansFees, 98),
        (Code::LoansPenalties, 0),
        (Code::LoansOverpayment, -18),
    ];
    assert_eq!(controls, BTreeMap::from(expected));
    assert_eq!(net(&books, house.own(Code::LossesBadDebt).unwrap()).await, 600);

    for (reference, ids) in posted.iter().rev() {
        let group = reversal(ids, &format!("{reference}/undone"), TODAY).unwrap();
        books.ledger.post(books.tenant, group).await.unwrap();
    }
    for code in Code::ALL {
        for account in [house.own(*code), house.control(*code), loans[0].1.own(*code), loans[1].1.own(*code)] {
            let Some(account) = account else { continue };
            assert_eq!(net(&books, account).await, 0, "{code}");
        }
    }
}

#[tokio::test]
async fn collateral_has_books_of_its_own_and_is_never_given_back_twice() {
    let token = "eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
    let books = Books::open().await;
    let house = house(&books, Book::Collateral, token).await;
    let loan = loan(&books, &house, "loan-1", token).await;
    let accounts = Accounts { house: &house, loan: &loan };
    let held = async || {
        let mut nets = Vec::new();
        for code in [Code::CollateralHeld, Code::CollateralOwed, Code::CollateralSeized] {
            nets.push(net(&books, house.control(code).unwrap()).await);
        }
        nets
    };
    post(&books, accounts, Event::CollateralLock { amount: units(50) }, "lock").await.unwrap();
    post(&books, accounts, Event::CollateralSeizure { amount: units(12) }, "seizure").await.unwrap();
    assert_eq!(held().await, [38, -38, 0]);
    let release = Event::CollateralRelease { amount: units(38) };
    post(&books, accounts, release, "release").await.unwrap();
    let refused = post(&books, accounts, release, "release again").await.unwrap_err();
    assert!(
        matches!(&refused, PostError::Refused(refused) if matches!(refused.refusal, Refusal::LimitExceeded { .. })),
        "{refused}"
    );
    assert_eq!(held().await, [0, 0, 0]);
}
