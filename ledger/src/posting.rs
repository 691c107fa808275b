//! The way of a batch into the database.
//!
//! Most batches only post, between accounts without limits: they go in at once, in one round trip, with nothing read before,
//! and the trigger takes the tenant's lock when their rows are written. Any other batch, and one that the database refused,
//! takes the lock first, is folded in memory over what is recorded, and what is left of it goes in: the same few round trips
//! whatever its size.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::deadline::Clock;
use domain::ids::{AccountId, TenantId};
use moka::future::Cache;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::account::{Account, Limit};
use crate::error::LedgerError;
use crate::fold::check_form;
use crate::ids;
use crate::refusal::Refused;
use crate::store;
use crate::transfer::{Group, Operation, Posted, Row, Transfer, TransferKind};

/// How often a batch is tried that the database gave up in favour of others.
const ATTEMPTS: u32 = 5;

/// Definitions of accounts that are remembered. They never change.
const REMEMBERED_ACCOUNTS: u64 = 1_000_000;

/// What each group came to, in order.
pub(crate) type Outcomes = Vec<Result<Posted, Refused>>;

/// What posting needs.
#[derive(Clone)]
pub(crate) struct Poster {
    pub(crate) pool: PgPool,
    pub(crate) clock: Arc<dyn Clock>,
    accounts: Cache<(TenantId, AccountId), Arc<Account>>,
}

impl std::fmt::Debug for Poster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poster").field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Poster {
    pub(crate) fn new(pool: PgPool, clock: Arc<dyn Clock>) -> Self {
        Self { pool, clock, accounts: Cache::new(REMEMBERED_ACCOUNTS) }
    }

    pub(crate) async fn post(&self, tenant: TenantId, groups: &[Group]) -> Result<Outcomes, LedgerError> {
        if let Some((outcomes, rows)) = self.plain(tenant, groups).await? {
            match store::insert(&self.pool, tenant, &rows).await {
                Ok(()) => return Ok(outcomes),
                Err(error) if is_refusal(&error) || is_turn_lost(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for _ in 0..ATTEMPTS {
            match self.folded(tenant, groups).await {
                Err(error) if is_turn_lost(&error) => {}
                other => return Ok(other?),
            }
        }
        Err(LedgerError::Contended { attempts: ATTEMPTS })
    }

    async fn folded(&self, tenant: TenantId, groups: &[Group]) -> sqlx::Result<Outcomes> {
        let mut transaction = self.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        let outcomes = post_in_order(&mut transaction, tenant, groups, self.clock.as_ref()).await?;
        transaction.commit().await?;
        Ok(outcomes)
    }

    /// The rows of a batch that can be added without a look at what is recorded; a group of a wrong form is refused already.
    async fn plain(&self, tenant: TenantId, groups: &[Group]) -> Result<Option<(Outcomes, Vec<Row>)>, LedgerError> {
        let transfers = || groups.iter().flat_map(Group::iter);
        if !transfers().all(|transfer| is_plain(&transfer.operation)) {
            return Ok(None);
        }
        let accounts = self.definitions(tenant, transfers()).await?;
        let mut ids = ids::from(self.clock.now());
        let mut rows = Vec::with_capacity(groups.iter().map(Group::len).sum());
        let mut outcomes = Vec::with_capacity(groups.len());
        for group in groups {
            if let Err(refused) = check_form(group) {
                outcomes.push(Err(refused));
                continue;
            }
            let first = rows.len();
            for transfer in group.iter() {
                let row = ids.next().and_then(|id| plain_row(id, transfer, &accounts));
                let Some(row) = row else { return Ok(None) };
                rows.push(row);
            }
            let taken = rows.iter().skip(first).map(|row| row.id).collect();
            outcomes.push(Ok(Posted::Applied(taken)));
        }
        Ok(Some((outcomes, rows)))
    }

    /// Accounts of the transfers, those that are not remembered read in one go.
    async fn definitions<'a>(
        &self,
        tenant: TenantId,
        transfers: impl Iterator<Item = &'a Transfer>,
    ) -> Result<HashMap<AccountId, Arc<Account>>, LedgerError> {
        let (mut known, mut missing) = (HashMap::new(), HashSet::<Uuid>::new());
        for transfer in transfers {
            for id in sides(&transfer.operation).into_iter().flatten() {
                if known.contains_key(&id) {
                    continue;
                }
                match self.accounts.get(&(tenant, id)).await {
                    Some(account) => drop(known.insert(id, account)),
                    None => drop(missing.insert(id.uuid())),
                }
            }
        }
        if missing.is_empty() {
            return Ok(known);
        }
        let mut transaction = self.pool.begin().await?;
        store::set_tenant(&mut transaction, tenant).await?;
        let missing: Vec<Uuid> = missing.into_iter().collect();
        let found = store::accounts(&mut transaction, &missing).await?;
        transaction.commit().await?;
        for account in found.into_iter().map(Arc::new) {
            self.accounts.insert((tenant, account.id), Arc::clone(&account)).await;
            known.insert(account.id, account);
        }
        Ok(known)
    }
}

fn sides(operation: &Operation) -> [Option<AccountId>; 2] {
    match *operation {
        Operation::Post { debit, credit, .. } | Operation::Hold { debit, credit, .. } => [Some(debit), Some(credit)],
        _ => [None, None],
    }
}

fn is_plain(operation: &Operation) -> bool {
    matches!(operation, Operation::Post { .. } | Operation::Hold { expires_at: None, .. })
}

/// `None` where the accounts must be looked at: one is not known, or has a limit, or they do not belong together.
fn plain_row(
    id: domain::ids::TransferId,
    transfer: &Transfer,
    accounts: &HashMap<AccountId, Arc<Account>>,
) -> Option<Row> {
    let (debit, credit, amount, kind) = match transfer.operation {
        Operation::Post { debit, credit, amount } => (debit, credit, amount, TransferKind::Posted),
        Operation::Hold { debit, credit, amount, expires_at: None } => (debit, credit, amount, TransferKind::Pending),
        _ => return None,
    };
    let (from, to) = (accounts.get(&debit)?, accounts.get(&credit)?);
    let free = |account: &Account| account.limit == Limit::None && !account.is_control;
    (from.asset == to.asset && free(from) && free(to)).then(|| Row {
        id,
        debit,
        credit,
        asset: from.asset,
        amount,
        kind,
        original: None,
        released: None,
        expires_at: None,
        effective_on: transfer.effective_on,
        reference: transfer.reference.clone(),
        metadata: transfer.metadata.clone(),
    })
}

/// Posts in the caller's transaction, whose tenant is set, under the tenant's lock until it ends.
pub(crate) async fn post_in_order(
    connection: &mut PgConnection,
    tenant: TenantId,
    groups: &[Group],
    clock: &dyn Clock,
) -> sqlx::Result<Outcomes> {
    let now = clock.now();
    let state = store::state(connection, groups, now).await?;
    let folded = state.fold(groups, ids::from(now));
    store::insert(connection, tenant, &folded.rows).await?;
    Ok(folded.outcomes)
}

/// A constraint of ours or a number too large: looked at again under the lock, what is wrong has a name.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("23") || code == "22003")
}

/// A serialization failure or a deadlock.
fn is_turn_lost(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "40001" || code == "40P01")
}
