//! What the tests share: one Postgres for the process, one database a test, and gateways that run in process.

pub mod database;
pub mod gateway;
pub mod request;
