//! Balances folded from the rows that were read, beside those that are kept.

use std::collections::{BTreeMap, HashMap};

use domain::ids::{AccountId, TenantId};
use ruint::aliases::{U256, U512};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Fault;
use super::hash::HashedRow;

/// Wider than a balance: what is wrong may be anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    debits_posted: U512,
    credits_posted: U512,
    debits_pending: U512,
    credits_pending: U512,
}

impl Sums {
    fn members(&self) -> [(&'static str, U512); 4] {
        [
            ("debits_posted", self.debits_posted),
            ("credits_posted", self.credits_posted),
            ("debits_pending", self.debits_pending),
            ("credits_pending", self.credits_pending),
        ]
    }

    fn add(&mut self, other: &Self) {
        self.debits_posted = self.debits_posted.wrapping_add(other.debits_posted);
        self.credits_posted = self.credits_posted.wrapping_add(other.credits_posted);
        self.debits_pending = self.debits_pending.wrapping_add(other.debits_pending);
        self.credits_pending = self.credits_pending.wrapping_add(other.credits_pending);
    }
}

/// What the rows that were read come to.
#[derive(Debug, Default)]
pub(super) struct Fold {
    accounts: HashMap<Uuid, Sums>,
}

struct Kept {
    account_id: Uuid,
    asset_id: i32,
    is_control: bool,
    control_id: Option<Uuid>,
    debits_posted: String,
    credits_posted: String,
    debits_pending: String,
    credits_pending: String,
}

impl Kept {
    fn members(&self) -> [&str; 4] {
        [&self.debits_posted, &self.credits_posted, &self.debits_pending, &self.credits_pending]
    }
}

fn wide(text: &str) -> U512 {
    text.parse::<U256>().map_or(U512::MAX, U512::from)
}

impl Fold {
    pub(super) fn add(&mut self, row: &HashedRow) {
        let amount = wide(&row.amount);
        let released = row.released.as_deref().map_or(U512::ZERO, wide);
        let (posted, pending) = match row.kind.as_str() {
            "pending" => (U512::ZERO, amount),
            "voided" | "expired" => (U512::ZERO, U512::ZERO),
            _ => (amount, U512::ZERO),
        };
        // Below zero for a moment where a window holds an end before what it ends.
        let pending = pending.wrapping_sub(released);
        let debit = Sums { debits_posted: posted, debits_pending: pending, ..Sums::default() };
        let credit = Sums { credits_posted: posted, credits_pending: pending, ..Sums::default() };
        self.accounts.entry(row.debit_account_id).or_default().add(&debit);
        self.accounts.entry(row.credit_account_id).or_default().add(&credit);
    }

    /// Compares every balance, every control account, and the two sides of every asset. How many accounts there are.
    pub(super) async fn check(
        mut self,
        connection: &mut PgConnection,
        tenant: TenantId,
        faults: &mut Vec<Fault>,
    ) -> sqlx::Result<usize> {
        let kept = sqlx::query_as!(
            Kept,
            r#"SELECT account_id, asset_id, is_control, control_id, debits_posted::text AS "debits_posted!",
                      credits_posted::text AS "credits_posted!", debits_pending::text AS "debits_pending!",
                      credits_pending::text AS "credits_pending!"
                 FROM ledger_balances WHERE tenant_id = $1 ORDER BY account_id"#,
            tenant.uuid(),
        )
        .fetch_all(connection)
        .await?;
        let mut under: HashMap<Uuid, Sums> = HashMap::new();
        let mut assets: BTreeMap<i32, Sums> = BTreeMap::new();
        for account in kept.iter().filter(|account| !account.is_control) {
            let computed = self.accounts.remove(&account.account_id).unwrap_or_default();
            let id = AccountId::new(account.account_id);
            faults.extend(difference(account, &computed).map(|(member, kept, computed)| Fault::BalanceDiffers {
                account: id,
                member,
                kept,
                computed,
            }));
            if let Some(control) = account.control_id {
                under.entry(control).or_default().add(&computed);
            }
            assets.entry(account.asset_id).or_default().add(&computed);
        }
        for account in kept.iter().filter(|account| account.is_control) {
            let computed = under.remove(&account.account_id).unwrap_or_default();
            let id = AccountId::new(account.account_id);
            faults.extend(difference(account, &computed).map(|(member, kept, computed)| Fault::ControlDiffers {
                account: id,
                member,
                kept,
                computed,
            }));
        }
        // Accounts that rows name and nobody keeps.
        for (account, sums) in self.accounts {
            let [(member, computed), ..] = sums.members();
            let account = AccountId::new(account);
            faults.push(Fault::BalanceDiffers {
                account,
                member,
                kept: "nothing".into(),
                computed: computed.to_string(),
            });
        }
        faults.extend(assets.into_iter().filter(|(_, sums)| sums.debits_posted != sums.credits_posted).map(
            |(asset, sums)| Fault::Unbalanced {
                asset,
                debits: sums.debits_posted.to_string(),
                credits: sums.credits_posted.to_string(),
            },
        ));
        Ok(kept.len())
    }
}

/// The first sum in which an account differs.
fn difference(kept: &Kept, computed: &Sums) -> Option<(&'static str, String, String)> {
    let pairs = kept.members().into_iter().zip(computed.members());
    pairs.into_iter().find_map(|(kept, (member, computed))| {
        (wide(kept) != computed).then(|| (member, kept.to_owned(), computed.to_string()))
    })
}
