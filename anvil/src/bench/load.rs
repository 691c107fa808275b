//! The load: callers that wait for their answers, or calls at a fixed rate, each answer checked.
//!
//! It runs on a thread and a runtime of its own, so that its clock does not wait behind the lenders' work, and ends
//! when nobody waits for its figures any more.

use std::future::Future;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use futures::future::try_join_all;
use http::{StatusCode, header};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use super::{BenchError, Lap};

/// Connections are made and caches filled before anything counts.
const WARM_UP: Duration = Duration::from_secs(2);
/// Beyond it a call has failed, and the benchmark with it.
const CALL_WITHIN: Duration = Duration::from_secs(15);
/// How much of an unexpected answer is shown.
const SHOWN_CHARS: usize = 2_000;

/// How calls follow one another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pattern {
    /// Each caller makes its next call when it has its answer.
    Closed { connections: usize },
    /// Calls start at this rate, whether earlier ones have been answered or not.
    Open { per_second: u32 },
}

/// Whom to call, and by what to know a good answer.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub side: &'static str,
    pub url: String,
    pub body: Bytes,
    pub api_key: String,
    /// Stands in the body once for each lender that answered.
    pub mark: &'static str,
    pub lenders: usize,
}

/// TLS is not used here, but the HTTP client is not made without a provider of it.
pub(super) fn install_tls() {
    // Another one that is there already serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Calls `target` for the warm-up and then for `time`, which alone is counted.
pub(super) async fn measure(target: Target, pattern: Pattern, time: Duration) -> Result<Lap, BenchError> {
    install_tls();
    on_own_thread(async move {
        let client = reqwest::Client::builder().tcp_nodelay(true).timeout(CALL_WITHIN).build()?;
        let caller = Arc::new(Caller { client, target });
        caller.run(pattern, WARM_UP).await?;
        caller.run(pattern, time).await
    })
    .await
}

async fn on_own_thread<T: Send + 'static>(
    work: impl Future<Output = Result<T, BenchError>> + Send + 'static,
) -> Result<T, BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(BenchError::Generator)?;
    let (mut sender, done) = oneshot::channel();
    let run = move || {
        let done = runtime.block_on(async {
            tokio::select! {
                done = work => Some(done),
                () = sender.closed() => None,
            }
        });
        if let Some(done) = done {
            // Whoever no longer waits needs no figures.
            let _ = sender.send(done);
        }
    };
    thread::Builder::new().name("load".to_owned()).spawn(run).map_err(BenchError::Generator)?;
    done.await.unwrap_or(Err(BenchError::NoFigure))
}

#[derive(Debug)]
struct Caller {
    client: reqwest::Client,
    target: Target,
}

impl Caller {
    async fn run(self: &Arc<Self>, pattern: Pattern, time: Duration) -> Result<Lap, BenchError> {
        let started = Instant::now();
        let laps = match pattern {
            Pattern::Closed { connections } => {
                try_join_all((0..connections).map(|_| self.call_until(started + time))).await?
            }
            Pattern::Open { per_second } => vec![self.call_at(per_second, started + time).await?],
        };
        Lap::side_by_side(&laps, started.elapsed())
    }

    /// One call after another.
    async fn call_until(&self, end: Instant) -> Result<Lap, BenchError> {
        let mut lap = Lap::try_new()?;
        while Instant::now() < end {
            lap.record(self.call().await?);
        }
        Ok(lap)
    }

    /// A latency is counted from when its call was made: calls do not wait for one another, and the timer that starts
    /// them is a millisecond coarse, which is none of the target's.
    async fn call_at(self: &Arc<Self>, per_second: u32, end: Instant) -> Result<Lap, BenchError> {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut calls = JoinSet::new();
        let mut lap = Lap::try_new()?;
        loop {
            tokio::select! {
                tick = ticks.tick(), if Instant::now() < end => {
                    if tick < end {
                        let caller = Arc::clone(self);
                        calls.spawn(async move { caller.call().await });
                    }
                }
                Some(called) = calls.join_next() => lap.record(called.map_err(|_| BenchError::NoFigure)??),
                else => return Ok(lap),
            }
        }
    }

    /// One call under a key of its own, and how long it took to have the whole answer.
    async fn call(&self) -> Result<Duration, BenchError> {
        let target = &self.target;
        let request = self
            .client
            .post(&target.url)
            .bearer_auth(&target.api_key)
            .header("idempotency-key", Uuid::new_v4().to_string())
            .header("prefer", "wait=10")
            .header(header::CONTENT_TYPE, "application/json")
            .body(target.body.clone());
        let started = Instant::now();
        let answer = request.send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        let elapsed = started.elapsed();
        target.check(status, &body)?;
        Ok(elapsed)
    }
}

impl Target {
    fn check(&self, status: StatusCode, body: &[u8]) -> Result<(), BenchError> {
        let text = String::from_utf8_lossy(body);
        let shown = || text.chars().take(SHOWN_CHARS).collect();
        if status != StatusCode::OK {
            return Err(BenchError::Status { side: self.side, status: status.as_u16(), body: shown() });
        }
        let found = text.matches(self.mark).count();
        if found != self.lenders {
            return Err(BenchError::Answers { side: self.side, found, expected: self.lenders, body: shown() });
        }
        Ok(())
    }
}
