//! The calculators: the normalisation that every quote goes through, for anyone to check, over HTTP and on the command
//! line alike.

pub mod apr;
pub mod check;
pub mod schedule;
