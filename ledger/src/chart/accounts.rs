//! From the chart to accounts: what is to be opened, and which id stands for which code.

use std::collections::BTreeMap;

use domain::ids::AccountId;

use super::{Book, Code, Holder};
use crate::account::{Account, Limit, NewAccount};
use crate::asset::AssetNumber;

/// Accounts that are not what the chart says. Ours to mend: nothing that a caller sends leads here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    #[error("no account of the chart is among these")]
    NoneGiven,
    #[error("no account of {0} is open")]
    NotOpen(Code),
    #[error("account {account} is not what the chart says of {code}")]
    NotOfChart { code: Code, account: AccountId },
    #[error("account {0} is of another asset, loan or control account than the others")]
    NotTogether(AccountId),
}

/// What the house has in one asset: the accounts that are its own, and the control accounts of its loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseAccounts {
    book: Book,
    asset: AssetNumber,
    own: BTreeMap<Code, AccountId>,
    control: BTreeMap<Code, AccountId>,
}

/// What a loan has in one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanAccounts {
    by_code: BTreeMap<Code, AccountId>,
}

/// Where the events of a loan are posted.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    pub house: &'a HouseAccounts,
    pub loan: &'a LoanAccounts,
}

/// Those that an asset must have before its first loan. `asset` is an ISO 4217 code or a CAIP-19 id.
#[must_use]
pub fn house_accounts(book: Book, asset: &str) -> Vec<NewAccount> {
    let own = Code::of(book, Holder::House).map(|code| new_account(code, asset));
    let control = Code::of(book, Holder::Loan).map(|code| NewAccount {
        is_control: true,
        limit: Limit::None,
        ..new_account(code, asset)
    });
    own.chain(control).collect()
}

/// Those of a loan, under the house's in the same asset.
///
/// # Errors
/// [`ChartError::NotOpen`].
pub fn loan_accounts(house: &HouseAccounts, loan: &str, asset: &str) -> Result<Vec<NewAccount>, ChartError> {
    let under = |code| {
        let control = house.control(code).ok_or(ChartError::NotOpen(code))?;
        Ok(NewAccount { subject: Some(loan.to_owned()), control: Some(control), ..new_account(code, asset) })
    };
    Code::of(house.book, Holder::Loan).map(under).collect()
}

fn new_account(code: Code, asset: &str) -> NewAccount {
    let row = code.row();
    let account = NewAccount::of_house(row.text, asset, row.kind);
    NewAccount { memo_side: row.memo_side, limit: row.limit, ..account }
}

impl HouseAccounts {
    /// From what [`house_accounts`] opened, in any order; accounts of codes outside the book are passed over.
    ///
    /// # Errors
    /// [`ChartError`].
    pub fn try_new(book: Book, opened: &[Account]) -> Result<Self, ChartError> {
        let asset = of_book(book, opened).next().ok_or(ChartError::NoneGiven)?.0.asset;
        let (mut own, mut control) = (BTreeMap::new(), BTreeMap::new());
        for (account, code) in of_book(book, opened) {
            let is_control = code.row().holder == Holder::Loan;
            let limit = if is_control { Limit::None } else { code.row().limit };
            check(code, account, is_control, limit)?;
            if account.subject.is_some() || account.asset != asset {
                return Err(ChartError::NotTogether(account.id));
            }
            if is_control { &mut control } else { &mut own }.insert(code, account.id);
        }
        complete(&own, book, Holder::House)?;
        complete(&control, book, Holder::Loan)?;
        Ok(Self { book, asset, own, control })
    }

    #[must_use]
    pub const fn asset(&self) -> AssetNumber {
        self.asset
    }

    /// The house's own account of a code.
    #[must_use]
    pub fn own(&self, code: Code) -> Option<AccountId> {
        self.own.get(&code).copied()
    }

    /// The sum of all loans' accounts of a code.
    #[must_use]
    pub fn control(&self, code: Code) -> Option<AccountId> {
        self.control.get(&code).copied()
    }
}

impl LoanAccounts {
    /// From what [`loan_accounts`] opened for one loan, in any order; accounts of codes outside the book are passed over.
    ///
    /// # Errors
    /// [`ChartError`].
    pub fn try_new(house: &HouseAccounts, opened: &[Account]) -> Result<Self, ChartError> {
        let mut loan = None;
        let mut by_code = BTreeMap::new();
        for (account, code) in of_book(house.book, opened) {
            check(code, account, false, code.row().limit)?;
            let together = account.subject.is_some()
                && account.subject == *loan.get_or_insert_with(|| account.subject.clone())
                && account.asset == house.asset
                && account.control == house.control(code);
            if !together {
                return Err(ChartError::NotTogether(account.id));
            }
            by_code.insert(code, account.id);
        }
        complete(&by_code, house.book, Holder::Loan)?;
        Ok(Self { by_code })
    }

    /// The loan's account of a code.
    #[must_use]
    pub fn own(&self, code: Code) -> Option<AccountId> {
        self.by_code.get(&code).copied()
    }
}

impl Accounts<'_> {
    /// Where a code is posted: never a control account.
    ///
    /// # Errors
    /// [`ChartError::NotOpen`] when the code is of another book than these.
    pub fn of(&self, code: Code) -> Result<AccountId, ChartError> {
        let found = match code.row().holder {
            Holder::House => self.house.own(code),
            Holder::Loan => self.loan.own(code),
        };
        found.ok_or(ChartError::NotOpen(code))
    }
}

fn of_book(book: Book, opened: &[Account]) -> impl Iterator<Item = (&Account, Code)> {
    let with_codes = opened.iter().filter_map(|account| Code::find(&account.code).map(|code| (account, code)));
    with_codes.filter(move |(_, code)| code.row().book == book)
}

/// An account that was opened before the chart said otherwise would take postings on the wrong side.
fn check(code: Code, account: &Account, is_control: bool, limit: Limit) -> Result<(), ChartError> {
    let wanted = NewAccount { is_control, limit, ..new_account(code, "") };
    let found = (account.kind, account.normal_side, account.is_control, account.limit);
    if found == (wanted.kind, wanted.normal_side(), wanted.is_control, wanted.limit) {
        Ok(())
    } else {
        Err(ChartError::NotOfChart { code, account: account.id })
    }
}

fn complete(found: &BTreeMap<Code, AccountId>, book: Book, holder: Holder) -> Result<(), ChartError> {
    let missing = Code::of(book, holder).find(|code| !found.contains_key(code));
    missing.map_or(Ok(()), |code| Err(ChartError::NotOpen(code)))
}
