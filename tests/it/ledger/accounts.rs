//! Opening accounts.

use ledger::{AccountKind, LedgerError, Limit, NewAccount};

use super::books::Books;

#[tokio::test]
async fn accounts_open_once_in_the_order_asked_for() {
    let books = Books::open().await;
    let new = |subject: &str, asset: &str| NewAccount {
        subject: Some(subject.to_owned()),
        ..NewAccount::of_house("loans.principal", asset, AccountKind::Asset)
    };
    let asked =
        [new("b", "USD"), new("a", "EUR"), new("a", "USD"), NewAccount::of_house("cash", "USD", AccountKind::Asset)];
    let opened = books.ledger.open(books.tenant, &asked).await.unwrap();
    let names: Vec<_> = opened.iter().map(|account| (account.code.as_str(), account.subject.as_deref())).collect();
    let expected = [
        ("loans.principal", Some("b")),
        ("loans.principal", Some("a")),
        ("loans.principal", Some("a")),
        ("cash", None),
    ];
    assert_eq!(names, expected);
    assert_ne!(opened[1].asset, opened[2].asset);
    assert_eq!(books.ledger.open(books.tenant, &asked).await.unwrap(), opened);
    assert_eq!(books.count("ledger_accounts").await, 4);
}

#[tokio::test]
async fn an_account_that_is_open_with_other_terms_is_not_taken_for_the_one_asked_for() {
    let books = Books::open().await;
    let cash = NewAccount::of_house("cash", "USD", AccountKind::Asset);
    let opened = books.ledger.open(books.tenant, std::slice::from_ref(&cash)).await.unwrap()[0].id;
    for (other, named) in [
        (NewAccount { kind: AccountKind::Expense, ..cash.clone() }, "kind"),
        (NewAccount { limit: Limit::CreditsAtMostDebits, ..cash.clone() }, "limit"),
        (NewAccount { is_control: true, ..cash.clone() }, "is_control"),
    ] {
        let refused = books.ledger.open(books.tenant, &[other]).await;
        assert!(
            matches!(&refused, Err(LedgerError::AccountDiffers { account, member }) if *account == opened && *member == named),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn an_account_stands_only_under_a_control_account_of_its_kind_and_asset() {
    let books = Books::open().await;
    let control = NewAccount { is_control: true, ..NewAccount::of_house("all", "USD", AccountKind::Asset) };
    let plain = NewAccount::of_house("plain", "USD", AccountKind::Asset);
    let opened = books.ledger.open(books.tenant, &[control, plain]).await.unwrap();
    let under = |control: usize, asset: &str, kind| NewAccount {
        control: Some(opened[control].id),
        ..NewAccount::of_house("part", asset, kind)
    };
    for refused in
        [under(1, "USD", AccountKind::Asset), under(0, "EUR", AccountKind::Asset), under(0, "USD", AccountKind::Income)]
    {
        assert!(matches!(books.ledger.open(books.tenant, &[refused]).await, Err(LedgerError::Database(_))));
    }
    books.ledger.open(books.tenant, &[under(0, "USD", AccountKind::Asset)]).await.unwrap();
}
