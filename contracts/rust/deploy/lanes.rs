//! Which lane may call what: the Rust side of the sources' `Lanes`, `OracleLanes` and `AggregatorLanes`.

use alloy::primitives::FixedBytes;
use alloy::sol_types::SolCall;

use super::difference::Lane as Who;
use super::layout::Layout;
use crate::bindings::access_manager::AccessManager;
use crate::bindings::collateral_manager::CollateralManager as Escrow;
use crate::bindings::credit_aggregator::CreditAggregator as Register;
use crate::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use crate::bindings::risk_policy::RiskPolicy as Policy;
use alloy::primitives::Address;

/// Administers the manager itself.
pub(super) const ADMIN: u64 = 0;
/// Tightens, at once.
pub(super) const GUARDIAN: u64 = 1;
/// Loosens, after the delay.
pub(super) const MULTISIG: u64 = 2;
/// How long a loosening waits, in seconds.
pub(super) const LOOSEN_DELAY: u32 = 48 * 60 * 60;

pub(super) type Selector = FixedBytes<4>;

/// The functions of one contract that a role may call.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) target: Address,
    pub(super) role: u64,
    pub(super) functions: Vec<(&'static str, Selector)>,
}

macro_rules! functions {
    ($($call:ty),* $(,)?) => {
        vec![$((<$call as SolCall>::SIGNATURE, FixedBytes(<$call as SolCall>::SELECTOR))),*]
    };
}

/// Whose restricted functions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Policy,
    Escrow,
    Oracle,
    Register,
}

type Row = (Part, u64, Vec<(&'static str, Selector)>);

/// Every restricted function of a deployment is in one of these.
fn rows() -> Vec<Row> {
    vec![
        (
            Part::Policy,
            GUARDIAN,
            functions![
                Policy::pauseCall,
                Policy::lowerCapCall,
                Policy::raiseHaircutCall,
                Policy::disallowBookCall,
                Policy::useBackupCall,
            ],
        ),
        (
            Part::Policy,
            MULTISIG,
            functions![
                Policy::unpauseCall,
                Policy::listAssetCall,
                Policy::setRiskCall,
                Policy::raiseCapCall,
                Policy::lowerHaircutCall,
                Policy::allowBookCall,
                Policy::setDustCall,
                Policy::setRouteCall,
                Policy::approveBackupCall,
            ],
        ),
        (Part::Escrow, MULTISIG, functions![Escrow::setPolicyCall]),
        (Part::Oracle, GUARDIAN, functions![Oracle::freezeCall, Oracle::freezeAllCall]),
        (
            Part::Oracle,
            MULTISIG,
            functions![Oracle::unfreezeCall, Oracle::unfreezeAllCall, Oracle::setSignersCall, Oracle::setBoundsCall],
        ),
        (
            Part::Register,
            GUARDIAN,
            functions![Register::pauseCall, Register::removeAdapterCall, Register::revokeKeyCall],
        ),
        (
            Part::Register,
            MULTISIG,
            functions![
                Register::unpauseCall,
                Register::setEscrowCall,
                Register::setScoresCall,
                Register::setGatewayCall,
                Register::publishPolicyCall,
                Register::addAdapterCall,
                Register::addKeyCall,
            ],
        ),
    ]
}

/// The lanes of the contracts of a deployment.
pub(super) fn lanes(layout: &Layout) -> Vec<Lane> {
    let lane = |(part, role, functions): Row| {
        let target = match part {
            Part::Policy => layout.policy,
            Part::Escrow => layout.escrow,
            Part::Oracle => layout.oracle,
            Part::Register => layout.register,
        };
        Lane { target, role, functions }
    };
    rows().into_iter().map(lane).collect()
}

/// Who may call a function, of these contracts or of the manager. No selector is in both lanes.
pub(super) fn lane_of(selector: [u8; 4]) -> Who {
    if selector == AccessManager::renounceRoleCall::SELECTOR {
        return Who::Deployer;
    }
    let is_of = |functions: &[(&str, Selector)]| functions.iter().any(|(_, of)| *of == selector);
    let tightens = rows().iter().any(|(_, role, functions)| *role == GUARDIAN && is_of(functions));
    if tightens { Who::Guardian } else { Who::Multisig }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_is_in_both_lanes_so_that_a_selector_names_one() {
        for (_, _, functions) in rows().into_iter().filter(|(_, role, _)| *role == MULTISIG) {
            for (name, selector) in functions {
                assert_eq!(lane_of(selector.into()), Who::Multisig, "{name}");
            }
        }
        assert_eq!(lane_of(Policy::lowerCapCall::SELECTOR), Who::Guardian);
        assert_eq!(lane_of(AccessManager::grantRoleCall::SELECTOR), Who::Multisig);
    }
}
