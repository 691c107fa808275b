//! `agio doctor`: looks at everything the service leans on, says what is wrong and how to mend it.

use std::process::ExitCode;
use std::time::Duration;

use adapters::clock::{SystemClock, uuid_at};
use alloy::primitives::U64;
use alloy::rpc::client::RpcClient;
use chain::registry::Chain;
use chain::rpc::EndpointConfig;
use domain::caip::ChainId;
use domain::deadline::Clock;
use domain::ids::ProviderId;
use secrecy::ExposeSecret;
use std::sync::Arc;

use super::CommandError;
use crate::config::{Config, ConfigError, ProviderConfig};
use crate::db::Db;

/// Longest wait for any one thing.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found, and what to do about it.
enum Finding {
    Well(String),
    Wrong { what: String, mend: String },
}

impl Finding {
    fn wrong(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Wrong { what: what.into(), mend: mend.into() }
    }
}

pub(super) async fn examine(config: Result<Config, ConfigError>) -> Result<ExitCode, CommandError> {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            let mend = "see the guide's table of settings; a variable AGIO__SECTION__KEY goes over the file";
            return Ok(report(&[Finding::wrong(error.to_string(), mend)]));
        }
    };
    let mut findings = vec![Finding::Well("configuration is read".to_owned()), providers_built(&config)];
    findings.extend(database(&config).await);
    for built in config.build_chains()? {
        for (place, node) in built.endpoints.iter().enumerate() {
            findings.push(look_at_node(&built.chain, place, node).await);
        }
    }
    for provider in &config.providers {
        if let ProviderConfig::Http(http) = provider {
            findings.push(look_at_lender(&http.name, &http.base_url).await);
        }
    }
    Ok(report(&findings))
}

fn report(findings: &[Finding]) -> ExitCode {
    let mut well = true;
    for finding in findings {
        match finding {
            Finding::Well(what) => println!("ok     {what}"),
            Finding::Wrong { what, mend } => {
                well = false;
                println!("wrong  {what}\n       mend: {mend}");
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn providers_built(config: &Config) -> Finding {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match config.build_providers(&clock) {
        Ok(built) if built.is_empty() => {
            Finding::wrong("no provider is configured", "add a [[providers]] table; `devnet lenders` prints six to try")
        }
        Ok(built) => Finding::Well(format!("{} providers are configured", built.len())),
        Err(error) => {
            let fresh = ProviderId::new(uuid_at(SystemClock.now()));
            Finding::wrong(error.to_string(), format!("correct the field; if it is an id, `{fresh}` is a fresh one"))
        }
    }
}

async fn database(config: &Config) -> Vec<Finding> {
    let reached = async {
        let db = Db::try_new(&config.database).map_err(|error| error.to_string())?;
        match tokio::time::timeout(PATIENCE, db.ping()).await {
            Ok(Ok(())) => Ok(db),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer".to_owned()),
        }
    };
    match reached.await {
        Ok(db) => vec![Finding::Well("the database answers".to_owned()), tables(&db).await, role(&db).await],
        Err(error) => {
            let mend = "start Postgres, and check host, port, role and password of database.url";
            vec![Finding::wrong(format!("the database cannot be reached: {error}"), mend)]
        }
    }
}

async fn tables(db: &Db) -> Finding {
    match db.has_tables().await {
        Ok(true) => Finding::Well("the tables are there".to_owned()),
        Ok(false) => Finding::wrong("tables are missing", "run `agio migrate` with database.owner_url set"),
        Err(error) => Finding::wrong(format!("the tables cannot be seen: {error}"), "check the role's rights"),
    }
}

async fn role(db: &Db) -> Finding {
    let mend = "connect the service as a login role that is only a member of agio_app: \
                CREATE ROLE agio_gateway LOGIN PASSWORD '…' IN ROLE agio_app";
    match db.bypasses_row_security().await {
        Ok(false) => Finding::Well("row-level security binds the service's role".to_owned()),
        Ok(true) => Finding::wrong("the service's role can bypass row-level security", mend),
        Err(error) => Finding::wrong(format!("the role cannot be examined: {error}"), mend),
    }
}

/// A node is named by its place, since its address may hold a key.
async fn look_at_node(chain: &Chain, place: usize, node: &EndpointConfig) -> Finding {
    let mend = "check the url of that place among the chain's endpoints, and that it is a node of that chain";
    let name = format!("{}, endpoints[{place}]", chain.name);
    let Ok(url) = node.url.expose_secret().parse() else {
        return Finding::wrong(format!("{name}: url is no address"), mend);
    };
    let client = RpcClient::new_http(url);
    let answer = tokio::time::timeout(PATIENCE, client.request_noparams::<U64>("eth_chainId")).await;
    let Ok(Ok(number)) = answer else {
        return Finding::wrong(format!("{name}: the node does not answer"), mend);
    };
    let found = ChainId::evm(number.to());
    if chain.id == found {
        return Finding::Well(format!("{name} is a node of {found}"));
    }
    Finding::wrong(format!("{name}: the node is of {found}, not of {}", chain.id), mend)
}

/// Any answer will do: a lender need not serve a page at its base.
async fn look_at_lender(name: &str, base_url: &str) -> Finding {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let Ok(client) = client else {
        return Finding::wrong("the HTTP client cannot be made", "install the ca-certificates package");
    };
    match client.head(base_url).send().await {
        Ok(_) => Finding::Well(format!("{name} can be reached")),
        Err(_) => Finding::wrong(
            format!("{name} cannot be reached"),
            "check base_url and the network; other lenders are asked all the same",
        ),
    }
}
