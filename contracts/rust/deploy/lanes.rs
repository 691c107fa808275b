//! Which lane may call what: the Rust side of the sources' `Lanes`, `OracleLanes` and `AggregatorLanes`.

use alloy::primitives::FixedBytes;
use alloy::sol_types::SolCall;

use super::layout::Layout;
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

/// Every restricted function of a deployment is in one of these.
pub(super) fn lanes(layout: &Layout) -> Vec<Lane> {
    let lane = |target, role, functions| Lane { target, role, functions };
    vec![
        lane(
            layout.policy,
            GUARDIAN,
            functions![
                Policy::pauseCall,
                Policy::lowerCapCall,
                Policy::raiseHaircutCall,
                Policy::disallowBookCall,
                Policy::useBackupCall,
            ],
        ),
        lane(
            layout.policy,
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
        lane(layout.escrow, MULTISIG, functions![Escrow::setPolicyCall]),
        lane(layout.oracle, GUARDIAN, functions![Oracle::freezeCall, Oracle::freezeAllCall]),
        lane(
            layout.oracle,
            MULTISIG,
            functions![Oracle::unfreezeCall, Oracle::unfreezeAllCall, Oracle::setSignersCall, Oracle::setBoundsCall],
        ),
        lane(
            layout.register,
            GUARDIAN,
            functions![Register::pauseCall, Register::removeAdapterCall, Register::revokeKeyCall],
        ),
        lane(
            layout.register,
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
