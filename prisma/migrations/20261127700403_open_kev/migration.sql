-- Open vulnerabilities in CISA's list, which are few: the list on the home of a team.
CREATE INDEX finding_open_kev ON finding (severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress') AND kev;
