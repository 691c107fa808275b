//! Borrow-rate curves of on-chain lenders, as integer arithmetic equal to the contracts' own to the last digit.

pub mod aave_v3;
mod annual;
pub mod compound_v3;
pub mod morpho_adaptive;

pub use annual::{AnnualBounds, SECONDS_PER_YEAR};
