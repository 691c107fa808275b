//! `agio contracts`: the contracts of one chain, deployed and verified from a manifest.

use std::path::PathBuf;
use std::process::ExitCode;

use alloy::network::EthereumWallet;
use alloy::primitives::Address;
use alloy::providers::{Provider as _, ProviderBuilder};
use alloy::signers::local::PrivateKeySigner;
use contracts::deploy::{Call, Chain, DeployError, Difference, Manifest, Mode, Record, Step, deploy, verify};
use secrecy::{ExposeSecret, SecretString};

use super::CommandError;

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
        Action::Deploy { on, dry_run } => {
            let manifest = on.manifest()?;
            let chain = on.chain(Some(deployer_key()?))?;
            let mode = if *dry_run { Mode::DryRun } else { Mode::Send };
            let mut steps = 0_usize;
            let done = |step: &Step| {
                steps += 1;
                println!("{}", in_words(step, mode));
            };
            let record = match deploy(&chain, &manifest, &on.deployments, mode, done).await {
                Ok(record) => record,
                Err(error) => return Err(with_differences(error)),
            };
            let path = Record::path(&on.deployments, manifest.chain_id);
            match mode {
                Mode::Send => println!("{steps} steps done; everything is as the manifest says; {}", path.display()),
                Mode::DryRun => println!("{steps} steps to do; nothing was sent"),
            }
            for (name, contract) in &record.contracts {
                println!("{name} {}", contract.address);
            }
            Ok(ExitCode::SUCCESS)
        }
        Action::Verify { on } => {
            let manifest = on.manifest()?;
            let differences = verify(&on.chain(None)?, &manifest, &on.deployments).await?;
            for difference in &differences {
                print_difference(difference);
            }
            if differences.is_empty() {
                println!("chain {}: everything is as the manifest says", manifest.chain_id);
                return Ok(ExitCode::SUCCESS);
            }
            println!("chain {}: {} differences", manifest.chain_id, differences.len());
            Ok(ExitCode::FAILURE)
        }
    }
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

fn print_difference(difference: &Difference) {
    println!("{difference}");
    for Call { function, to, data } in &difference.calls {
        println!("  mended by {function} on {to}: {data}");
    }
}

/// The calls that are left to the multisig are printed before the error.
fn with_differences(error: DeployError) -> CommandError {
    if let DeployError::HandedOver { differences, .. } | DeployError::Left(differences) = &error {
        differences.iter().for_each(print_difference);
    }
    error.into()
}
