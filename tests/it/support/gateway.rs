//! A gateway that runs in this process, on a port of its own, with keys for two tenants.

use std::sync::Arc;
use std::time::Duration;

use adapters::clock::SystemClock;
use gateway::app::App;
use gateway::auth::{NewKey, Scope};
use gateway::config::Config;
use gateway::serve::{Server, metrics_handle};
use reqwest::{RequestBuilder, Response};
use secrecy::ExposeSecret;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::database::Database;

/// A tenant and a key of its.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: Uuid,
    pub key_id: Uuid,
    pub key: String,
}

/// Makes a tenant with a key of these scopes.
pub async fn tenant(database: &Database, name: &str, scopes: &[Scope], expires: Option<&str>) -> Tenant {
    let (id, key_id, key) = (Uuid::new_v4(), Uuid::new_v4(), NewKey::generate());
    let codes: Vec<String> = scopes.iter().map(|scope| scope.code().to_owned()).collect();
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    sqlx::query("INSERT INTO tenants (tenant_id, name) VALUES ($1, $2)")
        .bind(id)
        .bind(name)
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO api_keys (api_key_id, tenant_id, name, secret_hash, scopes, expires_at)
         VALUES ($1, $2, 'test', $3, $4, $5::timestamptz)",
    )
    .bind(key_id)
    .bind(id)
    .bind(key.hash.as_slice())
    .bind(codes)
    .bind(expires)
    .execute(&mut owner)
    .await
    .unwrap();
    Tenant { id, key_id, key: key.secret.expose_secret().to_owned() }
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    pub url: String,
    pub app: App,
    pub tenant: Tenant,
    pub http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// The configuration of a test: this database, and whatever else is given as TOML.
pub fn config(database: &Database, more: &str) -> Config {
    let text = format!(
        "environment = \"development\"\n{more}\n[database]\nurl = \"{}\"\nowner_url = \"{}\"\nmax_connections = 20\n",
        database.app_url, database.owner_url
    );
    Config::from_toml(&text).unwrap()
}

impl Gateway {
    /// Starts with the lenders and limits given as TOML (top-level keys first, then tables).
    pub async fn start(database: &Database, more: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = config(database, more);
        let app = App::build(&config, Arc::new(SystemClock), metrics_handle().unwrap()).unwrap();
        let server = Server::bind(app.clone(), "127.0.0.1:0".parse().unwrap(), Duration::from_secs(10)).await.unwrap();
        let url = format!("http://{}", server.address().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stop = async move {
                let _ = stopped.await;
            };
            server.run(stop).await.unwrap();
        });
        let tenant = tenant(database, &format!("tenant-{}", Uuid::new_v4()), &Scope::ALL, None).await;
        let http = reqwest::Client::builder().build().unwrap();
        Self { url, app, tenant, http, stop: Some(stop), serving: Some(serving) }
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.tenant.key)
    }

    /// A post of a credit request under a key of its own.
    pub fn post(&self, body: &Value) -> RequestBuilder {
        self.post_with_key(&Uuid::new_v4().to_string(), body)
    }

    pub fn post_with_key(&self, key: &str, body: &Value) -> RequestBuilder {
        self.http
            .post(format!("{}/v1/credit-requests", self.url))
            .bearer_auth(&self.tenant.key)
            .header("idempotency-key", key)
            .json(body)
    }

    /// Posts and waits for the final answer.
    pub async fn ask(&self, body: &Value) -> Value {
        let response = self.post(body).header("prefer", "wait=20").send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        response.json().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        body(self.get(path).send().await.unwrap(), 200).await
    }
}

/// The JSON body of a response with this status.
pub async fn body(response: Response, status: u16) -> Value {
    let found = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The outcome of the lender of this name.
pub fn outcome_of<'a>(asked: &'a Value, name: &str) -> &'a Value {
    let outcomes = asked["outcomes"].as_array().unwrap();
    outcomes.iter().find(|outcome| outcome["provider"]["name"] == name).unwrap_or_else(|| panic!("{name}: {asked}"))
}

/// The lenders that made an offer, by name.
pub fn names_of_quoting(asked: &Value) -> Vec<String> {
    let outcomes = asked["outcomes"].as_array().unwrap();
    let quoting = outcomes.iter().filter(|outcome| outcome["outcome"] == "answered");
    let mut names: Vec<String> =
        quoting.map(|outcome| outcome["provider"]["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}
