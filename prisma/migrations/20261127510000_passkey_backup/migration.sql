-- Whether a passkey may be synced between devices, and whether it is; the session that asked for a challenge.
ALTER TABLE passkey
  ADD COLUMN backup_eligible boolean NOT NULL DEFAULT false,
  ADD COLUMN backed_up boolean NOT NULL DEFAULT false;

ALTER TABLE passkey_challenge
  ADD COLUMN session_id uuid;
