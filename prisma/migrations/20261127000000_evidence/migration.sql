-- Whether the sender of an import may close findings. Imports that are stored already keep the effect that they were sent with.
ALTER TABLE "import" ADD COLUMN "may_close" BOOLEAN NOT NULL DEFAULT TRUE,
                     ADD COLUMN "allowed_sources" TEXT[] NOT NULL DEFAULT '{}',
                     ADD COLUMN "withheld" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "import" ALTER COLUMN "may_close" SET DEFAULT FALSE;
ALTER TABLE "sighting" ADD COLUMN "unproven" BOOLEAN NOT NULL DEFAULT FALSE;
-- Sources that a token may send; empty means any.
ALTER TABLE "api_token" ADD COLUMN "sources" TEXT[] NOT NULL DEFAULT '{}';
