use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, Bytes, FixedBytes};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::{SolCall, SolError, SolInterface};
use contracts::bindings::access_manager::AccessManager::getTargetFunctionRoleCall;
use contracts::bindings::collateral_manager::CollateralManager as Escrow;
use contracts::bindings::credit_aggregator::CreditAggregator as Register;
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use contracts::bindings::risk_policy::RiskPolicy as Policy;

use super::chains::{Node, STRANGER};

/// Zero for every argument, however many: offsets of zero lead to lists of length zero.
const ZEROS: usize = 2_048;

/// Whether a stranger is refused for want of a role.
async fn wants_a_role(node: &Node, target: Address, selector: [u8; 4]) -> bool {
    let input: Bytes = [selector.as_slice(), &[0; ZEROS]].concat().into();
    let request = TransactionRequest::default().with_from(node.accounts[STRANGER]).with_to(target).with_input(input);
    let Err(error) = node.anvil.provider().call(request).await else { return false };
    let data = error.as_error_resp().and_then(|response| response.as_revert_data()).unwrap_or_default();
    data.starts_with(&Policy::AccessManagedUnauthorized::SELECTOR)
}

async fn has_a_role(node: &Node, manager: Address, target: Address, selector: [u8; 4]) -> bool {
    let call = getTargetFunctionRoleCall { target, selector: FixedBytes(selector) };
    let request = TransactionRequest::default().with_to(manager).with_input(call.abi_encode());
    let answer = node.anvil.provider().call(request).await.unwrap();
    getTargetFunctionRoleCall::abi_decode_returns(&answer).unwrap() != 0
}

#[tokio::test]
async fn every_function_that_refuses_strangers_has_a_role_and_no_other() {
    let node = Node::start(31_337).await;
    let layout = node.deploy().await.unwrap().layout;
    let mut restricted = 0;
    let contracts: [(Address, Vec<[u8; 4]>); 4] = [
        (layout.policy, Policy::RiskPolicyCalls::selectors().collect()),
        (layout.escrow, Escrow::CollateralManagerCalls::selectors().collect()),
        (layout.oracle, Oracle::CreditScoringOracleCalls::selectors().collect()),
        (layout.register, Register::CreditAggregatorCalls::selectors().collect()),
    ];
    for (target, selectors) in contracts {
        for selector in selectors {
            let wanted = wants_a_role(&node, target, selector).await;
            // Only the manager itself may move a contract to another manager.
            let wanted = wanted && selector != Policy::setAuthorityCall::SELECTOR;
            let has = has_a_role(&node, layout.access_manager, target, selector).await;
            assert_eq!(wanted, has, "{target} {}", FixedBytes(selector));
            restricted += usize::from(has);
        }
    }
    assert!(restricted > 30, "{restricted}");
}
