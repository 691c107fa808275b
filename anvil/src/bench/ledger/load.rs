//! The loads.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::U256;
use domain::ids::AccountId;
use jiff::civil::{Date, date};
use ledger::{Group, Operation, Transfer};
use rand::RngExt;
use tokio::task::JoinSet;

use super::stage::Stage;
use super::{BATCH, BATCHES_AT_ONCE, LedgerBenchError, Measured, TASKS};
use crate::bench::lap::Lap;

const DAY: Date = date(2026, 1, 15);
/// Postings that may be under way where a rate is offered: beyond it the ledger does not keep up.
const OFFERED_AT_ONCE: usize = 4_096;

/// Which accounts transfers go between.
#[derive(Debug, Clone, Copy)]
pub(super) enum Accounts {
    Uniform,
    /// One of them on one side of every transfer.
    OneHot,
}

impl Accounts {
    fn pick(self, accounts: &[AccountId]) -> Option<(AccountId, AccountId)> {
        let mut rng = rand::rng();
        let first = match self {
            Self::Uniform => rng.random_range(0..accounts.len()),
            Self::OneHot => 0,
        };
        let step = rng.random_range(1..accounts.len());
        let (first, other) = (*accounts.get(first)?, *accounts.get(first.wrapping_add(step) % accounts.len())?);
        Some(if rng.random() { (first, other) } else { (other, first) })
    }
}

impl Stage {
    fn transfer(&self, accounts: Accounts) -> Option<Transfer> {
        let (debit, credit) = accounts.pick(&self.accounts)?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Some(Transfer {
            operation: Operation::Post { debit, credit, amount: U256::from(number % 10_000 + 1) },
            reference: format!("bench {number:012}"),
            effective_on: DAY,
            metadata: None,
        })
    }

    fn batch(&self) -> Vec<Group> {
        (0..BATCH).filter_map(|_| self.transfer(Accounts::Uniform)).map(Group::of).collect()
    }

    /// Single postings, each task waiting for one before the next.
    pub(super) async fn singles(
        self: &Arc<Self>,
        name: &str,
        time: Duration,
        accounts: Accounts,
    ) -> Result<Measured, LedgerBenchError> {
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let stage = Arc::clone(self);
            tasks.spawn(async move {
                let mut lap = Lap::try_new()?;
                while began.elapsed() < time {
                    let Some(transfer) = stage.transfer(accounts) else { break };
                    let asked = Instant::now();
                    stage.ledger.post(stage.tenant, transfer).await?;
                    lap.record(asked.elapsed());
                }
                Ok::<_, LedgerBenchError>(lap)
            });
        }
        self.gathered(name, began, tasks, 1).await
    }

    /// Batches, a few at once.
    pub(super) async fn batches(self: &Arc<Self>, name: &str, time: Duration) -> Result<Measured, LedgerBenchError> {
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..BATCHES_AT_ONCE {
            let stage = Arc::clone(self);
            tasks.spawn(async move {
                let mut lap = Lap::try_new()?;
                while began.elapsed() < time {
                    let batch = stage.batch();
                    let asked = Instant::now();
                    stage
                        .ledger
                        .post_batch(stage.tenant, &batch)
                        .await?
                        .into_iter()
                        .try_for_each(|one| one.map(drop))?;
                    lap.record(asked.elapsed());
                }
                Ok::<_, LedgerBenchError>(lap)
            });
        }
        self.gathered(name, began, tasks, BATCH).await
    }

    /// Postings that come at a rate whatever became of those before; each is timed from when it was due.
    pub(super) async fn offered(self: &Arc<Self>, rate: f64, time: Duration) -> Result<Measured, LedgerBenchError> {
        let began = Instant::now();
        let (mut due, gap) = (Duration::ZERO, Duration::from_secs_f64(1.0 / rate));
        let (mut lap, mut tasks) = (Lap::try_new()?, JoinSet::new());
        while due < time {
            // What is due now is sent now; the timer is coarser than the gap.
            while due <= began.elapsed() {
                let (stage, at) = (Arc::clone(self), due);
                tasks.spawn(async move {
                    if let Some(transfer) = stage.transfer(Accounts::Uniform) {
                        stage.ledger.post(stage.tenant, transfer).await?;
                    }
                    Ok::<_, LedgerBenchError>(began.elapsed().saturating_sub(at))
                });
                due = due.saturating_add(gap);
            }
            while tasks.len() > OFFERED_AT_ONCE {
                if let Some(latency) = tasks.join_next().await {
                    lap.record(latency??);
                }
            }
            while let Some(latency) = tasks.try_join_next() {
                lap.record(latency??);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        while let Some(latency) = tasks.join_next().await {
            lap.record(latency??);
        }
        let lap = Lap::side_by_side(&[lap], began.elapsed())?;
        let name = format!("offered {rate:.0}/s");
        self.verified(&name).await?;
        Ok(Measured { name, lap, each: 1 })
    }

    /// Batches until there are so many transfers.
    pub(super) async fn grow_to(self: &Arc<Self>, transfers: u64) -> Result<(), LedgerBenchError> {
        let mut tasks = JoinSet::new();
        for _ in 0..BATCHES_AT_ONCE {
            let stage = Arc::clone(self);
            tasks.spawn(async move {
                while stage.next.load(Ordering::Relaxed) < transfers {
                    let batch = stage.batch();
                    stage
                        .ledger
                        .post_batch(stage.tenant, &batch)
                        .await?
                        .into_iter()
                        .try_for_each(|one| one.map(drop))?;
                }
                Ok::<_, LedgerBenchError>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }

    async fn gathered(
        &self,
        name: &str,
        began: Instant,
        mut tasks: JoinSet<Result<Lap, LedgerBenchError>>,
        each: usize,
    ) -> Result<Measured, LedgerBenchError> {
        let mut laps = Vec::new();
        while let Some(lap) = tasks.join_next().await {
            laps.push(lap??);
        }
        let lap = Lap::side_by_side(&laps, began.elapsed())?;
        // The growth is verified once, at its end: all of it is read again each time.
        if !name.contains(" at ") {
            self.verified(name).await?;
        }
        Ok(Measured { name: name.to_owned(), lap, each })
    }
}
