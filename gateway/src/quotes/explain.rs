//! Why a quote stands where it does: every outcome in its place, and the reasons in words.

use std::sync::Arc;

use adapters::protocol::wire::Money;
use domain::Decimal;
use domain::ids::ProviderId;
use domain::ranking::Standing;
use domain::rate::Rate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::snapshot::{Place, RANKING_DISCLOSURE, Snapshot};
use super::view::{ProviderView, QuoteView, ScoreComponentView};

/// `GET /v1/quotes/{id}/explain`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplanationView {
    pub quote_id: String,
    #[schema(minimum = 1)]
    pub rank: u32,
    /// Why it stands there, in words.
    pub because: Vec<String>,
    pub adjusted_cost: Money,
    pub policy_version: String,
    /// Every outcome of the request, best first, this one among them.
    pub order: Vec<PlaceView>,
    pub ranking_disclosure: String,
}

/// One place in the order of all outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlaceView {
    #[schema(minimum = 1)]
    pub rank: u32,
    pub provider: Arc<ProviderView>,
    pub outcome: String,
    pub elapsed_ms: u64,
    pub quote_id: Option<String>,
    pub apr: Option<String>,
    pub adjusted_cost: Option<Money>,
    pub score_components: Vec<ScoreComponentView>,
    /// Why there is no quote.
    pub reason: Option<String>,
}

/// A stored rate as people read it.
fn shown_percent(rate: &str) -> String {
    let rate = rate.parse::<Decimal>().ok().and_then(|rate| Rate::try_new(rate).ok());
    rate.map_or_else(String::new, |rate| format!("{:.2}", rate.percent(2)))
}

impl Snapshot {
    fn places(&self) -> Vec<PlaceView> {
        let elapsed = |provider: ProviderId| {
            self.outcomes.iter().find(|row| row.provider_id == provider).map_or(0, |row| row.view.elapsed_ms)
        };
        let place = |(rank, place): (u32, Place)| match place {
            Place::Quote(index) => self.quotes.get(index).map(|row| PlaceView {
                rank,
                provider: row.view.provider.clone(),
                outcome: "answered".to_owned(),
                elapsed_ms: elapsed(row.provider_id),
                quote_id: Some(row.view.id.clone()),
                apr: Some(row.view.apr.clone()),
                adjusted_cost: Some(row.view.adjusted_cost.clone()),
                score_components: row.view.score_components.clone(),
                reason: None,
            }),
            Place::Refusal(index) => self.outcomes.get(index).map(|row| PlaceView {
                rank,
                provider: row.view.provider.clone(),
                outcome: row.view.outcome.clone(),
                elapsed_ms: row.view.elapsed_ms,
                quote_id: None,
                apr: None,
                adjusted_cost: None,
                score_components: Vec::new(),
                reason: row.view.refusal.as_ref().map(|refusal| refusal.detail.clone()),
            }),
        };
        (1..).zip(self.order()).filter_map(place).collect()
    }

    /// Why a quote stands where it does.
    #[must_use]
    pub fn explain(&self, quote_id: &str) -> Option<ExplanationView> {
        let quote = self.ranked_quotes().into_iter().find(|quote| quote.id == quote_id)?;
        let order = self.places();
        Some(ExplanationView {
            quote_id: quote.id.clone(),
            rank: quote.rank,
            because: self.reasons(&quote),
            adjusted_cost: quote.adjusted_cost.clone(),
            policy_version: quote.policy_version.clone(),
            order,
            ranking_disclosure: RANKING_DISCLOSURE.to_owned(),
        })
    }

    fn reasons(&self, quote: &QuoteView) -> Vec<String> {
        let named = |money: &Money| format!("{} {}", money.amount, money.asset);
        let parts: Vec<String> = quote
            .score_components
            .iter()
            .map(|part| format!("{} {}", part.name.replace('_', " "), named(&part.amount)))
            .collect();
        let adjusted = named(&quote.adjusted_cost);
        let mut because = vec![format!("its adjusted cost is {adjusted}: {}", parts.join(" + "))];
        let row = |id: &str| self.quotes.iter().find(|row| row.view.id == id);
        let partial = |id: &str| row(id).is_some_and(|row| matches!(row.standing, Standing::Partial { .. }));
        if partial(&quote.id) {
            because
                .push("it does not meet the amount and term asked for, so it follows every offer that does".to_owned());
        }
        let ranked = self.ranked_quotes();
        let at = ranked.iter().position(|other| other.id == quote.id).unwrap_or(0);
        let against = |other: &QuoteView, word: &str| {
            let percent = shown_percent(&other.apr);
            format!("{word} is {} with {} ({percent} % APR)", other.provider.name, named(&other.adjusted_cost))
        };
        if let Some(better) = at.checked_sub(1).and_then(|before| ranked.get(before)) {
            because.push(against(better, "the next better"));
        }
        match ranked.get(at + 1) {
            Some(worse) => because.push(against(worse, "the next worse")),
            None if at == 0 => because.push("no other lender made an offer".to_owned()),
            None => {}
        }
        because
    }
}
