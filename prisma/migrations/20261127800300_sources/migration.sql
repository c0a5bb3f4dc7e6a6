-- What is open of each source, and when somebody last opened its findings here.
CREATE TABLE source_count (
  account_id text NOT NULL,
  source text NOT NULL,
  severity smallint NOT NULL,
  unread boolean NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (account_id, source, severity, unread)
);

CREATE FUNCTION source_count_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO source_count AS c (account_id, source, severity, unread, n)
    SELECT f.account_id, s.source, f.severity, f.status = 'new', count(*) FROM added f, unnest(f.sources) AS s(source)
    WHERE f.status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, severity, unread) DO UPDATE SET n = c.n + excluded.n;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO source_count AS c (account_id, source, severity, unread, n)
    SELECT m.account_id, s.source, m.severity, m.unread, sum(m.d) FROM (
      SELECT account_id, sources, severity, status = 'new' AS unread, 1 AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')
      UNION ALL
      SELECT account_id, sources, severity, status = 'new', -1 FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress')
    ) AS m, unnest(m.sources) AS s(source) GROUP BY 1, 2, 3, 4 HAVING sum(m.d) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, severity, unread) DO UPDATE SET n = c.n + excluded.n;
  ELSE
    INSERT INTO source_count AS c (account_id, source, severity, unread, n)
    SELECT f.account_id, s.source, f.severity, f.status = 'new', -count(*) FROM removed f, unnest(f.sources) AS s(source)
    WHERE f.status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, severity, unread) DO UPDATE SET n = c.n + excluded.n;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER source_count_delete AFTER DELETE ON finding
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION source_count_apply();
CREATE TRIGGER source_count_insert AFTER INSERT ON finding
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION source_count_apply();
CREATE TRIGGER source_count_update AFTER UPDATE ON finding
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION source_count_apply();

INSERT INTO source_count (account_id, source, severity, unread, n)
SELECT f.account_id, s.source, f.severity, f.status = 'new', count(*) FROM finding f, unnest(f.sources) AS s(source)
WHERE f.status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3, 4;

CREATE TABLE source_opening (
  source text NOT NULL,
  member_id uuid NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  PRIMARY KEY (source, member_id)
);
