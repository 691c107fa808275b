//! Query parameters, read strictly: each at most once, none that the route does not know, and every fault named.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query as Pairs};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::problem::{FieldError, Problem};

/// What the caller gave. Parameters are taken out one by one; what is left in the end is unknown.
#[derive(Debug, Default)]
pub struct Query {
    given: BTreeMap<String, String>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = Pairs::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Pairs(pairs) = pairs.map_err(|_| {
            Problem::invalid(vec![FieldError::new("", "query_string", "the query is not name=value pairs between `&`")])
        })?;
        let mut query = Self::default();
        for (name, value) in pairs {
            match query.given.entry(name) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(twice) => {
                    let error = FieldError::new(twice.key().as_str(), "once", "the parameter is given more than once");
                    query.errors.push(error);
                }
            }
        }
        Ok(query)
    }
}

impl Query {
    pub fn refuse(&mut self, name: &str, rule: &str, detail: &str) {
        self.errors.push(FieldError::new(name, rule, detail));
    }

    pub fn take<T>(&mut self, name: &str, rule: &str, detail: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = read(&self.given.remove(name)?);
        if value.is_none() {
            self.refuse(name, rule, detail);
        }
        value
    }

    /// Whatever its own reader takes.
    pub fn parsed<T: FromStr>(&mut self, name: &str, rule: &str, detail: &str) -> Option<T> {
        self.take(name, rule, detail, |text| text.parse().ok())
    }

    /// From `least` to `most` characters, none of which controls anything.
    pub fn text(&mut self, name: &str, least: usize, most: usize) -> Option<String> {
        let fits = |text: &str| (least..=most).contains(&text.chars().count()) && !text.contains(char::is_control);
        let detail = format!("from {least} to {most} characters, none of them a control character");
        self.take(name, "length", &detail, |text| fits(text).then(|| text.to_owned()))
    }

    /// Of the years 0 to 9999.
    pub fn date(&mut self, name: &str) -> Option<Date> {
        let detail = "a day as YYYY-MM-DD";
        self.take(name, "date", detail, |text| text.parse().ok().filter(|_| text.len() == 10))
    }

    /// Of the years 1970 to 9999.
    pub fn moment(&mut self, name: &str) -> Option<Timestamp> {
        let detail = "a moment as RFC 3339 has it, from 1970 on, in UTC: 2026-01-31T23:59:59Z";
        self.take(name, "date_time", detail, |text| {
            let moment = text.parse::<Timestamp>().ok()?;
            (text.ends_with('Z') && moment >= Timestamp::UNIX_EPOCH).then_some(moment)
        })
    }

    pub fn size(&mut self, name: &str, most: usize, otherwise: usize) -> usize {
        let detail = format!("a whole number from 1 to {most}");
        let read = |text: &str| text.parse().ok().filter(|size| (1..=most).contains(size));
        self.take(name, "range", &detail, read).unwrap_or(otherwise)
    }

    /// Says that a parameter is missing, unless what was given for it has been refused already.
    pub fn require<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.errors.iter().all(|error| error.pointer != name) {
            self.refuse(name, "required", "the parameter must be given");
        }
        value
    }

    /// # Errors
    /// The problem `invalid_request` with everything that is wrong.
    pub fn done(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.given).into_keys() {
            let shown: String = name.chars().take(100).collect();
            self.refuse(&shown, "unknown_parameter", "this route has no such parameter");
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}
