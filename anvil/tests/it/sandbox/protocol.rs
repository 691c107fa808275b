//! The lenders' side of the protocol: who is answered, and that a repetition changes nothing.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use adapters::protocol::{self, wire};
use adapters::signature::Signer;
use devnet::sandbox::{self, SandboxOptions, generate_secret};
use domain::deadline::Clock;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::asking::{Message, at_once, lender, now, question, start};
use crate::support::TestResult;

#[tokio::test]
async fn who_does_not_sign_as_agreed_is_not_answered() -> TestResult {
    let lender = start(1).await;
    let good = || Message::signed(&lender, "key", question().unwrap());
    assert_eq!(good()?.post(&lender).await?.status(), StatusCode::OK);

    let mut unsigned = good()?;
    unsigned.headers.remove("webhook-signature");
    assert_eq!(unsigned.post(&lender).await?.status(), StatusCode::UNAUTHORIZED);

    let mut changed = good()?;
    changed.body.push(b' ');
    assert_eq!(changed.post(&lender).await?.status(), StatusCode::UNAUTHORIZED);

    let stranger = Signer::try_new(&generate_secret())?;
    let mut foreign = good()?;
    foreign.headers.extend(stranger.sign("msg_1", now(), &foreign.body)?);
    assert_eq!(foreign.post(&lender).await?.status(), StatusCode::UNAUTHORIZED);

    let mut stale = good()?;
    let then = now().checked_sub(SignedDuration::from_secs(301))?;
    stale.headers.extend(Signer::try_new(lender.secret())?.sign("msg_1", then, &stale.body)?);
    assert_eq!(stale.post(&lender).await?.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test]
async fn what_is_not_of_the_protocol_is_a_bad_request() -> TestResult {
    let lender = start(1).await;
    let mut question: wire::QuoteQuestion = serde_json::from_slice(&question()?)?;
    let mut bodies = vec![b"{}".to_vec(), b"not JSON".to_vec(), Vec::new()];
    for amount in ["0.00", "-1.00", "1e5", "1.001", "NaN"] {
        amount.clone_into(&mut question.amount.amount);
        bodies.push(serde_json::to_vec(&question)?);
    }
    "10000.00".clone_into(&mut question.amount.amount);
    for count in [0, u32::MAX] {
        question.term.count = count;
        bodies.push(serde_json::to_vec(&question)?);
    }
    for body in bodies {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let message = Message::signed(&lender, "key", body)?;
        assert_eq!(message.post(&lender).await?.status(), StatusCode::BAD_REQUEST, "{shown}");
    }
    for name in [protocol::IDEMPOTENCY_KEY, protocol::DEADLINE] {
        let mut message = Message::signed(&lender, "key", super::asking::question()?)?;
        message.headers.remove(&name);
        assert_eq!(message.post(&lender).await?.status(), StatusCode::BAD_REQUEST, "{name}");
    }
    Ok(())
}

/// Runs ahead by a second whenever it is read.
#[derive(Debug)]
struct RacingClock(AtomicI64);

impl Clock for RacingClock {
    fn now(&self) -> Timestamp {
        let ahead = self.0.fetch_add(1, Ordering::Relaxed);
        now().saturating_add(SignedDuration::from_secs(ahead)).unwrap_or(Timestamp::MAX)
    }
}

#[tokio::test]
async fn a_repetition_gets_the_same_body_however_much_later() -> TestResult {
    let clock: Arc<dyn Clock> = Arc::new(RacingClock(0.into()));
    let lender = sandbox::start(lender(1), SandboxOptions { clock: Some(clock), ..at_once() }).await?;
    let question = question()?;
    let ask = async |key| {
        let answer = Message::signed(&lender, key, question.clone())?.post(&lender).await?;
        Ok::<_, Box<dyn Error>>(answer.bytes().await?)
    };
    let first = ask("key-1").await?;
    assert_eq!(ask("key-1").await?, first);
    assert_ne!(ask("key-2").await?, first, "the clock has moved, so a new question is answered for longer");

    let other = Message::signed(&lender, "key-1", super::asking::question()?)?;
    assert_eq!(other.post(&lender).await?.status(), StatusCode::CONFLICT);
    Ok(())
}

#[tokio::test]
async fn the_flaky_lender_answers_every_third_question_at_every_attempt() -> TestResult {
    let lender = start(6).await;
    let question = question()?;
    for (key, status) in [
        ("1", 503),
        ("1", 503),
        ("2", 503),
        ("3", 200),
        ("1", 503),
        ("3", 200),
        ("4", 503),
        ("5", 503),
        ("6", 200),
        ("2", 503),
    ] {
        let answer = Message::signed(&lender, key, question.clone())?.post(&lender).await?;
        assert_eq!(answer.status(), status, "question {key}");
    }
    Ok(())
}
