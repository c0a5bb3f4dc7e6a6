-- Entrances from the internet with their rung on the ladder, and web ACLs with what is remembered of their rules. Both are derived from
-- the inventory of an account and replaced with each judgement of it.
CREATE TABLE entrance (
  account_id text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  region text NOT NULL,
  arn text NOT NULL,
  name text NOT NULL,
  address text NOT NULL,
  behind text,
  rung text CHECK (rung IN ('none', 'other_vendor', 'empty', 'counting', 'partly_blocking', 'blocking', 'operated')),
  acl_id uuid,
  step text NOT NULL,
  step_values jsonb NOT NULL,
  requests bigint,
  allowed bigint,
  counted bigint,
  blocked bigint,
  judged_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, id)
);

CREATE TABLE web_acl (
  account_id text NOT NULL,
  id uuid NOT NULL,
  arn text NOT NULL,
  name text NOT NULL,
  region text NOT NULL,
  mode text CHECK (mode IN ('empty', 'counting', 'partly_blocking', 'blocking')),
  rules jsonb NOT NULL,
  rules_hash text NOT NULL,
  rules_since timestamptz(3) NOT NULL,
  counting jsonb NOT NULL,
  judged_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, id)
);
