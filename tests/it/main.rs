//! End to end: the real service on real Postgres, real lenders over HTTP, and Aave's own bytecode on Anvil.

mod aave;
mod dependencies;
mod smoke;
mod support;
