//! The gateway's API as this command uses it.

use reqwest::{Client as Http, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::sse::Events;
use crate::cli::CommandError;
use crate::problem::ProblemBody;

#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    url: String,
    key: SecretString,
}

impl Client {
    pub(super) fn try_new(url: &str, key: &SecretString) -> Result<Self, CommandError> {
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { http: Http::builder().build()?, url, key: key.clone() })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, CommandError> {
        let sent = request.bearer_auth(self.key.expose_secret()).send().await;
        let response = sent.map_err(|error| format!("{} cannot be reached: {error}", self.url))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: ProblemBody = response.json().await.map_err(|_| format!("the gateway answered {status}"))?;
        let mut lines = vec![format!("{} {}", problem.title, problem.detail)];
        lines.extend(problem.errors.iter().map(|e| format!("  {}: {} ({})", e.pointer, e.detail, e.rule)));
        lines.push(format!("  request {}", problem.request_id));
        Err(lines.join("\n").into())
    }

    pub(super) async fn create<T: DeserializeOwned>(&self, body: Vec<u8>) -> Result<T, CommandError> {
        let request = self
            .http
            .post(format!("{}/v1/credit-requests", self.url))
            .header("content-type", "application/json")
            .header("idempotency-key", Uuid::new_v4().to_string())
            .body(body);
        Ok(self.send(request).await?.json().await?)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CommandError> {
        Ok(self.send(self.http.get(format!("{}{path}", self.url))).await?.json().await?)
    }

    pub(super) async fn stream(&self, path: &str) -> Result<Events, CommandError> {
        Ok(Events::new(self.send(self.http.get(format!("{}{path}", self.url))).await?))
    }
}
