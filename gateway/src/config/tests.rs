use std::sync::Arc;

use adapters::clock::SystemClock;
use domain::deadline::Clock;

use super::*;

const DATABASE: &str = "[database]\nurl = \"postgres://app@127.0.0.1/agio\"\n";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "prv_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33";

fn refused(text: &str) -> String {
    Config::from_toml(text).unwrap_err().to_string()
}

fn lender(more: &str) -> String {
    format!(
        "{DATABASE}[[providers]]\ntype = \"http\"\nid = \"{ID}\"\nname = \"Bank\"\nkind = \"bank\"\n\
         base_url = \"http://127.0.0.1:1\"\nsecret = \"{SECRET}\"\nfunding_hours = 1\n{more}\n"
    )
}

fn built(text: &str) -> Result<usize, String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = Config::from_toml(text).map_err(|error| error.to_string())?;
    config.build_providers(&clock).map(|built| built.len()).map_err(|error| error.to_string())
}

#[test]
fn whoever_says_nothing_gets_the_strict_rules_and_no_secret() {
    let config = Config::from_toml(DATABASE).unwrap();
    assert_eq!(config.environment, Environment::Production);
    assert!(config.database.owner_url.is_none());
    assert!(refused("").contains("database.url") || refused("").contains("url"), "{}", refused(""));
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    for (text, key) in [
        (format!("speed = 9\n{DATABASE}"), "speed"),
        (format!("{DATABASE}pasword = \"x\"\n"), "pasword"),
        (format!("{DATABASE}[limits]\nmax_bodies = 1\n"), "max_bodies"),
        (format!("{DATABASE}[policy]\nbonus_bps = 1\n"), "bonus_bps"),
        (lender("secrte = \"x\""), "secrte"),
    ] {
        assert!(refused(&text).contains(key), "{key}: {}", refused(&text));
    }
}

#[test]
fn a_limit_that_would_stop_everything_is_refused() {
    for field in ["max_body_bytes", "max_amount_major", "default_deadline_ms", "requests_per_second", "burst"] {
        let text = format!("{DATABASE}[limits]\n{field} = 0\n");
        assert!(refused(&text).contains(field), "{field}: {}", refused(&text));
    }
    let text = format!("{DATABASE}[limits]\ndefault_deadline_ms = 9\nmax_deadline_ms = 8\n");
    assert!(refused(&text).contains("max_deadline_ms"));
}

#[test]
fn a_password_is_never_shown() {
    let config = Config::from_toml("[database]\nurl = \"postgres://app:hunter2@127.0.0.1/agio\"\n").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let config = Config::from_toml(&lender("amounts = []")).unwrap();
    assert!(!format!("{config:?}").contains(SECRET));
}

#[test]
fn a_provider_that_breaks_a_rule_is_named_with_its_field() {
    let range = "amounts = [{ asset = \"USD\", min = \"1.00\", max = \"2.00\" }]";
    assert_eq!(built(&lender(range)), Ok(1));
    let with = |from: &str, to: &str| built(&lender(range).replace(from, to)).unwrap_err();
    for (from, to, field) in [
        (ID, "bank-1", "providers[0].id"),
        ("\"USD\"", "\"USX\"", "providers[0].amounts.asset"),
        ("\"1.00\"", "\"1.001\"", "providers[0].amounts.min"),
        ("\"1.00\"", "\"3.00\"", "providers[0].amounts"),
        ("http://127.0.0.1:1", "ftp://127.0.0.1", "providers[0].base_url"),
        (SECRET, "short", "providers[0]"),
    ] {
        let error = with(from, to);
        assert!(error.contains(field), "{field}: {error}");
        assert!(!error.contains(SECRET));
    }
    let twice = format!("{}{}", lender(range), lender(range).replace(DATABASE, ""));
    assert!(built(&twice).unwrap_err().contains("providers[1].id"));
}

#[test]
fn a_par_between_things_that_do_not_exist_is_refused() {
    let pars = |token: &str, currency: &str| {
        format!("{DATABASE}[policy]\npars = [{{ token = \"{token}\", currency = \"{currency}\" }}]\n")
    };
    assert!(refused(&pars("eip155:1/slip44:60", "USD")).contains("policy.pars[0].token"));
    assert!(refused(&pars("USD", "ZZZ")).contains("policy.pars[0].currency"));
}
