//! The demonstration: the local world, two real requests with the order in which their answers come out, and the contracts.

use std::process::{ExitCode, Stdio};

use clap::Args;
use devnet::Toolchain;
use devnet::world::{World, WorldOptions};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::up::{how_to_use, keep_serving};
use super::{Error, say, stop::Stop};

/// The lenders that must have been asked: six over HTTP and Aave.
const LENDERS: usize = 7;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// End after the requests, with 0 only if each step held.
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    say("Starting Postgres, a chain with Aave v3 on it, six lenders and the gateway…")?;
    let world = stop.unless_requested(World::start(&toolchain, WorldOptions::default())).await?;
    let shown = stop.unless_requested(show(&world)).await;
    if shown.is_ok() && !arguments.once {
        say(&how_to_use(&world))?;
        keep_serving(&world, &mut stop).await?;
    }
    world.stop().await?;
    shown?;
    say("Every step held.")?;
    Ok(ExitCode::SUCCESS)
}

async fn show(world: &World) -> Result<(), Error> {
    say("\n── 1. 10,000 USD over 36 months for working capital ──\n")?;
    let first = quote(world, &["--amount", "10000.00", "--purpose", "working_capital"]).await?;
    check_first(&first)?;

    say("\n── 2. 20,000 USD or USDC over 12 months against 10 WETH ──\n")?;
    let chain = format!("eip155:{}", world.market.chain_id);
    let wallet = world.market.accounts.wallets.first().ok_or("the market has no wallet")?.address;
    let accept = format!("{chain}/erc20:{:#x}", world.market.usdc);
    let collateral = format!("10={chain}/erc20:{:#x}", world.market.weth);
    let wallet = format!("{chain}:{wallet:#x}");
    let more = [
        "--amount",
        "20000.00",
        "--term",
        "12",
        "--purpose",
        "liquidity",
        "--accept",
        &accept,
        "--collateral",
        &collateral,
        "--wallet",
        &wallet,
    ];
    let second = quote(world, &more).await?;
    check_second(world, &second).await?;

    say("\n── 3. The contracts on the chain, beside their manifest ──\n")?;
    verify_contracts(world).await
}

/// Runs `agio contracts verify`, which fails where anything differs, and shows what stands where.
async fn verify_contracts(world: &World) -> Result<(), Error> {
    let mut command = Command::new(world.agio.program());
    command.args(["contracts", "verify", "--rpc-url", &world.rpc_url(), "--manifest"]).arg(world.contracts.manifest());
    command.arg("--deployments").arg(world.contracts.deployments()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| format!("{}: {error}", world.agio.program().display()))?;
    for (name, contract) in &world.contracts.deployed.record.contracts {
        say(&format!("{name:<20} {}", contract.address))?;
    }
    say(String::from_utf8_lossy(&output.stdout).trim_end())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("`agio contracts verify` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr))
        .into())
}

/// Runs `agio quote`, shows what it says as it says it, and reads the request back from the gateway.
async fn quote(world: &World, more: &[&str]) -> Result<Value, Error> {
    let borrower = ["--state", "CA", "--income", "90000.00", "--debts", "500.00", "--reference", "demo-borrower"];
    let mut command = Command::new(world.agio.program());
    command
        .args(["quote", "--url", world.agio.url(), "--consent", "--deadline-ms", "3000"])
        .args(borrower)
        .args(more)
        .env("AGIO_API_KEY", &world.api_key)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", world.agio.program().display()))?;
    let output = child.stdout.take().ok_or("the command has no output")?;
    let mut lines = BufReader::new(output).lines();
    let mut id = None;
    while let Some(line) = lines.next_line().await? {
        id = id.or_else(|| line.split_whitespace().find(|word| word.starts_with("crq_")).map(str::to_owned));
        say(&line)?;
    }
    let status = child.wait().await?;
    if !status.success() {
        return Err(format!("`agio quote` ended with {status}").into());
    }
    let id = id.ok_or("the command named no request")?;
    get(world, &format!("/v1/credit-requests/{id}")).await
}

async fn get(world: &World, path: &str) -> Result<Value, Error> {
    let url = format!("{}{path}", world.agio.url());
    let answer = reqwest::Client::new().get(url).bearer_auth(&world.api_key).send().await?.error_for_status()?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}

/// The text at a JSON pointer; empty where there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn outcomes(request: &Value) -> &[Value] {
    request.get("outcomes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn outcome_of<'a>(request: &'a Value, name: &str) -> Result<&'a Value, Error> {
    let found = outcomes(request).iter().find(|outcome| text(outcome, "/provider/name") == name);
    found.ok_or_else(|| format!("{name} has no outcome").into())
}

fn check_all_asked(request: &Value) -> Result<(), Error> {
    let found = outcomes(request).len();
    if found < LENDERS {
        return Err(format!("{found} lenders have an outcome, {LENDERS} were to be asked").into());
    }
    match text(request, "/state") {
        "quoted" => Ok(()),
        state => Err(format!("the request ended as {state}").into()),
    }
}

fn check_first(request: &Value) -> Result<(), Error> {
    check_all_asked(request)?;
    let flaky = outcome_of(request, "Flaky Finance")?;
    if text(flaky, "/outcome") != "unavailable" || text(flaky, "/refusal/detail").is_empty() {
        return Err(format!("the flaky lender's refusal and its reason were expected, not {flaky}").into());
    }
    if request.pointer("/best_quote/rank").and_then(Value::as_u64) != Some(1) {
        return Err("the best quote is not first".into());
    }
    Ok(())
}

/// Aave's offer, in its token, with the block that it was computed at.
async fn check_second(world: &World, request: &Value) -> Result<(), Error> {
    check_all_asked(request)?;
    let aave = outcome_of(request, "Aave v3")?;
    let id = text(aave, "/quotes/0/id");
    if id.is_empty() {
        return Err(format!("Aave made no offer: {}", text(aave, "/refusal/detail")).into());
    }
    let quote = get(world, &format!("/v1/quotes/{id}")).await?;
    let usdc = format!("eip155:{}/erc20:{:#x}", world.market.chain_id, world.market.usdc);
    let block = quote.pointer("/as_of/block").and_then(Value::as_u64).unwrap_or(0);
    if text(&quote, "/principal/asset") != usdc || block == 0 || !text(&quote, "/as_of/block_hash").starts_with("0x") {
        return Err(format!("Aave's offer in USDC with its block was expected, not {quote}").into());
    }
    Ok(())
}
