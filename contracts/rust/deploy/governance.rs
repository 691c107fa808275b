//! Who may do what, as the events of the `AccessManager` tell it, beside what it should be.
//!
//! The manager can be asked whether someone holds a role, not who does. Its events say both, so that a role too many is
//! found as surely as one too few.
//!
//! Some changes are in force later than they are made: a grant after the delay of its role, a delay of grants or of changes of
//! lanes five days later at the soonest (OpenZeppelin's `minSetback`). What is compared with what should be is where a change
//! ends; what is in force until then is told beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alloy::primitives::Address;
use alloy::rpc::types::Log;
use alloy::sol_types::SolEventInterface as _;

use super::chain::{Chain, ChainError};
use super::difference::{Call, Difference, time};
use super::lanes::{ADMIN, GUARDIAN, LOOSEN_DELAY, MULTISIG, Selector, lanes};
use super::layout::Layout;
use super::manifest::Manifest;
use crate::bindings::access_manager::AccessManager::{self, AccessManagerEvents as Event};

/// One thing that the manager holds to, other than by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    /// Members of the role may call the function.
    Function { target: Address, selector: Selector, role: u64 },
    /// How long an administrator's change of what concerns the target waits.
    TargetDelay { target: Address, delay: u32 },
    /// Who may cancel what members of the role scheduled.
    Guardian { role: u64, guardian: u64 },
    /// Who may grant the role.
    Admin { role: u64, admin: u64 },
    /// Who holds the role, and how long a member's call waits.
    Member { role: u64, account: Address, delay: u32 },
    /// How long a grant waits before it is in force.
    GrantDelay { role: u64, delay: u32 },
    /// Nobody may call the target.
    Closed { target: Address },
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function { target, selector, role } => {
                write!(f, "function {selector} of {target} is {}'s", name(*role))
            }
            Self::TargetDelay { target, delay } => write!(f, "changes of {target}'s lanes wait {delay} s"),
            Self::Guardian { role, guardian } => {
                write!(f, "{} may cancel what {} schedules", name(*guardian), name(*role))
            }
            Self::Admin { role, admin } => write!(f, "{} is granted by {}", name(*role), name(*admin)),
            Self::Member { role, account, delay } => {
                write!(f, "{account} is {} with a delay of {delay} s", name(*role))
            }
            Self::GrantDelay { role, delay } => write!(f, "grants of {} wait {delay} s", name(*role)),
            Self::Closed { target } => write!(f, "{target} is closed"),
        }
    }
}

fn name(role: u64) -> String {
    match role {
        ADMIN => "admin".to_owned(),
        GUARDIAN => "guardian".to_owned(),
        MULTISIG => "multisig".to_owned(),
        other => format!("role {other}"),
    }
}

/// What a change that is in force later than it was made concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Delayed {
    Target(Address),
    Grants(u64),
    Member(u64, Address),
}

/// A change that is made and not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    /// In force now, in seconds; `None` for who is no member yet.
    now: Option<u32>,
    next: u32,
    /// First second of the change.
    since: u64,
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.now {
            Some(now) => write!(f, "{now} s now, {} s from {} on", self.next, time(self.since)),
            None => write!(f, "no member yet, one with a delay of {} s from {} on", self.next, time(self.since)),
        }
    }
}

/// What the manager holds to, where every change that was made has come into force, and what has not yet.
#[derive(Debug, Default)]
pub(super) struct Governance {
    facts: BTreeSet<Fact>,
    /// The last change of each, and since when; [`Self::observe`] leaves those that are not in force.
    changes: BTreeMap<Delayed, (u32, u64)>,
    pending: BTreeMap<Delayed, Pending>,
}

impl Governance {
    /// What holds when `deployer` has made the manager and done nothing else.
    pub(super) fn at_first(deployer: Address) -> Self {
        let facts = BTreeSet::from([Fact::Member { role: ADMIN, account: deployer, delay: 0 }]);
        Self { facts, ..Self::default() }
    }

    pub(super) async fn observe(chain: &Chain, manager: Address, first_block: u64) -> Result<Self, ChainError> {
        let mut governance = Self::default();
        for log in chain.logs(&[manager], &[], first_block).await? {
            governance.take(&log)?;
        }
        let now = chain.now().await?;
        for (of, (next, since)) in std::mem::take(&mut governance.changes) {
            if since > now {
                let now = in_force(chain, manager, of, now).await?;
                governance.pending.insert(of, Pending { now, next, since });
            }
        }
        Ok(governance)
    }

