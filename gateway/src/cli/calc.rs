//! `agio calc`: the calculators and the check of reference figures, without a service.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::asset::AssetRegistry;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::CommandError;
use crate::calc::{apr, check, schedule};
use crate::http::body::parse;
use crate::problem::Problem;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The APR of dated flows: the body of `POST /v1/calculators/apr`, from a file or `-`.
    Apr { file: PathBuf },
    /// An offer on equal terms: the body of `POST /v1/calculators/schedule`, from a file or `-`.
    Schedule { file: PathBuf },
    /// Check whole files of reference figures; fails when a verified figure is not met.
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CommandError> {
    let registry = AssetRegistry::default();
    match &args.what {
        What::Apr { file } => show(apr::apr(&input(file)?, &registry)),
        What::Schedule { file } => show(schedule::schedule(&input(file)?, &registry)),
        What::Check { files } => check_files(files),
    }
}

fn input<T: DeserializeOwned>(file: &Path) -> Result<T, CommandError> {
    let mut raw = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut raw)?;
    } else {
        raw = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    parse(&raw).map_err(in_words)
}

fn show<T: Serialize>(result: Result<T, Problem>) -> Result<ExitCode, CommandError> {
    println!("{}", serde_json::to_string_pretty(&result.map_err(in_words)?)?);
    Ok(ExitCode::SUCCESS)
}

fn in_words(problem: Problem) -> CommandError {
    if problem.errors.is_empty() {
        return problem.detail.into();
    }
    let lines: Vec<String> =
        problem.errors.iter().map(|e| format!("{}: {} ({})", e.pointer, e.detail, e.rule)).collect();
    lines.join("\n").into()
}

fn check_files(files: &[PathBuf]) -> Result<ExitCode, CommandError> {
    let mut gates = false;
    for file in files {
        let report = check::check_file(file)?;
        println!("{report}");
        gates |= report.gates();
    }
    Ok(if gates { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
