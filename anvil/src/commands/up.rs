use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use devnet::Toolchain;
use devnet::world::{World, WorldOptions};
use tokio::process::Command;

use super::run_to_end::run_to_end;
use super::{Error, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Keep the database in this folder; without it the data is thrown away.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where the gateway listens; a free port unless given.
    #[arg(long)]
    port: Option<u16>,
    /// Run this with AGIO_URL, AGIO_API_KEY and AGIO_CONFIG set, stop everything when it ends, and answer with its exit code.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let options = WorldOptions { data: arguments.data, port: arguments.port };
    let world = stop.unless_requested(World::start(&toolchain, options)).await?;
    let outcome = match arguments.command.split_first() {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command
                .args(rest)
                .env("AGIO_URL", world.agio.url())
                .env("AGIO_API_KEY", &world.api_key)
                .env("AGIO_CONFIG", world.agio.configuration());
            run_to_end(command, &mut stop).await
        }
        None => {
            say(&how_to_use(&world))?;
            keep_serving(&world, &mut stop).await.map(|()| ExitCode::SUCCESS)
        }
    };
    world.stop().await?;
    outcome
}

/// Until asked to end; a gateway that ends by itself is an error.
pub(super) async fn keep_serving(world: &World, stop: &mut Stop) -> Result<(), Error> {
    tokio::select! {
        _ = stop.requested() => Ok(()),
        code = world.agio.ended() => {
            Err(format!("the gateway ended with code {code}; its log ends with:\n{}", world.agio.log_tail()).into())
        }
    }
}

/// Address, key, and a line to copy.
pub(super) fn how_to_use(world: &World) -> String {
    let (url, key) = (world.agio.url(), &world.api_key);
    format!(
        "The gateway serves at {url} (reference at {url}/docs)\n\
         API key   {key}\n\
         database  {}\n\
         chain     {}\n\
         \n\
         Ask it yourself:\n\
         \n\
         curl -sS {url}/v1/credit-requests -H 'Authorization: Bearer {key}' -H \"Idempotency-Key: $(date +%s%N)\" \\\n  \
           -H 'Content-Type: application/json' -H 'Prefer: wait=5' -d '{{\"amount\":{{\"amount\":\"10000.00\",\"asset\":\"USD\"}},\
\"term\":{{\"count\":36,\"unit\":\"months\"}},\"purpose\":\"working_capital\",\"borrower\":{{\"client_reference\":\"me\",\
\"country\":\"US\",\"state\":\"CA\"}},\"consents\":[{{\"purpose\":\"share_with_lenders\",\"version\":\"2026-11\",\
\"granted_at\":\"2026-11-01T00:00:00Z\"}},{{\"purpose\":\"soft_inquiry\",\"version\":\"2026-11\",\
\"granted_at\":\"2026-11-01T00:00:00Z\"}}]}}'\n\
         \n\
         or: {} quote --url {url} --key {key} --amount 10000.00 --state CA --consent\n\
         \n\
         Ctrl-C stops everything.",
        world.database_url(),
        world.rpc_url(),
        world.agio.program().display(),
    )
}
