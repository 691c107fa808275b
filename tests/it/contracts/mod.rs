//! The model of secured loans in Rust against the contracts, on a real node.
//!
//! Ten thousand cases a family go through the libraries that the contracts use, many in one call. Cases come from a
//! fixed seed, half of them plausible and half of any magnitude at all, so that what overflows is compared as well.

mod digests;
mod formulas;
mod harness;
pub mod random;
