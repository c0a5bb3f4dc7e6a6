-- Passkeys, one-time codes and recovery codes; sessions that wait for one of them; how tokens are limited to networks.
ALTER TABLE member
  ADD COLUMN totp_secret text,
  ADD COLUMN totp_since timestamptz(3),
  ADD COLUMN totp_last_step integer,
  ADD COLUMN notices_seen_at timestamptz(3);

ALTER TABLE session
  ADD COLUMN stage text NOT NULL DEFAULT 'complete' CHECK (stage IN ('complete', 'second-factor', 'enrolment')),
  ADD COLUMN verified_at timestamptz(3) NOT NULL DEFAULT now();

CREATE TABLE passkey (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  credential_id text NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  counter bigint NOT NULL DEFAULT 0,
  transports text[] NOT NULL DEFAULT '{}',
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3)
);
CREATE INDEX passkey_member_id_idx ON passkey (member_id);

-- Challenges that were handed out and not yet answered: each is good once.
CREATE TABLE passkey_challenge (
  challenge text PRIMARY KEY,
  purpose text NOT NULL,
  member_id uuid,
  expires_at timestamptz(3) NOT NULL
);

CREATE TABLE recovery_code (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  code_hash text NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  used_at timestamptz(3)
);
CREATE INDEX recovery_code_member_id_idx ON recovery_code (member_id);

ALTER TABLE api_token
  ADD COLUMN networks text[] NOT NULL DEFAULT '{}',
  ADD COLUMN refused_at timestamptz(3),
  ADD COLUMN refused_reason text;
