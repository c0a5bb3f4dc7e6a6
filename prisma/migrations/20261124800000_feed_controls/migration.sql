-- Of a source whose reports hold one control each, when complete ones of a control were made.
CREATE TABLE "feed_control" (
    "account_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "complete_at" TIMESTAMPTZ(3)[],

    CONSTRAINT "feed_control_pkey" PRIMARY KEY ("account_id","source","product","control")
);
