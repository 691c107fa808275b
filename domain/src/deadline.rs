//! The moment by which an answer is due: data that is made once, at the edge, and only ever shrinks.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What tells the time. Passed in wherever time matters, so that tests decide what time it is.
pub trait Clock: Send + Sync + std::fmt::Debug + 'static {
    fn now(&self) -> Timestamp;
}

/// An absolute point in time after which nobody waits any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Timestamp);

impl Deadline {
    /// `wait` from `now`; a point beyond the end of time is the end of time.
    #[must_use]
    pub fn after(now: Timestamp, wait: Duration) -> Self {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        Self(now.saturating_add(wait).unwrap_or(Timestamp::MAX))
    }

    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }

    /// The earlier of this deadline and `wait` from `now`.
    #[must_use]
    pub fn shrunk_to(self, now: Timestamp, wait: Duration) -> Self {
        self.min(Self::after(now, wait))
    }

    /// This deadline moved earlier by `margin`, to leave time for what comes after.
    #[must_use]
    pub fn less(self, margin: Duration) -> Self {
        let margin = SignedDuration::try_from(margin).unwrap_or(SignedDuration::MAX);
        Self(self.0.saturating_sub(margin).unwrap_or(Timestamp::MIN))
    }

    /// What is left at `now`; zero once it has passed.
    #[must_use]
    pub fn remaining(self, now: Timestamp) -> Duration {
        Duration::try_from(self.0.duration_since(now)).unwrap_or(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_never_grows() {
        let now = Timestamp::UNIX_EPOCH;
        let deadline = Deadline::after(now, Duration::from_millis(1500));
        assert_eq!(deadline.shrunk_to(now, Duration::from_secs(9)), deadline);
        assert_eq!(deadline.shrunk_to(now, Duration::from_secs(1)), Deadline::after(now, Duration::from_secs(1)));
        assert_eq!(deadline.less(Duration::from_millis(500)), Deadline::after(now, Duration::from_secs(1)));
    }

    #[test]
    fn what_is_left_after_the_end_is_nothing() {
        let now = Timestamp::UNIX_EPOCH;
        let deadline = Deadline::after(now, Duration::from_secs(1));
        assert_eq!(deadline.remaining(deadline.at()), Duration::ZERO);
        assert_eq!(Deadline::after(Timestamp::MAX, Duration::MAX).remaining(Timestamp::MAX), Duration::ZERO);
        assert_eq!(deadline.remaining(now), Duration::from_secs(1));
        assert_eq!(deadline.remaining(Timestamp::MAX), Duration::ZERO);
    }
}
