use devnet::{Toolchain, gas};

use crate::support::TestResult;

/// A figure that moved by itself could not show what a change of the contracts did.
#[tokio::test]
async fn the_figures_of_two_runs_at_once_are_the_same() -> TestResult {
    let toolchain = Toolchain::locate()?;
    let (one, two) = tokio::try_join!(Box::pin(gas::measure(&toolchain)), Box::pin(gas::measure(&toolchain)))?;
    let figures = one.figures()?;
    assert_eq!(figures, two.figures()?);
    assert_eq!(one.table()?, two.table()?);
    for named in [
        "gas_deposit_lock",
        "gas_morpho_supply_collateral",
        "gas_deposit_lock_to_morpho_with_approval",
        "gas_report_3_of_5_later",
        "gas_batch_100_per_score",
    ] {
        assert!(figures.iter().any(|line| line.starts_with(&format!("figure {named} "))), "{named}");
    }
    Ok(())
}
