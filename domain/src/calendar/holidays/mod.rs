//! The holidays of each place, as rules and named exceptions. Which of the lists a centre keeps is in [`super::centre`].

pub(super) mod germany;
pub(super) mod target;
pub(super) mod united_kingdom;
pub(super) mod united_states;
