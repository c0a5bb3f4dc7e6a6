-- What a source says of a problem beyond its texts, by kind. Before, only the urgency of vulnerabilities.
ALTER TABLE sighting RENAME COLUMN rating TO facts;
UPDATE sighting SET facts = jsonb_build_object('kind', 'vulnerability', 'exploit', facts -> 'exploit', 'exploitSeen', NULL,
    'fix', facts -> 'fix', 'epss', facts -> 'epss', 'cvss', '[]'::jsonb, 'packages', '[]'::jsonb, 'references', '[]'::jsonb,
    'vendorSeverity', NULL, 'image', NULL)
  WHERE facts IS NOT NULL;

-- Since when a problem is known, by the earliest of its sources or of its reports.
ALTER TABLE finding ADD COLUMN first_observed_at timestamptz(3);
-- Neither counts nor histories depend on it.
ALTER TABLE finding DISABLE TRIGGER USER;
UPDATE finding f SET first_observed_at = least(f.first_seen_at,
  (SELECT min(s.first_observed_at) FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id));
ALTER TABLE finding ENABLE TRIGGER USER;
ALTER TABLE finding ALTER COLUMN first_observed_at SET NOT NULL;
-- The rows that an undone merge restores.
UPDATE finding_merge SET finding = finding || jsonb_build_object('first_observed_at', finding -> 'first_seen_at'),
  target = target || jsonb_build_object('first_observed_at', target -> 'first_seen_at');

-- Lists by age.
DROP INDEX finding_open_seen;
DROP INDEX finding_closed_seen;
CREATE INDEX finding_open_observed ON finding (first_observed_at, sequence) WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_closed_observed ON finding (status, first_observed_at, sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
