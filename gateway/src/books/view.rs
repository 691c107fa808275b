//! Accounts, balances and transfers as they stand on the wire.

use domain::asset::AssetRegistry;
use domain::ids::{AccountId, TransferId};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{
    AccountKind, AccountPage, AsOf, AssetUnit, Balance, Limit, NamedAccount, Side, Statement, StatementLine, Sums,
    TransferKind,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An account as it was opened; it never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerAccountView {
    #[schema(value_type = String, example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub id: AccountId,
    /// Place in the chart of accounts.
    #[schema(example = "loans.principal")]
    pub code: String,
    /// Whose it is, such as a loan; none for an account of the house.
    pub subject: Option<String>,
    /// ISO 4217 code or CAIP-19 id.
    #[schema(example = "USD")]
    pub asset: String,
    #[schema(value_type = String, pattern = "^(asset|liability|equity|income|expense|memo)$")]
    pub kind: AccountKind,
    #[schema(value_type = String, pattern = "^(debit|credit)$")]
    pub normal_side: Side,
    #[schema(value_type = String, pattern = "^(none|debits_at_most_credits|credits_at_most_debits)$")]
    pub limit: Limit,
    /// A control account is the sum of the accounts under it.
    pub is_control: bool,
    /// The control account that it stands under.
    #[schema(value_type = Option<String>)]
    pub control: Option<AccountId>,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
}

impl From<NamedAccount> for LedgerAccountView {
    fn from(named: NamedAccount) -> Self {
        let account = named.account;
        Self {
            id: account.id,
            code: account.code,
            subject: account.subject,
            asset: named.asset,
            kind: account.kind,
            normal_side: account.normal_side,
            limit: account.limit,
            is_control: account.is_control,
            control: account.control,
            opened_at: named.opened_at,
        }
    }
}

/// A page of accounts, in the order in which they were opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerAccountListView {
    pub accounts: Vec<LedgerAccountView>,
    /// Where the next page begins; none on the last.
    #[schema(value_type = Option<String>)]
    pub next_cursor: Option<AccountId>,
}

impl From<AccountPage> for LedgerAccountListView {
    fn from(page: AccountPage) -> Self {
        Self { accounts: page.accounts.into_iter().map(LedgerAccountView::from).collect(), next_cursor: page.next }
    }
}

/// What was posted to an account as of a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerBalanceView {
    #[schema(value_type = String, example = "acc_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub account: AccountId,
    #[schema(example = "USD")]
    pub asset: String,
    /// In what the amounts are: `major`, or `base` (the smallest unit) for a token whose decimals are not configured.
    #[schema(pattern = "^(major|base)$")]
    pub unit: &'static str,
    /// The end of this day, by what counts for it and for days before.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_on: Option<Date>,
    /// What was recorded at this moment or before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub recorded_at: Option<Timestamp>,
    /// Posted, on the account's normal side; below zero where the other outweighs it.
    #[schema(example = "1250.50")]
    pub balance: String,
    pub debits_posted: String,
    pub credits_posted: String,
    /// Held and not yet posted; known of now only.
    pub debits_pending: Option<String>,
    pub credits_pending: Option<String>,
}

impl LedgerBalanceView {
    #[must_use]
    pub fn new(
        named: &NamedAccount,
        as_of: AsOf,
        posted: Sums,
        now: Option<&Balance>,
        registry: &AssetRegistry,
    ) -> Self {
        let unit = AssetUnit::of(&named.asset, registry);
        Self {
            account: named.account.id,
            asset: named.asset.clone(),
            unit: unit.name(),
            effective_on: if let AsOf::Effective(day) = as_of { Some(day) } else { None },
            recorded_at: if let AsOf::Recorded(moment) = as_of { Some(moment) } else { None },
            balance: unit.net(posted.on(named.account.normal_side)),
            debits_posted: unit.amount(posted.debits),
            credits_posted: unit.amount(posted.credits),
            debits_pending: now.map(|balance| unit.amount(balance.debits_pending)),
            credits_pending: now.map(|balance| unit.amount(balance.credits_pending)),
        }
    }
}

/// A transfer, from one account's side.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerTransferView {
    #[schema(value_type = String, example = "tr_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")]
    pub id: TransferId,
    #[schema(value_type = String, pattern = "^(posted|pending|settled|voided|expired|reversed)$")]
    pub kind: TransferKind,
    #[schema(value_type = String)]
    pub debit_account: AccountId,
    #[schema(value_type = String)]
    pub credit_account: AccountId,
    /// Of a settlement what is posted of what was held.
    pub amount: String,
    /// The transfer that this one ends or reverses.
    #[schema(value_type = Option<String>)]
    pub original: Option<TransferId>,
    /// What the original held, and holds no more.
    pub released: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = String, format = Date)]
    pub effective_on: Date,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub reference: String,
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<serde_json::Value>,
    /// What is posted to the account after it, on the account's normal side.
    pub balance: String,
}

impl LedgerTransferView {
    fn new(line: &StatementLine, unit: AssetUnit) -> Self {
        let transfer = &line.transfer;
        Self {
            id: transfer.id,
            kind: transfer.kind,
            debit_account: transfer.debit,
            credit_account: transfer.credit,
            amount: unit.amount(transfer.amount),
            original: transfer.original,
            released: transfer.released.map(|released| unit.amount(released)),
            expires_at: transfer.expires_at,
            effective_on: transfer.effective_on,
            recorded_at: line.recorded_at,
            reference: transfer.reference.clone(),
            metadata: transfer.metadata.clone(),
            balance: unit.net(line.balance),
        }
    }
}

/// A page of an account's transfers. All pages that follow from one first page are of the books as that page saw them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerStatementView {
    #[schema(value_type = String)]
    pub account: AccountId,
    pub asset: String,
    /// In what the amounts are: `major`, or `base` (the smallest unit) for a token whose decimals are not configured.
    #[schema(pattern = "^(major|base)$")]
    pub unit: &'static str,
    /// What was posted before the first transfer of this page, on the account's normal side.
    pub opening_balance: String,
    /// After the last.
    pub closing_balance: String,
    pub transfers: Vec<LedgerTransferView>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

impl LedgerStatementView {
    #[must_use]
    pub fn new(page: &Statement, registry: &AssetRegistry) -> Self {
        let unit = AssetUnit::of(&page.account.asset, registry);
        Self {
            account: page.account.account.id,
            unit: unit.name(),
            opening_balance: unit.net(page.opening),
            closing_balance: unit.net(page.closing),
            transfers: page.lines.iter().map(|line| LedgerTransferView::new(line, unit)).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
            asset: page.account.asset.clone(),
        }
    }
}
