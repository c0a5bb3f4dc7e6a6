-- Whether the sender of an import may close findings. Null where the import is from before: it keeps the effect that it was sent with,
-- and the hash by which the chain knows it.
ALTER TABLE "import" ADD COLUMN "may_close" BOOLEAN, ADD COLUMN "allowed_sources" TEXT[], ADD COLUMN "withheld" INTEGER;
ALTER TABLE "import" ALTER COLUMN "may_close" SET DEFAULT FALSE, ALTER COLUMN "allowed_sources" SET DEFAULT '{}', ALTER COLUMN "withheld" SET DEFAULT 0;
ALTER TABLE "sighting" ADD COLUMN "unproven" BOOLEAN NOT NULL DEFAULT FALSE;
-- Sources that a token may send; empty means any.
ALTER TABLE "api_token" ADD COLUMN "sources" TEXT[] NOT NULL DEFAULT '{}';
