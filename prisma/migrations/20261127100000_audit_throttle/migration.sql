-- What may happen very often, such as refused sign-ins, is entered into the audit log once a minute for each actor and network. This
-- table counts what came in between; a job clears it.
CREATE TABLE "audit_throttle" (
    "key" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "entry" JSONB NOT NULL,

    CONSTRAINT "audit_throttle_pkey" PRIMARY KEY ("key")
);
