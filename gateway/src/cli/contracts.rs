//! `agio contracts`: the contracts of one chain, deployed and verified from a manifest.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use alloy::network::EthereumWallet;
use alloy::primitives::Address;
use alloy::providers::{Provider as _, ProviderBuilder};
use alloy::signers::local::PrivateKeySigner;
use contracts::deploy::{Call, Chain, DeployError, Difference, Findings, Manifest, Mode, Record, Step, deploy, verify};
use secrecy::{ExposeSecret, SecretString};

use super::CommandError;
use super::say::say;

/// Where the deployer's key is. Not an argument, which every process of the machine could read.
const KEY: &str = "AGIO_DEPLOYER_KEY";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Deploy and wire what is not there yet, hand everything over, and keep the record. The deployer's private key is read
    /// from the environment variable `AGIO_DEPLOYER_KEY`.
    Deploy {
        #[command(flatten)]
        on: On,
        /// Send nothing; print what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Compare a chain with the manifest and the record; fails where they differ.
    Verify {
        #[command(flatten)]
        on: On,
    },
}

#[derive(Debug, clap::Args)]
struct On {
    /// What the deployment is to be (TOML).
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// A node of the chain.
    #[arg(long, value_name = "URL")]
    rpc_url: String,
    /// Where the records are, one a chain.
    #[arg(long, value_name = "FOLDER", default_value = "deployments")]
    deployments: PathBuf,
}

impl On {
    fn manifest(&self) -> Result<Manifest, CommandError> {
        let text = std::fs::read_to_string(&self.manifest);
        let text = text.map_err(|error| format!("{}: {error}", self.manifest.display()))?;
        Ok(Manifest::parse(&text).map_err(|error| format!("{}: {error}", self.manifest.display()))?)
    }

    fn chain(&self, key: Option<PrivateKeySigner>) -> Result<Chain, CommandError> {
        let url = self.rpc_url.parse().map_err(|error| format!("--rpc-url: {error}"))?;
        let unsigned = ProviderBuilder::new().with_simple_nonce_management();
        Ok(match key {
            Some(key) => {
                let sender = key.address();
                Chain::new(unsigned.wallet(EthereumWallet::from(key)).connect_http(url).erased(), sender)
            }
            None => Chain::new(unsigned.connect_http(url).erased(), Address::ZERO),
        })
    }
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, CommandError> {
    match &args.action {
        Action::Deploy { on, dry_run } => put(on, if *dry_run { Mode::DryRun } else { Mode::Send }).await,
        Action::Verify { on } => {
            let manifest = on.manifest()?;
            let Findings { differences, facts } = verify(&on.chain(None)?, &manifest, &on.deployments).await?;
            differences.iter().try_for_each(show)?;
            facts.iter().try_for_each(|fact| say(format_args!("note: {fact}")))?;
            let chain = manifest.chain_id;
            if differences.is_empty() {
                let notes = if facts.is_empty() { "" } else { ", with the notes above" };
                say(format_args!("chain {chain}: everything is as the manifest says{notes}"))?;
                return Ok(ExitCode::SUCCESS);
            }
            say(format_args!("chain {chain}: {} differences", differences.len()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn put(on: &On, mode: Mode) -> Result<ExitCode, CommandError> {
    let manifest = on.manifest()?;
    let chain = on.chain(Some(deployer_key()?))?;
    let (mut steps, mut said) = (0_usize, Ok(()));
    // Where the output cannot be written the deployment goes on: it is told afterwards.
    let done = |step: &Step| {
        steps += 1;
        if said.is_ok() {
            said = say(in_words(step, mode));
        }
    };
    let record = match deploy(&chain, &manifest, &on.deployments, mode, done).await {
        Ok(record) => record,
        Err(error) => return Err(with_differences(error)),
    };
    said?;
    let path = Record::path(&on.deployments, manifest.chain_id);
    match mode {
        Mode::Send => say(format_args!("{steps} steps done; everything is as the manifest says; {}", path.display()))?,
        Mode::DryRun => say(format_args!("{steps} steps to do; nothing was sent"))?,
    }
    for (name, contract) in &record.contracts {
        say(format_args!("{name} {}", contract.address))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn deployer_key() -> Result<PrivateKeySigner, CommandError> {
    let text = std::env::var(KEY).map(SecretString::from);
    let text = text.map_err(|_| format!("{KEY} is not set: the private key that deploys, 32 bytes in hex"))?;
    // The reason is left out, since it could show a part of the key.
    Ok(text.expose_secret().parse().map_err(|_| format!("{KEY} is no private key of 32 bytes in hex"))?)
}

fn in_words(step: &Step, mode: Mode) -> String {
    let (made, set) = match mode {
        Mode::Send => ("made", "set"),
        Mode::DryRun => ("would make", "would set"),
    };
    match step {
        Step::Create { contract, address } => format!("{made} {contract} at {address}"),
        Step::Mend(difference) => format!("{set} {}: {}", difference.what, difference.wanted),
    }
}

/// A difference, and the calls that mend it with whose they are.
fn show(difference: &Difference) -> io::Result<()> {
    say(difference)?;
    if difference.calls.is_empty() {
        return say("  no call mends it");
    }
    let call = |Call { function, lane, to, data }: &Call| {
        say(format_args!("  mended by {lane} with {function} on {to}: {data}"))
    };
    difference.calls.iter().try_for_each(call)
}

/// The differences that are left, and who may mend them, are printed before the error.
fn with_differences(error: DeployError) -> CommandError {
    if let DeployError::HandedOver { differences, .. } | DeployError::Left(differences) = &error
        && let Err(unwritten) = differences.iter().try_for_each(show)
    {
        return format!("{error}; and they cannot be printed: {unwritten}").into();
    }
    error.into()
}
