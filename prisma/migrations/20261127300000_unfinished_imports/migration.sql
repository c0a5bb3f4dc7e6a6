-- What waits of one sender is counted at each upload.
CREATE INDEX import_unfinished ON "import" ("actor_kind", "actor_id") WHERE "state" IN ('receiving', 'queued', 'running');
