//! The program `devnet` as a person, a script or an out-of-memory killer meets it.

use std::{error::Error, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::support::{TestResult, is_empty, is_listening, open_folder, until};

fn devnet(arguments: &[&str], scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_devnet"));
    command.args(arguments).env("TMPDIR", scratch).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it and waits for the first line that it prints.
async fn started(
    arguments: &[&str],
    scratch: &Path,
) -> Result<(Child, String, Lines<BufReader<ChildStdout>>), Box<dyn Error>> {
    let mut child = devnet(arguments, scratch).spawn()?;
    let out = child.stdout.take().ok_or("no standard output")?;
    let mut lines = BufReader::new(out).lines();
    let line = lines.next_line().await?.ok_or("it printed nothing")?;
    Ok((child, line, lines))
}

/// The port of `scheme://…@127.0.0.1:port/…`.
fn port(url: &str) -> Result<u16, Box<dyn Error>> {
    let (_, rest) = url.rsplit_once("127.0.0.1:").ok_or("no address")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}

async fn signal(child: &Child, name: &str) -> TestResult {
    let pid = child.id().ok_or("it ended")?.to_string();
    let status = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(status.await?.success());
    Ok(())
}

#[tokio::test]
async fn killed_it_leaves_no_postgres_and_no_data() -> TestResult {
    let scratch = open_folder()?;
    let (mut child, url, _out) = started(&["postgres"], scratch.path()).await?;
    let port = port(&url)?;
    assert!(is_listening(port) && !is_empty(scratch.path()));
    child.kill().await?;
    until("Postgres stopped", || !is_listening(port)).await?;
    until("its folder was removed", || is_empty(scratch.path())).await
}

#[tokio::test]
async fn killed_while_the_cluster_is_made_it_leaves_nothing() -> TestResult {
    let scratch = open_folder()?;
    let mut child = devnet(&["postgres"], scratch.path()).spawn()?;
    until("initdb runs", || {
        let entries = std::fs::read_dir(scratch.path());
        entries.is_ok_and(|mut entries| {
            entries.any(|entry| entry.is_ok_and(|entry| entry.path().join("unfinished").exists()))
        })
    })
    .await?;
    child.kill().await?;
    until("its folder was removed", || is_empty(scratch.path())).await
}

#[tokio::test]
async fn killed_it_leaves_no_anvil() -> TestResult {
    let scratch = open_folder()?;
    let (mut child, url, _out) = started(&["anvil"], scratch.path()).await?;
    let port = port(&url)?;
    assert!(is_listening(port));
    child.kill().await?;
    until("Anvil stopped", || !is_listening(port)).await?;
    until("its folder was removed", || is_empty(scratch.path())).await
}

#[tokio::test]
async fn interrupted_it_has_stopped_everything_before_it_ends() -> TestResult {
    for (command, name) in [("postgres", "INT"), ("anvil", "INT"), ("postgres", "TERM")] {
        let scratch = open_folder()?;
        let (mut child, url, _out) = started(&[command], scratch.path()).await?;
        signal(&child, name).await?;
        let status = child.wait().await?;
        assert!(status.success(), "{command}: {status}");
        assert!(!is_listening(port(&url)?), "{command}");
        assert!(is_empty(scratch.path()), "{command}");
    }
    Ok(())
}

#[tokio::test]
async fn a_command_gets_the_url_and_gives_its_exit_code() -> TestResult {
    let scratch = open_folder()?;
    let script = "echo $DATABASE_URL; exit 7";
    let output = devnet(&["postgres", "--", "sh", "-c", script], scratch.path()).output().await?;
    assert_eq!(output.status.code(), Some(7));
    let url = String::from_utf8(output.stdout)?;
    assert!(url.starts_with("postgres://postgres:"), "{url}");
    assert!(!is_listening(port(&url)?));
    assert!(is_empty(scratch.path()));
    Ok(())
}

#[tokio::test]
async fn a_command_that_cannot_run_is_an_error_and_leaves_nothing() -> TestResult {
    let scratch = open_folder()?;
    let output =
        devnet(&["postgres", "--", "/nowhere/program"], scratch.path()).stderr(Stdio::piped()).output().await?;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("/nowhere/program"), "{said}");
    assert!(is_empty(scratch.path()));
    Ok(())
}
