use std::{path::Path, time::Duration};

use devnet::leash::{Leash, LeashError, PATIENCE, Program, Signal};

use crate::support::{TestResult, is_running, open_folder};

fn shell(script: &str, folder: &Path) -> Program {
    Program {
        path: "sh".into(),
        arguments: vec!["-c".into(), script.into()],
        folder: folder.to_owned(),
        log: folder.join("log"),
        stop_signal: Signal::Terminate,
        patience: PATIENCE,
        scratch: None,
        account: None,
    }
}

#[tokio::test]
async fn a_program_that_ends_early_is_reported_with_its_code_and_log() -> TestResult {
    let folder = open_folder()?;
    let leash = Leash::start(shell("echo no such option >&2; exit 3", folder.path()))?;
    let never = std::future::pending::<()>();
    let error = leash.ready(Duration::from_secs(60), never).await;
    assert!(matches!(&error, Err(LeashError::EndedEarly { code: 3, log, .. }) if log == "no such option"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_reported_by_the_shell() -> TestResult {
    let folder = open_folder()?;
    let program = Program { path: folder.path().join("missing"), ..shell("", folder.path()) };
    let leash = Leash::start(program)?;
    assert_eq!(leash.ended().await, 127);
    assert!(leash.log_tail().contains("missing"), "{}", leash.log_tail());
    Ok(())
}

#[tokio::test]
async fn a_program_deaf_to_its_stop_signal_is_killed() -> TestResult {
    let folder = open_folder()?;
    let deaf = Program {
        patience: Duration::from_millis(200),
        ..shell("trap '' TERM; echo deaf; while :; do sleep 1; done", folder.path())
    };
    let leash = Leash::start(deaf)?;
    let pid = leash.pid().await.ok_or("it ended")?;
    crate::support::until("the trap is set", || leash.log_tail() == "deaf").await?;
    leash.stop().await?;
    assert!(!is_running(pid));
    Ok(())
}

#[tokio::test]
async fn the_scratch_folder_outlives_the_program_but_not_the_leash() -> TestResult {
    let folder = open_folder()?;
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&scratch)?;
    let program = Program { scratch: Some(scratch.clone()), ..shell("echo done > result", &scratch) };
    let leash = Leash::start(program)?;
    assert_eq!(leash.ended().await, 0);
    assert_eq!(std::fs::read_to_string(scratch.join("result"))?, "done\n");
    leash.stop().await?;
    assert!(!scratch.exists());
    Ok(())
}

#[tokio::test]
async fn a_scratch_folder_handed_over_is_kept() -> TestResult {
    let folder = open_folder()?;
    let program = Program { scratch: Some(folder.path().to_owned()), ..shell("echo done > result", folder.path()) };
    let leash = Leash::start(program)?;
    leash.hand_over().await?;
    assert!(folder.path().join("result").exists());
    Ok(())
}

#[test]
fn a_leash_works_on_after_the_runtime_it_was_started_on_is_gone() -> TestResult {
    let folder = open_folder()?;
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let leash =
        runtime()?.block_on(async { Leash::start(shell("echo up; while :; do sleep 1; done", folder.path())) })?;
    let pid = runtime()?.block_on(leash.pid()).ok_or("it ended")?;
    assert!(is_running(pid));
    runtime()?.block_on(leash.stop())?;
    assert!(!is_running(pid));
    Ok(())
}
