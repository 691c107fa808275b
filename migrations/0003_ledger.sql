-- Double entry. A transfer debits one account and credits another of the same asset, so every row balances by itself.
--
-- What may never be otherwise is decided here and not by whoever writes: one trigger, once for each statement that adds
-- transfers, moves the balances, keeps references and settlements unique, refuses what a closed period or a limit forbids,
-- and seals the statement's rows into the tenant's chain of hashes. The application can add transfers and do nothing else:
-- balances, batches and the rest it may only read.
--
-- A tenant's ledger has one lock, its row of ledger_heads, taken after the rows and their indexes are written and held until the
-- commit. The chain needs such a lock in any case; with it no two transactions can hold each other's accounts, so accounts have
-- none, and there is nothing to deadlock on.
--
-- Transfers refer to accounts by no foreign key: a key of three columns costs two look-ups and two row locks a transfer, more than
-- all else together. The trigger finds both accounts by tenant, account and asset where it moves their balances, and refuses where
-- one is not there; accounts and balances are never deleted.

CREATE TYPE ledger_account_kind AS ENUM ('asset', 'liability', 'equity', 'income', 'expense', 'memo');
CREATE TYPE ledger_side AS ENUM ('debit', 'credit');
CREATE TYPE ledger_limit AS ENUM ('none', 'debits_at_most_credits', 'credits_at_most_debits');
CREATE TYPE ledger_transfer_kind AS ENUM ('posted', 'pending', 'settled', 'voided', 'expired', 'reversed');

-- Assets are public names and belong to no tenant. Transfers carry the number: a token's name is as long as the rest of the row.
CREATE TABLE ledger_assets (
    asset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset    text COLLATE "C" NOT NULL CONSTRAINT ledger_assets_asset_length CHECK (length(asset) BETWEEN 3 AND 250),
    CONSTRAINT ledger_assets_asset_unique UNIQUE (asset)
);

CREATE TABLE ledger_heads (
    tenant_id      uuid PRIMARY KEY REFERENCES tenants,
    -- Of the newest batch; 0 and 32 zeros before the first.
    number         bigint NOT NULL DEFAULT 0,
    hash           bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    recorded_at    timestamptz,
    -- Last day of the last closed period.
    closed_through date
);

CREATE TABLE ledger_accounts (
    tenant_id   uuid NOT NULL,
    account_id  uuid NOT NULL,
    -- Place in the chart: `loans.principal`.
    code        text COLLATE "C" NOT NULL CONSTRAINT ledger_accounts_code_form CHECK (code ~ '^[a-z0-9_]+(\.[a-z0-9_]+)*$' AND length(code) <= 100),
    -- Whose it is, such as a loan; none for an account of the house.
    subject     text COLLATE "C" CONSTRAINT ledger_accounts_subject_length CHECK (length(subject) BETWEEN 1 AND 100),
    asset_id    integer NOT NULL REFERENCES ledger_assets,
    kind        ledger_account_kind NOT NULL,
    normal_side ledger_side NOT NULL,
    "limit"     ledger_limit NOT NULL DEFAULT 'none',
    -- A control account is the sum of the accounts under it; nothing is posted to it.
    is_control  boolean NOT NULL DEFAULT false,
    control_id  uuid,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT ledger_accounts_one_of_each UNIQUE NULLS NOT DISTINCT (tenant_id, code, subject, asset_id),
    CONSTRAINT ledger_accounts_in_asset UNIQUE (tenant_id, account_id, asset_id),
    CONSTRAINT ledger_accounts_control_in_asset FOREIGN KEY (tenant_id, control_id, asset_id)
        REFERENCES ledger_accounts (tenant_id, account_id, asset_id),
    CONSTRAINT ledger_accounts_one_level CHECK (NOT (is_control AND control_id IS NOT NULL)),
    CONSTRAINT ledger_accounts_side_of_kind CHECK (
        kind = 'memo' OR (normal_side = 'debit') = (kind IN ('asset', 'expense'))
    )
);

