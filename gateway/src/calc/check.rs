//! `agio calc check FILE…`: runs files of published figures against this build's own mathematics.
//!
//! A file is `{"vectors": [{"id", "inputs", "expected", "verified"}]}`. What is checked is decided by the shape of each
//! vector and never by the file's name: one whose figures this product does not compute is counted, with the reason,
//! and not passed over. A vector that its author verified gates the exit code; the others are computed and shown.

mod actus;
mod apr;
mod calendar;
mod curve;
mod day_count;
mod journal;
mod rates;
mod schedules;
mod verdict;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use verdict::{Verdict, field};

/// No file of figures is larger; a wrong path should not fill the memory.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Why a file could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: larger than {MAX_FILE_BYTES} bytes")]
    TooLarge { path: PathBuf },
    #[error("{path}: not a file of figures: {source}")]
    Malformed { path: PathBuf, source: serde_json::Error },
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    file: String,
    passed: usize,
    failures: Vec<Failure>,
    not_applicable: BTreeMap<String, usize>,
}

/// A figure that was computed and is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    id: String,
    expected: String,
    found: String,
    gates: bool,
}

#[derive(Deserialize)]
struct File {
    vectors: Vec<Value>,
}

/// Runs a vector by what its shape says it is.
fn judge(vector: &Value) -> Verdict {
    let has = |pointer: &str| vector.pointer(pointer).is_some();
    let holds = |names: &[&str]| names.iter().all(|name| field(vector, name).is_some());
    let rolls = holds(&["start", "months"]) && vector.get("expected").is_some_and(Value::is_string);
    if has("/protocol") {
        curve::judge(vector)
    } else if has("/expected/apr_percent") {
        apr::judge(vector)
    } else if holds(&["convention", "start", "end"]) {
        day_count::judge(vector)
    } else if holds(&["expected_holidays"]) || rolls {
        calendar::judge(vector)
    } else if has("/expected/value") {
        rates::judge(vector)
    } else if has("/inputs/terms/contractType") {
        actus::judge(vector)
    } else if journal::reads(vector) {
        journal::judge(vector)
    } else if schedules::reads(vector) {
        schedules::judge(vector)
    } else {
        Verdict::NotApplicable("of no kind that is computed here".to_owned())
    }
}

