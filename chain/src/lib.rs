//! Everything between the gateway and EVM chains.
//!
//! [`registry`] says what is particular to each chain, [`rpc`] reads from nodes that fail and lie, [`transaction`] brings
//! calls onto a chain exactly once, [`signer`] holds keys behind a policy, [`follow`] turns a chain's events into rows and takes
//! them back when the chain does, and [`choice`] says what a chain costs and how long it takes.

pub mod registry;
pub mod rpc;
pub mod signer;
