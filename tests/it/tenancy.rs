//! No tenant reads or writes another tenant's row: by the database's own rules, over every table that there is.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapters::clock::SystemClock;
use devnet::sandbox::magic::Outcome;
use domain::U256;
use domain::ids::TenantId;
use gateway::auth::Scope;
use jiff::civil::date;
use ledger::{AccountKind, Ledger, NewAccount, Operation};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use uuid::Uuid;

use crate::support::database::{self, Database};
use crate::support::gateway::{Gateway, Tenant, tenant};
use crate::support::lenders;
use crate::support::request::dollars;

/// `insufficient_privilege`: a missing grant, and a row that row-level security does not let through.
const FORBIDDEN: &str = "42501";
/// Public names that belong to no tenant, which the application may only read.
const SHARED: &str = "ledger_assets";
/// The migrations' own table, which belongs to no tenant and is none of the application's business.
const MIGRATIONS: &str = "_sqlx_migrations";

/// Two tenants, A first, with rows in every table.
struct World {
    database: Database,
    a: Tenant,
    b: Tenant,
    tables: Vec<String>,
}

async fn world() -> World {
    let database = database::fresh().await;
    let lenders = [lenders::willing(1).await.remove(0), lenders::forced("Failing", Outcome::CutJson).await];
    let mut gateway = Gateway::start(&database, &lenders::toml(&lenders)).await;
    gateway.ask(&dollars("10000.00")).await;
    let a = gateway.tenant.clone();
    let b = tenant(&database, "b", &Scope::ALL, None).await;
    gateway.tenant = b.clone();
    gateway.ask(&dollars("10000.00")).await;
    gateway.stop().await;
    for tenant in [&a, &b] {
        keep_books(&database, tenant).await;
    }
    let tables = tables(&database).await;
    World { database, a, b, tables }
}

/// Rows of a tenant in every table of the ledger.
async fn keep_books(database: &Database, tenant: &Tenant) {
    let pool = PgPoolOptions::new().max_connections(2).connect(&database.app_url).await.unwrap();
    let ledger = Ledger::new(pool, Arc::new(SystemClock));
    let tenant = TenantId::new(tenant.id);
    let new = ["one", "other"].map(|code| NewAccount::of_house(code, "USD", AccountKind::Asset));
    let opened = ledger.open(tenant, &new).await.unwrap();
    let (debit, credit, amount) = (opened[0].id, opened[1].id, U256::from(5));
    let asked = |operation, reference: &str| ledger::Transfer {
        operation,
        reference: reference.to_owned(),
        effective_on: date(2026, 1, 5),
        metadata: None,
    };
    ledger.post(tenant, asked(Operation::Post { debit, credit, amount }, "posted")).await.unwrap();
    let hold = Operation::Hold { debit, credit, amount, expires_at: None };
    let pending = ledger.post(tenant, asked(hold, "held")).await.unwrap().ids()[0];
    ledger.post(tenant, asked(Operation::Void { pending }, "voided")).await.unwrap();
    let mut application = application(database, Some(tenant.uuid())).await;
    sqlx::query("SELECT ledger_close('2026-01-31')").execute(&mut application).await.unwrap();
}

