//! Sandbox lenders: real HTTP servers on this machine that speak the provider protocol, to demonstrate and to test
//! against.
//!
//! Six lenders with prices and conventions of their own (see [`profile`]) answer as real ones would; some amounts force
//! any other outcome, from a decline to a gzip bomb (see [`magic`]). Each runs until it is stopped or dropped, and ends
//! every connection with it. Memory is bounded: questions are remembered up to a limit, and what floods a gateway is
//! made as it is sent.

mod configuration;
mod connection;
mod fault;
mod lender;
pub mod magic;
mod memory;
mod offer;
pub mod profile;
mod question;
mod running;
mod server;

pub use configuration::provider_toml;
pub use lender::{Lender, ProfileError};
pub use question::{Question, QuestionError};
pub use running::{RunningLender, SandboxError, SandboxOptions, generate_secret, start, start_all, start_many};
