//! Follows one request: every quote and refusal once, in order of arrival, then the final order.
//!
//! What is streamed is read from what is stored, so a client that comes back gets the same events under the same ids,
//! from this gateway or another. A run in this process only says when to look.

use std::collections::VecDeque;
use std::time::Duration;

use domain::ids::{CreditRequestId, TenantId};

use super::hub::Progress;
use super::read;
use super::snapshot::{RequestState, Snapshot, json};
use super::view::{OutcomeView, QuoteView};
use crate::app::App;

/// How often a request that another gateway is quoting is looked at.
const POLL: Duration = Duration::from_millis(250);

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub seq: i32,
    pub name: &'static str,
    pub body: String,
}

/// The rest of a stream, from some event on.
#[derive(Debug)]
pub struct Tail {
    app: App,
    tenant: TenantId,
    id: CreditRequestId,
    seen: i32,
    ready: VecDeque<Item>,
    ended: bool,
}

/// The last event follows everything that arrived.
fn final_seq(snapshot: &Snapshot) -> i32 {
    snapshot.last_seq().saturating_add(1)
}

/// What arrived after `seen`, each with the rank that it had then.
fn items_after(snapshot: &Snapshot, seen: i32) -> Vec<Item> {
    let mut items = Vec::new();
    for row in snapshot.quotes.iter().filter(|row| row.seq > seen) {
        let then = snapshot.until(row.seq).ranked_quotes();
        let quote: Option<QuoteView> = then.into_iter().find(|quote| quote.id == row.view.id);
        items.extend(quote.map(|quote| Item { seq: row.seq, name: "quote", body: json(&quote) }));
    }
    for row in snapshot.outcomes.iter().filter(|row| row.seq > seen && row.standing.is_some()) {
        let then = snapshot.until(row.seq).ranked_outcomes();
        let outcome: Option<OutcomeView> = then.into_iter().find(|outcome| outcome.provider == row.view.provider);
        items.extend(outcome.map(|outcome| Item { seq: row.seq, name: "outcome", body: json(&outcome) }));
    }
    items.sort_by_key(|item| item.seq);
    items
}

impl Tail {
    #[must_use]
    pub fn new(app: App, tenant: TenantId, id: CreditRequestId, seen: i32) -> Self {
        Self { app, tenant, id, seen, ready: VecDeque::new(), ended: false }
    }

    /// Whether the client has seen everything that there will ever be.
    #[must_use]
    pub fn ended_before(snapshot: &Snapshot, seen: i32) -> bool {
        snapshot.request.state != RequestState::Quoting && seen >= final_seq(snapshot)
    }

    /// The next event; none after the last one, or when the service stops or its database is away: the client comes
    /// back with the id that it saw.
    pub async fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                self.seen = item.seq;
                return Some(item);
            }
            if self.ended || self.app.stopping.is_cancelled() {
                return None;
            }
            let run = self.app.intake.engine.hub.get(self.id);
            let watch = run.as_ref().map(|run| run.watch());
            let snapshot = match &run {
                Some(run) => run.stored()?,
                None => read::snapshot(&self.app.db, self.tenant, self.id).await.ok().flatten()?,
            };
            self.take(&snapshot);
            if self.ready.is_empty() && !self.ended {
                self.wait(watch).await;
            }
        }
    }

    fn take(&mut self, snapshot: &Snapshot) {
        self.ready.extend(items_after(snapshot, self.seen));
        if snapshot.request.state != RequestState::Quoting {
            self.ended = true;
            let seq = final_seq(snapshot);
            if self.seen < seq {
                self.ready.push_back(Item { seq, name: "complete", body: json(&snapshot.quote_list()) });
            }
        }
    }

    /// Until something may have changed, or the service stops.
    async fn wait(&self, watch: Option<tokio::sync::watch::Receiver<Progress>>) {
        let changed = async {
            match watch {
                Some(mut watch) => {
                    // Between the look and the watch nothing is missed: the poll bounds the wait.
                    let _ = tokio::time::timeout(POLL, watch.changed()).await;
                }
                None => tokio::time::sleep(POLL).await,
            }
        };
        let _ = self.app.stopping.run_until_cancelled(changed).await;
    }
}
