//! `GET /v1/credit-requests/{id}/quotes/stream`.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::http::auth::Caller;
use crate::http::headers::LastEventId;
use crate::problem::Problem;
use crate::quotes::read;
use crate::quotes::stream::{Item, Tail};

/// How often a silent stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// One server-sent event, as it stands in the document: what is sent is made by [`event`].
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct StreamEvent {
    /// A number that rises.
    #[schema(pattern = "^[0-9]{1,9}$")]
    id: String,
    event: StreamEventName,
    /// The body as JSON: a quote, an outcome, or the whole list.
    data: String,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "snake_case")]
pub enum StreamEventName {
    Quote,
    Outcome,
    Complete,
}

/// Streams the outcomes of a credit request as they arrive.
///
/// Server-sent events: `quote` (a quote, with its rank so far), `outcome` (a lender that made no offer), and last
/// `complete`, with the same body as the plain list. `Last-Event-ID` goes on after an event, without gap or repeat; once
/// everything has been seen the answer is 204 and a client stops coming back.
#[utoipa::path(
    get,
    path = "/v1/credit-requests/{id}/quotes/stream",
    tag = "credit requests",
    operation_id = "streamQuotes",
    params(
        ("id" = String, Path, description = "The request.", example = "crq_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33"),
        ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event that was seen.",
            pattern = "^[0-9]{1,9}$"),
    ),
    responses(
        (status = 200, description = "The events.", body = StreamEvent, content_type = "text/event-stream"),
        (status = 204, description = "There is nothing after that event."),
    ),
    security(("api_key" = ["requests:read"]))
)]
pub async fn stream_quotes(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    LastEventId(seen): LastEventId,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let place = app.streams.open(principal.key)?;
    let now = read::snapshot(&app.db, principal.tenant, id).await?.ok_or_else(Problem::not_found)?;
    if Tail::ended_before(&now, seen) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let tail = Tail::new(app, principal.tenant, id, seen);
    let events = futures::stream::unfold((tail, place), |(mut tail, place)| async move {
        let item = tail.next().await?;
        Some((Ok::<_, Infallible>(event(item)), (tail, place)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

fn event(item: Item) -> Event {
    Event::default().id(item.seq.to_string()).event(item.name).data(item.body)
}
