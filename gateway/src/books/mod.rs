//! The ledger as the API shows it.

pub mod answer;
pub mod problem;
pub mod report;
pub mod view;
