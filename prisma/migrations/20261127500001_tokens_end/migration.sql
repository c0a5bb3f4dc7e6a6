-- Every token ends: those without an end, which earlier versions allowed, 90 days after the upgrade.
UPDATE api_token SET expires_at = now() + interval '90 days' WHERE expires_at IS NULL;
ALTER TABLE api_token
  ALTER COLUMN expires_at SET DEFAULT now() + interval '90 days',
  ALTER COLUMN expires_at SET NOT NULL;

-- A token can do what its owner can do now. Tokens that only send reports were promised to keep working when an administrator
-- left or was demoted: those now have no owner, until an administrator takes them over.
UPDATE api_token SET created_by = NULL
WHERE created_by IS NOT NULL AND revoked_at IS NULL
  AND permissions <@ ARRAY['imports:read', 'imports:write', 'imports:close']
  AND created_by NOT IN (SELECT id FROM member WHERE removed_at IS NULL AND role = 'admin');
