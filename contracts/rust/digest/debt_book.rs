//! Messages of `SignedDebtBook`: `contracts/src/collateral/SignedDebtBook.sol`.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue as _;

use super::domain::domain;
use crate::bindings::signed_debt_book::SignedDebtBook as book;

pub use book::{DebtStatement, DebtTerms};

pub use hashed::DebtAcknowledgement;

mod hashed {
    alloy::sol! {
        /// A borrower's word that the money came.
        #[derive(Debug, PartialEq, Eq)]
        struct DebtAcknowledgement {
            bytes32 loanId;
        }
    }
}

domain! {
    /// The domain of a `SignedDebtBook`.
    DebtBookDomain, DebtBookMessage, "Agio SignedDebtBook":
    DebtTerms, DebtAcknowledgement, DebtStatement,
}

impl DebtBookDomain {
    /// The id of a loan: the digest of the terms that its lender signed.
    #[must_use]
    pub fn loan_id(&self, terms: &DebtTerms) -> B256 {
        self.digest(terms)
    }
}

/// `DebtTerms.collateralHash`: `keccak256(abi.encode(assets, amounts))` of the least to be locked.
#[must_use]
pub fn collateral_hash(assets: &[Address], amounts: &[U256]) -> B256 {
    keccak256((assets, amounts).abi_encode_params())
}
