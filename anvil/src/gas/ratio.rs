//! What is compared with what.

/// The sum of some figures over that of others.
#[derive(Debug)]
pub(super) struct Ratio {
    pub(super) name: &'static str,
    over: &'static [&'static str],
    under: &'static [&'static str],
    pub(super) what: &'static str,
}

impl Ratio {
    pub(super) fn parts(&self) -> (&'static [&'static str], &'static [&'static str]) {
        (self.over, self.under)
    }
}

const fn ratio(
    name: &'static str,
    over: &'static [&'static str],
    under: &'static [&'static str],
    what: &'static str,
) -> Ratio {
    Ratio { name, over, under, what }
}

/// Where the parties do the same thing in different numbers of transactions, all transactions of each are counted.
pub(super) const RATIOS: &[Ratio] = &[
    ratio(
        "gas_deposit_lock_to_morpho_with_approval",
        &["gas_approve", "gas_deposit_lock"],
        &["gas_morpho_approve", "gas_morpho_supply_collateral"],
        "Agio approve + depositAndLock of one asset / Morpho approve + supplyCollateral, an account's first",
    ),
    ratio(
        "gas_deposit_lock_to_morpho",
        &["gas_deposit_lock"],
        &["gas_morpho_supply_collateral"],
        "Agio depositAndLock of one asset / Morpho supplyCollateral, an account's first, approved before",
    ),
    ratio(
        "gas_deposit_lock_to_aave_with_approval",
        &["gas_approve", "gas_deposit_lock"],
        &["gas_aave_approve", "gas_aave_supply"],
        "Agio approve + depositAndLock of one asset / Aave approve + supply, an account's first",
    ),
    ratio(
        "gas_deposit_lock_to_aave",
        &["gas_deposit_lock"],
        &["gas_aave_supply"],
        "Agio depositAndLock of one asset / Aave supply, an account's first, approved before",
    ),
    ratio(
        "gas_deposit_then_lock_to_morpho_with_approval",
        &["gas_approve", "gas_deposit_then_lock"],
        &["gas_morpho_approve", "gas_morpho_supply_collateral"],
        "Agio approve + deposit + lock, three transactions / Morpho approve + supplyCollateral, an account's first",
    ),
    ratio(
        "gas_deposit_top_up_to_morpho",
        &["gas_deposit_top_up"],
        &["gas_morpho_supply_collateral_later"],
        "Agio deposit + topUp / Morpho supplyCollateral, to collateral that is there, approved before",
    ),
    ratio(
        "gas_deposit_top_up_to_aave",
        &["gas_deposit_top_up"],
        &["gas_aave_supply_later"],
        "Agio deposit + topUp / Aave supply, to collateral that is there, approved before",
    ),
    ratio(
        "gas_loan_to_morpho_borrow",
        &["gas_accept", "gas_fund"],
        &["gas_morpho_borrow"],
        "Agio accept of a signed fixed-rate quote + fundWithToken / Morpho borrow at the market's rate",
    ),
    ratio(
        "gas_loan_to_aave_borrow",
        &["gas_accept", "gas_fund"],
        &["gas_aave_borrow"],
        "Agio accept of a signed fixed-rate quote + fundWithToken / Aave borrow at the market's rate",
    ),
    ratio(
        "gas_release_part_withdraw_to_morpho",
        &["gas_release_part", "gas_withdraw_part"],
        &["gas_morpho_withdraw_collateral_part"],
        "Agio releasePart + withdraw / Morpho withdrawCollateral, of part, with a debt",
    ),
    ratio(
        "gas_release_part_withdraw_to_aave",
        &["gas_release_part", "gas_withdraw_part"],
        &["gas_aave_withdraw_part"],
        "Agio releasePart + withdraw / Aave withdraw, of part, with a debt",
    ),
    ratio(
        "gas_repay_part_to_morpho",
        &["gas_repay_part"],
        &["gas_morpho_repay_part"],
        "Agio repay / Morpho repay, of part; Agio's reaches the lender, Morpho's the pool",
    ),
    ratio(
        "gas_repay_part_to_aave",
        &["gas_repay_part"],
        &["gas_aave_repay_part"],
        "Agio repay / Aave repay, of part; Agio's reaches the lender, Aave's the pool",
    ),
    ratio(
        "gas_repay_all_to_morpho",
        &["gas_repay_all"],
        &["gas_morpho_repay_all"],
        "Agio repay / Morpho repay, of all that is left",
    ),
    ratio(
        "gas_repay_all_to_aave",
        &["gas_repay_all"],
        &["gas_aave_repay_all"],
        "Agio repay / Aave repay, of all that is left",
    ),
    ratio(
        "gas_liquidate_part_to_morpho",
        &["gas_liquidate_part"],
        &["gas_morpho_liquidate_part"],
        "Agio liquidate with two feeds an asset / Morpho liquidate with one oracle, of part",
    ),
    ratio(
        "gas_liquidate_part_to_aave",
        &["gas_liquidate_part"],
        &["gas_aave_liquidation_call_part"],
        "Agio liquidate with two feeds an asset / Aave liquidationCall with one, of part",
    ),
    ratio(
        "gas_release_withdraw_to_morpho",
        &["gas_release", "gas_withdraw"],
        &["gas_morpho_withdraw_collateral"],
        "Agio release + withdraw / Morpho withdrawCollateral, of all, without a debt",
    ),
    ratio(
        "gas_release_withdraw_to_aave",
        &["gas_release", "gas_withdraw"],
        &["gas_aave_withdraw"],
        "Agio release + withdraw / Aave withdraw, of all, without a debt",
    ),
    ratio(
        "gas_batch_100_per_score_to_report_3_of_5",
        &["gas_batch_100_per_score"],
        &["gas_report_3_of_5_later"],
        "Agio a score of a batch of 100 / Agio a report alone, both later and by 3 of 5",
    ),
];