    fn take(&mut self, log: &Log) -> Result<(), ChainError> {
        let event = Event::decode_log(&log.inner).map_err(|source| ChainError::Answer { what: "an event", source })?;
        match event.data {
            Event::RoleGranted(e) => {
                self.forget(|fact| matches!(fact, Fact::Member { role, account, .. } if (*role, *account) == (e.roleId, e.account)));
                self.facts.insert(Fact::Member { role: e.roleId, account: e.account, delay: e.delay });
                let member = Delayed::Member(e.roleId, e.account);
                // Another delay for who is a member already, or will be.
                let granted = self.changes.get(&member).filter(|_| !e.newMember).map_or(0, |(_, since)| *since);
                self.changes.insert(member, (e.delay, granted.max(e.since.to())));
            }
            Event::RoleRevoked(e) => {
                self.changes.remove(&Delayed::Member(e.roleId, e.account));
                self.forget(|fact| matches!(fact, Fact::Member { role, account, .. } if (*role, *account) == (e.roleId, e.account)));
            }
            Event::RoleAdminChanged(e) => {
                self.forget(|fact| matches!(fact, Fact::Admin { role, .. } if *role == e.roleId));
                self.insert_unless(e.admin == ADMIN, Fact::Admin { role: e.roleId, admin: e.admin });
            }
            Event::RoleGuardianChanged(e) => {
                self.forget(|fact| matches!(fact, Fact::Guardian { role, .. } if *role == e.roleId));
                self.insert_unless(e.guardian == ADMIN, Fact::Guardian { role: e.roleId, guardian: e.guardian });
            }
            Event::RoleGrantDelayChanged(e) => {
                self.forget(|fact| matches!(fact, Fact::GrantDelay { role, .. } if *role == e.roleId));
                self.insert_unless(e.delay == 0, Fact::GrantDelay { role: e.roleId, delay: e.delay });
                self.changes.insert(Delayed::Grants(e.roleId), (e.delay, e.since.to()));
            }
            Event::TargetClosed(e) => {
                self.forget(|fact| matches!(fact, Fact::Closed { target } if *target == e.target));
                self.insert_unless(!e.closed, Fact::Closed { target: e.target });
            }
            Event::TargetFunctionRoleUpdated(e) => {
                self.forget(|fact| matches!(fact, Fact::Function { target, selector, .. } if (*target, *selector) == (e.target, e.selector)));
                let fact = Fact::Function { target: e.target, selector: e.selector, role: e.roleId };
                self.insert_unless(e.roleId == ADMIN, fact);
            }
            Event::TargetAdminDelayUpdated(e) => {
                self.forget(|fact| matches!(fact, Fact::TargetDelay { target, .. } if *target == e.target));
                self.insert_unless(e.delay == 0, Fact::TargetDelay { target: e.target, delay: e.delay });
                self.changes.insert(Delayed::Target(e.target), (e.delay, e.since.to()));
            }
            Event::OperationScheduled(_)
            | Event::OperationExecuted(_)
            | Event::OperationCanceled(_)
            | Event::RoleLabel(_) => {}
        }
        Ok(())
    }

    fn forget(&mut self, of: impl Fn(&Fact) -> bool) {
        self.facts.retain(|fact| !of(fact));
    }

    fn insert_unless(&mut self, default: bool, fact: Fact) {
        if !default {
            self.facts.insert(fact);
        }
    }

    /// Whether the account may still set things up.
    pub(super) fn administers(&self, account: Address) -> bool {
        self.facts.contains(&Fact::Member { role: ADMIN, account, delay: 0 })
    }

    /// What is missing, in the order in which it can be mended, then what is too much, the deployer's own role last.
    pub(super) fn differences(&self, layout: &Layout, manifest: &Manifest, deployer: Address) -> Vec<Difference> {
        let wanted = wanted(layout, manifest);
        let missing: Vec<&Fact> = wanted.iter().filter(|fact| !self.facts.contains(fact)).collect();
        let mut differences = missing_functions(layout, &missing);
        differences.extend(missing.iter().filter_map(|fact| missing_fact(layout, fact, self.instead_of(fact))));
        let known: BTreeSet<&Fact> = wanted.iter().collect();
        let replaced = |fact: &Fact| wanted.iter().any(|wanted| same_subject(wanted, fact));
        let mut surplus: Vec<&Fact> =
            self.facts.iter().filter(|fact| !known.contains(fact) && !replaced(fact)).collect();
        surplus.sort_by_key(|fact| matches!(fact, Fact::Member { role: ADMIN, account, .. } if *account == deployer));
        differences.extend(surplus.into_iter().map(|fact| surplus_fact(layout, fact, deployer)));
        differences
    }

