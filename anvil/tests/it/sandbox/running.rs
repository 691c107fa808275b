//! Starting, stopping and configuring.

use std::collections::BTreeSet;
use std::process::{Command as Program, Stdio};
use std::sync::Arc;

use devnet::sandbox::magic::{ANSWERED, Outcome};
use devnet::sandbox::{self, SandboxOptions, provider_toml};
use domain::deadline::Clock;
use futures::future::join_all;
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::Notify;

use super::asking::{Message, PATIENT, at_once, call, gateway, kind, lender, now, question, request};
use crate::support::{TestResult, is_listening};

/// Tells when it is read.
#[derive(Debug, Default)]
struct WatchedClock(Notify);

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        self.0.notify_one();
        now()
    }
}

#[tokio::test]
async fn a_stopped_lender_ends_what_it_never_would_have() -> TestResult {
    for outcome in [Outcome::TimeOut, Outcome::SlowHeaders, Outcome::Drip] {
        let clock = Arc::new(WatchedClock::default());
        let options = SandboxOptions { outcome: Some(outcome), clock: Some(clock.clone()), ..at_once() };
        let lender = sandbox::start(lender(1), options).await?;
        let (message, url) = (Message::signed(&lender, "key", question()?)?, lender.base_url());
        let asking = tokio::spawn(async move { message.post_to(&url).await?.bytes().await });
        clock.0.notified().await;
        let port = lender.base_url().rsplit_once(':').ok_or("no port")?.1.parse()?;
        lender.stop().await;
        assert!(asking.await?.is_err(), "{outcome:?}");
        assert!(!is_listening(port), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn many_of_one_lender_are_told_apart_and_all_answer() -> TestResult {
    let lenders = sandbox::start_many(5, &SandboxOptions::default()).await?;
    let names: BTreeSet<_> = lenders.iter().map(|lender| lender.capabilities().name.clone()).collect();
    let ids: BTreeSet<_> = lenders.iter().map(|lender| lender.capabilities().id).collect();
    assert_eq!((names.len(), ids.len()), (5, 5));
    let answers =
        join_all(lenders.iter().map(|lender| async { kind(&gateway(lender).quote(call(request(), PATIENT)).await) }));
    assert_eq!(answers.await, [ANSWERED; 5]);
    Ok(())
}

#[tokio::test]
async fn the_configuration_says_what_the_lender_says_of_itself() -> TestResult {
    for lender in sandbox::start_all(&at_once()).await? {
        let document: toml::Table = provider_toml(&lender)?.parse()?;
        let entry = document["providers"][0].clone();
        let declared = lender.capabilities();
        assert_eq!(entry["type"].as_str(), Some("http"));
        assert_eq!(entry["id"].as_str(), Some(declared.id.to_string().as_str()));
        assert_eq!(declared.id.uuid().get_version_num(), 7, "{}", declared.name);
        assert_eq!(entry["base_url"].as_str(), Some(lender.base_url().as_str()));
        assert_eq!(entry["amounts"].as_array().map(Vec::len), Some(declared.amounts.len()));
        assert_eq!(entry["amounts"][0]["max"].as_str(), Some(declared.amounts[0].max.amount().as_str()));
        assert_eq!(entry["countries"].as_array().map(Vec::len), Some(declared.countries.len()));
        assert_eq!(entry["max_term_days"].as_integer(), Some(declared.max_term_days.into()));
    }
    Ok(())
}

#[tokio::test]
async fn the_command_prints_a_configuration_and_ends_when_interrupted() -> TestResult {
    let mut child = Command::new(env!("CARGO_BIN_EXE_devnet"))
        .arg("lenders")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
    let mut ports = Vec::new();
    while ports.len() < 6 {
        let line = lines.next_line().await?.ok_or("it ended")?;
        if let Some(port) = line.strip_prefix("base_url = \"http://127.0.0.1:") {
            ports.push(port.trim_end_matches('"').parse::<u16>()?);
        }
    }
    assert!(ports.iter().all(|port| is_listening(*port)));
    let pid = child.id().ok_or("it ended")?.to_string();
    assert!(Program::new("kill").args(["-s", "INT", &pid]).status()?.success());
    assert!(child.wait().await?.success());
    assert!(!ports.iter().any(|port| is_listening(*port)));
    Ok(())
}