-- The fold of each account's transfers, with what the trigger must know of the account beside it.
CREATE TABLE ledger_balances (
    tenant_id       uuid NOT NULL,
    account_id      uuid NOT NULL PRIMARY KEY,
    asset_id        integer NOT NULL,
    "limit"         ledger_limit NOT NULL,
    is_control      boolean NOT NULL,
    control_id      uuid,
    debits_posted   numeric(78, 0) NOT NULL DEFAULT 0,
    credits_posted  numeric(78, 0) NOT NULL DEFAULT 0,
    debits_pending  numeric(78, 0) NOT NULL DEFAULT 0,
    credits_pending numeric(78, 0) NOT NULL DEFAULT 0,
    CONSTRAINT ledger_balances_account FOREIGN KEY (tenant_id, account_id, asset_id)
        REFERENCES ledger_accounts (tenant_id, account_id, asset_id),
    CONSTRAINT ledger_balances_not_negative CHECK (debits_pending >= 0 AND credits_pending >= 0),
    CONSTRAINT ledger_balances_in_256_bits CHECK (
        debits_posted + debits_pending <= 115792089237316195423570985008687907853269984665640564039457584007913129639935
        AND credits_posted + credits_pending <= 115792089237316195423570985008687907853269984665640564039457584007913129639935
    ),
    CONSTRAINT ledger_balances_debits_at_most_credits CHECK (
        "limit" <> 'debits_at_most_credits' OR debits_posted + debits_pending <= credits_posted
    ),
    CONSTRAINT ledger_balances_credits_at_most_debits CHECK (
        "limit" <> 'credits_at_most_debits' OR credits_posted + credits_pending <= debits_posted
    )
) WITH (fillfactor = 50);

-- Parted by id: the id is a UUID of version 7, which begins with its time.
CREATE TABLE ledger_transfers (
    tenant_id         uuid NOT NULL,
    transfer_id       uuid NOT NULL,
    -- Of all rows that one statement adds.
    batch_id          uuid NOT NULL,
    debit_account_id  uuid NOT NULL,
    credit_account_id uuid NOT NULL,
    asset_id          integer NOT NULL,
    -- In the asset's smallest unit. Of a settlement what is posted of what was pending, at most all of it.
    amount            numeric(78, 0) NOT NULL,
    kind              ledger_transfer_kind NOT NULL,
    -- The pending transfer that is settled, voided or expired, or the posted one that is reversed.
    original_id       uuid,
    -- What the pending one held, and holds no more.
    released          numeric(78, 0),
    expires_at        timestamptz,
    effective_on      date NOT NULL,
    reference         text COLLATE "C" NOT NULL,
    metadata          json,
    CONSTRAINT ledger_transfers_amount_positive CHECK (
        amount > 0 AND amount <= 115792089237316195423570985008687907853269984665640564039457584007913129639935
    ),
    CONSTRAINT ledger_transfers_two_accounts CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT ledger_transfers_reference_length CHECK (length(reference) BETWEEN 1 AND 200),
    CONSTRAINT ledger_transfers_original_where_due CHECK ((original_id IS NULL) = (kind IN ('posted', 'pending'))),
    CONSTRAINT ledger_transfers_released_where_due CHECK (
        CASE WHEN kind IN ('settled', 'voided', 'expired') THEN coalesce(released >= amount, false) ELSE released IS NULL END
    ),
    CONSTRAINT ledger_transfers_expiry_where_due CHECK (expires_at IS NULL OR kind = 'pending'),
    CONSTRAINT ledger_transfers_metadata_size CHECK (metadata IS NULL OR length(metadata::text) <= 10000),
    CONSTRAINT ledger_transfers_id_unique UNIQUE (transfer_id)
) PARTITION BY RANGE (transfer_id);
-- Of one column each, so that equal keys are stored once.
CREATE INDEX ledger_transfers_debit ON ledger_transfers (debit_account_id);
CREATE INDEX ledger_transfers_credit ON ledger_transfers (credit_account_id);
CREATE INDEX ledger_transfers_expiring ON ledger_transfers (expires_at) WHERE kind = 'pending' AND expires_at IS NOT NULL;
CREATE TABLE ledger_transfers_elsewhen PARTITION OF ledger_transfers DEFAULT;

