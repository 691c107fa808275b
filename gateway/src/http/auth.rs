//! Knows the caller before a route is entered, and counts the call against their limit.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::limit::Who;
use crate::app::App;
use crate::auth::{Principal, Scope};
use crate::problem::{Code, Problem};

/// The caller of a route behind [`require`].
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated, "an Authorization header `Bearer` and a valid API key is needed")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The route as it was declared, so that ids in paths do not make routes of their own.
fn route_of(request: &Request) -> String {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    format!("{} {path}", request.method())
}

async fn counted(app: &App, who: Who, request: Request, next: Next) -> Response {
    match app.rate_limits.count(who, &route_of(&request)) {
        Ok(counter) => {
            let mut response = next.run(request).await;
            counter.write(response.headers_mut());
            response
        }
        Err(problem) => {
            let mut response = problem.into_response();
            app.rate_limits.exhausted().write(response.headers_mut());
            response
        }
    }
}

/// Lets in only callers whose key has the scope.
pub async fn require(State((app, scope)): State<(App, Scope)>, mut request: Request, next: Next) -> Response {
    let principal = match bearer(request.headers()) {
        Some(key) => app.auth.principal(key, app.clock.now()).await,
        None => Ok(None),
    };
    let principal = match principal {
        Ok(Some(principal)) => principal,
        Ok(None) => return unauthenticated().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    if !principal.may(scope) {
        let detail = format!("the key has not the scope `{}`", scope.code());
        return Problem::new(Code::ScopeMissing, detail).into_response();
    }
    let who = Who::Key(principal.key);
    request.extensions_mut().insert(Caller(principal));
    counted(&app, who, request, next).await
}

/// Lets everyone in, counted by address.
pub async fn open(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // A router called without a connection, in process, is the machine itself.
    let who = Who::Address(peer.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)));
    counted(&app, who, request, next).await
}
