use std::collections::BTreeSet;

use domain::ids::AccountId;
use uuid::Uuid;

use super::*;
use crate::account::{Account, NewAccount};
use crate::asset::AssetNumber;

/// Accounts as the database would open them, with ids from `first` on.
pub(crate) fn opened(accounts: &[NewAccount], first: u128, asset: i32) -> Vec<Account> {
    let open = |(id, account): (u128, &NewAccount)| Account {
        id: AccountId::new(Uuid::from_u128(id)),
        code: account.code.clone(),
        subject: account.subject.clone(),
        asset: AssetNumber(asset),
        kind: account.kind,
        normal_side: account.normal_side(),
        limit: account.limit,
        is_control: account.is_control,
        control: account.control,
    };
    (first..).zip(accounts).map(open).collect()
}

fn house(book: Book) -> HouseAccounts {
    HouseAccounts::try_new(book, &opened(&house_accounts(book, "USD"), 1, 7)).unwrap()
}

fn of_a_loan(house: &HouseAccounts) -> Vec<Account> {
    opened(&loan_accounts(house, "loan-1", "USD").unwrap(), 1000, 7)
}

#[test]
fn a_code_that_is_in_a_database_keeps_its_text() {
    let texts: Vec<_> = Code::ALL.iter().map(Code::to_string).collect();
    let kept = "loans.principal loans.interest loans.fees loans.penalties loans.overpayment funding.clearing \
                income.interest income.fees income.penalties income.interest_charged_off income.fees_charged_off \
                income.penalties_charged_off income.recoveries losses.bad_debt losses.fraud losses.written_off \
                losses.waived expenses.goodwill collateral.held collateral.owed collateral.seized";
    assert_eq!(texts.join(" "), kept);
}

#[test]
fn a_code_is_found_by_its_text_and_has_the_form_that_the_database_asks_for() {
    for code in Code::ALL {
        let text = code.row().text;
        assert_eq!(Code::find(text), Some(*code));
        assert!(text.len() <= 100 && text.split('.').all(|word| !word.is_empty()), "{text}");
        assert!(text.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_' | '.')), "{text}");
    }
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.row().name).collect();
    assert_eq!(names.len(), Code::ALL.len());
    assert_eq!(Code::find("loans"), None);
}

#[test]
fn memo_accounts_and_no_others_are_of_collateral_and_may_not_fall_below_zero() {
    for row in Code::ALL.iter().map(|code| code.row()) {
        let is_memo = row.kind == AccountKind::Memo;
        assert_eq!(is_memo, row.book == Book::Collateral, "{}", row.text);
        assert_eq!(is_memo, row.limit != Limit::None, "{}", row.text);
        assert!(
            !is_memo || (row.memo_side == Side::Debit) == (row.limit == Limit::CreditsAtMostDebits),
            "{}",
            row.text
        );
    }
}

#[test]
fn every_account_of_a_loan_stands_under_a_control_account_of_its_kind_and_side() {
    for book in [Book::Money, Book::Collateral] {
        let new = house_accounts(book, "USD");
        let house = house(book);
        assert!(new.iter().all(|account| account.subject.is_none() && account.control.is_none()));
        assert!(new.iter().filter(|account| account.is_control).all(|account| account.limit == Limit::None));
        let all = opened(&new, 1, 7);
        for account in loan_accounts(&house, "loan-1", "USD").unwrap() {
            let control = all.iter().find(|other| Some(other.id) == account.control).unwrap();
            assert!(control.is_control && !account.is_control);
            let place = |kind, side| (account.code.as_str(), kind, side);
            assert_eq!(
                place(account.kind, account.normal_side()),
                (control.code.as_str(), control.kind, control.normal_side)
            );
            assert_eq!(account.subject.as_deref(), Some("loan-1"));
        }
    }
}

#[test]
fn a_code_leads_to_the_loans_account_and_never_to_the_control_account() {
    let house = house(Book::Money);
    let loan = LoanAccounts::try_new(&house, &of_a_loan(&house)).unwrap();
    let accounts = Accounts { house: &house, loan: &loan };
    let mut ids = BTreeSet::new();
    for code in Code::ALL {
        match accounts.of(*code) {
            Ok(id) => {
                assert!(ids.insert(id), "{code}");
                assert_ne!(house.control(*code), Some(id));
                assert_eq!(id.uuid().as_u128() >= 1000, code.row().holder == Holder::Loan, "{code}");
            }
            Err(error) => {
                assert_eq!(error, ChartError::NotOpen(*code));
                assert_eq!(code.row().book, Book::Collateral);
            }
        }
    }
    assert_eq!(house.asset(), AssetNumber(7));
}

#[test]
fn a_missing_account_is_named() {
    for book in [Book::Money, Book::Collateral] {
        let all = opened(&house_accounts(book, "USD"), 1, 7);
        for account in &all {
            let others: Vec<_> = all.iter().filter(|other| *other != account).cloned().collect();
            let code = Code::find(&account.code).unwrap();
            assert_eq!(HouseAccounts::try_new(book, &others), Err(ChartError::NotOpen(code)));
        }
        let house = house(book);
        let of_loan = of_a_loan(&house);
        for account in &of_loan {
            let others: Vec<_> = of_loan.iter().filter(|other| *other != account).cloned().collect();
            let code = Code::find(&account.code).unwrap();
            assert_eq!(LoanAccounts::try_new(&house, &others), Err(ChartError::NotOpen(code)));
        }
        assert_eq!(HouseAccounts::try_new(book, &[]), Err(ChartError::NoneGiven));
    }
}

#[test]
fn an_account_that_was_opened_otherwise_is_not_taken() {
    let house = house(Book::Money);
    let changes: [fn(&mut Account); 4] = [
        |account| account.kind = AccountKind::Equity,
        |account| account.normal_side = Side::Credit,
        |account| account.limit = Limit::CreditsAtMostDebits,
        |account| account.is_control = !account.is_control,
    ];
    for change in changes {
        let mut of_loan = of_a_loan(&house);
        change(&mut of_loan[0]);
        let wrong = ChartError::NotOfChart { code: Code::LoansPrincipal, account: of_loan[0].id };
        assert_eq!(LoanAccounts::try_new(&house, &of_loan), Err(wrong));
        let mut all = opened(&house_accounts(Book::Money, "USD"), 1, 7);
        let of_principal = all.iter_mut().find(|account| account.code == "loans.principal").unwrap();
        change(of_principal);
        let wrong = ChartError::NotOfChart { code: Code::LoansPrincipal, account: of_principal.id };
        assert_eq!(HouseAccounts::try_new(Book::Money, &all), Err(wrong));
    }
}

#[test]
fn accounts_of_two_loans_assets_or_control_accounts_do_not_go_together() {
    let house = house(Book::Money);
    let changes: [fn(&mut Account); 4] = [
        |account| account.subject = Some("loan-2".to_owned()),
        |account| account.subject = None,
        |account| account.asset = AssetNumber(8),
        |account| account.control = None,
    ];
    for change in changes {
        let mut of_loan = of_a_loan(&house);
        change(&mut of_loan[3]);
        assert_eq!(LoanAccounts::try_new(&house, &of_loan), Err(ChartError::NotTogether(of_loan[3].id)));
    }
    let mut all = opened(&house_accounts(Book::Money, "USD"), 1, 7);
    all[2].asset = AssetNumber(8);
    assert_eq!(HouseAccounts::try_new(Book::Money, &all), Err(ChartError::NotTogether(all[2].id)));
}
