//! The OpenAPI document: what the routes declare, and what holds for all of them.

use utoipa::OpenApi as _;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{Ref, Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{HeaderBuilder, OpenApi, RefOr, Response, ResponseBuilder};

use crate::problem::{FieldError, ProblemBody};
use crate::quotes::snapshot::QuoteListView;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Agio",
        version = "2026-11",
        description = "One API for credit. Ask once; every eligible lender is asked at the same moment, and the answers \
come back on equal terms, ranked by what the credit really costs. Errors are RFC 9457 problems. Amounts and rates are \
decimal strings. Unknown fields are refused."
    ),
    components(schemas(ProblemBody, FieldError, QuoteListView)),
    tags(
        (name = "credit requests", description = "Ask once, compare every lender."),
        (name = "quotes", description = "One lender's answer on equal terms."),
        (name = "providers", description = "The lenders and their reasons."),
        (name = "ledger", description = "The books: accounts, balances, statements and reports, now and as of a time."),
        (name = "calculators", description = "The normalisation, for anyone to check."),
        (name = "health", description = "For those who run it."),
    )
)]
struct Base;

/// The document before the routes are added.
#[must_use]
pub fn base() -> OpenApi {
    Base::openapi()
}

/// The document with the security scheme, and on each operation the problems that any call like it can meet.
#[must_use]
pub fn finished(mut document: OpenApi) -> OpenApi {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, as `agio key create` prints it."))
        .build();
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
    for (path, item) in &mut document.paths.paths {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            add_problems(path, operation);
            add_links(operation);
            operation.parameters.iter_mut().flatten().for_each(without_null);
        }
    }
    document
}

/// A header or query parameter that is optional may be left out; it has no null.
fn without_null(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
        && let SchemaType::Array(types) = &schema.schema_type
        && let Some(only) = types.iter().find(|one| **one != Type::Null)
    {
        schema.schema_type = SchemaType::Type(only.clone());
    }
}

/// Where the ids in an answer lead: the operation that gives them, the one that takes them, and where they stand.
const LINKS: &[(&str, &str, &str)] = &[
    ("createCreditRequest", "getCreditRequest", "$response.body#/id"),
    ("createCreditRequest", "listQuotes", "$response.body#/id"),
    ("createCreditRequest", "streamQuotes", "$response.body#/id"),
    ("listQuotes", "getQuote", "$response.body#/quotes/0/id"),
    ("listQuotes", "explainQuote", "$response.body#/quotes/0/id"),
    ("listQuotes", "getQuoteSchedule", "$response.body#/quotes/0/id"),
    ("listLedgerAccounts", "getLedgerAccount", "$response.body#/accounts/0/id"),
    ("listLedgerAccounts", "getLedgerBalance", "$response.body#/accounts/0/id"),
    ("listLedgerAccounts", "listLedgerTransfers", "$response.body#/accounts/0/id"),
    ("listProviders", "getProvider", "$response.body#/providers/0/id"),
];

fn add_links(operation: &mut Operation) {
    for (from, to, id) in LINKS.iter().filter(|link| operation.operation_id.as_deref() == Some(link.0)) {
        for status in ["200", "202"] {
            if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
                let link = Link::builder().operation_id(*to).parameter("id", *id).build();
                response.links.insert(format!("{from}-{to}"), RefOr::T(link));
            }
        }
    }
}

fn add_problems(path: &str, operation: &mut Operation) {
    let secured = operation.security.is_some();
    let health = !path.starts_with("/v1/");
    let has = |place: ParameterIn| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|p| matches!(p, RefOr::T(p) if p.parameter_in == place))
    };
    let (headers, query) = (has(ParameterIn::Header), has(ParameterIn::Query));
    let mut statuses: Vec<(u16, &str)> = vec![(500, "Something failed here.")];
    if !health {
        statuses.extend([(429, "Too many calls."), (503, "The service cannot answer now.")]);
    }
    if secured {
        statuses.extend([(401, "No valid API key was given."), (403, "The key has not the scope needed.")]);
    }
    if path.contains('{') {
        statuses.push((404, "There is nothing of that name here."));
    }
    if headers || operation.request_body.is_some() {
        statuses.push((400, "A header or the body is not of the form it must have."));
    }
    if operation.request_body.is_some() {
        statuses.extend([
            (413, "The body is larger than is read."),
            (415, "The body must be application/json."),
            (422, "A field breaks a rule."),
        ]);
    }
    if query && !health {
        statuses.push((422, "A parameter breaks a rule."));
    }
    if operation.request_body.is_some() && secured {
        statuses.push((409, "A call with this key is still running."));
    }
    for (status, words) in statuses {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_string()).or_insert_with(|| RefOr::T(problem(status, words)));
    }
}

fn problem(status: u16, words: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let mut response = ResponseBuilder::new().description(words).content("application/problem+json", content);
    if matches!(status, 429 | 503) {
        let header = HeaderBuilder::new().description(Some("Seconds to wait.")).build();
        response = response.header("Retry-After", header);
    }
    response.build()
}
