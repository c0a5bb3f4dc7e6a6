-- The texts of severe findings alone: a search by severity reads these first, and does not pass all severe findings of other texts to
-- reach the first that matches.
CREATE INDEX finding_severe_text ON finding USING gin ((resource_name || ' ' || package_name) gin_trgm_ops)
  WITH (gin_pending_list_limit = 16384) WHERE severity >= 4 AND status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_severe_search_keys ON finding USING gin (search_keys)
  WITH (gin_pending_list_limit = 16384) WHERE severity >= 4 AND status IN ('new', 'acknowledged', 'in_progress');
