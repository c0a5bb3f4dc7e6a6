CREATE TABLE member (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email citext NOT NULL,
  name text NOT NULL,
  password_hash text,
  role text NOT NULL,
  teams text[],
  accounts text[],
  limited boolean NOT NULL DEFAULT false,
  locale text,
  -- The account of an identity provider that the member signs in with.
  issuer text,
  subject text,
  totp_secret text,
  totp_since timestamptz(3),
  totp_last_step integer,
  notices_seen_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_sign_in_at timestamptz(3),
  removed_at timestamptz(3),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX member_email_key ON member (email);
CREATE UNIQUE INDEX member_issuer_subject_key ON member (issuer, subject);

CREATE TABLE passkey (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  credential_id text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL DEFAULT 0,
  transports text[] NOT NULL DEFAULT '{}',
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_used_at timestamptz(3),
  -- Whether the passkey may be synchronised between devices, and whether it is.
  backup_eligible boolean NOT NULL DEFAULT false,
  backed_up boolean NOT NULL DEFAULT false,
  PRIMARY KEY (id),
  CONSTRAINT passkey_credential_id_key UNIQUE (credential_id)
);
CREATE INDEX passkey_member_id_idx ON passkey (member_id);

-- Challenges that were handed out and not answered yet: each is good once.
CREATE TABLE passkey_challenge (
  challenge text NOT NULL,
  purpose text NOT NULL,
  member_id uuid,
  expires_at timestamptz(3) NOT NULL,
  session_id uuid,
  PRIMARY KEY (challenge)
);

CREATE TABLE recovery_code (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  code_hash text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  used_at timestamptz(3),
  PRIMARY KEY (id),
  CONSTRAINT recovery_code_code_hash_key UNIQUE (code_hash)
);
CREATE INDEX recovery_code_member_id_idx ON recovery_code (member_id);

CREATE TABLE session (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_used_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ip text,
  device text NOT NULL DEFAULT '',
  stage text NOT NULL DEFAULT 'complete',
  verified_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  began_by text,
  ended_at timestamptz(3),
  PRIMARY KEY (id),
  CONSTRAINT session_stage_check CHECK (stage IN ('complete', 'second-factor', 'enrolment'))
);
CREATE INDEX session_ended_at_idx ON session (ended_at);
CREATE INDEX session_member_id_ended_at_idx ON session (member_id, ended_at);

CREATE TABLE invite (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email citext NOT NULL,
  role text NOT NULL,
  teams text[],
  accounts text[],
  limited boolean NOT NULL DEFAULT false,
  token_hash text NOT NULL,
  -- Null where it was created on the command line.
  created_by uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX invite_token_hash_key ON invite (token_hash);

CREATE TABLE api_token (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  prefix text NOT NULL,
  token_hash text NOT NULL,
  permissions text[],
  accounts text[],
  limited boolean NOT NULL DEFAULT false,
  -- Sources that the token may send; empty means any.
  sources text[] NOT NULL DEFAULT '{}',
  networks text[] NOT NULL DEFAULT '{}',
  -- Null where the owner was removed: an administrator can take the token over.
  created_by uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL DEFAULT (now() + '90 days'::interval),
  last_used_at timestamptz(3),
  refused_at timestamptz(3),
  refused_reason text,
  revoked_at timestamptz(3),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX api_token_token_hash_key ON api_token (token_hash);
