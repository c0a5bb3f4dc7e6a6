-- What a report has to prove before its silence closes anything.

-- by_record: the record's own id is part of the finding's identity, since its tool names no check.
-- pair: a 32-bit hash of the check and Region that the record is about, see lib/domain/report-pairs.ts. Null in rows of before.
-- local_time: when the record was updated by a clock of unknown zone; shown, never compared.
-- gone_at: the time of the report that proved it gone.
-- absent_*: the last complete report that lacked it without closing it, since when, and why nothing was closed.
ALTER TABLE sighting
  ADD COLUMN by_record boolean NOT NULL DEFAULT false,
  ADD COLUMN pair integer,
  ADD COLUMN local_time timestamptz(3),
  ADD COLUMN gone_at timestamptz(3),
  ADD COLUMN absent_since timestamptz(3),
  ADD COLUMN absent_import_id integer,
  ADD COLUMN absent_reason text;

CREATE INDEX sighting_absent ON sighting (account_id, source, product) WHERE absent_reason IS NOT NULL;
CREATE INDEX sighting_waiting ON sighting (absent_import_id) WHERE absent_reason IS NOT NULL;

-- A clock that was ahead silenced every later report.
UPDATE sighting SET record_updated_at = observed_at WHERE record_updated_at > now();

-- reference: hashes of the pairs that a wide complete report held. looked: when complete reports last looked where.
-- recent_closings: how many findings were closed as absent at which time, for a day.
ALTER TABLE feed
  ADD COLUMN sends_passes boolean NOT NULL DEFAULT false,
  ADD COLUMN reference bytea,
  ADD COLUMN looked bytea,
  ADD COLUMN recent_closings jsonb NOT NULL DEFAULT '[]';

UPDATE feed f SET sends_passes = true
WHERE EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.source = f.source AND s.product = f.product AND s.result = 'passed');

-- Whether reports that name no Region were met that hold different resources of the control.
ALTER TABLE feed_control ADD COLUMN mixed boolean NOT NULL DEFAULT false;

-- The chain covers these columns, and rows of before have null in them.
ALTER TABLE import
  ADD COLUMN region text,
  ADD COLUMN confirms_id integer,
  ADD COLUMN not_available integer,
  ADD COLUMN older integer,
  ADD COLUMN repeated integer,
  ADD COLUMN clock_ahead integer;
ALTER TABLE import
  ALTER COLUMN not_available SET DEFAULT 0,
  ALTER COLUMN older SET DEFAULT 0,
  ALTER COLUMN repeated SET DEFAULT 0,
  ALTER COLUMN clock_ahead SET DEFAULT 0;
