//! End to end: the real service on real Postgres, real lenders over HTTP, and Aave's own bytecode on Anvil.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper finds wrong fails the test that called it"
)]

mod aave;
mod access;
mod bad_input;
mod contracts;
mod deadline;
mod dependencies;
mod deployment;
mod explained;
mod hostile;
mod idempotency;
mod ledger;
mod lifecycle;
mod postgres_killed;
mod smoke;
mod stream;
mod support;
mod tenancy;
