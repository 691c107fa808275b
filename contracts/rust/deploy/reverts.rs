//! Why a call was refused, in the contracts' own words.

use alloy::primitives::Bytes;
use alloy::sol_types::SolInterface;
use alloy::transports::{RpcError, TransportErrorKind};

use crate::bindings::access_manager::AccessManager::AccessManagerErrors;
use crate::bindings::collateral_manager::CollateralManager::CollateralManagerErrors;
use crate::bindings::credit_aggregator::CreditAggregator::CreditAggregatorErrors;
use crate::bindings::credit_scoring_oracle::CreditScoringOracle::CreditScoringOracleErrors;
use crate::bindings::risk_policy::RiskPolicy::RiskPolicyErrors;
use crate::bindings::signed_debt_book::SignedDebtBook::SignedDebtBookErrors;

/// The custom error with its values, or what the node said.
pub(super) fn reason(error: &RpcError<TransportErrorKind>) -> String {
    let data = error.as_error_resp().and_then(|response| response.as_revert_data());
    data.as_ref().and_then(named).unwrap_or_else(|| error.to_string())
}

/// A custom error of any of our contracts: their selectors do not collide, or mean the same.
pub(super) fn named(data: &Bytes) -> Option<String> {
    fn of<E: SolInterface + std::fmt::Debug>(data: &Bytes) -> Option<String> {
        E::abi_decode(data).ok().map(|error| format!("{error:?}"))
    }
    of::<AccessManagerErrors>(data)
        .or_else(|| of::<CreditScoringOracleErrors>(data))
        .or_else(|| of::<RiskPolicyErrors>(data))
        .or_else(|| of::<CollateralManagerErrors>(data))
        .or_else(|| of::<CreditAggregatorErrors>(data))
        .or_else(|| of::<SignedDebtBookErrors>(data))
}
