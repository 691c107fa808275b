//! The calls by which a borrower's wallet would take the offer, unsigned, and what sending them costs.

use alloy::primitives::Address;
use alloy::sol_types::SolCall;
use domain::U256;
use domain::caip::ChainId;
use domain::offer::PlannedCall;

use super::abi::{IERC20, IPool};

/// Gas of each call, with room: measured on the pool's own bytecode by a test that fails when they no longer cover it.
pub const GAS_APPROVE: u64 = 60_000;
pub const GAS_SUPPLY: u64 = 280_000;
pub const GAS_BORROW: u64 = 400_000;

/// Aave's number for variable-rate debt.
const VARIABLE: U256 = U256::from_limbs([2, 0, 0, 0]);
const NO_REFERRAL: u16 = 0;

/// What the plan is for.
#[derive(Debug)]
pub(super) struct Borrowing<'a> {
    pub chain: &'a ChainId,
    pub pool: Address,
    pub wallet: Address,
    /// Token, amount, and what it is called.
    pub collateral: Vec<(Address, U256, &'a str)>,
    pub debt: (Address, U256, &'a str),
}

impl Borrowing<'_> {
    /// Approve and supply each collateral, then borrow.
    pub(super) fn plan(&self) -> Vec<PlannedCall> {
        let mut calls = Vec::with_capacity(2 * self.collateral.len() + 1);
        for (asset, amount, symbol) in &self.collateral {
            let approve = IERC20::approveCall { spender: self.pool, amount: *amount };
            calls.push(self.call(format!("allow the pool to take the {symbol}"), *asset, &approve));
            let supply = IPool::supplyCall {
                asset: *asset,
                amount: *amount,
                onBehalfOf: self.wallet,
                referralCode: NO_REFERRAL,
            };
            calls.push(self.call(format!("supply the {symbol} as collateral"), self.pool, &supply));
        }
        let (asset, amount, symbol) = self.debt;
        let borrow = IPool::borrowCall {
            asset,
            amount,
            interestRateMode: VARIABLE,
            referralCode: NO_REFERRAL,
            onBehalfOf: self.wallet,
        };
        calls.push(self.call(format!("borrow the {symbol}"), self.pool, &borrow));
        calls
    }

    fn call(&self, purpose: String, to: Address, call: &impl SolCall) -> PlannedCall {
        PlannedCall {
            purpose,
            chain: self.chain.clone(),
            to: format!("{to:#x}"),
            data: alloy::primitives::hex::encode_prefixed(call.abi_encode()),
            value: U256::ZERO,
        }
    }
}

/// Gas of the whole plan for so many collateral assets.
pub(super) fn gas_of(collateral: usize) -> U256 {
    U256::from(GAS_APPROVE + GAS_SUPPLY) * U256::from(collateral) + U256::from(GAS_BORROW)
}
