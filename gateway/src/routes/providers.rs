//! `GET /v1/providers` and `GET /v1/providers/{id}`.

use adapters::guard::Guarded;
use adapters::guard::breaker::BreakerState;
use adapters::protocol::wire::Money;
use axum::Json;
use axum::extract::{Path, State};
use domain::capabilities::{ProviderKind, Security};
use domain::ids::ProviderId;
use domain::offer::RateKind;
use domain::request::Purpose;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::problem::Problem;

/// The amounts of one asset that a lender lends.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmountRangeView {
    pub min: Money,
    pub max: Money,
}

/// Whether calls pass, and when the next one may.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakerView {
    #[schema(value_type = String, pattern = "^(closed|open|half_open)$")]
    pub state: BreakerState,
    pub recent_failures: usize,
    pub recent_calls: usize,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_probe_at: Option<Timestamp>,
}

/// A lender: what it can do, and how it fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderDetail {
    pub id: String,
    pub name: String,
    pub kind: ProviderKind,
    /// ISO 3166-1 alpha-2; all when empty.
    pub countries: Vec<String>,
    pub amounts: Vec<AmountRangeView>,
    pub min_term_days: i32,
    pub max_term_days: i32,
    /// All when empty.
    pub purposes: Vec<Purpose>,
    pub rate_types: Vec<RateKind>,
    pub security: Security,
    pub collateral: Vec<String>,
    pub funding_hours: u32,
    pub breaker: BreakerView,
}

/// Every lender that is configured.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderListView {
    pub providers: Vec<ProviderDetail>,
}

fn detail(guarded: &Guarded) -> ProviderDetail {
    let capabilities = guarded.capabilities();
    let breaker = guarded.breaker();
    let range = |range: &domain::capabilities::AmountRange| AmountRangeView {
        min: (&range.min).into(),
        max: (&range.max).into(),
    };
    ProviderDetail {
        id: capabilities.id.to_string(),
        name: capabilities.name.clone(),
        kind: capabilities.kind,
        countries: capabilities.countries.iter().map(ToString::to_string).collect(),
        amounts: capabilities.amounts.iter().map(range).collect(),
        min_term_days: capabilities.min_term_days,
        max_term_days: capabilities.max_term_days,
        purposes: capabilities.purposes.clone(),
        rate_types: capabilities.rate_kinds.clone(),
        security: capabilities.security,
        collateral: capabilities.collateral.iter().map(ToString::to_string).collect(),
        funding_hours: capabilities.funding_hours,
        breaker: BreakerView {
            state: breaker.state,
            recent_failures: breaker.recent_failures,
            recent_calls: breaker.recent_calls,
            next_probe_at: breaker.next_probe_at,
        },
    }
}

/// Lists the lenders.
#[utoipa::path(
    get,
    path = "/v1/providers",
    tag = "providers",
    operation_id = "listProviders",
    responses((status = 200, description = "Every lender that is configured.", body = ProviderListView)),
    security(("api_key" = ["providers:read"]))
)]
pub async fn list_providers(State(app): State<App>) -> Json<ProviderListView> {
    Json(ProviderListView { providers: app.providers().iter().map(detail).collect() })
}

/// Reads one lender.
#[utoipa::path(
    get,
    path = "/v1/providers/{id}",
    tag = "providers",
    operation_id = "getProvider",
    params(("id" = String, Path, description = "The lender.", example = "prv_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33")),
    responses((status = 200, description = "The lender.", body = ProviderDetail)),
    security(("api_key" = ["providers:read"]))
)]
pub async fn get_provider(State(app): State<App>, Path(id): Path<String>) -> Result<Json<ProviderDetail>, Problem> {
    let id: ProviderId = id_of(&id)?;
    let found = app.providers().iter().find(|guarded| guarded.id() == id);
    found.map(|guarded| Json(detail(guarded))).ok_or_else(Problem::not_found)
}
