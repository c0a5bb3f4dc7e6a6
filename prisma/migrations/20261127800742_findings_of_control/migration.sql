-- The usage standard counts the findings of a hundred accounts by control: from this index alone.
CREATE INDEX finding_unsolved_control ON finding (account_id, control, status) WHERE class = 'posture' AND status <> 'resolved';
