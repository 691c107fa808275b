//! Borrow-rate curves of on-chain lenders, as integer arithmetic equal to the contracts' own to the last digit.

pub mod aave_v3;
