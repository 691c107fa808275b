//! Calls with the same idempotency key take turns in this process, so that a storm of repetitions waits here and not on
//! database connections that others need. Postgres still decides which call is the first: other gateways do not share
//! these turns.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use domain::ids::ApiKeyId;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Two keys that fall on the same lane wait for each other's insert, which is short; a fixed number of lanes needs no
/// clean-up and bounds the memory.
const LANES: usize = 1_024;

#[derive(Debug, Clone)]
pub struct Turns {
    lanes: Arc<[Arc<Mutex<()>>]>,
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: (0..LANES).map(|_| Arc::default()).collect(), hasher: RandomState::new() }
    }
}

impl Turns {
    /// This key's turn, until the guard is dropped.
    pub async fn of(&self, caller: ApiKeyId, key: &str) -> Option<OwnedMutexGuard<()>> {
        let hash = self.hasher.hash_one((caller, key));
        let lane = usize::try_from(hash).unwrap_or(0).checked_rem(self.lanes.len())?;
        Some(Arc::clone(self.lanes.get(lane)?).lock_owned().await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_call_with_the_key_waits_for_the_first_ones_turn() {
        let (turns, caller) = (Turns::default(), ApiKeyId::new(uuid::Uuid::from_u128(1)));
        let first = turns.of(caller, "key").await;
        let mut second = std::pin::pin!(turns.of(caller, "key"));
        assert!(futures::poll!(second.as_mut()).is_pending());
        drop(first);
        assert!(futures::poll!(second).is_ready());
    }
}
