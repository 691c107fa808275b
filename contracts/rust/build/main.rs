//! `build-contracts`: compiles `src` and writes `artifacts`, from which the bindings are made; `--check` compares instead.
//!
//! Compiler, settings and names of packages come from `foundry.toml`, so that what is committed is what forge tests. No
//! cache is read: what is compared was compiled now.

mod artifacts;
mod project;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(about = "Compiles the contracts and writes what the bindings are made of")]
struct Args {
    /// Write nothing; fail where a file differs from what the sources compile to.
    #[arg(long)]
    check: bool,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let args = Args::parse();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let files = artifacts::of(&project::compile(&root, artifacts::sources())?)?;
    if args.check { check(&root, &files) } else { write(&root, &files) }
}

fn write(root: &Path, files: &[artifacts::File]) -> Result<ExitCode, Box<dyn std::error::Error>> {
    for file in files {
        std::fs::write(root.join(&file.path), &file.text)?;
    }
    for left in left_over(root, files)? {
        std::fs::remove_file(left)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "a command that answers its caller")]
fn check(root: &Path, files: &[artifacts::File]) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut differs = left_over(root, files)?;
    for file in files {
        let path = root.join(&file.path);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&file.text) {
            differs.push(path);
        }
    }
    for path in &differs {
        eprintln!("{} is not what the sources compile to; run `make contracts-artifacts`", path.display());
    }
    Ok(if differs.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Files of contracts that are gone.
fn left_over(root: &Path, files: &[artifacts::File]) -> std::io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(root.join(artifacts::FOLDER))? {
        let path = entry?.path();
        if !files.iter().any(|file| root.join(&file.path) == path) {
            left.push(path);
        }
    }
    Ok(left)
}
