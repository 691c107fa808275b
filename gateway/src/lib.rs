//! The gateway: routes, quotes, storage, and the command line around them.

pub mod app;
pub mod auth;
pub mod books;
pub mod calc;
pub mod cli;
pub mod config;
pub mod db;
pub mod http;
pub mod openapi;
pub mod problem;
pub mod quotes;
pub mod routes;
pub mod serve;
