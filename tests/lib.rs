//! End-to-end tests live in `it/`; the crate itself is empty.
