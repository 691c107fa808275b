//! Reference contracts of ACTUS: terms and observed data in, every event out, each compared with the expected one.

use domain::actus::{ActusError, Event, Market, Terms, events};
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::verdict::{Verdict, decimal};

/// What a figure may be missed by, before any rounding to the currency's smallest unit.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("contract type {0} is not offered")]
    ContractType(String),
    #[error("{0}")]
    Unsupported(ActusError),
    #[error("an observed event of type {0} is not offered")]
    ObservedEvent(String),
    #[error("the term {0} is neither text nor number")]
    TermShape(String),
    #[error("observed data are not lists of a time and a value")]
    Observed,
    #[error("has no expected events with a date and a type")]
    NoEvents,
}

/// Runs the contract and compares every event.
pub(super) fn judge(vector: &Value) -> Verdict {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let found = match run(inputs) {
        Ok(found) => found,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    let expected = match expected(vector) {
        Ok(expected) => expected,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    match found {
        Ok((terms, events)) => compare(&terms, &events, &expected),
        Err(error) => {
            Verdict::Failed { expected: format!("{} events", expected.len()), found: format!("none ({error})") }
        }
    }
}

type Evaluated = Result<(Terms, Vec<Event>), ActusError>;

fn run(inputs: &Value) -> Result<Evaluated, Unread> {
    let empty = Map::new();
    let named = inputs.get("terms").and_then(Value::as_object).unwrap_or(&empty);
    let contract_type = named.get("contractType").and_then(Value::as_str).unwrap_or_default();
    if contract_type.parse::<domain::actus::ContractType>().is_err() {
        return Err(Unread::ContractType(contract_type.to_owned()));
    }
    let market = market(inputs)?;
    let until = inputs.get("until").and_then(Value::as_str).filter(|until| !until.is_empty());
    let until = until.map(|until| until.parse().map_err(|_| Unread::Observed)).transpose()?;
    let evaluated = Terms::try_new(texts(named)?).and_then(|terms| {
        let events = events(&terms, &market, until)?;
        Ok((terms, events))
    });
    match evaluated {
        Err(error @ ActusError::Unsupported { .. }) => Err(Unread::Unsupported(error)),
        other => Ok(other),
    }
}

fn texts(named: &Map<String, Value>) -> Result<Vec<(String, String)>, Unread> {
    let text = |(name, value): (&String, &Value)| match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some((name.clone(), text.clone()))),
        Value::Number(number) => Ok(Some((name.clone(), number.to_string()))),
        _ => Err(Unread::TermShape(name.clone())),
    };
    named.iter().filter_map(|term| text(term).transpose()).collect()
}

fn market(inputs: &Value) -> Result<Market, Unread> {
    let mut market = Market::default();
    for (code, series) in inputs.get("observed").and_then(Value::as_object).into_iter().flatten() {
        let points = series.get("data").and_then(Value::as_array).ok_or(Unread::Observed)?;
        let points = points.iter().map(|point| time(point, "timestamp").zip(number(point.get("value")?)));
        market = market.with_series(code, points.collect::<Option<Vec<_>>>().ok_or(Unread::Observed)?);
    }
    for event in inputs.get("events_observed").and_then(Value::as_array).into_iter().flatten() {
        let at = time(event, "time").ok_or(Unread::Observed)?;
        market = match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "PP" => market.with_prepayment(at, event.get("value").and_then(number).ok_or(Unread::Observed)?),
            "AD" => market.with_analysis(at),
            other => return Err(Unread::ObservedEvent(other.to_owned())),
        };
    }
    Ok(market)
}

fn time(fields: &Value, name: &str) -> Option<DateTime> {
    fields.get(name)?.as_str()?.parse().ok()
}

/// A figure as a number or as text. One with more places than a decimal has is a float that is all but zero.
fn number(value: &Value) -> Option<Decimal> {
    let text = value.as_str();
    let exact = text.map_or_else(|| decimal(value), |text| Decimal::from_str_exact(text.trim()).ok());
    let float = || text.map_or_else(|| value.as_f64(), |text| text.trim().parse().ok());
    exact.or_else(|| Decimal::from_f64_retain(float()?))
}

struct Expected<'a> {
    at: DateTime,
    kind: &'a str,
    fields: &'a Value,
}

