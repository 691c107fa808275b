//! The chart of accounts of lending, as data.
//!
//! An account is the house's or a loan's. A loan's stands under a control account of the same code, so that the books of all
//! loans add up to the house's figure in the database and not by a report. Money and collateral are two books: an asset that
//! is lent has the accounts of the one, an asset that secures has the memo accounts of the other, and one that does both has
//! both.
//!
//! A code is what the database keeps, for good: rows of the chart may be added and renamed, and no code may change.

mod accounts;

pub use accounts::{Accounts, ChartError, HouseAccounts, LoanAccounts, house_accounts, loan_accounts};

use crate::account::AccountKind::{self, Asset, Expense, Income, Liability};
use crate::account::{Limit, Side};

/// Which accounts go together, in one asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Book {
    /// Of the asset that is lent.
    Money,
    /// Of an asset that secures a loan: outside the balance sheet.
    Collateral,
}

/// Whose an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    House,
    /// One for each loan, under a control account of the house.
    Loan,
}

/// A row of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartRow {
    /// As the database has it.
    pub text: &'static str,
    /// For people.
    pub name: &'static str,
    pub kind: AccountKind,
    /// Of a memo account; others have that of their kind.
    pub memo_side: Side,
    pub book: Book,
    pub holder: Holder,
    /// Of a loan's own account; a control account has none.
    pub limit: Limit,
}

impl ChartRow {
    const fn of_house(text: &'static str, name: &'static str, kind: AccountKind) -> Self {
        let (book, holder, limit) = (Book::Money, Holder::House, Limit::None);
        Self { text, name, kind, memo_side: Side::Debit, book, holder, limit }
    }

    /// Without a limit, for money: when payments are entered out of order an account passes through balances that it ends
    /// without, and a batch between accounts that have none goes in without a look at them.
    const fn of_loan(text: &'static str, name: &'static str, kind: AccountKind) -> Self {
        Self { holder: Holder::Loan, ..Self::of_house(text, name, kind) }
    }

    /// Never below zero: what is not held cannot be given back.
    const fn memo(text: &'static str, name: &'static str, memo_side: Side) -> Self {
        let limit = match memo_side {
            Side::Debit => Limit::CreditsAtMostDebits,
            Side::Credit => Limit::DebitsAtMostCredits,
        };
        Self { memo_side, book: Book::Collateral, limit, ..Self::of_loan(text, name, AccountKind::Memo) }
    }
}

macro_rules! chart {
    ($($(#[$doc:meta])* $code:ident: $row:expr;)*) => {
        /// A place in the chart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// The whole chart, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            #[must_use]
            pub const fn row(self) -> ChartRow {
                match self {
                    $(Self::$code => $row,)*
                }
            }
        }
    };
}

chart! {
    LoansPrincipal: ChartRow::of_loan("loans.principal", "Loans receivable", Asset);
    LoansInterest: ChartRow::of_loan("loans.interest", "Interest receivable", Asset);
    LoansFees: ChartRow::of_loan("loans.fees", "Fees receivable", Asset);
    LoansPenalties: ChartRow::of_loan("loans.penalties", "Penalties receivable", Asset);
    /// What borrowers have paid beyond what they owe.
    LoansOverpayment: ChartRow::of_loan("loans.overpayment", "Overpayments", Liability);
    /// Money on its way in or out; whoever moves it settles this account.
    FundingClearing: ChartRow::of_house("funding.clearing", "Funding clearing", Liability);
    IncomeInterest: ChartRow::of_house("income.interest", "Interest income", Income);
    IncomeFees: ChartRow::of_house("income.fees", "Fee income", Income);
    IncomePenalties: ChartRow::of_house("income.penalties", "Penalty income", Income);
    /// Income that is taken back when what was accrued is charged off; debited, and shown beside the income.
    IncomeInterestChargedOff: ChartRow::of_house("income.interest_charged_off", "Interest income charged off", Income);
    IncomeFeesChargedOff: ChartRow::of_house("income.fees_charged_off", "Fee income charged off", Income);
    IncomePenaltiesChargedOff: ChartRow::of_house("income.penalties_charged_off", "Penalty income charged off", Income);
    IncomeRecoveries: ChartRow::of_house("income.recoveries", "Recoveries", Income);
    LossesBadDebt: ChartRow::of_house("losses.bad_debt", "Credit loss, bad debt", Expense);
    LossesFraud: ChartRow::of_house("losses.fraud", "Credit loss, fraud", Expense);
    LossesWrittenOff: ChartRow::of_house("losses.written_off", "Losses written off", Expense);
    LossesWaived: ChartRow::of_house("losses.waived", "Interest and charges waived", Expense);
    ExpensesGoodwill: ChartRow::of_house("expenses.goodwill", "Goodwill", Expense);
    /// What secures a loan and is where we can reach it: equal to the chain's figure.
    CollateralHeld: ChartRow::memo("collateral.held", "Collateral held", Side::Debit);
    /// What of it is to go back to the borrower.
    CollateralOwed: ChartRow::memo("collateral.owed", "Collateral owed to borrowers", Side::Credit);
    /// What the borrower has lost and has not left yet. Its debits are all that ever was seized.
    CollateralSeized: ChartRow::memo("collateral.seized", "Collateral seized", Side::Credit);
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.row().text)
    }
}

impl Code {
    /// `None` where the chart has no such code, such as that of an account of a user's own.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.row().text == text)
    }

    fn of(book: Book, holder: Holder) -> impl Iterator<Item = Self> {
        let stands = move |code: &Self| (code.row().book, code.row().holder) == (book, holder);
        Self::ALL.iter().copied().filter(stands)
    }
}

#[cfg(test)]
pub(crate) mod tests;
