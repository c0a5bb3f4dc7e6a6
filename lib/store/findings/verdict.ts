import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { ChangeResult, SetVerdict } from '../../domain/findings/change'
import type { Verdict } from '../../domain/threats/verdict'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { changeFindings, type Prepared } from './changes'
import { requireNoException } from './verbs'

const { sql } = Prisma

/** Closes threats by a verdict. Throws as lockSelection does, and `conflict` for other findings and under exceptions. */
export async function setVerdict(access: Access<'findings:triage'>, input: SetVerdict): Promise<ChangeResult> {
  return changeFindings(access, input, () => toVerdict(access, input.verdict))
}

/**
 * A verdict as two changes, of the status and of the verdict. Sources may go on reporting the threat: it reopens when
 * they report more than they had by now, see hasMoved.
 */
export function toVerdict({ actor }: Access, { kind, text }: Verdict): Prepared {
  const at = now()
  const by = { kind: actor.kind, id: actor.id, name: actor.name }
  const lastSeen = sql`(s.facts ->> 'lastSeen')::timestamptz`
  // A time in the future is none: no later event could be recognized by it.
  const verdict = sql`jsonb_build_object('kind', ${kind}::text, 'text', ${text}::text, 'by', ${JSON.stringify(by)}::jsonb,
    'at', ${at.toISOString()}::text, 'seen', (
      SELECT jsonb_build_object('count', max((s.facts ->> 'count')::bigint),
        'lastSeen', max(${lastSeen}) FILTER (WHERE ${lastSeen} <= ${at}::timestamptz), 'updatedAt', max(s.record_updated_at))
      FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.class = 'threat'))`
  return {
    check: async (tx, locked) => {
      await requireNoException(tx, locked)
      const [row] = await runIn<{ n: number }>(
        tx,
        sql`SELECT count(*)::int AS n FROM finding f WHERE ${locked.where} AND f.class <> 'threat'`,
      )
      if (row && row.n > 0)
        throw new AppError('conflict', { reason: 'notThreat', params: { count: row.n }, field: 'verdict' })
    },
    changes: [
      {
        kind: 'status',
        action: null,
        detail: {},
        set: sql`status = 'resolved', resolved_at = ${at}::timestamptz, resolved_reason = 'verdict', overdue = FALSE`,
        differs: sql`p.status <> 'resolved'`,
        before: sql`to_jsonb(p.status)`,
        after: sql`to_jsonb('resolved'::text)`,
        text: null,
      },
      {
        kind: 'verdict',
        action: 'finding.verdict',
        detail: { verdict: kind },
        set: sql`verdict = ${verdict}, resolved_reason = 'verdict'`,
        differs: sql`(p.verdict ->> 'kind' IS DISTINCT FROM ${kind}::text OR p.verdict ->> 'text' IS DISTINCT FROM ${text}::text)`,
        before: sql`p.verdict -> 'kind'`,
        after: sql`to_jsonb(${kind}::text)`,
        text,
      },
    ],
  }
}
