//! The two clocks: the machine's, and one that starts where it is told and runs with the async timer.

use domain::deadline::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The machine's clock. The only place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Starts at a chosen moment and advances with tokio's timer, so that a test that pauses the timer holds both.
#[derive(Debug, Clone, Copy)]
pub struct TimerClock {
    started_at: Timestamp,
    started: Instant,
}

impl TimerClock {
    #[must_use]
    pub fn starting_at(started_at: Timestamp) -> Self {
        Self { started_at, started: Instant::now() }
    }
}

impl Clock for TimerClock {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX);
        self.started_at.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}

/// A UUIDv7 for this moment: sortable by time, random in the rest.
#[must_use]
pub fn uuid_at(now: Timestamp) -> uuid::Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

/// `now` to the microsecond, which is as fine as Postgres keeps it: what is shown before and after storing is the same.
#[must_use]
pub fn stored_precision(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
