//! The ledger on a real Postgres.

mod books;
mod closing;
mod lender;
mod posting;
mod raw_sql;
mod reading;
