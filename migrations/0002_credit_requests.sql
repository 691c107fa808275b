-- A borrower's question, each lender's answer to it, and the key under which the question was posted.
--
-- Answers are only ever added: the application may insert quotes and outcomes but not change them, and of a request it
-- may change only the state. Ranks are not stored: they are a pure function of the standings that are.

CREATE TABLE credit_requests (
    credit_request_id uuid PRIMARY KEY,
    tenant_id         uuid NOT NULL REFERENCES tenants,
    state             text NOT NULL CONSTRAINT credit_requests_state_known
                      CHECK (state IN ('quoting', 'quoted', 'no_quotes', 'accepted', 'expired', 'cancelled')),
    -- As accepted, in the form of the API.
    request           jsonb NOT NULL,
    -- Purpose, version, hash of the words, and when they were agreed to.
    consents          jsonb NOT NULL,
    amount            numeric(78, 0) NOT NULL CONSTRAINT credit_requests_amount_positive CHECK (amount > 0),
    asset             text NOT NULL,
    policy_version    text NOT NULL,
    -- Every provider that was considered, so that none can be left out of the outcomes.
    providers         jsonb NOT NULL,
    drawn_on          date NOT NULL,
    created_at        timestamptz NOT NULL,
    deadline_at       timestamptz NOT NULL,
    completed_at      timestamptz,
    -- For the foreign keys below. Not led by the tenant: see idempotency_keys.
    CONSTRAINT credit_requests_tenant_key UNIQUE (credit_request_id, tenant_id),
    CONSTRAINT credit_requests_completed_when_done CHECK ((state = 'quoting') = (completed_at IS NULL))
);
CREATE INDEX credit_requests_quoting ON credit_requests (deadline_at) WHERE state = 'quoting';

CREATE TABLE provider_outcomes (
    tenant_id         uuid NOT NULL,
    credit_request_id uuid NOT NULL,
    provider_id       uuid NOT NULL,
    -- Place in the order of arrival, shared with the quotes of the request.
    seq               integer NOT NULL CONSTRAINT provider_outcomes_seq_positive CHECK (seq > 0),
    outcome           text NOT NULL CONSTRAINT provider_outcomes_outcome_known
                      CHECK (outcome IN ('answered', 'declined', 'not_eligible', 'timed_out', 'malformed', 'breaker_open',
                                         'rate_limited', 'busy', 'unavailable', 'chain_unavailable', 'unknown')),
    -- The outcome in the form of the API.
    body              json NOT NULL,
    -- Where a refusal stands among the outcomes; none for an answer, whose quotes stand for it.
    standing          json,
    created_at        timestamptz NOT NULL,
    PRIMARY KEY (credit_request_id, provider_id),
    CONSTRAINT provider_outcomes_of_request
        FOREIGN KEY (tenant_id, credit_request_id) REFERENCES credit_requests (tenant_id, credit_request_id),
    CONSTRAINT provider_outcomes_standing_of_refusals CHECK ((outcome = 'answered') = (standing IS NULL))
);

CREATE TABLE quotes (
    quote_id          uuid PRIMARY KEY,
    tenant_id         uuid NOT NULL,
    credit_request_id uuid NOT NULL,
    provider_id       uuid NOT NULL,
    seq               integer NOT NULL CONSTRAINT quotes_seq_positive CHECK (seq > 0),
    asset             text NOT NULL,
    principal         numeric(78, 0) NOT NULL CONSTRAINT quotes_principal_positive CHECK (principal > 0),
    total_cost        numeric(78, 0) NOT NULL CONSTRAINT quotes_total_cost_not_negative CHECK (total_cost >= 0),
    apr               numeric NOT NULL,
    content_hash      text NOT NULL,
    -- The quote in the form of the API, without its rank.
    body              json NOT NULL,
    -- One line an instalment: number, due date, payment, principal, interest, fees, balance after it.
    schedule          text NOT NULL,
    standing          json NOT NULL,
    created_at        timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    CONSTRAINT quotes_seq_unique UNIQUE (credit_request_id, seq),
    CONSTRAINT quotes_of_request
        FOREIGN KEY (tenant_id, credit_request_id) REFERENCES credit_requests (tenant_id, credit_request_id)
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
    -- The answer that was given; none while it is being worked out.
    status            smallint,
    body              text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL,
    -- Not led by the tenant: an index that is would let the planner read all of a tenant's keys to find one.
    PRIMARY KEY (api_key_id, key),
    CONSTRAINT idempotency_keys_one_request UNIQUE (credit_request_id),
    CONSTRAINT idempotency_keys_of_key FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, api_key_id),
    CONSTRAINT idempotency_keys_answer_whole CHECK ((status IS NULL) = (body IS NULL)),
    CONSTRAINT idempotency_keys_kept_a_day CHECK (expires_at >= created_at + interval '24 hours')
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Rows of a few kilobytes are written once and read a few times: compressing them on the way in costs more than the
-- space that it saves. Up to a page they stay in the row as they are.
ALTER TABLE credit_requests SET (toast_tuple_target = 8160);
ALTER TABLE provider_outcomes SET (toast_tuple_target = 8160);
ALTER TABLE quotes SET (toast_tuple_target = 8160);
ALTER TABLE idempotency_keys SET (toast_tuple_target = 8160);

ALTER TABLE credit_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_outcomes ENABLE ROW LEVEL SECURITY;
ALTER TABLE quotes ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON credit_requests USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON provider_outcomes USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON quotes USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON idempotency_keys USING (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (state, completed_at) ON credit_requests TO agio_app;
GRANT SELECT, INSERT ON provider_outcomes, quotes TO agio_app;
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
