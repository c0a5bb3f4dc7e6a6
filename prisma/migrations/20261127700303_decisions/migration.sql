-- The decisions of people that gave a reason: findings resolved by hand, due dates moved beyond the policy's.
CREATE INDEX finding_event_reason ON finding_event (at DESC) WHERE text IS NOT NULL AND kind IN ('status', 'due');
