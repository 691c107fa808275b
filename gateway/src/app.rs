//! The service in one value: what routes are given, and how it is put together from configuration.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use adapters::guard::Guarded;
use domain::asset::AssetRegistry;
use domain::deadline::Clock;
use domain::ids::ApiKeyId;
use ledger::Ledger;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Authenticator;
use crate::config::{Config, ConfigError, LimitsConfig};
use crate::db::{Db, DbError};
use crate::http::limit::RateLimits;
use crate::problem::{Code, Problem};
use crate::quotes::engine::Engine;
use crate::quotes::hub::Hub;
use crate::quotes::snapshot::AskedProviders;
use crate::quotes::start::Intake;
use crate::quotes::store::Store;
use crate::quotes::turns::Turns;

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Everything a route may need. A clone costs one count.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// What the service is made of.
#[derive(Debug)]
pub struct Parts {
    pub db: Db,
    pub auth: Authenticator,
    pub intake: Intake,
    pub ledger: Ledger,
    pub registry: Arc<AssetRegistry>,
    pub limits: Arc<LimitsConfig>,
    pub rate_limits: RateLimits,
    pub streams: Streams,
    pub clock: Arc<dyn Clock>,
    pub metrics: PrometheusHandle,
    /// Cancelled when the service has been asked to stop.
    pub stopping: CancellationToken,
    /// Work that goes on after its request was answered.
    pub tasks: TaskTracker,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// # Errors
    /// When the configuration breaks a rule.
    pub fn build(config: &Config, clock: Arc<dyn Clock>, metrics: PrometheusHandle) -> Result<Self, BuildError> {
        let db = Db::try_new(&config.database)?;
        let tasks = TaskTracker::new();
        let providers: Arc<[Guarded]> = config.build_providers(&clock)?.into();
        let engine = Engine {
            asked: AskedProviders::of(&providers),
            providers,
            policy: Arc::new(config.policy.clone()),
            store: Store::start(&config.database)?,
            hub: Hub::default(),
            clock: Arc::clone(&clock),
            tasks: tasks.clone(),
        };
        let (registry, limits) = (Arc::new(config.registry()?), Arc::new(config.limits.clone()));
        let intake = Intake {
            db: db.clone(),
            engine,
            registry: Arc::clone(&registry),
            limits: Arc::clone(&limits),
            turns: Turns::default(),
        };
        Ok(Self(Arc::new(Parts {
            auth: Authenticator::new(db.clone()),
            rate_limits: RateLimits::new(&limits),
            streams: Streams::new(limits.max_streams),
            ledger: Ledger::new(db.pool().clone(), Arc::clone(&clock)),
            db,
            intake,
            registry,
            limits,
            clock,
            metrics,
            stopping: CancellationToken::new(),
            tasks,
        })))
    }

    #[must_use]
    pub fn providers(&self) -> &[Guarded] {
        &self.intake.engine.providers
    }
}

/// Counts the event streams that each key has open.
#[derive(Debug, Clone)]
pub struct Streams {
    open: Arc<Mutex<HashMap<ApiKeyId, Arc<Semaphore>>>>,
    most: usize,
}

impl Streams {
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { open: Arc::default(), most }
    }

    /// A place for one more stream, held until it is dropped.
    ///
    /// # Errors
    /// The problem `stream_limit`.
    pub fn open(&self, key: ApiKeyId) -> Result<OwnedSemaphorePermit, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Keys whose streams are all closed need no entry.
        open.retain(|known, places| *known == key || places.available_permits() < self.most);
        let places = open.entry(key).or_insert_with(|| Arc::new(Semaphore::new(self.most)));
        Arc::clone(places).try_acquire_owned().map_err(|_| {
            let detail = format!("at most {} streams may be open for one key", self.most);
            Problem::new(Code::StreamLimit, detail).retry_after(std::time::Duration::from_secs(1))
        })
    }
}
