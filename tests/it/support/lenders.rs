//! Sandbox lenders, and the configuration under which a gateway asks them.

use std::time::Duration;

use adapters::clock::{SystemClock, uuid_at};
use devnet::sandbox::magic::Outcome;
use devnet::sandbox::{self, Lender, RunningLender, SandboxOptions, provider_toml};
use domain::deadline::Clock;
use domain::ids::ProviderId;

/// Limits of the gateway that no test of anything else runs into.
pub const ROOMY: &str = "[limits]\nrequests_per_second = 100000\nburst = 100000\n";

/// Lenders that answer at once with an offer of their own.
pub async fn willing(count: usize) -> Vec<RunningLender> {
    sandbox::start_many(count, &SandboxOptions::default()).await.unwrap()
}

/// A lender of this name that does the same to every question.
pub async fn forced(name: &str, outcome: Outcome) -> RunningLender {
    started(name, SandboxOptions { outcome: Some(outcome), latency: Some(Duration::ZERO), ..Default::default() }).await
}

/// A lender of this name that takes its time.
pub async fn slow(name: &str, latency: Duration) -> RunningLender {
    started(name, SandboxOptions { latency: Some(latency), ..Default::default() }).await
}

async fn started(name: &str, options: SandboxOptions) -> RunningLender {
    let first = Lender::all().unwrap().into_iter().next().unwrap();
    let id = ProviderId::new(uuid_at(SystemClock.now()));
    sandbox::start(first.renamed(id, name.to_owned()), options).await.unwrap()
}

/// The `[[providers]]` entries of these lenders.
pub fn toml<'a>(lenders: impl IntoIterator<Item = &'a RunningLender>) -> String {
    lenders.into_iter().map(|lender| format!("{}\n", provider_toml(lender).unwrap())).collect()
}

/// One lender's entry, with limits of its own as lines of TOML.
pub fn toml_with_limits(lender: &RunningLender, limits: &str) -> String {
    format!("{}\n[providers.limits]\n{limits}\n", provider_toml(lender).unwrap())
}
