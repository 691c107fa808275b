//! One slow lender costs only its own answer, never the time of the others.

use std::time::{Duration, Instant};

use devnet::sandbox::magic::Outcome;

use crate::support::database;
use crate::support::gateway::{Gateway, body, names_of_quoting, outcome_of};
use crate::support::lenders;
use crate::support::request::{dollars, with};

const DEADLINE_MS: u64 = 1_500;
/// The deadline and what the issue grants on top of it.
const AT_MOST: Duration = Duration::from_millis(1_750);

#[tokio::test(flavor = "multi_thread")]
async fn lenders_that_hang_or_drip_hold_up_nobody_past_the_deadline() {
    let mut lenders = lenders::willing(8).await;
    let willing: Vec<String> = lenders.iter().map(|lender| lender.capabilities().name.clone()).collect();
    let slow = [("Hanging", Outcome::TimeOut), ("Dripping", Outcome::Drip), ("Dripping headers", Outcome::SlowHeaders)];
    for (name, outcome) in slow {
        lenders.push(lenders::forced(name, outcome).await);
    }
    let gateway = Gateway::start(&database::fresh().await, &lenders::toml(&lenders)).await;
    // The first request of all opens connections to database and lenders; it is not what is measured.
    gateway.ask(&with(dollars("10000.00"), "/deadline_ms", DEADLINE_MS.into())).await;

    let request = with(dollars("20000.00"), "/deadline_ms", DEADLINE_MS.into());
    let started = Instant::now();
    let answer = gateway.post(&request).header("prefer", "wait=10").send().await.unwrap();
    let asked = body(answer, 200).await;
    let took = started.elapsed();

    assert!(took <= AT_MOST, "{took:?}");
    assert!(took >= Duration::from_millis(DEADLINE_MS), "a hanging lender has until the deadline: {took:?}");
    assert_eq!(names_of_quoting(&asked), {
        let mut names = willing;
        names.sort();
        names
    });
    for (name, _) in slow {
        let outcome = outcome_of(&asked, name);
        assert_eq!(outcome["outcome"], "timed_out", "{outcome}");
        assert!(outcome["elapsed_ms"].as_u64().unwrap() <= 1_750, "{outcome}");
        assert_eq!(outcome["refusal"]["blame"], "provider");
    }
    gateway.stop().await;
}
