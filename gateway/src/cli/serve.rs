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
    refuse_a_role_above_tenants(&app, config.environment).await?;
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

/// Row-level security is the second wall between tenants; a role that it does not bind is an error of set-up. A database
/// that is not there yet is none: the service starts and says that it is not ready.
async fn refuse_a_role_above_tenants(app: &App, environment: Environment) -> Result<(), CommandError> {
    match app.db.bypasses_row_security().await {
        Ok(true) if environment == Environment::Production => {
            Err("database.url connects as a role that row-level security does not bind; see `agio doctor`".into())
        }
        Ok(true) => {
            tracing::warn!("the database role is not bound by row-level security; production would refuse it");
            Ok(())
        }
        Ok(false) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, "the database role could not be examined");
            Ok(())
        }
    }
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
