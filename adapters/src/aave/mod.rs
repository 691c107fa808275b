//! Aave v3 as a lender: what a borrow would cost after it has moved the market, read from the chain at one block.
//!
//! The lender is non-custodial: the offer carries unsigned calls that the borrower's own wallet would send. Nothing here
//! signs or sends. All reads of one quote are made at one block, by its hash, and the quote says which.

mod abi;
mod lender;
mod plan;
mod position;
mod reader;
mod reading;

pub use lender::{AaveLender, AaveLenderConfig, AaveLenderError};
pub use plan::{GAS_APPROVE, GAS_BORROW, GAS_SUPPLY};
