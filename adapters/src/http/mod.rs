//! Lenders over HTTP.

mod client;
mod lender;
mod lines;

pub use client::{ClientError, HttpClient};
pub use lender::{HttpLender, HttpLenderConfig, LenderError};
