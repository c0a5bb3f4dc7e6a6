-- The account that a report is about, where its records name none.
ALTER TABLE "import" ADD COLUMN "account_id" TEXT;
ALTER TABLE "import" ADD CONSTRAINT import_account_digits CHECK ("account_id" ~ '^[0-9]{12}$');
