-- Files that people attach. Their contents are encrypted with a key of their own, which the secret of the product seals.
CREATE TABLE attachment (
  id uuid NOT NULL,
  state text NOT NULL DEFAULT 'receiving',
  owner_kind text NOT NULL,
  owner_id text,
  origin_id text,
  account_id text,
  name text NOT NULL,
  type text NOT NULL,
  size_bytes integer NOT NULL DEFAULT 0,
  pieces integer NOT NULL DEFAULT 0,
  sha256 text NOT NULL DEFAULT '',
  sealed_key text NOT NULL,
  uploaded_kind text NOT NULL,
  uploaded_by text NOT NULL,
  uploaded_name text NOT NULL,
  uploaded_at timestamptz(3) NOT NULL,
  alive_at timestamptz(3) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT attachment_state CHECK (state IN ('receiving', 'stored')),
  CONSTRAINT attachment_owner CHECK ((owner_kind = 'draft') = (owner_id IS NULL))
);
CREATE INDEX attachment_owner_kind_owner_id_idx ON attachment (owner_kind, owner_id);

CREATE TABLE attachment_chunk (
  attachment_id uuid NOT NULL,
  position integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (attachment_id, position)
);
-- Encrypted bytes cannot be compressed.
ALTER TABLE attachment_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
