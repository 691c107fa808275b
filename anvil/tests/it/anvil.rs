use std::{fs, time::SystemTime};

use alloy::{
    eips::BlockNumberOrTag,
    primitives::{U256, address},
    providers::Provider,
};
use devnet::{Anvil, AnvilOptions, Toolchain};

use crate::support::{TestResult, is_running, open_folder};

fn chain(chain_id: u64) -> AnvilOptions {
    AnvilOptions { chain_id, ..AnvilOptions::default() }
}

#[tokio::test]
async fn two_chains_run_side_by_side_and_stop() -> TestResult {
    let toolchain = Toolchain::locate()?;
    let (one, two) =
        tokio::try_join!(Anvil::start(&toolchain, chain(31_338)), Anvil::start(&toolchain, chain(31_339)),)?;
    assert_ne!(one.rpc_url(), two.rpc_url());
    assert_eq!(one.provider().get_chain_id().await?, 31_338);
    assert_eq!(two.provider().get_chain_id().await?, 31_339);
    one.mine().await?;
    assert_eq!(one.provider().get_block_number().await?, 1);
    assert_eq!(two.provider().get_block_number().await?, 0);
    for anvil in [one, two] {
        let pid = anvil.pid().await.ok_or("it ended")?;
        anvil.stop().await?;
        assert!(!is_running(pid));
    }
    Ok(())
}

#[tokio::test]
async fn a_dumped_chain_loads_with_its_blocks_and_goes_on_at_the_time_of_now() -> TestResult {
    let toolchain = Toolchain::locate()?;
    let folder = open_folder()?;
    let state = folder.path().join("state.json");
    let account = address!("00000000000000000000000000000000000a610a");
    let long_ago = AnvilOptions { arguments: vec!["--timestamp".into(), "1700000000".into()], ..chain(31_340) };
    let anvil = Anvil::start(&toolchain, long_ago).await?;
    let set = (account, U256::from(7));
    let set = anvil.provider().raw_request("anvil_setBalance".into(), set);
    let _: Option<bool> = set.await?;
    anvil.mine().await?;
    anvil.dump_state(&state).await?;
    anvil.stop().await?;

    let options = AnvilOptions { load_state: Some(state), ..chain(31_340) };
    let anvil = Anvil::start(&toolchain, options).await?;
    let provider = anvil.provider();
    assert_eq!(provider.get_block_number().await?, 1);
    assert_eq!(provider.get_balance(account).await?, U256::from(7));
    let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    anvil.mine().await?;
    let head = provider.get_block_by_number(BlockNumberOrTag::Latest);
    let head = head.await?.ok_or("no head")?;
    assert!(head.header.timestamp >= now, "{} < {now}", head.header.timestamp);
    Ok(anvil.stop().await?)
}

#[tokio::test]
async fn a_state_that_is_no_state_is_an_error_with_its_reason() -> TestResult {
    let folder = open_folder()?;
    let state = folder.path().join("state.json");
    fs::write(&state, "{}")?;
    let options = AnvilOptions { load_state: Some(state), ..chain(31_341) };
    let started = Anvil::start(&Toolchain::locate()?, options).await;
    let error = started.err().ok_or("it started")?.to_string();
    assert!(error.contains("missing field"), "{error}");
    Ok(())
}

#[tokio::test]
async fn finality_follows_the_head_when_an_epoch_is_one_block() -> TestResult {
    let options = AnvilOptions { slots_in_an_epoch: Some(1), ..chain(31_342) };
    let anvil = Anvil::start(&Toolchain::locate()?, options).await?;
    for _ in 0..5 {
        anvil.mine().await?;
    }
    let finalized = anvil.provider().get_block_by_number(BlockNumberOrTag::Finalized);
    let finalized = finalized.await?.ok_or("no finalized block")?;
    assert_eq!(finalized.header.number, 3);
    Ok(anvil.stop().await?)
}
