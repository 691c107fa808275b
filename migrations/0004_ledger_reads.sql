-- What reads look for. Accounts are opened once and read often; transfers get no index for the sake of reading.

CREATE INDEX ledger_accounts_of_subject ON ledger_accounts (tenant_id, subject, account_id) WHERE subject IS NOT NULL;
CREATE INDEX ledger_accounts_under_control ON ledger_accounts (tenant_id, control_id, account_id) WHERE control_id IS NOT NULL;
