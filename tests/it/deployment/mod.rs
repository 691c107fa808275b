//! The contracts as the deployer leaves them, on real chains.

mod beside;
mod chains;
mod deploying;
mod lanes;
mod two_chains;
mod verifying;
