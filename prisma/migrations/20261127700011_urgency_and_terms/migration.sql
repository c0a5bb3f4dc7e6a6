-- What decides the order of vulnerabilities, and the words by which an incident is searched: from the sightings that report a
-- finding now.
ALTER TABLE finding ADD COLUMN exploit boolean, ADD COLUMN epss smallint, ADD COLUMN fix text,
  ADD COLUMN terms text NOT NULL DEFAULT '';
ALTER TABLE finding DISABLE TRIGGER USER;
UPDATE finding f SET exploit = s.exploit, epss = s.epss, fix = s.fix FROM (
    SELECT account_id, finding_id, bool_or((facts ->> 'exploit')::boolean) AS exploit, max((facts ->> 'epss')::smallint) AS epss,
      (array_agg(facts ->> 'fix' ORDER BY array_position(ARRAY['yes', 'partial', 'no'], facts ->> 'fix')))[1] AS fix
    FROM sighting WHERE present AND result = 'failed' AND facts ->> 'kind' = 'vulnerability' GROUP BY 1, 2
  ) AS s WHERE f.account_id = s.account_id AND f.id = s.finding_id;
UPDATE finding f SET terms = s.terms FROM (
    SELECT account_id, finding_id, left(string_agg(DISTINCT own_control, E'\n' ORDER BY own_control), 2000) AS terms
    FROM sighting WHERE present AND result = 'failed' AND own_control IS NOT NULL GROUP BY 1, 2
  ) AS s WHERE f.account_id = s.account_id AND f.id = s.finding_id;
ALTER TABLE finding ENABLE TRIGGER USER;

-- Lists of threats and vulnerabilities; nearly all findings are of the third class.
CREATE INDEX finding_open_class ON finding (class, severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress') AND class <> 'posture';
CREATE INDEX finding_terms ON finding USING gin (terms gin_trgm_ops) WITH (gin_pending_list_limit = 16384) WHERE terms <> '';