-- Uniqueness over all partitions.
CREATE TABLE ledger_references (
    tenant_id   uuid NOT NULL,
    reference   text COLLATE "C" NOT NULL,
    transfer_id uuid NOT NULL,
    CONSTRAINT ledger_references_unique PRIMARY KEY (tenant_id, reference)
);

-- What has been settled, voided, expired or reversed, and by what: each once.
CREATE TABLE ledger_settlements (
    tenant_id   uuid NOT NULL,
    original_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    CONSTRAINT ledger_settlements_once PRIMARY KEY (original_id)
);

-- One batch a statement, in the order in which the statements took the lock.
CREATE TABLE ledger_batches (
    tenant_id   uuid NOT NULL,
    number      bigint NOT NULL,
    batch_id    uuid NOT NULL,
    -- When it took the lock: later than the batch before.
    recorded_at timestamptz NOT NULL,
    first_id    uuid NOT NULL,
    last_id     uuid NOT NULL,
    rows        integer NOT NULL,
    -- SHA-256 of each row, in the order of ids, one after another: `ledger/src/verify/hash.rs` says of what.
    row_hashes  bytea NOT NULL,
    -- SHA-256 of the hash before, number, batch, time, number of rows and the SHA-256 of row_hashes.
    hash        bytea NOT NULL,
    PRIMARY KEY (tenant_id, number),
    CONSTRAINT ledger_batches_once UNIQUE (batch_id)
);
ALTER TABLE ledger_batches ALTER COLUMN row_hashes SET STORAGE EXTERNAL;

CREATE TABLE ledger_closings (
    tenant_id uuid NOT NULL,
    through   date NOT NULL,
    closed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, through)
);

-- Each account's posted sums of all that is effective through the last day of a closed period.
CREATE TABLE ledger_closing_balances (
    tenant_id      uuid NOT NULL,
    through        date NOT NULL,
    account_id     uuid NOT NULL,
    debits_posted  numeric(78, 0) NOT NULL,
    credits_posted numeric(78, 0) NOT NULL,
    PRIMARY KEY (tenant_id, through, account_id)
);

-- An account has its balance from the start, and a tenant its head from its first account on.
CREATE FUNCTION ledger_open_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO ledger_heads (tenant_id) SELECT DISTINCT tenant_id FROM opened ON CONFLICT DO NOTHING;
    INSERT INTO ledger_balances (tenant_id, account_id, asset_id, "limit", is_control, control_id)
    SELECT tenant_id, account_id, asset_id, "limit", is_control, control_id FROM opened;
    IF EXISTS (
        SELECT FROM opened o JOIN ledger_accounts c ON c.tenant_id = o.tenant_id AND c.account_id = o.control_id
         WHERE NOT c.is_control OR c.kind <> o.kind OR c.normal_side <> o.normal_side
    ) THEN
        RAISE EXCEPTION 'an account stands under a control account of its own kind and side'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_under_control';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_open_accounts AFTER INSERT ON ledger_accounts
    REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION ledger_open_accounts();

