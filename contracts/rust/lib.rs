//! The contracts as Rust sees them: their interfaces as types, and what it takes to deploy them.
//!
//! Both come from `artifacts`, which `build-contracts` writes from the Solidity sources and CI compares with them, so that
//! building this crate needs neither Node nor a compiler of Solidity.

#[expect(clippy::too_many_arguments, reason = "functions have the arguments that the contracts give them")]
pub mod bindings;
pub mod digest;
