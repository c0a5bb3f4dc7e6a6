-- Open vulnerabilities that an update closes, by the resource that is updated.
CREATE INDEX finding_open_fix ON finding (account_id, resource_id, severity)
  WHERE class = 'vulnerability' AND fix = 'yes' AND status IN ('new', 'acknowledged', 'in_progress');
