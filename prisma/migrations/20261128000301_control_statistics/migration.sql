-- A control has one severity or two: without this the planner expects few findings of a control and its severity, reads all of them and
-- sorts them, instead of the first ones in order.
CREATE STATISTICS finding_control_severity (dependencies) ON control, severity FROM finding;
DO $$
BEGIN
  IF EXISTS (SELECT FROM finding) THEN
    ANALYZE finding (control, severity);
  END IF;
END
$$;