/// Every table of the schema; one that row-level security does not cover, or that names no tenant, is a failure.
async fn tables(database: &Database) -> Vec<String> {
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let rows = sqlx::query(
        "SELECT c.relname::text AS name, c.relkind::text AS kind, c.relrowsecurity AS secured, c.relispartition AS part,
                has_table_privilege('agio_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AS reached,
                has_table_privilege('agio_app', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS written,
                EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id'
                           AND t.attnotnull) AS named
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public' AND c.relkind NOT IN ('i', 'I', 'S', 'c', 't')",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut tables = Vec::new();
    for row in rows {
        let name: String = row.get("name");
        if name == MIGRATIONS {
            continue;
        }
        if name == SHARED {
            assert!(!row.get::<bool, _>("written"), "{name} belongs to no tenant, and the application may change it");
            continue;
        }
        let kind: String = row.get("kind");
        assert!(["r", "p"].contains(&kind.as_str()), "{name} is a view or another kind: say here how it is secured");
        assert!(row.get::<bool, _>("secured"), "{name} has no row-level security");
        assert!(row.get::<bool, _>("named"), "{name} has no tenant_id");
        // Reached by the table that it is a part of, whose rules hold then.
        if row.get::<bool, _>("part") {
            assert!(!row.get::<bool, _>("reached"), "{name} is reached past the table that it is a part of");
            continue;
        }
        tables.push(name);
    }
    assert!(tables.len() >= 5, "{tables:?}");
    tables
}

/// A connection of the application's role, for this tenant, as the gateway makes one.
async fn application(database: &Database, tenant: Option<Uuid>) -> PgConnection {
    let mut connection = PgConnection::connect(&database.app_url).await.unwrap();
    if let Some(tenant) = tenant {
        sqlx::query("SELECT set_config('agio.tenant', $1, false)")
            .bind(tenant.to_string())
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection
}

async fn count(connection: &mut PgConnection, table: &str, tenant: Uuid) -> i64 {
    let statement = AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE tenant_id = $1"));
    sqlx::query_scalar(statement).bind(tenant).fetch_one(connection).await.unwrap()
}

/// Rows that a statement about `tenant` touched: none where it is not allowed at all.
async fn touched(connection: &mut PgConnection, statement: String, tenant: Uuid) -> u64 {
    match sqlx::query(AssertSqlSafe(statement.clone())).bind(tenant).execute(connection).await {
        Ok(done) => done.rows_affected(),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(FORBIDDEN) => 0,
        Err(error) => panic!("{statement}: {error}"),
    }
}

async fn columns(owner: &mut PgConnection, table: &str) -> Vec<String> {
    let statement = "SELECT attname::text FROM pg_attribute
                      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped";
    sqlx::query_scalar(statement).bind(table).fetch_all(owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_the_application_reads_or_writes_another_tenants_row() {
    let world = world().await;
    let (a, b) = (world.a.id, world.b.id);
    let mut owner = PgConnection::connect(&world.database.owner_url).await.unwrap();
    let mut application = application(&world.database, Some(a)).await;
    let mut own_rows = BTreeMap::new();
    for table in &world.tables {
        let (of_a, of_b) = (count(&mut owner, table, a).await, count(&mut owner, table, b).await);
        assert!(of_a > 0 && of_b > 0, "{table} has no rows of both tenants: this proves nothing of it");
        assert_eq!(count(&mut application, table, a).await, of_a, "{table}: its own rows are there");
        assert_eq!(count(&mut application, table, b).await, 0, "{table}: a foreign row is seen");
        own_rows.insert(table.clone(), of_a);

        for column in columns(&mut owner, table).await {
            let update = format!("UPDATE {table} SET \"{column}\" = \"{column}\" WHERE tenant_id = $1");
            assert_eq!(touched(&mut application, update, b).await, 0, "{table}.{column}: a foreign row was updated");
        }
        let delete = format!("DELETE FROM {table} WHERE tenant_id = $1");
        assert_eq!(touched(&mut application, delete, b).await, 0, "{table}: a foreign row was deleted");
        let give_away = format!("UPDATE {table} SET tenant_id = $1");
        assert_eq!(touched(&mut application, give_away, b).await, 0, "{table}: a row was given away");

        let row = format!("SELECT to_jsonb(t) FROM {table} t WHERE tenant_id = $1 LIMIT 1");
        let row: serde_json::Value =
            sqlx::query_scalar(AssertSqlSafe(row)).bind(b).fetch_one(&mut owner).await.unwrap();
        let insert = format!("INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1)");
        let refused = sqlx::query(AssertSqlSafe(insert)).bind(row).execute(&mut application).await.unwrap_err();
        // Row-level security speaks before any constraint does.
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap();
        assert_eq!(code, FORBIDDEN, "{table}: {refused}");
        assert_eq!(count(&mut owner, table, b).await, of_b, "{table}");
    }
    for (table, rows) in own_rows {
        assert_eq!(count(&mut owner, &table, a).await, rows, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tenant_nothing_is_seen_and_answers_cannot_be_changed_with_one() {
    let world = world().await;
    let mut nobody = application(&world.database, None).await;
    for table in &world.tables {
        let all = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let seen: i64 = sqlx::query_scalar(all).fetch_one(&mut nobody).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    let mut application = application(&world.database, Some(world.a.id)).await;
    for statement in ["UPDATE arrivals SET seq = seq", "DELETE FROM arrivals", "UPDATE credit_requests SET amount = 1"]
    {
        let refused = sqlx::query(statement).execute(&mut application).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap();
        assert_eq!(code, FORBIDDEN, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applications_role_cannot_lift_the_rules() {
    let database = database::fresh().await;
    let mut application = application(&database, None).await;
    let role = sqlx::query(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty,
                (SELECT count(*) FROM pg_class WHERE pg_has_role(relowner, 'MEMBER')) AS owned,
                has_schema_privilege('public', 'CREATE') AS creates
           FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut application)
    .await
    .unwrap();
    assert!(!role.get::<bool, _>("mighty"));
    assert_eq!(role.get::<i64, _>("owned"), 0);
    assert!(!role.get::<bool, _>("creates"));
    for right in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"] {
        let has: bool = sqlx::query_scalar("SELECT has_table_privilege($1::text, $2)")
            .bind(MIGRATIONS)
            .bind(right)
            .fetch_one(&mut application)
            .await
            .unwrap();
        assert!(!has, "{right} on {MIGRATIONS}");
    }
    // What runs as the owner sees every tenant: each such function has been thought about.
    let powerful: Vec<String> = sqlx::query_scalar(
        "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1",
    )
    .fetch_all(&mut application)
    .await
    .unwrap();
    let known = [
        "authenticate",
        "drop_expired_idempotency_keys",
        // Makes partitions, which hold no rows yet; at most ten years of them.
        "ledger_add_partitions",
        // Public names.
        "ledger_asset",
        // Of the tenant that is set.
        "ledger_close",
        "ledger_lock",
        // Triggers: of the rows that were added, whose tenant row-level security has looked at. Nobody may call them.
        "ledger_open_accounts",
        "ledger_record",
        "overdue_credit_requests",
    ];
    assert_eq!(powerful, known);
    for trigger in ["ledger_open_accounts()", "ledger_record()"] {
        let may: bool = sqlx::query_scalar("SELECT has_function_privilege($1::text, 'EXECUTE')")
            .bind(trigger)
            .fetch_one(&mut application)
            .await
            .unwrap();
        assert!(!may, "{trigger}");
    }
}
