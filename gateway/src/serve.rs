//! Runs the service: listens, answers, and drains when asked to stop.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::quotes::sweep;
use crate::routes;

/// Seconds, for everything that is timed.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// How often idle callers are forgotten and old samples folded.
const UPKEEP: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the server stopped: {0}")]
    Io(#[from] io::Error),
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("metrics: {0}")]
pub struct MetricsError(String);

/// The process's recorder, installed once.
///
/// # Errors
/// When another recorder is installed already.
pub fn metrics_handle() -> Result<PrometheusHandle, MetricsError> {
    static HANDLE: OnceLock<Result<PrometheusHandle, MetricsError>> = OnceLock::new();
    let install = || -> Result<PrometheusHandle, BuildError> {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
            .install_recorder()
    };
    HANDLE.get_or_init(|| install().map_err(|error| MetricsError(error.to_string()))).clone()
}

/// A service that listens and has not begun to answer.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    drain: Duration,
}

impl Server {
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(app: App, address: SocketAddr, drain: Duration) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
        Ok(Self { app, listener, drain })
    }

    /// Where it listens: the port that was given for port 0.
    ///
    /// # Errors
    /// When the socket is gone.
    pub fn address(&self) -> Result<SocketAddr, ServeError> {
        Ok(self.listener.local_addr()?)
    }

    /// Answers until `stop` resolves, then drains: no new connections, requests under way are finished, what was being
    /// quoted is settled and stored, all within the drain time.
    ///
    /// # Errors
    /// When listening fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let Self { app, listener, drain } = self;
        let upkeep = CancellationToken::new();
        let sweeping = tokio::spawn(sweep::sweep_until(upkeep.clone(), app.db.clone(), app.intake.engine.clone()));
        let forgetting = tokio::spawn(forget_idle(upkeep.clone(), app.clone()));
        let stopping = app.stopping.clone();
        let signal = {
            let stopping = stopping.clone();
            async move {
                stop.await;
                stopping.cancel();
            }
        };
        let service = routes::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(signal);
        let served = async {
            let mut serving = std::pin::pin!(serving.into_future());
            tokio::select! {
                ended = &mut serving => ended,
                () = async { stopping.cancelled().await; tokio::time::sleep(drain).await } => {
                    tracing::warn!("some requests were not finished within the drain time");
                    Ok(())
                }
            }
        };
        let ended = served.await;
        upkeep.cancel();
        app.tasks.close();
        if tokio::time::timeout(drain, app.tasks.wait()).await.is_err() {
            tracing::warn!("some credit requests were not settled within the drain time; the sweeper will");
        }
        let _ = tokio::join!(sweeping, forgetting);
        app.db.close().await;
        Ok(ended?)
    }
}

async fn forget_idle(stop: CancellationToken, app: App) {
    let mut ticks = tokio::time::interval(UPKEEP);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        app.rate_limits.forget_idle();
        app.metrics.run_upkeep();
    }
}
