-- The names of all accounts, in order, for the filters of every page of findings.
CREATE INDEX "account_name_id_idx" ON "account"("name", "id");
