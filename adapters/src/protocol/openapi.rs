//! The protocol as an OpenAPI document, made from the same types that are read and written.

use utoipa::OpenApi;

use super::wire;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Agio provider protocol",
        version = "2026-11",
        description = "What a lender's service answers so that Agio can ask it. Requests and answers are signed as \
Standard Webhooks lays down (HMAC-SHA256 over `id.timestamp.body` under the shared secret); an answer carries the \
`webhook-id` of the request it answers. Amounts, rates and factors are decimal strings. An answer of more than 262144 \
bytes, with another request's id, in another asset, or breaking a range is not believed and becomes the outcome \
`malformed`. Calls may be repeated with the same `Idempotency-Key`."
    ),
    paths(ask_for_quotes),
    components(schemas(wire::QuoteQuestion, wire::QuoteAnswer))
)]
struct ProviderProtocol;

/// Asks for offers.
///
/// Answer before `X-Deadline`, and again in the same way for the same `Idempotency-Key`.
#[utoipa::path(
    post,
    path = "/quotes",
    request_body = wire::QuoteQuestion,
    params(
        ("Idempotency-Key" = String, Header, description = "The same for all attempts of one question."),
        ("X-Deadline" = String, Header, description = "RFC 3339; an answer after it is not read."),
        ("traceparent" = Option<String>, Header, description = "W3C trace context."),
        ("webhook-id" = String, Header, description = "To be given back in the answer's headers."),
        ("webhook-timestamp" = String, Header, description = "Unix seconds; within 300 s of now."),
        ("webhook-signature" = String, Header, description = "`v1,` and the base64 of the HMAC."),
    ),
    responses(
        (status = 200, description = "Offers, or a decline with its reasons.", body = wire::QuoteAnswer, headers(
            ("webhook-id" = String, description = "That of the request."),
            ("webhook-timestamp" = String, description = "Unix seconds."),
            ("webhook-signature" = String, description = "`v1,` and the base64 of the HMAC."),
        )),
        (status = 429, description = "Too many questions; `Retry-After` seconds are waited."),
        (status = 503, description = "Try again: the question is repeated within its deadline."),
    )
)]
#[expect(dead_code, reason = "describes what lenders implement; this side only calls it")]
fn ask_for_quotes() {}

/// The document, as pretty JSON with a final newline.
///
/// # Errors
/// Never for the types at hand.
pub fn document() -> Result<String, serde_json::Error> {
    ProviderProtocol::openapi().to_pretty_json().map(|text| text + "\n")
}
