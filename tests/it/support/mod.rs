//! What the tests share: one Postgres for the process, one database a test, gateways that run in process, and lenders.

pub mod chain;
pub mod database;
pub mod gateway;
pub mod lenders;
pub mod request;
pub mod sse;
pub mod wait;