fn expected(vector: &Value) -> Result<Vec<Expected<'_>>, Unread> {
    let events = vector.pointer("/expected/events").and_then(Value::as_array).ok_or(Unread::NoEvents)?;
    let read = |fields| {
        let kind = Value::get(fields, "eventType")?.as_str()?;
        Some(Expected { at: time(fields, "eventDate")?, kind, fields })
    };
    events.iter().map(read).collect::<Option<_>>().ok_or(Unread::NoEvents)
}

/// Fails with the first difference. A figure that the vector does not state is not compared.
fn compare(terms: &Terms, found: &[Event], expected: &[Expected<'_>]) -> Verdict {
    for (index, (event, wanted)) in found.iter().zip(expected).enumerate() {
        let place = |what: &str| format!("event {index} {} {} {what}", wanted.at, wanted.kind);
        let failed = |expected: String, found: String| Verdict::Failed { expected, found };
        if (event.at, event.kind.acronym()) != (wanted.at, wanted.kind) {
            return failed(place("").trim_end().to_owned(), format!("{} {}", event.at, event.kind));
        }
        let currency = wanted.fields.get("currency").and_then(Value::as_str);
        if let Some(currency) = currency.filter(|currency| *currency != terms.payoff_currency()) {
            return failed(place(&format!("in {currency}")), terms.payoff_currency().to_owned());
        }
        let figures = [
            ("payoff", event.payoff),
            ("notionalPrincipal", event.notional),
            ("nominalInterestRate", event.rate),
            ("accruedInterest", event.accrued),
        ];
        for (name, figure) in figures {
            let Some(value) = wanted.fields.get(name).filter(|value| !value.is_null()) else { continue };
            let near =
                number(value).and_then(|wanted| figure.checked_sub(wanted)).is_some_and(|off| off.abs() <= TOLERANCE);
            if !near {
                return failed(place(&format!("{name} {value}")), figure.round_dp(10).normalize().to_string());
            }
        }
    }
    if found.len() == expected.len() {
        return Verdict::Passed;
    }
    Verdict::Failed { expected: format!("{} events", expected.len()), found: format!("{} events", found.len()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// 1,200 lent for two months at 12 %.
    fn vector() -> Value {
        json!({
            "inputs": {
                "terms": {
                    "contractType": "PAM", "contractRole": "RPA", "currency": "USD", "dayCountConvention": "30E360",
                    "statusDate": "2012-12-31T00:00:00", "initialExchangeDate": "2013-01-01T00:00",
                    "maturityDate": "2013-03-01", "notionalPrincipal": 1200, "nominalInterestRate": 0.12,
                    "cycleOfInterestPayment": "P1ML0", "contractID": null
                },
                "observed": {}, "events_observed": [], "until": ""
            },
            "expected": {"events": [
                {"eventDate": "2013-01-01T00:00", "eventType": "IED", "payoff": -1200.0, "currency": "USD",
                 "notionalPrincipal": 1200, "nominalInterestRate": 0.12, "accruedInterest": 1e-30},
                {"eventDate": "2013-02-01T00:00:00", "eventType": "IP", "payoff": "12.0000009", "accruedInterest": null},
                {"eventDate": "2013-03-01T00:00", "eventType": "IP", "payoff": 12},
                {"eventDate": "2013-03-01T00:00", "eventType": "MD", "payoff": 1200, "notionalPrincipal": 0}
            ]}
        })
    }

    fn changed(pointer: &str, value: Value) -> Verdict {
        let mut vector = vector();
        *vector.pointer_mut(pointer).unwrap() = value;
        judge(&vector)
    }

    fn failed(expected: &str, found: &str) -> Verdict {
        Verdict::Failed { expected: expected.to_owned(), found: found.to_owned() }
    }

    fn skipped(reason: &str) -> Verdict {
        Verdict::NotApplicable(reason.to_owned())
    }

    #[test]
    fn every_event_is_compared_in_date_type_currency_and_figures() {
        assert_eq!(judge(&vector()), Verdict::Passed);
        let event = "/expected/events/1";
        let at = "event 1 2013-02-01T00:00:00 IP";
        let payoff = |figure: f64| changed(&format!("{event}/payoff"), json!(figure));
        assert_eq!(payoff(12.000001), Verdict::Passed);
        assert_eq!(payoff(12.0000011), failed(&format!("{at} payoff 12.0000011"), "12"));
        assert_eq!(payoff(11.9999989), failed(&format!("{at} payoff 11.9999989"), "12"));
        for name in ["notionalPrincipal", "nominalInterestRate", "accruedInterest"] {
            let mut vector = vector();
            vector["expected"]["events"][1][name] = json!(7);
            assert!(matches!(judge(&vector), Verdict::Failed { expected, .. } if expected == format!("{at} {name} 7")));
        }
        let date = changed(&format!("{event}/eventDate"), json!("2013-02-01T00:00:01"));
        assert_eq!(date, failed("event 1 2013-02-01T00:00:01 IP", "2013-02-01T00:00:00 IP"));
        let kind = changed(&format!("{event}/eventType"), json!("PR"));
        assert_eq!(kind, failed("event 1 2013-02-01T00:00:00 PR", "2013-02-01T00:00:00 IP"));
        let currency = changed("/expected/events/0/currency", json!("CHF"));
        assert_eq!(currency, failed("event 0 2013-01-01T00:00:00 IED in CHF", "USD"));
        assert_eq!(
            changed("/expected/events/3", json!(null)),
            skipped("has no expected events with a date and a type")
        );
        assert_eq!(changed("/inputs/until", json!("2013-02-28")), failed("4 events", "2 events"));
        assert_eq!(changed("/expected/events", json!([])), failed("0 events", "4 events"));
    }

    #[test]
    fn a_contract_that_should_have_events_and_is_refused_fails() {
        let refused = changed("/inputs/terms/maturityDate", json!("2012-01-01"));
        assert_eq!(refused, failed("4 events", "none (maturityDate: must lie after initialExchangeDate)"));
        let mut vector = vector();
        vector["inputs"]["terms"]["cycleOfRateReset"] = json!("P1ML0");
        vector["inputs"]["terms"]["marketObjectCodeOfRateReset"] = json!("INDEX");
        assert_eq!(judge(&vector), failed("4 events", "none (INDEX: no observation at or before 2013-02-01T00:00:00)"));
        vector["inputs"]["observed"] = json!({"INDEX": {"data": [{"timestamp": "2013-01-31T00:00", "value": "0.12"}]}});
        assert_eq!(judge(&vector), failed("event 2 2013-03-01T00:00:00 IP", "2013-02-01T00:00:00 RR"));
    }

    #[test]
    fn what_is_not_offered_is_skipped_with_the_reason() {
        let terms = |name: &str| format!("/inputs/terms/{name}");
        assert_eq!(changed(&terms("contractType"), json!("CLM")), skipped("contract type CLM is not offered"));
        let roll = changed(&terms("contractID"), json!("C1"));
        assert_eq!(roll, Verdict::Passed);
        let mut vector = vector();
        vector["inputs"]["terms"]["businessDayConvention"] = json!("SCX");
        assert_eq!(judge(&vector), skipped(r#"businessDayConvention: "SCX" is not supported"#));
        let structure = changed(&terms("contractID"), json!({"object": 1}));
        assert_eq!(structure, skipped("the term contractID is neither text nor number"));
        let observed = "observed data are not lists of a time and a value";
        assert_eq!(changed("/inputs/observed", json!({"X": []})), skipped(observed));
        assert_eq!(
            changed("/inputs/observed", json!({"X": {"data": [{"timestamp": "x", "value": 1}]}})),
            skipped(observed)
        );
        assert_eq!(
            changed("/inputs/observed", json!({"X": {"data": [{"timestamp": "2013-01-01"}]}})),
            skipped(observed)
        );
        assert_eq!(changed("/inputs/until", json!("x")), skipped(observed));
        let event = |kind: &str| {
            changed("/inputs/events_observed", json!([{"time": "2013-01-16", "type": kind, "value": 200}]))
        };
        assert_eq!(event("CE"), skipped("an observed event of type CE is not offered"));
        assert_eq!(event("PP"), failed("event 1 2013-02-01T00:00:00 IP", "2013-01-16T00:00:00 PP"));
        assert_eq!(event("AD"), failed("event 1 2013-02-01T00:00:00 IP", "2013-01-16T00:00:00 AD"));
        assert_eq!(changed("/inputs", json!({})), skipped("contract type  is not offered"));
    }
}
