//! `agio openapi`: the generated documents, from the same source as what they describe.

use std::process::ExitCode;
use std::sync::Arc;

use adapters::clock::SystemClock;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::CommandError;
use crate::app::App;
use crate::config::Config;
use crate::problem::catalogue;
use crate::routes;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The protocol that lenders speak, instead of the service's own API.
    #[arg(long, conflicts_with = "problems")]
    provider_protocol: bool,
    /// The catalogue of problems, as Markdown.
    #[arg(long)]
    problems: bool,
}

/// Describing the service needs no database: this address is never connected to.
const NOWHERE: &str = r#"
environment = "development"
[database]
url = "postgres://nobody@localhost/nowhere"
"#;

pub(super) fn print(args: &Args) -> Result<ExitCode, CommandError> {
    let text = if args.provider_protocol {
        adapters::protocol::openapi::document()?
    } else if args.problems {
        catalogue()
    } else {
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let app = App::build(&Config::from_toml(NOWHERE)?, Arc::new(SystemClock), metrics)?;
        routes::document(&app).to_pretty_json()? + "\n"
    };
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}
