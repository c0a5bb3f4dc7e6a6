-- When an organization was first found to lack an account. A later reading without it says that the account has left: one that is
-- moved between organizational units while these are read can be in none of them.
ALTER TABLE "account" ADD COLUMN "missing_since" TIMESTAMPTZ(3);
