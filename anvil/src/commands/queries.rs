//! The compile-time checked queries: `.sqlx` holds what a real database said of each, so that a build needs none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use devnet::{Postgres, PostgresOptions, Toolchain};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};
use tokio::process::Command;

use super::{Error, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only compare; fail when what is committed is not what the database says.
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let root = toolchain.folder().parent().ok_or("the folder anvil/ has no parent")?.to_owned();
    let postgres = stop.unless_requested(Postgres::start(&toolchain, PostgresOptions::default())).await?;
    let asked = stop.unless_requested(ask(&root, &postgres)).await;
    postgres.stop().await?;
    let (fresh, committed) = (read(asked?.path())?, read(&root.join(".sqlx"))?);
    if fresh == committed {
        say("the checked queries are those of the migrations")?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.check {
        return Err("the checked queries in .sqlx are not those of the migrations: run `make queries`".into());
    }
    write(&root.join(".sqlx"), &fresh)?;
    say("wrote .sqlx")?;
    Ok(ExitCode::SUCCESS)
}

/// Migrates a fresh database and lets the compiler ask it about every query.
async fn ask(root: &Path, postgres: &Postgres) -> Result<tempfile::TempDir, Error> {
    let url = postgres.superuser_url();
    let mut connection = PgConnection::connect(&url).await?;
    Migrator::new(root.join("migrations")).await?.run_direct(None, &mut connection, false).await?;
    connection.close().await?;
    let folder = tempfile::Builder::new().prefix("agio-queries-").tempdir()?;
    // The compiler asks only about what it compiles, and takes a file for changed when it is written.
    for source in ["ledger/src/lib.rs", "gateway/src/lib.rs"].map(|source| root.join(source)) {
        std::fs::write(&source, std::fs::read(&source)?)?;
    }
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--package", "ledger", "--package", "gateway", "--lib"])
        .current_dir(root)
        .env("DATABASE_URL", &url)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", folder.path())
        .kill_on_drop(true)
        .status()
        .await?;
    if !status.success() {
        return Err(format!("`cargo check` ended with {status}").into());
    }
    Ok(folder)
}

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> Result<Files, Error> {
    if !folder.is_dir() {
        return Ok(Files::new());
    }
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, std::fs::read(path)?);
    }
    Ok(files)
}

fn write(folder: &Path, files: &Files) -> Result<(), Error> {
    if folder.is_dir() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir(folder)?;
    for (name, content) in files {
        std::fs::write(folder.join(name), content)?;
    }
    Ok(())
}
