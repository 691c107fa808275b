//! `agio serve`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use adapters::clock::SystemClock;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::CommandError;
use crate::app::App;
use crate::config::{Config, Environment};
use crate::serve::{Server, metrics_handle};

pub(super) async fn serve(config: &Config) -> Result<ExitCode, CommandError> {
    start_logs(config.environment);
    let app = App::build(config, Arc::new(SystemClock), metrics_handle()?)?;
    let drain = Duration::from_millis(config.server.drain_ms);
    let server = Server::bind(app, config.server.bind, drain).await?;
    println!("agio listens on http://{}", server.address()?);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop; draining");
    };
    server.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// JSON lines in production, text for people elsewhere; `RUST_LOG` chooses what is shown.
fn start_logs(environment: Environment) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match environment {
        Environment::Production => builder.json().init(),
        Environment::Development => builder.init(),
    }
}
