-- Access keys of IAM users as the collector of IAM has seen them. A key that was deleted stays, so that pages can show what was replaced.
CREATE TABLE access_key (
  account_id text NOT NULL,
  id text NOT NULL,
  user_arn text NOT NULL,
  user_name text NOT NULL,
  user_tags jsonb NOT NULL,
  active boolean NOT NULL,
  created_at timestamptz(3),
  last_used_at timestamptz(3),
  last_used_service text,
  last_used_region text,
  score smallint NOT NULL,
  judged text NOT NULL CHECK (judged IN ('pipeline', 'probable', 'other')),
  system text,
  rules jsonb NOT NULL,
  mark text CHECK (mark IN ('pipeline', 'other')),
  marked_at timestamptz(3),
  marked_by uuid,
  first_seen_at timestamptz(3) NOT NULL,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  gone_at timestamptz(3),
  import_id integer NOT NULL,
  PRIMARY KEY (account_id, id),
  CHECK (active = (started_at IS NOT NULL AND ended_at IS NULL)),
  CHECK (gone_at IS NULL OR NOT active)
);

CREATE TABLE access_key_period (
  account_id text NOT NULL,
  key_id text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, key_id, ended_at)
);
