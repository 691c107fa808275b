//! The ledger as its users hold it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::deadline::Clock;
use domain::ids::TenantId;
use sqlx::{PgConnection, PgPool};

use crate::account::{Account, NewAccount};
use crate::error::{LedgerError, PostError};
use crate::ids;
use crate::lane::Lane;
use crate::posting::{Poster, post_in_order};
use crate::refusal::Refused;
use crate::store;
use crate::transfer::{Group, MAX_BATCH, Posted};
use crate::verify::{Verified, verify};

/// Double entry for many tenants in one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) poster: Poster,
    lanes: Arc<Mutex<HashMap<TenantId, Lane>>>,
}

impl Ledger {
    /// `pool` connects as the application, whom row-level security binds.
    #[must_use]
    pub fn new(pool: PgPool, clock: Arc<dyn Clock>) -> Self {
        Self { poster: Poster::new(pool, clock), lanes: Arc::default() }
    }

    /// Opens accounts, in order and together; one that is there already, by code, subject and asset, is returned if it
    /// is the same.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open(&self, tenant: TenantId, accounts: &[NewAccount]) -> Result<Vec<Account>, LedgerError> {
        let mut transaction = self.poster.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        let opened = self.open_in_tx(&mut transaction, tenant, accounts).await?;
        transaction.commit().await?;
        Ok(opened)
    }

    /// As [`Ledger::open`], in the caller's transaction, whose tenant is set.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open_in_tx(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        accounts: &[NewAccount],
    ) -> Result<Vec<Account>, LedgerError> {
        check_size(accounts.len())?;
        let ids = ids::from(self.poster.clock.now()).map(|id| id.uuid()).take(accounts.len()).collect::<Vec<_>>();
        let opened = store::open(connection, tenant, &ids, accounts).await?;
        for (account, asked) in opened.iter().zip(accounts) {
            if let Some(member) = difference(account, asked) {
                return Err(LedgerError::AccountDiffers { account: account.id, member });
            }
        }
        Ok(opened)
    }

    /// Records a group, in a transaction that other callers' groups may share.
    ///
    /// # Errors
    /// [`PostError::Refused`] says what is wrong with the group; nothing of it is recorded then.
    pub async fn post(&self, tenant: TenantId, group: impl Into<Group>) -> Result<Posted, PostError> {
        let group = group.into();
        check_size(group.len())?;
        self.lane(tenant).post(group).await
    }

    /// Records many groups in one transaction: those that can be, each whole. What each came to is returned in order.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing is recorded then, or where the database is away nobody knows.
    pub async fn post_batch(
        &self,
        tenant: TenantId,
        groups: &[Group],
    ) -> Result<Vec<Result<Posted, Refused>>, LedgerError> {
        check_size(groups.iter().map(Group::len).sum())?;
        self.poster.post(tenant, groups).await
    }

    /// Records a group in the caller's transaction, whose tenant is set. The tenant's ledger is locked until that ends: post
    /// last.
    ///
    /// # Errors
    /// [`PostError::Refused`]; the transaction is still good then, and holds nothing of the group.
    pub async fn post_in_tx(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        group: &Group,
    ) -> Result<Posted, PostError> {
        check_size(group.len())?;
        let groups = std::slice::from_ref(group);
        let mut outcomes =
            post_in_order(connection, tenant, groups, self.poster.clock.as_ref()).await.map_err(LedgerError::from)?;
        Ok(outcomes.pop().ok_or(LedgerError::Closed)??)
    }

    /// As [`verify`](crate::verify()), on this ledger's own connections.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn verify(&self, tenant: TenantId, done: impl FnMut(i64, i64)) -> Result<Verified, LedgerError> {
        verify(&self.poster.pool, tenant, done).await
    }

    fn lane(&self, tenant: TenantId) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.entry(tenant).or_insert_with(|| Lane::start(&self.poster, tenant)).clone()
    }
}

/// The first member in which an account is another than the one asked for.
fn difference(account: &Account, asked: &NewAccount) -> Option<&'static str> {
    [
        ("kind", account.kind == asked.kind),
        ("normal_side", account.normal_side == asked.normal_side()),
        ("limit", account.limit == asked.limit),
        ("is_control", account.is_control == asked.is_control),
        ("control", account.control == asked.control),
    ]
    .into_iter()
    .find_map(|(member, same)| (!same).then_some(member))
}

fn check_size(given: usize) -> Result<(), LedgerError> {
    if given > MAX_BATCH { Err(LedgerError::TooMany { given, most: MAX_BATCH }) } else { Ok(()) }
}
