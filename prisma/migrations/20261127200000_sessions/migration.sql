-- Sessions become rows, so that one can be ended. The sessions of before carry no id: everybody signs in again once.
CREATE TABLE session (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3) NOT NULL DEFAULT now(),
  ip text,
  device text NOT NULL DEFAULT '',
  ended_at timestamptz(3)
);
CREATE INDEX session_member_id_ended_at_idx ON session (member_id, ended_at);
CREATE INDEX session_ended_at_idx ON session (ended_at);

ALTER TABLE member DROP COLUMN session_epoch;
