//! `agio quote`: asks, shows quotes as they arrive, then the final order and why the first is first.

mod client;
mod sse;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use adapters::clock::SystemClock;
use adapters::protocol::wire::{Money, Term};
use clap::builder::PossibleValuesParser;
use domain::consent::{CONSENT_TEXTS, ConsentPurpose};
use domain::deadline::Clock;
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::CommandError;
use crate::quotes::explain::ExplanationView;
use crate::quotes::input::{BorrowerInput, ConsentInput, CreditRequestInput};
use crate::quotes::snapshot::{CreditRequestView, QuoteListView};
use crate::quotes::view::{OutcomeView, QuoteView};
use client::Client;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the gateway is.
    #[arg(long, env = "AGIO_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// API key.
    #[arg(long, env = "AGIO_API_KEY", hide_env_values = true)]
    key: SecretString,
    /// The request as JSON, instead of the flags; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print the final list as JSON and nothing else.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    request: RequestFlags,
}

#[derive(Debug, clap::Args)]
struct RequestFlags {
    /// In major units: 10000.00
    #[arg(long, required_unless_present = "file")]
    amount: Option<String>,
    /// ISO 4217 code or CAIP-19 id.
    #[arg(long, default_value = "USD")]
    asset: String,
    /// Another asset taken in its place.
    #[arg(long, value_name = "ASSET")]
    accept: Vec<String>,
    /// How many units the term has.
    #[arg(long, default_value_t = 36)]
    term: u32,
    #[arg(long, default_value = "months", value_parser = PossibleValuesParser::new(["days", "weeks", "months", "years"]))]
    term_unit: String,
    #[arg(long, default_value = "working_capital")]
    purpose: String,
    #[arg(long, default_value = "monthly")]
    frequency: String,
    /// `AMOUNT=ASSET`, for example 10=eip155:1/erc20:0x…
    #[arg(long, value_name = "AMOUNT=ASSET")]
    collateral: Vec<String>,
    /// Your own opaque name for the borrower.
    #[arg(long, default_value = "cli-borrower")]
    reference: String,
    /// ISO 3166-1 alpha-2.
    #[arg(long, default_value = "US")]
    country: String,
    /// US state.
    #[arg(long)]
    state: Option<String>,
    /// Declared yearly income, in the asset asked for.
    #[arg(long)]
    income: Option<String>,
    /// Declared monthly payments on debts, in the asset asked for.
    #[arg(long)]
    debts: Option<String>,
    /// CAIP-10 account.
    #[arg(long)]
    wallet: Vec<String>,
    #[arg(long)]
    deadline_ms: Option<u64>,
    /// The borrower agrees that the request goes to lenders and that they make soft inquiries.
    #[arg(long)]
    consent: bool,
}

fn value<T: DeserializeOwned>(flag: &str, text: &str) -> Result<T, CommandError> {
    let quoted = serde_json::Value::String(text.to_owned());
    serde_json::from_value(quoted).map_err(|error| format!("--{flag}: {error}").into())
}

impl RequestFlags {
    fn input(&self) -> Result<CreditRequestInput, CommandError> {
        let money = |amount: &String| Money { amount: amount.clone(), asset: self.asset.clone().into() };
        let collateral = self.collateral.iter().map(|given| {
            let (amount, asset) = given.split_once('=').ok_or("--collateral: AMOUNT=ASSET was expected")?;
            Ok::<_, CommandError>(Money { amount: amount.to_owned(), asset: asset.to_owned().into() })
        });
        Ok(CreditRequestInput {
            amount: self.amount.as_ref().map(money).ok_or("--amount is needed")?,
            accept_assets: self.accept.clone(),
            term: Term { count: self.term, unit: value("term-unit", &self.term_unit)? },
            purpose: value("purpose", &self.purpose)?,
            frequency: value("frequency", &self.frequency)?,
            rate_preference: domain::request::RatePreference::Any,
            collateral: collateral.collect::<Result<_, _>>()?,
            borrower: BorrowerInput {
                client_reference: self.reference.clone(),
                country: self.country.clone(),
                state: self.state.clone(),
                annual_income: self.income.as_ref().map(money),
                monthly_debt_payments: self.debts.as_ref().map(money),
                wallets: self.wallet.clone(),
            },
            consents: if self.consent { consents() } else { Vec::new() },
            deadline_ms: self.deadline_ms,
        })
    }
}

/// Agreed to now, by whoever runs the command with `--consent`.
fn consents() -> Vec<ConsentInput> {
    let granted_at = SystemClock.now();
    let given = CONSENT_TEXTS.iter().filter(|text| ConsentPurpose::REQUIRED.contains(&text.purpose));
    given.map(|text| ConsentInput { purpose: text.purpose, version: text.version.to_owned(), granted_at }).collect()
}

fn body(args: &Args) -> Result<Vec<u8>, CommandError> {
    match &args.file {
        Some(file) if file.as_os_str() == "-" => {
            let mut raw = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut raw)?;
            Ok(raw)
        }
        Some(file) => std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()).into()),
        None => Ok(serde_json::to_vec(&args.request.input()?)?),
    }
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, CommandError> {
    let client = Client::try_new(&args.url, &args.key)?;
    let request: CreditRequestView = client.create(body(args)?).await?;
    let list = follow(&client, &request, args.json).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&list)?);
    } else {
        let settled: CreditRequestView = client.get(&format!("/v1/credit-requests/{}", request.id)).await?;
        println!("{}\n", table::outcomes(&settled.outcomes));
        println!("{}", table::ranked(&list.quotes));
        if let Some(first) = list.quotes.first() {
            let why: ExplanationView = client.get(&format!("/v1/quotes/{}/explain", first.id)).await?;
            println!("\n{}", table::why(first, &why));
        }
    }
    Ok(if list.quotes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Shows each event as it comes, until the last.
async fn follow(client: &Client, request: &CreditRequestView, quiet: bool) -> Result<QuoteListView, CommandError> {
    let asked = u64::from(request.providers_asked);
    let progress = if quiet { ProgressBar::hidden() } else { ProgressBar::new(asked) };
    progress.set_style(ProgressStyle::with_template("{spinner} {pos} of {len} lenders have answered, {elapsed}")?);
    progress.enable_steady_tick(std::time::Duration::from_millis(100));
    let say = |line: String| {
        progress.suspend(|| {
            if !quiet {
                println!("{line}")
            }
        })
    };
    say(format!("{} asks {asked} lenders at once, until {}", request.id, request.deadline_at));
    let mut events = client.stream(&format!("/v1/credit-requests/{}/quotes/stream", request.id)).await?;
    let mut answered = std::collections::BTreeSet::new();
    while let Some(event) = events.next().await? {
        match event.name.as_str() {
            "quote" => {
                let quote: QuoteView = serde_json::from_str(&event.data)?;
                answered.insert(quote.provider.id.clone());
                say(table::arrival(&quote));
            }
            "outcome" => {
                let outcome: OutcomeView = serde_json::from_str(&event.data)?;
                answered.insert(outcome.provider.id.clone());
                say(table::refusal(&outcome));
            }
            "complete" => {
                progress.finish_and_clear();
                if !quiet {
                    println!();
                }
                return Ok(serde_json::from_str(&event.data)?);
            }
            _ => {}
        }
        progress.set_position(u64::try_from(answered.len()).unwrap_or(asked));
    }
    Err("the stream ended before the final order came".into())
}
