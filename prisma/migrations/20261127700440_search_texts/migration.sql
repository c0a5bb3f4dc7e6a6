-- Texts by which findings are found, each stored once for all findings that have it: lines of descriptions, without the name of
-- the resource, and tags. `control` are the names of controls that were reported, from which filters by category are made.
CREATE TABLE search_text (
  id bigint NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  CONSTRAINT search_text_pkey PRIMARY KEY (id)
);
CREATE INDEX search_text_control ON search_text (text) WHERE kind = 'control';

-- The three functions give the same as lib/domain/findings/search/search-texts.ts.
CREATE FUNCTION search_key(kind text, text text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('x000' || left(encode(sha256(convert_to(kind || E'\x1f' || text, 'UTF8')), 'hex'), 13))::bit(64)::bigint
$$;

CREATE FUNCTION search_lines(description text, resource_id text) RETURNS SETOF text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  masked text := description;
  name text;
  full_name text := CASE WHEN resource_id ~ '^arn:[^:]*:[^:]*:[^:]*:[^:]*:.' THEN regexp_replace(resource_id, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:', '')
    ELSE resource_id END;
BEGIN
  FOREACH name IN ARRAY ARRAY[resource_id, full_name, regexp_replace(full_name, '^.*[/:]', '')] LOOP
    IF length(name) >= 4 THEN masked := replace(masked, name, E'\x1a'); END IF;
  END LOOP;
  RETURN QUERY SELECT DISTINCT t.line FROM (
    SELECT left(btrim(l.line, E' \t\r'), 4000) AS line FROM regexp_split_to_table(masked, E'\n+') WITH ORDINALITY AS l(line, n) WHERE l.n <= 40
  ) AS t WHERE t.line <> '';
END
$$;

CREATE FUNCTION search_texts(class text, description text, tags jsonb, resource_id text, package_name text)
RETURNS TABLE (kind text, text text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'line', l FROM search_lines(description, resource_id) AS l
  UNION SELECT 'tag-key', t.key FROM jsonb_each_text(CASE jsonb_typeof(tags) WHEN 'object' THEN tags END) AS t
  UNION SELECT 'tag', t.key || '=' || t.value FROM jsonb_each_text(CASE jsonb_typeof(tags) WHEN 'object' THEN tags END) AS t
  UNION SELECT 'package', p.text FROM (SELECT lower(package_name COLLATE "C") AS name) AS n, unnest(ARRAY[n.name, split_part(n.name, ' ', 1)]) AS p(text)
    WHERE class = 'vulnerability' AND package_name <> ''
$$;

-- Pairs of characters with one beyond ASCII: Japanese is searched from two characters on, and trigrams need three.
CREATE FUNCTION search_pairs(text text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT c.pair), '{}') FROM (
    SELECT chars.a[i] || chars.a[i + 1] AS pair FROM (SELECT regexp_split_to_array(lower(text), '') AS a) AS chars,
      generate_series(1, cardinality(chars.a) - 1) AS i
  ) AS c WHERE octet_length(c.pair) > 2
$$;

INSERT INTO search_text (id, kind, text)
SELECT DISTINCT search_key(t.kind, t.text), t.kind, t.text
FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
CROSS JOIN LATERAL search_texts(s.class, s.description, s.tags, coalesce(s.resource_id, f.resource_id), coalesce(s.package_name, f.package_name)) AS t
WHERE s.result <> 'passed' AND t.kind IN ('line', 'tag')
ON CONFLICT DO NOTHING;
INSERT INTO search_text (id, kind, text)
SELECT search_key('control', c.control), 'control', c.control
FROM (SELECT DISTINCT control FROM finding WHERE class = 'posture') AS c ON CONFLICT DO NOTHING;

CREATE INDEX search_text_text ON search_text USING gin (text gin_trgm_ops);
CREATE INDEX search_text_pairs ON search_text USING gin (search_pairs(text)) WHERE octet_length(text) > length(text);

-- The keys of the texts of the sightings that report a finding; of a resolved one, of those that did.
ALTER TABLE finding ADD COLUMN search_keys bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE finding DISABLE TRIGGER USER;
UPDATE finding f SET search_keys = k.keys FROM (
    SELECT e.account_id, e.finding_id, array_agg(DISTINCT e.key::text COLLATE "C" ORDER BY e.key::text COLLATE "C")::bigint[] AS keys FROM (
      SELECT s.account_id, s.finding_id, search_key(t.kind, t.text) AS key, s.rank,
        min(s.rank) OVER (PARTITION BY s.account_id, s.finding_id) AS best
      FROM (SELECT s.*, CASE WHEN s.present AND s.result = 'failed' THEN 1 WHEN s.present AND s.result = 'suppressed' AND NOT s.unproven THEN 2 ELSE 3 END AS rank
        FROM sighting s WHERE s.result <> 'passed') AS s
      JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id
      CROSS JOIN LATERAL search_texts(s.class, s.description, s.tags, coalesce(s.resource_id, f.resource_id), coalesce(s.package_name, f.package_name)) AS t
    ) AS e WHERE e.rank = e.best GROUP BY 1, 2
  ) AS k WHERE f.account_id = k.account_id AND f.id = k.finding_id;
ALTER TABLE finding ENABLE TRIGGER USER;
-- The rows that an undone merge restores, which the reports that are stored then bring up to date.
UPDATE finding_merge SET finding = '{"terms": "", "search_keys": []}'::jsonb || finding,
  target = '{"terms": "", "search_keys": []}'::jsonb || target;

CREATE INDEX finding_search_keys ON finding USING gin (search_keys) WITH (gin_pending_list_limit = 16384);
