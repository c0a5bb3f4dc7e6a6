-- The decisions of people that gave a reason: verdicts about threats beside findings resolved by hand and postponed ones.
DROP INDEX finding_event_reason;
CREATE INDEX finding_event_reason ON finding_event (at DESC) WHERE text IS NOT NULL AND kind IN ('status', 'due', 'verdict');
