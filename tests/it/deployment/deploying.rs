use contracts::deploy::{ChainError, DeployError, Lane, Manifest, Mode, Record, RecordError, Step, deploy, verify};
use tokio::sync::Notify;

use super::chains::Node;

#[tokio::test]
async fn what_stands_is_what_the_manifest_says_and_a_second_run_sends_nothing() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    assert_eq!(node.differences(&deployed.manifest).await, []);
    let sent = node.sent_by_deployer().await;
    assert_eq!(node.again(&deployed.manifest, Mode::Send).await, []);
    assert_eq!(node.sent_by_deployer().await, sent);
    let record = Record::read(&Record::path(node.folder.path(), 31_337)).unwrap();
    assert_eq!(record, Some(deployed.record));
}

#[tokio::test]
async fn a_dry_run_names_every_step_and_sends_nothing() {
    let node = Node::start(31_337).await;
    let manifest = node.manifest().await;
    let sent = node.sent_by_deployer().await;
    let foreseen = node.again(&manifest, Mode::DryRun).await;
    assert_eq!(node.sent_by_deployer().await, sent);
    assert!(!Record::path(node.folder.path(), 31_337).exists());
    let words = |steps: &[Step]| -> Vec<String> {
        let word = |step: &Step| match step {
            Step::Create { contract, address } => format!("{contract} at {address}"),
            Step::Mend(difference) => format!("{}: {}", difference.what, difference.wanted),
        };
        steps.iter().map(word).collect()
    };
    let done = node.again(&manifest, Mode::Send).await;
    assert_eq!(words(&foreseen), words(&done));
}

#[tokio::test]
async fn a_deployment_cut_short_anywhere_goes_on_where_it_stopped() {
    let node = Node::start(31_337).await;
    let manifest = node.manifest().await;
    for cut_after in [1, 2, 3, 4, 5, 6] {
        let reached = Notify::new();
        let mut steps = 0;
        let done = |_: &Step| {
            steps += 1;
            if steps == cut_after {
                reached.notify_one();
            }
        };
        let chain = node.chain();
        let run = deploy(&chain, &manifest, node.folder.path(), Mode::Send, done);
        tokio::select! {
            biased;
            () = reached.notified() => {}
            ended = run => panic!("ended before it was cut: {ended:?}"),
        }
    }
    node.again(&manifest, Mode::Send).await;
    assert_eq!(node.differences(&manifest).await, []);
}

#[tokio::test]
async fn a_constructor_that_refused_does_not_hold_up_a_mended_manifest() {
    let node = Node::start(31_337).await;
    let good = node.manifest().await;
    let mut refused = good.clone();
    // Past the rules of the manifest, which would refuse it before anything is sent.
    refused.oracle.max_score_step = 0;
    let stopped = deploy(&node.chain(), &refused, node.folder.path(), Mode::Send, |_| ()).await;
    let Err(DeployError::Chain(ChainError::Refused { reason, .. })) = &stopped else { panic!("{stopped:?}") };
    assert!(reason.contains("InvalidBounds"), "{reason}");
    let path = Record::path(node.folder.path(), 31_337);
    let before = Record::read(&path).unwrap().unwrap();
    node.again(&good, Mode::Send).await;
    assert_eq!(node.told(&good).await, Vec::<String>::new());
    // What was made is as it was recorded, and nothing before the first run is forgotten.
    let after = Record::read(&path).unwrap().unwrap();
    assert_eq!(after.first_block, before.first_block);
    assert_eq!(after.contracts["AccessManager"], before.contracts["AccessManager"]);
    assert_ne!(after.contracts["CreditScoringOracle"], before.contracts["CreditScoringOracle"]);
}

#[tokio::test]
async fn what_the_deployer_gives_up_is_named_in_the_steps() {
    let node = Node::start(31_337).await;
    let steps = node.again(&node.manifest().await, Mode::Send).await;
    let Some(Step::Mend(last)) = steps.last() else { panic!("{steps:?}") };
    assert_eq!(last.wanted, format!("{} is not admin", node.accounts[0]));
    assert_eq!(last.calls[0].lane, Lane::Deployer);
}

#[tokio::test]
async fn a_manifest_of_another_chain_is_refused() {
    let node = Node::start(31_337).await;
    let other = Node::start(31_338).await;
    let deployed = node.deploy().await.unwrap();
    let refused = deploy(&other.chain(), &deployed.manifest, other.folder.path(), Mode::Send, |_| ()).await;
    assert!(matches!(refused, Err(DeployError::OtherChain { manifest: 31_337, node: 31_338 })), "{refused:?}");
}

#[tokio::test]
async fn an_address_or_a_chain_that_was_changed_in_a_record_is_not_believed() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    let path = Record::path(node.folder.path(), 31_337);
    let changed = |change: fn(&mut Record)| {
        let mut record = deployed.record.clone();
        change(&mut record);
        record.write(&path).unwrap();
    };
    changed(|record| record.contracts.get_mut("RiskPolicy").unwrap().address = record.deployer);
    let refused = verify(&node.chain(), &deployed.manifest, node.folder.path()).await;
    assert!(
        matches!(&refused, Err(DeployError::Record(RecordError::OtherCode { contract, .. })) if contract == "RiskPolicy"),
        "{refused:?}"
    );
    changed(|record| record.chain_id = 1);
    let refused = verify(&node.chain(), &deployed.manifest, node.folder.path()).await;
    assert!(matches!(refused, Err(DeployError::Record(RecordError::OtherChain { recorded: 1, .. }))), "{refused:?}");
}

#[tokio::test]
async fn the_deployer_cannot_keep_a_lane() {
    let node = Node::start(31_337).await;
    let deployed = node.deploy().await.unwrap();
    for lane in ["guardian", "multisig"] {
        let holder = node.accounts[if lane == "guardian" { 1 } else { 2 }].to_string();
        let text = deployed.manifest_toml.replace(&holder, &node.accounts[0].to_string());
        let manifest = Manifest::parse(&text).unwrap();
        let refused = deploy(&node.chain(), &manifest, node.folder.path(), Mode::Send, |_| ()).await;
        assert!(matches!(refused, Err(DeployError::DeployerGoverns { lane: l }) if l == lane), "{refused:?}");
    }
}
