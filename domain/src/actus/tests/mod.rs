mod observed;
mod properties;
mod reference;
mod refusals;
mod rules;
mod seasoned;

use std::collections::BTreeMap;
use std::str::FromStr;

use super::*;
use reference::Reference;

/// A lent 1,200 at 12 % over three months of 30 days: interest of 12 a month on all of it.
const LOAN: [(&str, &str); 12] = [
    ("contractType", "PAM"),
    ("contractRole", "RPA"),
    ("currency", "USD"),
    ("statusDate", "2012-12-31"),
    ("initialExchangeDate", "2013-01-01"),
    ("maturityDate", "2013-04-01"),
    ("notionalPrincipal", "1200"),
    ("nominalInterestRate", "0.12"),
    ("dayCountConvention", "30E360"),
    ("cycleOfInterestPayment", "P1ML0"),
    ("cycleOfPrincipalRedemption", "P1ML0"),
    ("marketObjectCodeOfRateReset", "INDEX"),
];

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// The loan with other terms, or without those that are changed to nothing.
fn loan(changes: &[(&str, &str)]) -> Result<Terms, ActusError> {
    let all: BTreeMap<&str, &str> = LOAN.iter().chain(changes).copied().collect();
    Terms::try_new(all.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())))
}

/// An index at 10 % from the beginning, at 20 % from March.
fn market() -> Market {
    let values = [(time("2013-03-01"), decimal("0.2")), (time("2012-01-01"), decimal("0.1"))];
    Market::default().with_series("INDEX", values)
}

/// Date, type, payoff, principal, rate and accrued interest, to six places.
fn line(event: &Event) -> String {
    let figures = [event.payoff, event.notional, event.rate, event.accrued];
    let figures = figures.map(|figure| figure.round_dp(6).normalize().to_string()).join(" ");
    let at = event.at.to_string();
    format!("{} {} {figures}", at.strip_suffix("T00:00:00").unwrap_or(&at), event.kind)
}

fn run_in(market: &Market, changes: &[(&str, &str)]) -> Vec<String> {
    let terms = loan(changes).unwrap();
    events(&terms, market, None).unwrap().iter().map(line).collect()
}

/// Every event of the changed loan.
fn run(changes: &[(&str, &str)]) -> Vec<String> {
    run_in(&market(), changes)
}

/// The events of some types.
fn run_only(kinds: &[&str], changes: &[(&str, &str)]) -> Vec<String> {
    run(changes).into_iter().filter(|line| line.split(' ').nth(1).is_some_and(|kind| kinds.contains(&kind))).collect()
}

fn check(reference: &Reference) {
    let texts = reference.terms.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let terms = Terms::try_new(texts).unwrap();
    let mut market = Market::default();
    for (code, values) in reference.observed {
        market = market.with_series(*code, values.iter().map(|(at, value)| (time(at), decimal(value))));
    }
    let until = (!reference.until.is_empty()).then(|| time(reference.until));
    let found = events(&terms, &market, until).unwrap();
    let expected: Vec<&str> = reference.events.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for (event, line) in found.iter().zip(&expected) {
        let mut parts = line.split(' ');
        assert_eq!(event.at, time(parts.next().unwrap()), "{line}");
        assert_eq!(event.kind.acronym(), parts.next().unwrap(), "{line}");
        for figure in [event.payoff, event.notional, event.rate, event.accrued] {
            let off = figure - decimal(parts.next().unwrap());
            assert!(off.abs() <= Decimal::new(2, 10), "{line}: {figure}");
        }
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn reference_contracts_have_every_event_and_state_that_their_publisher_gives() {
    for contract in [reference::ANN16, reference::LAM18, reference::NAM19, reference::PAM08] {
        check(&contract);
    }
}
