-- A borrower's question, the lenders' answers to it as they arrived, and the key under which the question was posted.
--
-- Answers are only ever added: the application may insert arrivals but not change them, and of a request it may change
-- only the state. Ranks are not stored: they are a pure function of the standings that are.
--
-- These rows are written thousands of times a second and read a few times. So what is written at one moment is one row,
-- and what the application alone reads is text that Postgres need not parse.
-- Rows do not refer to others by foreign keys. A tenant and a key are never deleted and are known from the call's
-- authentication, and all calls of a tenant would lock its one row; lenders are asked after the request has been committed,
-- and requests are never deleted, so an arrival has one.

CREATE TABLE credit_requests (
    credit_request_id uuid PRIMARY KEY,
    tenant_id         uuid NOT NULL,
    state             text NOT NULL CONSTRAINT credit_requests_state_known
                      CHECK (state IN ('quoting', 'quoted', 'no_quotes', 'accepted', 'expired', 'cancelled')),
    -- JSON: as accepted, in the form of the API.
    request           text NOT NULL,
    -- JSON: purpose, version, hash of the words, and when they were agreed to.
    consents          text NOT NULL,
    amount            numeric(78, 0) NOT NULL CONSTRAINT credit_requests_amount_positive CHECK (amount > 0),
    asset             text NOT NULL,
    policy_version    text NOT NULL,
    -- JSON: every provider that was considered, so that none can be left out of the outcomes.
    providers         text NOT NULL,
    drawn_on          date NOT NULL,
    created_at        timestamptz NOT NULL,
    deadline_at       timestamptz NOT NULL,
    completed_at      timestamptz,
    -- Whether the post was answered with the completed request: then that is its replay too.
    answered          boolean NOT NULL DEFAULT false,
    CONSTRAINT credit_requests_completed_when_done CHECK ((state = 'quoting') = (completed_at IS NULL)),
    CONSTRAINT credit_requests_answered_when_done CHECK (NOT answered OR completed_at IS NOT NULL)
);
CREATE INDEX credit_requests_quoting ON credit_requests (deadline_at) WHERE state = 'quoting';

-- The outcomes and quotes of a request that arrived at one moment. A quote's id begins as its request's does.
CREATE TABLE arrivals (
    credit_request_id uuid NOT NULL,
    -- Place of the first of them in the request's order of arrival. Two writers that go on from the same place collide.
    seq               integer NOT NULL CONSTRAINT arrivals_seq_positive CHECK (seq > 0),
    tenant_id         uuid NOT NULL,
    -- MessagePack, packed by LZ4 behind its length: answer after answer, outcomes and quotes in the form of the API, each
    -- with its standing among the others; a quote with its schedule as LEB128 numbers: the day of the drawing, counted from
    -- the year -9999, then for each instalment the days since the one before, principal, interest and fees, in the smallest
    -- unit.
    rows              bytea NOT NULL,
    PRIMARY KEY (credit_request_id, seq)
);

CREATE TABLE idempotency_keys (
    tenant_id         uuid NOT NULL,
    api_key_id        uuid NOT NULL,
    key               text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
    route             text NOT NULL,
    -- SHA-256 of the body.
    fingerprint       bytea NOT NULL CONSTRAINT idempotency_keys_fingerprint_length CHECK (length(fingerprint) = 32),
    -- What the key made.
    credit_request_id uuid NOT NULL,
    -- The answer that was given; none while it is being worked out, and none where the request says that it was answered
    -- once completed. Without a body it is the request as it was before any lender answered.
    status            smallint,
    body              text,
    created_at        timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    -- Not led by the tenant: an index that is would let the planner read all of a tenant's keys to find one.
    PRIMARY KEY (api_key_id, key),
    CONSTRAINT idempotency_keys_answer_whole CHECK (body IS NULL OR status IS NOT NULL),
    CONSTRAINT idempotency_keys_kept_a_day CHECK (expires_at >= created_at + interval '24 hours')
);
-- Keys are written in the order in which they expire, so a block range finds the expired ones and costs nothing to keep.
CREATE INDEX idempotency_keys_expiry ON idempotency_keys USING brin (expires_at);

-- Rows of a few kilobytes: compressing them on the way in costs more than the space that it saves.
ALTER TABLE credit_requests SET (toast_tuple_target = 8160);
ALTER TABLE arrivals ALTER COLUMN rows SET STORAGE EXTERNAL;

ALTER TABLE credit_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE arrivals ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON credit_requests USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON arrivals USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON idempotency_keys USING (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (state, completed_at, answered) ON credit_requests TO agio_app;
GRANT SELECT, INSERT ON arrivals TO agio_app;
GRANT SELECT, INSERT, DELETE, UPDATE (status, body) ON idempotency_keys TO agio_app;

-- Requests whose deadline passed while nobody finished them (a gateway that was killed). The sweeper must find them in
-- every tenant; it gets their names and nothing else, and works on each inside its own tenant.
CREATE FUNCTION overdue_credit_requests(grace interval, most integer)
    RETURNS TABLE (tenant_id uuid, credit_request_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT r.tenant_id, r.credit_request_id
      FROM credit_requests r
     WHERE r.state = 'quoting' AND r.deadline_at < now() - grace
     ORDER BY r.deadline_at
     LIMIT most;
END;

-- Keys are kept for their time and then dropped, in every tenant.
CREATE FUNCTION drop_expired_idempotency_keys(most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public
BEGIN ATOMIC
    WITH gone AS (
        DELETE FROM idempotency_keys
         WHERE ctid IN (SELECT k.ctid FROM idempotency_keys k WHERE k.expires_at < now() LIMIT most)
        RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION overdue_credit_requests(interval, integer), drop_expired_idempotency_keys(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION overdue_credit_requests(interval, integer), drop_expired_idempotency_keys(integer) TO agio_app;
