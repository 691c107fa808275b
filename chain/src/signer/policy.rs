//! What a signer may sign, decided before the key is asked.

use std::collections::BTreeSet;

use alloy::primitives::{Address, FixedBytes, U256};
use domain::caip::ChainId;

pub type Selector = FixedBytes<4>;

/// A function of a contract of a chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Allowed {
    pub chain: ChainId,
    pub contract: Address,
    pub selector: Selector,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub allowed: BTreeSet<Allowed>,
    /// Most coins that one transaction may move.
    pub value_cap_wei: U256,
    /// Most coins, fees counted at their highest, that transactions of one day (UTC, by the database's clock) may cost on one chain.
    pub daily_cap_wei: U256,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    #[error("a transaction that makes a contract is never signed")]
    Creation,
    #[error("{selector} of {contract} on {chain} is not on the signer's list")]
    NotAllowed { chain: ChainId, contract: Address, selector: Selector },
    #[error("a call of {contract} without a function is not on the signer's list")]
    NoSelector { contract: Address },
    #[error("a value of {value_wei} wei is above the signer's cap of {cap_wei}")]
    OverValueCap { value_wei: U256, cap_wei: U256 },
    #[error("{cost_wei} wei and {spent_wei} spent today are above the signer's daily cap of {cap_wei}")]
    OverDailyCap { cost_wei: U256, spent_wei: U256, cap_wei: U256 },
}

impl Policy {
    /// Whether this call may be signed for, whatever else was signed today.
    ///
    /// # Errors
    /// What the policy does not allow.
    pub fn check(&self, chain: &ChainId, to: Address, data: &[u8], value_wei: U256) -> Result<(), PolicyRefusal> {
        let head: Option<[u8; 4]> = data.get(..4).and_then(|head| head.try_into().ok());
        let selector = Selector::from(head.ok_or(PolicyRefusal::NoSelector { contract: to })?);
        let call = Allowed { chain: chain.clone(), contract: to, selector };
        if !self.allowed.contains(&call) {
            let Allowed { chain, contract, selector } = call;
            return Err(PolicyRefusal::NotAllowed { chain, contract, selector });
        }
        if value_wei > self.value_cap_wei {
            return Err(PolicyRefusal::OverValueCap { value_wei, cap_wei: self.value_cap_wei });
        }
        Ok(())
    }

    /// Whether today's spending has room for this.
    ///
    /// # Errors
    /// When it has not.
    pub fn check_day(&self, spent_wei: U256, cost_wei: U256) -> Result<(), PolicyRefusal> {
        match spent_wei.checked_add(cost_wei) {
            Some(sum) if sum <= self.daily_cap_wei => Ok(()),
            _ => Err(PolicyRefusal::OverDailyCap { cost_wei, spent_wei, cap_wei: self.daily_cap_wei }),
        }
    }
}
