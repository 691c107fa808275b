use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;
use contracts::bindings::access_manager::AccessManager;
use contracts::bindings::credit_aggregator::CreditAggregator as Register;
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use contracts::bindings::risk_policy::RiskPolicy;
use contracts::deploy::{DeployError, Mode, deploy};
use devnet::credit::Deployed;

use super::chains::{Node, STRANGER};

const DELAY: u64 = 48 * 60 * 60;
const GUARDIAN: u64 = 1;

/// The multisig schedules a call, waits, and does it.
async fn loosen(node: &Node, deployed: &Deployed, target: Address, data: Bytes) {
    let multisig = node.accounts[2];
    let manager = deployed.layout.access_manager;
    let schedule = AccessManager::scheduleCall { target, data: data.clone(), when: alloy::primitives::Uint::ZERO };
    node.send(multisig, manager, &schedule).await;
    node.pass(DELAY).await;
    node.send(multisig, manager, &AccessManager::executeCall { target, data }).await;
}

async fn told(node: &Node, deployed: &Deployed) -> Vec<String> {
    node.differences(&deployed.manifest).await.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_governance_changed_since_is_told_until_the_manifest_says_so_too() {
    let node = Node::start(31_337).await;
    let mut deployed = node.deploy().await.unwrap();
    let signers = deployed.manifest.oracle.signers.clone();
    let fewer = Oracle::setSignersCall { signers_: vec![Bytes::copy_from_slice(signers[0].as_slice())], threshold_: 1 };
    loosen(&node, &deployed, deployed.layout.oracle, fewer.abi_encode().into()).await;
    let differences = told(&node, &deployed).await;
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert!(differences[0].starts_with("signers of the oracle:"), "{differences:?}");
    assert_eq!(differences[1], "threshold of the oracle: 2 wanted, 1 found");
    // A deployer who handed over mends nothing, and says which call does.
    let refused = deploy(&node.chain(), &deployed.manifest, node.folder.path(), Mode::Send, |_| ()).await;
    let Err(DeployError::HandedOver { differences, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(differences[0].calls[0].function, "setSigners(bytes[],uint8)");
    deployed.manifest.oracle.signers = vec![signers[0]];
    deployed.manifest.oracle.threshold = 1;
    assert_eq!(told(&node, &deployed).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_the_guardian_tightened_is_told() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let guardian = node.accounts[1];
    let lower = RiskPolicy::lowerCapCall { asset: node.token, cap: 5 };
    node.send(guardian, deployed.layout.policy, &lower).await;
    node.send(guardian, deployed.layout.oracle, &Oracle::freezeAllCall {}).await;
    let differences = told(&node, &deployed).await;
    assert!(differences.iter().any(|text| text.contains("cap: ") && text.ends_with("5 found")), "{differences:?}");
    assert!(
        differences.iter().any(|text| text == "the oracle: in service wanted, \"frozen\" found"),
        "{differences:?}"
    );
    assert_eq!(differences.len(), 2, "{differences:?}");
}

#[tokio::test]
async fn a_role_too_many_and_a_lane_that_moved_are_told() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let manager = deployed.layout.access_manager;
    let account = node.accounts[STRANGER];
    let grant = AccessManager::grantRoleCall { roleId: GUARDIAN, account, executionDelay: 0 };
    loosen(&node, &deployed, manager, grant.abi_encode().into()).await;
    let moved = AccessManager::setTargetFunctionRoleCall {
        target: deployed.layout.register,
        selectors: vec![Register::addKeyCall::SELECTOR.into()],
        roleId: GUARDIAN,
    };
    loosen(&node, &deployed, manager, moved.abi_encode().into()).await;
    let close = AccessManager::setTargetClosedCall { target: deployed.layout.policy, closed: true };
    loosen(&node, &deployed, manager, close.abi_encode().into()).await;
    let differences = told(&node, &deployed).await;
    let holds = |text: String| differences.iter().any(|difference| difference.contains(&text));
    assert!(holds(format!("{account} is guardian with a delay of 0 s found")), "{differences:?}");
    assert!(holds(format!("1 functions of {} are multisig's wanted", deployed.layout.register)), "{differences:?}");
    assert!(holds(format!("{} is closed found", deployed.layout.policy)), "{differences:?}");
    assert_eq!(differences.len(), 3, "{differences:?}");
}
