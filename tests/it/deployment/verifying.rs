use alloy::primitives::Bytes;
use alloy::sol_types::SolCall;
use contracts::bindings::access_manager::AccessManager;
use contracts::bindings::credit_aggregator::CreditAggregator as Register;
use contracts::bindings::credit_scoring_oracle::CreditScoringOracle as Oracle;
use contracts::bindings::risk_policy::RiskPolicy;
use contracts::deploy::{DeployError, Lane, Mode, deploy};

use super::chains::{DELAY, Node, STRANGER};

const GUARDIAN: u64 = 1;

#[tokio::test]
async fn what_governance_changed_since_is_told_until_the_manifest_says_so_too() {
    let node = Node::start(31_337).await;
    let mut deployed = node.deploy().await.unwrap();
    let signers = deployed.manifest.oracle.signers.clone();
    let fewer = Oracle::setSignersCall { signers_: vec![Bytes::copy_from_slice(signers[0].as_slice())], threshold_: 1 };
    node.loosen(&deployed, deployed.layout.oracle, &fewer).await;
    let differences = node.told(&deployed.manifest).await;
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert!(differences[0].starts_with("signers of the oracle:"), "{differences:?}");
    assert_eq!(differences[1], "threshold of the oracle: 2 wanted, 1 found");
    let facts = node.findings(&deployed.manifest).await.facts;
    assert!(facts.iter().any(|fact| fact.starts_with("the oracle's configuration is number 2:")), "{facts:?}");
    deployed.manifest.oracle.signers = vec![signers[0]];
    deployed.manifest.oracle.threshold = 1;
    assert_eq!(node.told(&deployed.manifest).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_the_guardian_tightened_is_told() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let guardian = node.accounts[1];
    let lower = RiskPolicy::lowerCapCall { asset: node.token, cap: 5 };
    node.send(guardian, deployed.layout.policy, &lower).await;
    node.send(guardian, deployed.layout.oracle, &Oracle::freezeAllCall {}).await;
    let differences = node.told(&deployed.manifest).await;
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
    node.loosen(&deployed, manager, &grant).await;
    let moved = AccessManager::setTargetFunctionRoleCall {
        target: deployed.layout.register,
        selectors: vec![Register::addKeyCall::SELECTOR.into()],
        roleId: GUARDIAN,
    };
    node.loosen(&deployed, manager, &moved).await;
    let close = AccessManager::setTargetClosedCall { target: deployed.layout.policy, closed: true };
    node.loosen(&deployed, manager, &close).await;
    let differences = node.told(&deployed.manifest).await;
    let holds = |text: String| differences.iter().any(|difference| difference.contains(&text));
    assert!(holds(format!("{account} is guardian with a delay of 0 s found")), "{differences:?}");
    assert!(holds(format!("1 functions of {} are multisig's wanted", deployed.layout.register)), "{differences:?}");
    assert!(holds(format!("{} is closed found", deployed.layout.policy)), "{differences:?}");
    assert_eq!(differences.len(), 3, "{differences:?}");
}

#[tokio::test]
async fn after_the_hand_over_both_modes_of_deploy_tell_what_verify_tells_and_who_can_mend_it() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let (guardian, account) = (node.accounts[1], node.accounts[STRANGER]);
    let raise = RiskPolicy::raiseCapCall { asset: node.token, cap: u128::MAX };
    node.loosen(&deployed, deployed.layout.policy, &raise).await;
    let grant = AccessManager::grantRoleCall { roleId: GUARDIAN, account, executionDelay: 0 };
    node.loosen(&deployed, deployed.layout.access_manager, &grant).await;
    node.send(guardian, deployed.layout.oracle, &Oracle::freezeAllCall {}).await;
    let told = node.differences(&deployed.manifest).await;
    let lanes: Vec<_> = told.iter().flat_map(|one| &one.calls).map(|call| (call.function, call.lane)).collect();
    assert_eq!(
        lanes,
        [
            ("unfreezeAll()", Lane::Multisig),
            ("lowerCap(address,uint128)", Lane::Guardian),
            ("revokeRole(uint64,address)", Lane::Multisig),
        ]
    );
    for mode in [Mode::Send, Mode::DryRun] {
        let mut steps = 0;
        let refused = deploy(&node.chain(), &deployed.manifest, node.folder.path(), mode, |_| steps += 1).await;
        let Err(DeployError::HandedOver { differences, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(differences, told);
        assert_eq!(steps, 0, "{mode:?} says of a step that it was done, or would be");
    }
}

#[tokio::test]
async fn a_delay_that_is_not_in_force_yet_is_told_as_such_until_it_is() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let found = node.findings(&deployed.manifest).await;
    assert_eq!(found.differences, []);
    let waiting = |facts: &[String], what: &str| facts.iter().any(|fact| fact.contains(what));
    for what in ["grants of guardian wait 0 s now, 172800 s from 2", "grants of multisig wait 0 s now, 172800 s from 2"]
    {
        assert!(waiting(&found.facts, what), "{:?}", found.facts);
    }
    let lanes = format!("changes of {}'s lanes wait 0 s now, 172800 s from 2", deployed.layout.register);
    assert!(waiting(&found.facts, &lanes), "{:?}", found.facts);
    assert_eq!(found.facts.len(), 6, "{:?}", found.facts);
    node.pass(5 * 24 * 60 * 60).await;
    assert_eq!(node.findings(&deployed.manifest).await.facts, Vec::<String>::new());
    // A delay that is on its way down is still in force.
    let manager = deployed.layout.access_manager;
    node.loosen(&deployed, manager, &AccessManager::setGrantDelayCall { roleId: GUARDIAN, newDelay: 0 }).await;
    let told = node.told(&deployed.manifest).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let start = "governance: grants of guardian wait 172800 s wanted, 172800 s now, 0 s from 2";
    assert!(told[0].starts_with(start), "{told:?}");
    // Nor is a guardian one before the delay of grants is over.
    let account = node.accounts[STRANGER];
    let grant = AccessManager::grantRoleCall { roleId: GUARDIAN, account, executionDelay: 0 };
    node.loosen(&deployed, manager, &grant).await;
    let facts = node.findings(&deployed.manifest).await.facts;
    assert!(waiting(&facts, &format!("{account} as guardian: no member yet")), "{facts:?}");
    node.pass(DELAY).await;
    let facts = node.findings(&deployed.manifest).await.facts;
    assert!(!waiting(&facts, "as guardian: no member yet"), "{facts:?}");
}
