-- What a member is told about their own account: by its target, then by the kinds of change that matter.
CREATE INDEX audit_entry_target_action_id_idx ON audit_entry (target, action, id);
