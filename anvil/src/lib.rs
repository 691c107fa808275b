//! The local world: private Postgres clusters, Anvil chains, the real Aave v3 deployed on them, and lenders to ask.
//!
//! It depends on no crate whose queries are checked against a database, so that one can be had before they compile.
//! Whatever is started here ends with the process that started it, however that ends: see [`leash`].

pub mod aave;
pub mod account;
pub mod anvil;
pub mod bench;
pub mod credit;
mod file_lock;
pub mod gas;
pub mod leash;
mod log_tail;
pub mod postgres;
pub mod sandbox;
pub mod toolchain;
pub mod world;

pub use anvil::{Anvil, AnvilOptions, Mining};
pub use postgres::{Data, Postgres, PostgresOptions};
pub use toolchain::Toolchain;
