-- What a run has read, as the next run of the same feeds may meet it again byte for byte.
CREATE TABLE "known_record" (
    "import_id" INTEGER NOT NULL,
    "checkpoint" INTEGER NOT NULL,
    "reading" TEXT NOT NULL,
    "feeds" TEXT[],
    "entries" BYTEA NOT NULL,
    "twins" BYTEA NOT NULL,

    CONSTRAINT "known_record_pkey" PRIMARY KEY ("import_id","checkpoint")
);

-- CreateTable
CREATE TABLE "feed_writer" (
    "account_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "import_id" INTEGER NOT NULL,

    CONSTRAINT "feed_writer_pkey" PRIMARY KEY ("account_id","source","product")
);

-- CreateIndex
CREATE INDEX "feed_writer_import_id_idx" ON "feed_writer"("import_id");

-- Hashes do not compress.
ALTER TABLE "known_record" ALTER COLUMN "entries" SET STORAGE EXTERNAL;

-- Few findings are closed by hand: a run asks for those of its accounts.
CREATE INDEX finding_by_hand ON "finding" ("account_id", "id") WHERE "status" = 'resolved' AND "resolved_reason" = 'hand';
