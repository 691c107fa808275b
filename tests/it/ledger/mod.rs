//! The ledger on a real Postgres.

mod accounts;
mod books;
mod closing;
mod commands;
mod histories;
mod lender;
mod posting;
mod raw_sql;
mod reading;
mod reference;
mod routes;
mod verifying;
