-- Open findings by account and control, the worst first, with their Regions.
CREATE INDEX finding_open_place ON finding (severity, account_id, control, region)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
