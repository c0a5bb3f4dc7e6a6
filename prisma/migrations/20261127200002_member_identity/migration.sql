-- The account of a provider that a member signs in with. Members of before are bound at their next sign-in by a provider.
ALTER TABLE member ADD COLUMN issuer text, ADD COLUMN subject text;
CREATE UNIQUE INDEX member_issuer_subject_key ON member (issuer, subject);
