//! What a lender remembers of the questions it was asked, so that a repetition is answered as the first time.
//!
//! Answers are functions of the question and of when it first came, so those two are all that is kept. The oldest are
//! forgotten beyond a limit: a gateway repeats a question within seconds.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Most questions that are remembered.
const MAX_QUESTIONS: usize = 4_096;

/// The key was given before, with another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this Idempotency-Key was used for another question")]
pub struct KeyReused;

/// The first time that a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many distinct questions came before it.
    pub before: u64,
    pub at: Timestamp,
    digest: [u8; 32],
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: HashMap<String, Seen>,
    oldest_first: VecDeque<String>,
    count: u64,
}

impl Memory {
    /// When the question under `key` first came: now, if it is new.
    pub(super) fn recall(&mut self, key: &str, body: &[u8], now: Timestamp) -> Result<Seen, KeyReused> {
        let digest: [u8; 32] = Sha256::digest(body).into();
        if let Some(seen) = self.seen.get(key) {
            return if seen.digest == digest { Ok(*seen) } else { Err(KeyReused) };
        }
        let seen = Seen { before: self.count, at: now, digest };
        self.count = self.count.saturating_add(1);
        self.seen.insert(key.to_owned(), seen);
        self.oldest_first.push_back(key.to_owned());
        if self.oldest_first.len() > MAX_QUESTIONS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.seen.remove(&oldest);
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_the_first_time_again_and_another_question_is_refused() {
        let mut memory = Memory::default();
        let (first, later) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        let seen = memory.recall("a", b"1", first).unwrap();
        assert_eq!(memory.recall("b", b"1", later).unwrap().before, 1);
        assert_eq!(memory.recall("a", b"1", later), Ok(seen));
        assert_eq!(memory.recall("a", b"2", later), Err(KeyReused));
    }

    #[test]
    fn the_oldest_are_forgotten_and_the_count_goes_on() {
        let mut memory = Memory::default();
        for number in 0..=MAX_QUESTIONS {
            memory.recall(&number.to_string(), b"1", Timestamp::UNIX_EPOCH).unwrap();
        }
        assert_eq!((memory.seen.len(), memory.oldest_first.len()), (MAX_QUESTIONS, MAX_QUESTIONS));
        let again = memory.recall("0", b"2", Timestamp::MAX).unwrap();
        assert_eq!(again.before, u64::try_from(MAX_QUESTIONS).unwrap() + 1);
    }
}
