//! `agio key`: API keys. A key is shown once, when it is made.

use std::process::ExitCode;

use adapters::clock::{SystemClock, uuid_at};
use domain::deadline::Clock;
use domain::ids::{ApiKeyId, TenantId};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use super::{CommandError, owner_url};
use crate::auth::{NewKey, Scope};
use crate::config::Config;
use crate::db::connect_options;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a key for a tenant, and the tenant if there is none of that name.
    Create {
        /// Whose data the key opens.
        #[arg(long)]
        tenant: String,
        /// What the key is for, in words.
        #[arg(long)]
        name: String,
        /// What it may be used for; everything when left out.
        #[arg(long, value_enum)]
        scope: Vec<Scope>,
        /// Days until it expires.
        #[arg(long)]
        days: Option<u32>,
    },
    /// Revoke a key at once; a running gateway forgets it within seconds.
    Revoke {
        /// The key's id, `key_…`.
        id: ApiKeyId,
    },
}

pub(super) async fn run(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let options = connect_options(owner_url(config)?)?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    match &args.action {
        Action::Create { tenant, name, scope, days } => {
            let now = SystemClock.now();
            let scopes = if scope.is_empty() { Scope::ALL.to_vec() } else { scope.clone() };
            let expires_at = days.map(|days| now + SignedDuration::from_hours(24 * i64::from(days)));
            let (id, key) = create(&pool, tenant, name, &scopes, expires_at, now).await?;
            println!("{}", key.secret.expose_secret());
            eprintln!("{id} for tenant {tenant}: kept nowhere, copy it now");
        }
        Action::Revoke { id } => {
            let revoked = sqlx::query!(
                "UPDATE api_keys SET revoked_at = now() WHERE api_key_id = $1 AND revoked_at IS NULL",
                id.uuid()
            )
            .execute(&pool)
            .await?;
            if revoked.rows_affected() == 0 {
                return Err(format!("no live key {id}").into());
            }
            eprintln!("{id} is revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(
    pool: &sqlx::PgPool,
    tenant: &str,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(ApiKeyId, NewKey), sqlx::Error> {
    let key = NewKey::generate();
    let id = ApiKeyId::new(uuid_at(now));
    let codes: Vec<String> = scopes.iter().map(|scope| scope.code().to_owned()).collect();
    let mut tx = pool.begin().await?;
    // The update that changes nothing makes the row of an existing tenant come back.
    let tenant: Uuid = sqlx::query_scalar!(
        "INSERT INTO tenants (tenant_id, name) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING tenant_id",
        TenantId::new(uuid_at(now)).uuid(),
        tenant,
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO api_keys (api_key_id, tenant_id, name, secret_hash, scopes, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id.uuid(),
        tenant,
        name,
        key.hash.as_slice(),
        &codes,
        expires_at.map(jiff_sqlx::Timestamp::from) as _,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok((id, key))
}
