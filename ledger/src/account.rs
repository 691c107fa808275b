//! Accounts: whose money, of what asset, on which side it grows, and what it may not do.

use domain::ids::AccountId;
use ruint::aliases::U256;

use crate::asset::AssetNumber;

/// What an account is in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "ledger_account_kind", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
    /// Outside the balance sheet, such as collateral held for others. Balances among memo accounts.
    Memo,
}

/// Debit or credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "ledger_side", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

/// What an account's balance may not do, pending amounts counted on the side that they would use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "ledger_limit", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    #[default]
    None,
    /// Debits posted and pending never exceed credits posted.
    DebitsAtMostCredits,
    /// Credits posted and pending never exceed debits posted.
    CreditsAtMostDebits,
}

/// An account as it was opened; it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// Place in the chart: `loans.principal`.
    pub code: String,
    /// Whose it is, such as a loan; none for an account of the house.
    pub subject: Option<String>,
    pub asset: AssetNumber,
    pub kind: AccountKind,
    pub normal_side: Side,
    pub limit: Limit,
    /// The sum of the accounts under it; nothing is posted to it.
    pub is_control: bool,
    pub control: Option<AccountId>,
}

/// An account to be opened. The side of every kind but a memo follows from the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub code: String,
    pub subject: Option<String>,
    /// ISO 4217 code or CAIP-19 id.
    pub asset: String,
    pub kind: AccountKind,
    /// Of a memo account; others have that of their kind.
    pub memo_side: Side,
    pub limit: Limit,
    pub is_control: bool,
    pub control: Option<AccountId>,
}

impl NewAccount {
    /// Of the house, without a limit and under no control account.
    #[must_use]
    pub fn of_house(code: &str, asset: &str, kind: AccountKind) -> Self {
        Self {
            code: code.to_owned(),
            subject: None,
            asset: asset.to_owned(),
            kind,
            memo_side: Side::Debit,
            limit: Limit::None,
            is_control: false,
            control: None,
        }
    }

    #[must_use]
    pub fn normal_side(&self) -> Side {
        match self.kind {
            AccountKind::Asset | AccountKind::Expense => Side::Debit,
            AccountKind::Liability | AccountKind::Equity | AccountKind::Income => Side::Credit,
            AccountKind::Memo => self.memo_side,
        }
    }
}

/// What went through an account, in its asset's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    pub debits_posted: U256,
    pub credits_posted: U256,
    pub debits_pending: U256,
    pub credits_pending: U256,
}

impl Balance {
    /// What is posted and what is pending on a side.
    pub(crate) fn side_mut(&mut self, side: Side) -> (&mut U256, &mut U256) {
        match side {
            Side::Debit => (&mut self.debits_posted, &mut self.debits_pending),
            Side::Credit => (&mut self.credits_posted, &mut self.credits_pending),
        }
    }

    /// What may still be debited or credited under a limit; `None` where there is none.
    #[must_use]
    pub fn left(&self, limit: Limit) -> Option<U256> {
        let (bound, used) = match limit {
            Limit::None => return None,
            Limit::DebitsAtMostCredits => (self.credits_posted, self.debits_posted.saturating_add(self.debits_pending)),
            Limit::CreditsAtMostDebits => {
                (self.debits_posted, self.credits_posted.saturating_add(self.credits_pending))
            }
        };
        Some(bound.saturating_sub(used))
    }

    /// Whether a limit holds.
    #[must_use]
    pub fn keeps(&self, limit: Limit) -> bool {
        let at_most = |used: U256, pending: U256, bound| used.checked_add(pending).is_some_and(|used| used <= bound);
        match limit {
            Limit::None => true,
            Limit::DebitsAtMostCredits => at_most(self.debits_posted, self.debits_pending, self.credits_posted),
            Limit::CreditsAtMostDebits => at_most(self.credits_posted, self.credits_pending, self.debits_posted),
        }
    }
}
