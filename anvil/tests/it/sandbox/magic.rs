//! Every way in which a lender can be made to answer, and what becomes of it.

use std::time::Duration;

use adapters::provider::QuoteCall;
use devnet::sandbox::magic::{ANSWERED, MagicInput, Outcome, page};
use devnet::sandbox::{self, SandboxOptions};
use domain::normalise::{AprMethod, normalise};
use domain::refusal::Refusal;
use futures::future::join_all;

use super::asking::{Answer, PATIENT, at_once, call, gateway, kind, lender, money, request, request_with, start};
use crate::support::TestResult;

/// For lenders that do not answer in time whatever time they are given.
const HASTY: Duration = Duration::from_millis(300);

/// What a refusal says when it is for the fault that was forced and for no other.
fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::ServerError => "it answered 500",
        Outcome::Redirect => "it answered 307",
        Outcome::Reset => "the connection broke",
        Outcome::RateLimited => "a pause of 1000 ms",
        Outcome::CutJson => "EOF while parsing",
        Outcome::WrongCurrency => "principal: the asset is EUR, not the USD asked for",
        Outcome::OtherRequest => "request_id is not that of the question",
        Outcome::NegativeRate => "pricing.rate is out of range: must not be negative",
        Outcome::EndlessBody | Outcome::GzipBomb => "longer than 262144 bytes",
        Outcome::BrokenUtf8 => "invalid unicode code point",
        Outcome::NotANumber => "expected value",
        Outcome::BeyondFloat => "number out of range",
        Outcome::WrongSignature => "no signature of version v1 matches",
        Outcome::ClockOff => "the timestamp is not within 300 s",
        Outcome::BrokenGzip => "compression is broken",
        Outcome::AboveAsked => "at most the",
        Outcome::DuplicateKeys => "duplicate field `term`",
        Outcome::TimeOut | Outcome::Late | Outcome::Drip | Outcome::SlowHeaders => "no answer within",
        Outcome::Approve | Outcome::Decline(_) => "",
    }
}

/// What is wrong with the outcome, if anything.
fn mismatch(input: &MagicInput, call: &QuoteCall, answer: &Answer) -> Option<String> {
    let as_said = match (input.outcome, answer) {
        (_, Ok(offers)) => {
            offers.iter().all(|offer| normalise(offer, call.request.drawn_on, AprMethod::UsRegZ).is_ok())
        }
        (Outcome::Decline(reason), Err(refusal)) => *refusal == Refusal::Declined { reasons: vec![reason] },
        (outcome, Err(refusal)) => refusal.to_string().contains(words(outcome)),
    };
    let holds = as_said && kind(answer) == input.gateway;
    (!holds).then(|| format!("{}: not `{}` but {answer:?}", call.ask, input.gateway))
}

#[tokio::test]
async fn every_magic_input_ends_as_its_page_says_at_every_lender() -> TestResult {
    let lenders = sandbox::start_all(&at_once()).await?;
    let cases = lenders.iter().flat_map(|lender| MagicInput::all().map(move |input| (lender, input)));
    let found = join_all(cases.map(|(lender, input)| async move {
        let amount = money(&input.amount(10_000, lender.number()), "USD");
        let wait = if input.gateway == "timed_out" { HASTY } else { PATIENT };
        let call = call(request_with(|request| request.amount = amount), wait);
        mismatch(&input, &call, &gateway(lender).quote(call.clone()).await)
    }));
    let wrong: Vec<_> = found.await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[tokio::test]
async fn a_flood_is_refused_after_a_small_part_of_it() -> TestResult {
    const MOST: u64 = 64 * 1024 * 1024;
    for outcome in [Outcome::EndlessBody, Outcome::GzipBomb] {
        let options = SandboxOptions { outcome: Some(outcome), ..at_once() };
        let lender = sandbox::start(lender(1), options).await?;
        let answer = gateway(&lender).quote(call(request(), PATIENT)).await;
        assert_eq!(kind(&answer), "malformed");
        assert!(lender.bytes_sent() < MOST, "{outcome:?}: {} bytes", lender.bytes_sent());
    }
    Ok(())
}

#[tokio::test]
async fn an_approval_goes_before_the_lenders_own_rules() -> TestResult {
    let change = |amount| {
        request_with(|request| {
            request.amount = money(amount, "USD");
            request.borrower.annual_income = Some(money("1.00", "USD"));
        })
    };
    let lender = start(1).await;
    let gateway = gateway(&lender);
    assert_eq!(kind(&gateway.quote(call(change("10000.00"), PATIENT)).await), "declined");
    assert_eq!(kind(&gateway.quote(call(change("10001.01"), PATIENT)).await), ANSWERED);
    Ok(())
}

#[test]
fn the_page_of_magic_inputs_is_the_one_the_code_gives() -> TestResult {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/magic-inputs.md");
    let written = std::fs::read_to_string(path)?;
    assert!(
        written == page(),
        "docs/magic-inputs.md differs: run `devnet lenders --magic-page > docs/magic-inputs.md`"
    );
    Ok(())
}