    /// Every change that is made and not in force, a sentence each.
    pub(super) fn not_in_force(&self) -> Vec<String> {
        let one = |(of, pending): (&Delayed, &Pending)| match of {
            Delayed::Target(target) => format!("changes of {target}'s lanes wait {pending}"),
            Delayed::Grants(role) => format!("grants of {} wait {pending}", name(*role)),
            Delayed::Member(role, account) if pending.now.is_none() => {
                format!("{account} as {}: {pending}", name(*role))
            }
            Delayed::Member(role, account) => format!("calls of {account} as {} wait {pending}", name(*role)),
        };
        self.pending.iter().map(one).collect()
    }

    /// What there is in the place of a fact.
    fn instead_of(&self, wanted: &Fact) -> String {
        let of = match *wanted {
            Fact::TargetDelay { target, .. } => Some(Delayed::Target(target)),
            Fact::GrantDelay { role, .. } => Some(Delayed::Grants(role)),
            Fact::Member { role, account, .. } => Some(Delayed::Member(role, account)),
            Fact::Function { .. } | Fact::Guardian { .. } | Fact::Admin { .. } | Fact::Closed { .. } => None,
        };
        if let Some(pending) = of.and_then(|of| self.pending.get(&of)) {
            return pending.to_string();
        }
        let other = self.facts.iter().find(|fact| same_subject(fact, wanted));
        other.map_or_else(|| "not so".to_owned(), ToString::to_string)
    }
}

/// What the manager goes by at this second; `None` for who is no member yet.
async fn in_force(chain: &Chain, manager: Address, of: Delayed, now: u64) -> Result<Option<u32>, ChainError> {
    match of {
        Delayed::Target(target) => chain.read(manager, &AccessManager::getTargetAdminDelayCall { target }).await,
        Delayed::Grants(role) => chain.read(manager, &AccessManager::getRoleGrantDelayCall { roleId: role }).await,
        Delayed::Member(role, account) => {
            let access = chain.read(manager, &AccessManager::getAccessCall { roleId: role, account }).await?;
            let member = access.filter(|access| access.since.to::<u64>() <= now);
            Ok(member.map(|access| access.currentDelay))
        }
    }
}

/// Whether setting one replaces the other.
fn same_subject(one: &Fact, other: &Fact) -> bool {
    match (one, other) {
        (Fact::Function { target, selector, .. }, Fact::Function { target: t, selector: s, .. }) => {
            (target, selector) == (t, s)
        }
        (Fact::TargetDelay { target, .. }, Fact::TargetDelay { target: t, .. }) => target == t,
        (Fact::Guardian { role, .. }, Fact::Guardian { role: r, .. })
        | (Fact::Admin { role, .. }, Fact::Admin { role: r, .. })
        | (Fact::GrantDelay { role, .. }, Fact::GrantDelay { role: r, .. }) => role == r,
        (Fact::Member { role, account, .. }, Fact::Member { role: r, account: a, .. }) => (role, account) == (r, a),
        _ => false,
    }
}

/// What should hold once everything is handed over. The guardian cancels what the multisig scheduled, except what concerns
/// roles: else a guardian whose key is stolen could never be replaced.
fn wanted(layout: &Layout, manifest: &Manifest) -> Vec<Fact> {
    let (guardian, multisig) = (manifest.governance.guardian, manifest.governance.multisig);
    let mut facts = Vec::new();
    let mut targets = BTreeSet::new();
    for lane in lanes(layout) {
        let (target, role) = (lane.target, lane.role);
        targets.insert(target);
        facts.extend(lane.functions.iter().map(|&(_, selector)| Fact::Function { target, selector, role }));
    }
    facts.extend(targets.into_iter().map(|target| Fact::TargetDelay { target, delay: LOOSEN_DELAY }));
    facts.extend([
        Fact::Guardian { role: MULTISIG, guardian: GUARDIAN },
        Fact::Member { role: GUARDIAN, account: guardian, delay: 0 },
        Fact::Member { role: MULTISIG, account: multisig, delay: LOOSEN_DELAY },
        Fact::GrantDelay { role: GUARDIAN, delay: LOOSEN_DELAY },
        Fact::GrantDelay { role: MULTISIG, delay: LOOSEN_DELAY },
        Fact::Member { role: ADMIN, account: multisig, delay: LOOSEN_DELAY },
    ]);
    facts
}

