//! Lenders over HTTP.

mod client;
mod lender;

pub use client::{ClientError, HttpClient};
pub use lender::{HttpLender, HttpLenderConfig, LenderError};