-- The number of an asset, which it gets when it is first asked for.
CREATE FUNCTION ledger_asset(name text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    known integer;
BEGIN
    SELECT asset_id INTO known FROM ledger_assets WHERE asset = name;
    IF NOT FOUND THEN
        INSERT INTO ledger_assets (asset) VALUES (name) ON CONFLICT DO NOTHING;
        SELECT asset_id INTO STRICT known FROM ledger_assets WHERE asset = name;
    END IF;
    RETURN known;
END
$$;

-- Takes the tenant's lock, for one who must read before writing.
CREATE FUNCTION ledger_lock() RETURNS TABLE (number bigint, closed_through date, moment timestamptz)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    SELECT h.number, h.closed_through, clock_timestamp()
      FROM ledger_heads h WHERE h.tenant_id = current_tenant() FOR NO KEY UPDATE
    $$;

-- The least id of a moment.
CREATE FUNCTION ledger_id_at(moment timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE FUNCTION ledger_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    tenant uuid;
    batch  uuid;
    count  integer;
    whole  boolean;
    plain  boolean;
    oldest date;
    ids    uuid[];
    hashes bytea;
    head   ledger_heads%ROWTYPE;
    moment timestamptz;
    wanted integer;
    moved  integer;
    fault  text;
BEGIN
    SELECT tenant_id, batch_id INTO tenant, batch FROM added LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*), bool_and(tenant_id = tenant AND batch_id = batch), bool_and(kind = 'posted'), min(effective_on),
           array_agg(transfer_id ORDER BY transfer_id),
           string_agg(sha256(
               uuid_send(tenant_id) || uuid_send(transfer_id) || uuid_send(batch_id)
               || uuid_send(debit_account_id) || uuid_send(credit_account_id) || int4send(asset_id)
               || uuid_send(coalesce(original_id, '00000000-0000-0000-0000-000000000000'))
               || date_send(effective_on) || coalesce(timestamptz_send(expires_at), '\x')
               || convert_to(
                   amount || E'\n' || kind || E'\n' || coalesce(released::text, '') || E'\n'
                   || length(reference) || E'\n' || reference || coalesce(metadata::text, ''), 'UTF8'
               )
           ), '' ORDER BY transfer_id)
      INTO count, whole, plain, oldest, ids, hashes
      FROM added;
    IF NOT whole THEN
        RAISE EXCEPTION 'one statement adds one batch of one tenant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfers_one_batch';
    END IF;
    IF ids[1] < ledger_id_at(clock_timestamp() - interval '1 day') OR ids[count] > ledger_id_at(clock_timestamp() + interval '1 hour') THEN
        RAISE EXCEPTION 'the time in an id is not now'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfers_id_of_now';
    END IF;

    -- In order, so that two batches with the same references cannot wait for each other.
    INSERT INTO ledger_references SELECT tenant_id, reference, transfer_id FROM added ORDER BY reference;

    SELECT * INTO head FROM ledger_heads WHERE tenant_id = tenant FOR NO KEY UPDATE;
    IF oldest <= head.closed_through THEN
        RAISE EXCEPTION 'the period through % is closed', head.closed_through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfers_period_open';
    END IF;
    moment := greatest(clock_timestamp(), head.recorded_at + interval '1 microsecond');

    IF NOT plain THEN
        INSERT INTO ledger_settlements
        SELECT tenant_id, original_id, transfer_id FROM added WHERE original_id IS NOT NULL ORDER BY original_id;
        SELECT a.transfer_id::text INTO fault
          FROM added a LEFT JOIN ledger_transfers o ON o.transfer_id = a.original_id AND o.tenant_id = tenant
         WHERE a.original_id IS NOT NULL
           AND CASE a.kind
                   WHEN 'reversed' THEN o.kind IN ('posted', 'settled') AND o.amount = a.amount AND o.asset_id = a.asset_id
                       AND o.debit_account_id = a.credit_account_id AND o.credit_account_id = a.debit_account_id
                   ELSE o.kind = 'pending' AND o.amount = a.released AND o.asset_id = a.asset_id
                       AND o.debit_account_id = a.debit_account_id AND o.credit_account_id = a.credit_account_id
                       AND (a.kind = 'settled' OR a.amount = a.released)
                       AND (a.kind = 'expired') = coalesce(o.expires_at <= moment, false)
               END IS NOT TRUE
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'transfer % does not fit what it refers to', fault
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfers_fits_original';
        END IF;
    END IF;

    -- What only posts, which is most, is added up without a look at what was pending.
    IF plain THEN
        WITH delta AS (
            SELECT account_id, asset_id, sum(debit) AS debits_posted, sum(credit) AS credits_posted
              FROM (
                  SELECT debit_account_id AS account_id, asset_id, amount AS debit, 0::numeric AS credit FROM added
                  UNION ALL
                  SELECT credit_account_id, asset_id, 0, amount FROM added
              ) AS sides
             GROUP BY account_id, asset_id
        ), account AS (
            UPDATE ledger_balances b
               SET debits_posted = b.debits_posted + d.debits_posted, credits_posted = b.credits_posted + d.credits_posted
              FROM delta d
             WHERE b.account_id = d.account_id AND b.asset_id = d.asset_id AND b.tenant_id = tenant AND NOT b.is_control
            RETURNING b.control_id, d.debits_posted, d.credits_posted
        ), control AS (
            UPDATE ledger_balances b
               SET debits_posted = b.debits_posted + c.debits_posted, credits_posted = b.credits_posted + c.credits_posted
              FROM (
                  SELECT control_id, sum(debits_posted) AS debits_posted, sum(credits_posted) AS credits_posted
                    FROM account WHERE control_id IS NOT NULL GROUP BY control_id
              ) AS c
             WHERE b.account_id = c.control_id
        )
        SELECT (SELECT count(*) FROM delta), (SELECT count(*) FROM account) INTO wanted, moved;
    ELSE
        WITH delta AS (
            SELECT account_id, asset_id,
                   sum(debit) FILTER (WHERE kind NOT IN ('pending', 'voided', 'expired')) AS debits_posted,
                   sum(credit) FILTER (WHERE kind NOT IN ('pending', 'voided', 'expired')) AS credits_posted,
                   coalesce(sum(debit) FILTER (WHERE kind = 'pending'), 0) - coalesce(sum(debit_released), 0) AS debits_pending,
                   coalesce(sum(credit) FILTER (WHERE kind = 'pending'), 0) - coalesce(sum(credit_released), 0) AS credits_pending
              FROM (
                  SELECT debit_account_id AS account_id, asset_id, kind, amount AS debit, NULL::numeric AS credit,
                         released AS debit_released, NULL::numeric AS credit_released
                    FROM added
                  UNION ALL
                  SELECT credit_account_id, asset_id, kind, NULL, amount, NULL, released FROM added
              ) AS sides
             GROUP BY account_id, asset_id
        ), account AS (
            UPDATE ledger_balances b
               SET debits_posted = b.debits_posted + coalesce(d.debits_posted, 0),
                   credits_posted = b.credits_posted + coalesce(d.credits_posted, 0),
                   debits_pending = b.debits_pending + d.debits_pending,
                   credits_pending = b.credits_pending + d.credits_pending
              FROM delta d
             WHERE b.account_id = d.account_id AND b.asset_id = d.asset_id AND b.tenant_id = tenant AND NOT b.is_control
            RETURNING b.control_id, d.debits_posted, d.credits_posted, d.debits_pending, d.credits_pending
        ), control AS (
            UPDATE ledger_balances b
               SET debits_posted = b.debits_posted + c.debits_posted,
                   credits_posted = b.credits_posted + c.credits_posted,
                   debits_pending = b.debits_pending + c.debits_pending,
                   credits_pending = b.credits_pending + c.credits_pending
              FROM (
                  SELECT control_id, coalesce(sum(debits_posted), 0) AS debits_posted, coalesce(sum(credits_posted), 0) AS credits_posted,
                         sum(debits_pending) AS debits_pending, sum(credits_pending) AS credits_pending
                    FROM account WHERE control_id IS NOT NULL GROUP BY control_id
              ) AS c
             WHERE b.account_id = c.control_id
        )
        SELECT (SELECT count(*) FROM delta), (SELECT count(*) FROM account) INTO wanted, moved;
    END IF;
    IF moved <> wanted THEN
        RAISE EXCEPTION 'an account is unknown, of another asset, or a control account'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_transfers_accounts';
    END IF;

    head.number := head.number + 1;
    head.hash := sha256(
        head.hash || int8send(head.number) || uuid_send(batch) || timestamptz_send(moment) || int4send(count) || sha256(hashes)
    );
    INSERT INTO ledger_batches (tenant_id, number, batch_id, recorded_at, first_id, last_id, rows, row_hashes, hash)
    VALUES (tenant, head.number, batch, moment, ids[1], ids[count], count, hashes, head.hash);
    UPDATE ledger_heads SET number = head.number, hash = head.hash, recorded_at = moment WHERE tenant_id = tenant;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_record AFTER INSERT ON ledger_transfers
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_record();

-- Whoever may, by grant or as owner: what is recorded stays as it is.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_transfers
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_batches
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_accounts
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_references
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_settlements
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_transfers_elsewhen
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_batches
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_references
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_settlements
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Adds transfers of one tenant in one round trip, which is also the transaction where none is open.
CREATE FUNCTION ledger_post(
    tenant uuid, batch uuid, ids uuid[], debits uuid[], credits uuid[], assets integer[], amounts numeric[],
    kinds ledger_transfer_kind[], originals uuid[], released numeric[], expiries timestamptz[], days date[], texts text[],
    metadata text[]
) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM set_config('agio.tenant', tenant::text, true);
    INSERT INTO ledger_transfers (
        tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id, amount, kind, original_id, released,
        expires_at, effective_on, reference, metadata
    )
    SELECT tenant, id, batch, debit, credit, asset, amount, kind, original, part, expiry, day, reference, data::json
      FROM unnest(ids, debits, credits, assets, amounts, kinds, originals, released, expiries, days, texts, metadata)
        AS row (id, debit, credit, asset, amount, kind, original, part, expiry, day, reference, data);
END
$$;

-- Closes everything through a day, and keeps the sums that reports start from.
CREATE FUNCTION ledger_close(through date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head ledger_heads%ROWTYPE;
BEGIN
    SELECT * INTO head FROM ledger_heads WHERE tenant_id = current_tenant() FOR NO KEY UPDATE;
    IF NOT FOUND OR through <= head.closed_through THEN
        RETURN false;
    END IF;
    IF through >= (clock_timestamp() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'a period is closed when it is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_closings_over';
    END IF;
    INSERT INTO ledger_closing_balances (tenant_id, through, account_id, debits_posted, credits_posted)
    SELECT head.tenant_id, through, account_id, sum(debit), sum(credit)
      FROM (
          SELECT account_id, debits_posted AS debit, credits_posted AS credit
            FROM ledger_closing_balances c WHERE c.tenant_id = head.tenant_id AND c.through = head.closed_through
          UNION ALL
          SELECT side.account_id, side.debit, side.credit
            FROM ledger_transfers t
            CROSS JOIN LATERAL (VALUES (t.debit_account_id, t.amount, 0), (t.credit_account_id, 0, t.amount)) AS side (account_id, debit, credit)
           WHERE t.tenant_id = head.tenant_id AND t.kind IN ('posted', 'settled', 'reversed')
             AND t.effective_on > coalesce(head.closed_through, '-infinity') AND t.effective_on <= through
      ) AS sums
     GROUP BY account_id;
    INSERT INTO ledger_closings VALUES (head.tenant_id, through, clock_timestamp());
    UPDATE ledger_heads SET closed_through = through WHERE tenant_id = head.tenant_id;
    RETURN true;
END
$$;

-- A partition for each month from this one on, so many ahead. Returns how many are new.
CREATE FUNCTION ledger_add_partitions(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    month timestamptz;
    name  text;
    added integer := 0;
BEGIN
    FOR i IN 0..least(ahead, 120) LOOP
        month := (date_trunc('month', now() AT TIME ZONE 'UTC') + i * interval '1 month') AT TIME ZONE 'UTC';
        name := 'ledger_transfers_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE public.%I PARTITION OF public.ledger_transfers FOR VALUES FROM (%L) TO (%L)', name, ledger_id_at(month),
            ledger_id_at((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')
        );
        -- Nobody is granted anything of a partition; were somebody, there would be no policy for him.
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name
        );
        added := added + 1;
    END LOOP;
    RETURN added;
END
$$;
SELECT ledger_add_partitions(2);

ALTER TABLE ledger_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_balances ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_transfers ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_transfers_elsewhen ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_settlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_closings ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_closing_balances ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON ledger_heads USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_accounts USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_balances USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_transfers USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_references USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_settlements USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_batches USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_closings USING (tenant_id = current_tenant());
CREATE POLICY tenant_only ON ledger_closing_balances USING (tenant_id = current_tenant());

GRANT SELECT ON ledger_assets, ledger_heads, ledger_balances, ledger_references, ledger_settlements, ledger_batches, ledger_closings,
    ledger_closing_balances TO agio_app;
GRANT SELECT, INSERT ON ledger_accounts, ledger_transfers TO agio_app;
REVOKE ALL ON FUNCTION ledger_asset(text), ledger_lock(), ledger_close(date), ledger_add_partitions(integer), ledger_record(),
    ledger_open_accounts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_asset(text), ledger_lock(), ledger_close(date), ledger_add_partitions(integer) TO agio_app;