/// Functions of one target that one role lacks, in one call.
fn missing_functions(layout: &Layout, missing: &[&Fact]) -> Vec<Difference> {
    let mut lacking: BTreeMap<(Address, u64), Vec<Selector>> = BTreeMap::new();
    for fact in missing {
        if let Fact::Function { target, selector, role } = **fact {
            lacking.entry((target, role)).or_default().push(selector);
        }
    }
    let one = |((target, role), selectors): ((Address, u64), Vec<Selector>)| Difference {
        what: "governance".to_owned(),
        wanted: format!("{} functions of {target} are {}'s", selectors.len(), name(role)),
        found: "not so".to_owned(),
        calls: vec![Call::new(
            layout.access_manager,
            &AccessManager::setTargetFunctionRoleCall { target, selectors, roleId: role },
        )],
    };
    lacking.into_iter().map(one).collect()
}

/// A fact other than of a function.
fn missing_fact(layout: &Layout, fact: &Fact, found: String) -> Option<Difference> {
    let to = layout.access_manager;
    let call = match *fact {
        Fact::Function { .. } => return None,
        Fact::TargetDelay { target, delay } => {
            Call::new(to, &AccessManager::setTargetAdminDelayCall { target, newDelay: delay })
        }
        Fact::Guardian { role, guardian } => {
            Call::new(to, &AccessManager::setRoleGuardianCall { roleId: role, guardian })
        }
        Fact::Admin { role, admin } => Call::new(to, &AccessManager::setRoleAdminCall { roleId: role, admin }),
        Fact::Member { role, account, delay } => {
            Call::new(to, &AccessManager::grantRoleCall { roleId: role, account, executionDelay: delay })
        }
        Fact::GrantDelay { role, delay } => {
            Call::new(to, &AccessManager::setGrantDelayCall { roleId: role, newDelay: delay })
        }
        Fact::Closed { target } => Call::new(to, &AccessManager::setTargetClosedCall { target, closed: true }),
    };
    Some(Difference { what: "governance".to_owned(), wanted: fact.to_string(), found, calls: vec![call] })
}

/// What holds where a fact does not.
fn without(fact: &Fact) -> String {
    match fact {
        Fact::Function { target, selector, .. } => format!("function {selector} of {target} is {}'s", name(ADMIN)),
        Fact::TargetDelay { target, .. } => format!("changes of {target}'s lanes wait 0 s"),
        Fact::Guardian { role, .. } => format!("{} may cancel what {} schedules", name(ADMIN), name(*role)),
        Fact::Admin { role, .. } => format!("{} is granted by {}", name(*role), name(ADMIN)),
        Fact::Member { role, account, .. } => format!("{account} is not {}", name(*role)),
        Fact::GrantDelay { role, .. } => format!("grants of {} wait 0 s", name(*role)),
        Fact::Closed { target } => format!("{target} is open"),
    }
}

fn surplus_fact(layout: &Layout, fact: &Fact, deployer: Address) -> Difference {
    let to = layout.access_manager;
    let call = match *fact {
        Fact::Function { target, selector, .. } => {
            let selectors = vec![selector];
            Call::new(to, &AccessManager::setTargetFunctionRoleCall { target, selectors, roleId: ADMIN })
        }
        Fact::TargetDelay { target, .. } => {
            Call::new(to, &AccessManager::setTargetAdminDelayCall { target, newDelay: 0 })
        }
        Fact::Guardian { role, .. } => {
            Call::new(to, &AccessManager::setRoleGuardianCall { roleId: role, guardian: ADMIN })
        }
        Fact::Admin { role, .. } => Call::new(to, &AccessManager::setRoleAdminCall { roleId: role, admin: ADMIN }),
        Fact::Member { role, account, .. } if account == deployer => {
            Call::new(to, &AccessManager::renounceRoleCall { roleId: role, callerConfirmation: account })
        }
        Fact::Member { role, account, .. } => Call::new(to, &AccessManager::revokeRoleCall { roleId: role, account }),
        Fact::GrantDelay { role, .. } => Call::new(to, &AccessManager::setGrantDelayCall { roleId: role, newDelay: 0 }),
        Fact::Closed { target } => Call::new(to, &AccessManager::setTargetClosedCall { target, closed: false }),
    };
    Difference { what: "governance".to_owned(), wanted: without(fact), found: fact.to_string(), calls: vec![call] }
}
