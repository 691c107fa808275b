-- Whose data it is, and the keys that speak for a tenant.
--
-- Row-level security stands on every table from the first one, because it cannot be added later with confidence.
-- The application connects as a member of agio_app, which owns nothing and cannot bypass it; migrations and operator
-- commands connect as the owner. The tenant of a transaction is the setting agio.tenant; without it no row is seen.

DO $$
BEGIN
    CREATE ROLE agio_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION
    -- Roles belong to the cluster: another database's migration may have made it, even at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('agio.tenant', true), '')::uuid;

CREATE TABLE tenants (
    tenant_id  uuid PRIMARY KEY,
    name       text NOT NULL CONSTRAINT tenants_name_length CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenants_name_unique UNIQUE (name)
);

CREATE TABLE api_keys (
    api_key_id  uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL REFERENCES tenants,
    name        text NOT NULL CONSTRAINT api_keys_name_length CHECK (length(name) BETWEEN 1 AND 100),
    -- SHA-256 of the key. A key has 256 random bits, so a slow hash would add nothing.
    secret_hash bytea NOT NULL CONSTRAINT api_keys_secret_hash_length CHECK (length(secret_hash) = 32),
    scopes      text[] NOT NULL CONSTRAINT api_keys_scopes_some CHECK (cardinality(scopes) > 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    CONSTRAINT api_keys_secret_hash_unique UNIQUE (secret_hash),
    CONSTRAINT api_keys_tenant_key UNIQUE (tenant_id, api_key_id)
);

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenants USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON api_keys USING (tenant_id = current_tenant());
GRANT SELECT ON tenants, api_keys TO agio_app;

-- A key must be found before its tenant is known: this runs as the owner and gives away one row for one hash.
CREATE FUNCTION authenticate(hash bytea)
    RETURNS TABLE (api_key_id uuid, tenant_id uuid, scopes text[], expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT k.api_key_id, k.tenant_id, k.scopes, k.expires_at
      FROM api_keys k
     WHERE k.secret_hash = hash
       AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > now());
END;
REVOKE ALL ON FUNCTION authenticate(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authenticate(bytea) TO agio_app;
