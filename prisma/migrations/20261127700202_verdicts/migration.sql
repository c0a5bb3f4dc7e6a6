-- What a person decided about a threat and did, and what its sources reported then (lib/domain/threats/verdict.ts). Null unless a verdict
-- resolved the finding.
ALTER TABLE finding ADD COLUMN verdict jsonb;
-- Few findings are closed by a verdict: an import asks for those of its accounts.
CREATE INDEX finding_by_verdict ON finding (account_id, id) WHERE status = 'resolved' AND resolved_reason = 'verdict';
