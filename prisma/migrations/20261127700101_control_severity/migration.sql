-- The one severity of each canonical control: the organization's, else that of the table of controls. A copy for statements that rate
-- many controls at once; the worker writes it at its start and a change of the organization's severities changes it.
CREATE TABLE control_severity (
  control text NOT NULL,
  severity smallint NOT NULL,
  PRIMARY KEY (control)
);
