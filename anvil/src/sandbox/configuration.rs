//! A running lender as a gateway's configuration names it.

use domain::capabilities::{Capabilities, ProviderKind, Security};
use domain::country::Country;
use domain::ids::ProviderId;
use domain::offer::RateKind;
use domain::request::Purpose;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::running::RunningLender;

/// One `[[providers]]` entry.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    r#type: &'static str,
    id: ProviderId,
    name: &'a str,
    kind: ProviderKind,
    base_url: String,
    secret: &'a str,
    countries: &'a [Country],
    purposes: &'a [Purpose],
    min_term_days: i32,
    max_term_days: i32,
    rate_types: &'a [RateKind],
    security: Security,
    funding_hours: u32,
    amounts: Vec<Range>,
}

#[derive(Debug, Serialize)]
struct Range {
    asset: String,
    min: String,
    max: String,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    providers: [Entry<'a>; 1],
}

/// The `[[providers]]` entry under which a gateway asks this lender. It holds the secret.
///
/// # Errors
/// Never for the types at hand.
pub fn provider_toml(lender: &RunningLender) -> Result<String, toml::ser::Error> {
    let Capabilities { id, name, kind, countries, purposes, rate_kinds, amounts, .. } = lender.capabilities();
    let range = |range: &domain::capabilities::AmountRange| Range {
        asset: range.min.asset().to_string(),
        min: range.min.amount(),
        max: range.max.amount(),
    };
    let entry = Entry {
        r#type: "http",
        id: *id,
        name,
        kind: *kind,
        base_url: lender.base_url(),
        secret: lender.secret().expose_secret(),
        countries,
        purposes,
        min_term_days: lender.capabilities().min_term_days,
        max_term_days: lender.capabilities().max_term_days,
        rate_types: rate_kinds,
        security: lender.capabilities().security,
        funding_hours: lender.capabilities().funding_hours,
        amounts: amounts.iter().map(range).collect(),
    };
    toml::to_string(&Document { providers: [entry] })
}
