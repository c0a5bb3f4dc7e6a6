-- All findings of a resource. Of the id only a hash: ids are long, and the row is read anyway.
CREATE INDEX finding_resource ON finding (hashtextextended(resource_id, 0));
