-- The job that marks overdue findings reads only those whose date has passed since, not the whole table each minute.
CREATE INDEX finding_not_overdue ON "finding" ("due_at") WHERE "status" IN ('new', 'acknowledged', 'in_progress') AND NOT "overdue";
