-- What reads look for, and partitions that are made by several at once and past a month that was missed.
--
-- Accounts are opened once and read often; transfers get no index for the sake of reading.

CREATE INDEX ledger_accounts_of_subject ON ledger_accounts (tenant_id, subject, account_id) WHERE subject IS NOT NULL;
CREATE INDEX ledger_accounts_under_control ON ledger_accounts (tenant_id, control_id, account_id) WHERE control_id IS NOT NULL;

-- A partition for each month from this one on, so many ahead. Returns how many are new. A month of which transfers lie in the
-- partition for all else can have none; it is passed over, so that the months after it get theirs. One at a time: the lock keeps out
-- none but another that adds partitions.
CREATE OR REPLACE FUNCTION ledger_add_partitions(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    month timestamptz;
    name  text;
    first uuid;
    after uuid;
    added integer := 0;
BEGIN
    LOCK TABLE public.ledger_transfers IN SHARE UPDATE EXCLUSIVE MODE;
    FOR i IN 0..least(ahead, 120) LOOP
        month := (date_trunc('month', now() AT TIME ZONE 'UTC') + i * interval '1 month') AT TIME ZONE 'UTC';
        name := 'ledger_transfers_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        first := ledger_id_at(month);
        after := ledger_id_at((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
        CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL
            OR EXISTS (SELECT FROM public.ledger_transfers_elsewhen WHERE transfer_id >= first AND transfer_id < after);
        EXECUTE format(
            'CREATE TABLE public.%I PARTITION OF public.ledger_transfers FOR VALUES FROM (%L) TO (%L)', name, first, after
        );
        EXECUTE format(
            'CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name
        );
        added := added + 1;
    END LOOP;
    RETURN added;
END
$$;
