//! Who may depend on whom, from the table in the architecture.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::MetadataCommand;

/// Each crate of ours, and the crates of ours that it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("contracts", &[]),
    ("adapters", &["domain", "contracts"]),
    ("chain", &["domain", "contracts"]),
    ("ledger", &["domain"]),
    ("gateway", &["domain", "contracts", "adapters", "chain", "ledger"]),
    ("devnet", &["domain", "contracts", "adapters", "chain", "ledger", "gateway"]),
    ("e2e", &["domain", "contracts", "adapters", "chain", "ledger", "gateway", "devnet"]),
];

#[test]
fn a_crate_depends_on_the_ones_below_it_and_no_others() {
    let metadata = MetadataCommand::new().no_deps().other_options(["--offline".to_owned()]).exec().unwrap();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ALLOWED.iter().map(|(name, below)| (*name, below.iter().copied().collect())).collect();
    let ours: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let listed: BTreeSet<String> = allowed.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(ours, listed, "every crate of the workspace has a row in the table, and every row a crate");
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| ours.contains(&dependency.name)) {
            let below = &allowed[package.name.as_str()];
            assert!(below.contains(dependency.name.as_str()), "{} may not depend on {}", package.name, dependency.name);
        }
    }
}

#[test]
fn the_domain_has_no_async_io_or_chain_dependency() {
    let metadata = MetadataCommand::new().no_deps().other_options(["--offline".to_owned()]).exec().unwrap();
    let domain = metadata.packages.iter().find(|package| package.name.as_str() == "domain").unwrap();
    for banned in ["tokio", "futures", "reqwest", "sqlx", "alloy", "axum", "hyper", "async-trait"] {
        assert!(domain.dependencies.iter().all(|dependency| dependency.name != banned), "domain depends on {banned}");
    }
}
