//! Waiting for something that can be observed, with an end.

use std::future::Future;
use std::time::{Duration, Instant};

/// Only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);

/// Looks again and again until `look` finds something.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{PATIENCE:?} passed and still not: {what}");
        tokio::time::sleep(POLL).await;
    }
}
