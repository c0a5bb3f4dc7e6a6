-- Rules give accounts their environment, owner team and IT scope; decided_by tells which fields a person or a rule decided.
ALTER TABLE account ADD COLUMN it_scope boolean NOT NULL DEFAULT FALSE,
  ADD COLUMN decided_by jsonb NOT NULL DEFAULT '{}';
-- What differs from the defaults was a person's choice so far.
UPDATE account SET decided_by = (CASE WHEN environment IS NULL THEN '{}' ELSE '{"environment": {"rule": null}}' END)::jsonb
  || (CASE WHEN owner_team = default_team('infrastructure') THEN '{}' ELSE '{"ownerTeam": {"rule": null}}' END)::jsonb
  WHERE environment IS NOT NULL OR owner_team <> default_team('infrastructure');
