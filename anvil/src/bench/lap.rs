//! The latencies of one measurement, and what they amount to.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::BenchError;

/// A minute, in microseconds: no call is waited for as long.
const LONGEST: u64 = 60_000_000;
/// Latencies are kept to one part in a thousand.
const DIGITS: u8 = 3;

/// Latencies in microseconds, and the time in which they were gathered.
#[derive(Debug)]
pub(super) struct Lap {
    latencies: Histogram<u64>,
    elapsed: Duration,
}

impl Lap {
    pub(super) fn try_new() -> Result<Self, BenchError> {
        Ok(Self { latencies: Histogram::new_with_bounds(1, LONGEST, DIGITS)?, elapsed: Duration::ZERO })
    }

    pub(super) fn record(&mut self, latency: Duration) {
        self.latencies.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// The calls of `others` together, gathered side by side within `elapsed`.
    pub(super) fn side_by_side(others: &[Self], elapsed: Duration) -> Result<Self, BenchError> {
        let mut all = Self::try_new()?;
        for other in others {
            all.latencies.add(&other.latencies)?;
        }
        all.elapsed = elapsed;
        Ok(all)
    }

    /// The calls of `others` together, gathered one after another.
    pub(super) fn in_turn(others: &[Self]) -> Result<Self, BenchError> {
        Self::side_by_side(others, others.iter().map(|other| other.elapsed).sum())
    }

    pub(super) fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64()
    }

    /// In milliseconds: the latency that this share of the calls did not exceed.
    pub(super) fn quantile_ms(&self, share: f64) -> f64 {
        Duration::from_micros(self.latencies.value_at_quantile(share)).as_secs_f64() * 1_000.0
    }
}
