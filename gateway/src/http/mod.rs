//! What every route shares: reading bodies and headers strictly, knowing the caller, limits, and one place where
//! responses get their request id and errors their body.

pub mod auth;
pub mod body;
pub mod etag;
pub mod headers;
pub mod limit;
pub mod observe;
pub mod query;
