//! The contracts as Rust sees them: their interfaces as types, and what it takes to deploy them.
//!
//! Both come from `artifacts`, which `build-contracts` writes from the Solidity sources and CI compares with them, so that
//! building this crate needs neither Node nor a compiler of Solidity.
//!
//! With the feature `build` nothing of this is here: the command must build when the artifacts do not fit any more.
#![cfg(not(feature = "build"))]

pub mod bindings;
pub mod creation;
pub mod deploy;
pub mod digest;