/// Checks one file.
///
/// # Errors
/// When it cannot be read or is no such file. A figure that differs is not an error: see [`Report::gates`].
pub fn check_file(path: &Path) -> Result<Report, CheckError> {
    let read = |source| CheckError::Read { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(read)?.len() > MAX_FILE_BYTES {
        return Err(CheckError::TooLarge { path: path.to_owned() });
    }
    let text = std::fs::read_to_string(path).map_err(read)?;
    check_text(&path.display().to_string(), &text)
        .map_err(|source| CheckError::Malformed { path: path.to_owned(), source })
}

fn check_text(name: &str, text: &str) -> Result<Report, serde_json::Error> {
    let file: File = serde_json::from_str(text)?;
    let mut report = Report { file: name.to_owned(), passed: 0, failures: Vec::new(), not_applicable: BTreeMap::new() };
    for (number, vector) in (1u32..).zip(&file.vectors) {
        report.add(number, vector);
    }
    Ok(report)
}

impl Report {
    /// True when a verified figure of a kind that this product computes came out wrong: the exit code is then 1.
    #[must_use]
    pub fn gates(&self) -> bool {
        self.failures.iter().any(|failure| failure.gates)
    }

    fn add(&mut self, number: u32, vector: &Value) {
        match judge(vector) {
            Verdict::Passed => self.passed = self.passed.saturating_add(1),
            Verdict::Failed { expected, found } => {
                let id = vector.get("id").and_then(Value::as_str);
                let gates = vector.get("verified") == Some(&Value::Bool(true));
                let id = id.map_or_else(|| format!("#{number}"), str::to_owned);
                self.failures.push(Failure { id, expected, found, gates });
            }
            Verdict::NotApplicable(reason) => {
                let count = self.not_applicable.entry(reason).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failed, skipped) = (self.failures.len(), self.not_applicable.values().sum::<usize>());
        let checked = self.passed.saturating_add(failed);
        let passed = self.passed;
        write!(f, "{}: {checked} checked, {passed} passed, {failed} failed, {skipped} not applicable", self.file)?;
        for failure in &self.failures {
            let note = if failure.gates { "" } else { " (not verified by its author, does not gate)" };
            write!(f, "\n  {}: expected {}, found {}{note}", failure.id, failure.expected, failure.found)?;
        }
        for (reason, count) in &self.not_applicable {
            write!(f, "\n  not applicable: {count} {reason}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEKLY: &str = r#"{"unit_periods_per_year": 52, "advances": [{"amount": 500, "t": 0, "f": 0}],
        "payments": [{"amount": 17.6, "t": 4, "f": 0.571428571429, "count": 30, "every": 1}]}"#;

    fn vector(id: &str, method: &str, inputs: &str, expected: &str, verified: &str) -> String {
        format!(
            r#"{{"id": "{id}", "method": "{method}", "inputs": {inputs}, "expected": {expected}, "verified": {verified}}}"#
        )
    }

    fn run(vectors: &[String]) -> Report {
        check_text("figures.json", &format!(r#"{{"about": "test", "vectors": [{}]}}"#, vectors.join(","))).unwrap()
    }

    #[test]
    fn a_figure_within_its_tolerance_passes_and_one_outside_gates_when_verified() {
        // Regulation Z Appendix J (c)(1)(v): 14.96 %.
        let at = |percent: &str| format!(r#"{{"apr_percent": {percent}, "tolerance": 0.005}}"#);
        let good = vector("good", "us_actuarial_appendix_j", WEEKLY, &at("14.96"), "true");
        let wrong = |verified| vector("wrong", "us_actuarial_appendix_j", WEEKLY, &at("14.97"), verified);
        assert_eq!(
            run(std::slice::from_ref(&good)).to_string(),
            "figures.json: 1 checked, 1 passed, 0 failed, 0 not applicable"
        );
        let gating = run(&[good.clone(), wrong("true")]);
        assert!(gating.gates());
        assert_eq!(
            gating.to_string(),
            "figures.json: 2 checked, 1 passed, 1 failed, 0 not applicable\n  \
             wrong: expected 14.97 % ± 0.005, found 14.962223 %"
        );
        for verified in ["false", "null"] {
            let report = run(&[good.clone(), wrong(verified)]);
            assert!(!report.gates());
            assert!(report.to_string().contains("does not gate"), "{report}");
        }
    }

    #[test]
    fn years_days_and_dates_are_read_as_given() {
        let exact = r#"{"apr_percent": 1286.2, "tolerance": 0.05}"#;
        let by_days = r#"{"advances": [{"amount": 100, "years": 0}], "payments": [{"amount": 125, "years": 9}],
            "day_basis": 365.25, "days": [31]}"#;
        let by_years = r#"{"advances": [{"amount": 100, "years": 0}],
            "payments": [{"amount": 125, "years": 0.08487337440109514}]}"#;
        let dated = r#"{"advances": [{"amount": 1000, "date": "1978-01-03"}],
            "payments": [{"amount": 1080, "date": "1978-09-15"}]}"#;
        let regular = r#"{"advances": [{"amount": 200000, "years": 0}], "payments": [{"amount": 4000, "years": 0},
            {"amount": 1449.53, "years": 0.0833333333333333, "count": 240, "every_years": 0.0833333333333333}]}"#;
        let report = run(&[
            vector("days", "effective_annual_days", by_days, exact, "true"),
            vector("years", "effective_annual_days", by_years, exact, "true"),
            vector("us", "us_actuarial_appendix_j", dated, r#"{"apr_percent": 11.45, "decimals": 2}"#, "true"),
            vector("eu", "eu_aprc_annex_i", regular, r#"{"apr_percent": 6.588554, "tolerance": 2e-05}"#, "true"),
        ]);
        assert_eq!(report.to_string(), "figures.json: 4 checked, 4 passed, 0 failed, 0 not applicable");
    }

    #[test]
    fn days_and_holidays_are_told_by_their_shape() {
        let report = run(&[
            r#"{"convention": "Act/360", "start": "2026-01-01", "end": "2026-01-04", "expected": {"days": 3}}"#.to_owned(),
            r#"{"inputs": {"convention": "Act/360", "start": "2026-01-01", "end": "2026-01-04"}, "expected": {"days": 3}}"#
                .to_owned(),
            r#"{"id": "ql-target", "expected_holidays": ["2026-12-25"], "ranges": []}"#.to_owned(),
            r#"{"start": "2026-01-31", "months": 1, "expected": "2026-02-28"}"#.to_owned(),
            r#"{"start": "2026-01-31", "months": 1, "expected": {"rows": []}}"#.to_owned(),
        ]);
        assert_eq!(
            report.to_string(),
            "figures.json: 4 checked, 4 passed, 0 failed, 1 not applicable\n  \
             not applicable: 1 of no kind that is computed here"
        );
    }

    #[test]
    fn an_equation_without_a_rate_is_a_failure_and_not_a_gap() {
        let inputs = r#"{"advances": [{"amount": 100, "years": 0}], "payments": [{"amount": 90, "years": 1}]}"#;
        let report = run(&[vector("loss", "eu_x", inputs, r#"{"apr_percent": 5, "tolerance": 1}"#, "true")]);
        assert!(report.gates());
        assert!(report.to_string().contains("loss: expected 5 % ± 1, found no rate ("), "{report}");
    }

    #[test]
    fn other_figures_are_counted_with_their_reason() {
        let dated = r#"{"advances": [{"amount": 1, "date": "2026-01-01"}], "payments": [{"amount": 2, "date": "x"}]}"#;
        let untimed = r#"{"advances": [{"amount": 1}], "payments": [{"amount": 2}]}"#;
        let apr = r#"{"apr_percent": 1, "tolerance": 1}"#;
        let report = run(&[
            r#"{"id": "schedule", "inputs": {"principal": 1}, "expected": {"rows": []}, "verified": true}"#.to_owned(),
            r#"{"id": "daycount", "start": "2026-01-01", "expected": {"days": 3}, "verified": true}"#.to_owned(),
            vector("no flows", "x", "{}", apr, "true"),
            vector("untimed", "x", untimed, apr, "true"),
            vector("bad date", "us_x", dated, apr, "true"),
        ]);
        assert!(!report.gates());
        assert_eq!(
            report.to_string(),
            "figures.json: 0 checked, 0 passed, 0 failed, 5 not applicable\n  \
             not applicable: 1 a flow has no time that is understood (t and f, years, days or date)\n  \
             not applicable: 1 a flow's amount or time is not a number that is understood\n  \
             not applicable: 1 has no advances and payments\n  \
             not applicable: 2 of no kind that is computed here"
        );
    }

    #[test]
    fn what_is_no_file_of_figures_is_an_error() {
        assert!(check_text("x", "[]").is_err());
        assert!(check_text("x", "{").is_err());
        assert!(matches!(check_file(Path::new("/nonexistent/figures.json")), Err(CheckError::Read { .. })));
    }
}
