-- Lines that one change of people wrote bear its id, and what the change replaced beside the value itself. Null in lines of before, of
-- imports and of jobs.
ALTER TABLE finding_event ADD COLUMN change_id uuid, ADD COLUMN former jsonb;
CREATE INDEX finding_event_change ON finding_event (change_id) WHERE change_id IS NOT NULL;
