//! The local world: private Postgres clusters, Anvil chains, and the real Aave v3 deployed on them.
//!
//! It depends on none of the product's crates, so that a database can be had while the product does not compile.
//! Whatever is started here ends with the process that started it, however that ends: see [`leash`].

pub mod aave;
pub mod account;
pub mod anvil;
mod file_lock;
pub mod leash;
mod log_tail;
pub mod postgres;
pub mod toolchain;

pub use anvil::{Anvil, AnvilOptions, Mining};
pub use postgres::{Data, Postgres, PostgresOptions};
pub use toolchain::Toolchain;
