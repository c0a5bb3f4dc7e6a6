-- No creator: created on the command line.
ALTER TABLE invite ALTER COLUMN created_by DROP NOT NULL;

-- Links of people who were removed or demoted before this version.
UPDATE invite i SET revoked_at = now()
WHERE accepted_at IS NULL AND revoked_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.id = i.created_by AND m.removed_at IS NULL AND m.role = 'admin');
