import 'server-only'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { type ScoreBand, type ScoreKind, scoreBands } from '../../domain/accounts/score'
import { toSeverity } from '../../domain/findings/severity'
import type { AccountPosture } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { reportingSources } from '../../sql/feeds/posture'
import { scoreItems } from '../../sql/feeds/score'
import { read } from '../../sql/read'

const { sql } = Prisma
/** So many changes are proposed. */
const CHANGES = 3

interface Item {
  kind: ScoreKind
  name: string
  title: string
  severity: number
  failing: number
  load: number
  band: number
  gain: number
  together: number
}

interface ScoreDetail {
  /** Null where nothing lowers the score. */
  band: ScoreBand | null
  parts: AccountPosture['scoreParts']
  changes: AccountPosture['scoreChanges']
  together: number | null
}

/** What the score of an account is made of, and the changes that would raise it most. The caller proves that its reader may see it. */
export async function scoreDetail(id: AccountId): Promise<ScoreDetail> {
  const items = await read<Item>(sql`
    WITH wanted AS (SELECT ${id}::text AS id), speaking AS (${reportingSources(now())})
    SELECT i.*, CASE WHEN gained_at <= ${CHANGES}::int AND name <> '' THEN coalesce(
      (SELECT min(title) FROM control_title t WHERE t.control = i.name), '') ELSE '' END AS title
    FROM (${scoreItems(sql`SELECT id FROM wanted`, CHANGES)}) AS i ORDER BY gained_at`)
  const parts = new Map<string, AccountPosture['scoreParts'][number]>()
  for (const { kind, severity, failing, load } of items) {
    const key = `${kind} ${severity}`
    const part = parts.get(key) ?? { kind, severity: toSeverity(severity), count: 0, load: 0 }
    parts.set(key, { ...part, count: part.count + (kind === 'control' ? 1 : failing), load: part.load + load })
  }
  return {
    band: scoreBands[Math.min(...items.map(({ band }) => band))] ?? null,
    parts: [...parts.values()].toSorted((a, b) => b.load - a.load),
    changes: items.slice(0, CHANGES).map(({ kind, name, title, severity, failing, gain }) => ({
      kind,
      name,
      title,
      severity: toSeverity(severity),
      failing,
      gain,
    })),
    together: items[0]?.together ?? null,
  }
}
