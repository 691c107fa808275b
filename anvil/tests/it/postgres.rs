use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use devnet::{Data, Postgres, PostgresOptions, Toolchain, account::Account};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::{TestResult, is_listening, is_running, open_folder};

async fn start(options: PostgresOptions) -> Result<Postgres, Box<dyn std::error::Error>> {
    Ok(Postgres::start(&Toolchain::locate()?, options).await?)
}

async fn values(url: &str) -> Result<Vec<i32>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let values = sqlx::query_scalar("select value from kept order by value");
    values.fetch_all(&mut connection).await
}

#[tokio::test]
async fn it_answers_and_leaves_no_process_and_no_folder() -> TestResult {
    let postgres = start(PostgresOptions::default()).await?;
    let mut connection = PgConnection::connect(&postgres.superuser_url()).await?;
    let sum: i32 = sqlx::query_scalar("select 40 + 2").fetch_one(&mut connection).await?;
    assert_eq!(sum, 42);
    let pid = postgres.pid().await.ok_or("it ended")?;
    let (folder, port) = (postgres.folder().to_owned(), postgres.port());
    assert!(is_running(pid) && is_listening(port) && folder.join("cluster").exists());
    postgres.stop().await?;
    assert!(!is_running(pid));
    assert!(!is_listening(port));
    assert!(!folder.exists());
    Ok(())
}

#[tokio::test]
async fn strangers_are_refused() -> TestResult {
    let postgres = start(PostgresOptions::default()).await?;
    let url = format!("postgres://postgres:guess@127.0.0.1:{}/postgres", postgres.port());
    let refused = PgConnection::connect(&url).await;
    let code = refused.err().and_then(|error| {
        let database = error.as_database_error()?;
        database.code().map(|code| code.into_owned())
    });
    // invalid_password
    assert_eq!(code.as_deref(), Some("28P01"));
    Ok(postgres.stop().await?)
}

#[tokio::test]
async fn what_was_committed_survives_a_kill_and_what_was_not_does_not() -> TestResult {
    let mut postgres = start(PostgresOptions::default()).await?;
    let (url, port) = (postgres.superuser_url(), postgres.port());
    let mut open = PgConnection::connect(&url).await?;
    open.execute("create table kept (value int)").await?;
    open.execute("insert into kept values (1)").await?;
    open.execute("begin").await?;
    open.execute("insert into kept values (2)").await?;
    postgres.kill().await?;
    assert!(open.execute("select 1").await.is_err());
    postgres.start_again().await?;
    assert_eq!(postgres.port(), port);
    assert_eq!(values(&url).await?, [1]);
    let folder = postgres.folder().to_owned();
    postgres.stop().await?;
    assert!(!folder.exists());
    Ok(())
}

#[tokio::test]
async fn a_chosen_folder_keeps_data_and_password() -> TestResult {
    let parent = open_folder()?;
    let options = PostgresOptions { data: Data::Folder(parent.path().join("data")), ..PostgresOptions::default() };
    let first = start(options.clone()).await?;
    let mut connection = PgConnection::connect(&first.superuser_url()).await?;
    connection.execute("create table kept (value int)").await?;
    connection.execute("insert into kept values (7)").await?;
    first.stop().await?;
    let second = start(options).await?;
    assert_eq!(values(&second.superuser_url()).await?, [7]);
    Ok(second.stop().await?)
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_says_so() -> TestResult {
    let taken = TcpListener::bind(("127.0.0.1", 0))?;
    let options = PostgresOptions { port: Some(taken.local_addr()?.port()), ..PostgresOptions::default() };
    let error = start(options).await.err().ok_or("it started")?.to_string();
    assert!(error.contains("Address already in use"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_cluster_in_use_is_not_started_twice() -> TestResult {
    let parent = open_folder()?;
    let options = PostgresOptions { data: Data::Folder(parent.path().join("data")), ..PostgresOptions::default() };
    let first = start(options.clone()).await?;
    let error = start(options).await.err().ok_or("it started")?.to_string();
    assert!(error.contains("postmaster.pid"), "{error}");
    PgConnection::connect(&first.superuser_url()).await?;
    Ok(first.stop().await?)
}

/// Any other caller owns its folders, so that only root can meet this.
#[tokio::test]
async fn root_is_told_of_a_folder_that_postgres_cannot_reach() -> TestResult {
    let closed = tempfile::tempdir()?;
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700))?;
    let data = closed.path().join("data");
    let options = PostgresOptions { data: Data::Folder(data.clone()), ..PostgresOptions::default() };
    let started = start(options).await;
    match Account::unprivileged()? {
        Some(account) => {
            let error = started.err().ok_or("it started")?.to_string();
            let data = fs::canonicalize(data)?.display().to_string();
            assert!(error.contains(&data) && error.contains(&account.name), "{error}");
        }
        None => started?.stop().await?,
    }
    Ok(())
}
