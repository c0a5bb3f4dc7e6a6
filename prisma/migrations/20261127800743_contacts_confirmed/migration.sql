-- When somebody last confirmed that the contacts of an account are right, and who.
ALTER TABLE account ADD COLUMN contacts_confirmed_at timestamptz(3), ADD COLUMN contacts_confirmed_by uuid;
