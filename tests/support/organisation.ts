import { deflateSync } from 'node:zlib'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { pool, prisma } from '../../lib/db'
import type { Permission, Role } from '../../lib/domain/people/role'
import type { Prisma } from '../../lib/generated/prisma/client'
import { addFinding } from './people'

export const ours = '111111111111'
export const theirs = '222222222222'

/** Empties findings and the tables that they are derived from. Histories stay: they are append-only for tests too. */
export async function clear(): Promise<void> {
  await pool().query(`TRUNCATE account, member, api_token, import, import_reject, import_chunk, finding, sighting, feed,
    control_result, finding_count, source_count, source_opening, control_delta, control_title, finding_period, snapshot, feed_control`)
}

/** Two accounts of different owners with everything that a page can show of them. All texts of the second contain "theirs". */
export async function twoAccounts(): Promise<{ oursFinding: string; theirsFinding: string; sighting: string }> {
  const at = new Date('2026-01-01T00:00:00Z')
  const ids: string[] = []
  for (const [n, account] of [ours, theirs].entries()) {
    const word = n === 0 ? 'ours' : 'theirs'
    await prisma().account.create({
      data: { id: account, name: `${word} shop`, environment: 'production', origin: 'registered', tags: { word } },
    })
    const raw = Buffer.from(`{"word":"${word}"}`)
    const run = await prisma().import.create({
      data: {
        state: 'done',
        origin: 'api',
        fileName: `${word}.json`,
        sha256: word,
        sizeBytes: raw.length,
        observedAt: at,
        actorKind: 'token',
        actorId: 'collector',
        actorName: 'Collector',
        accounts: [account],
        sources: ['security-hub'],
      },
    })
    await prisma().importChunk.create({
      data: { importId: run.id, start: 0n, length: raw.length, deflated: new Uint8Array(deflateSync(raw)) },
    })
    const finding = await addFinding(account, {
      control: `S3.${n + 1}`,
      title: `A bucket of ${word} is public`,
      resourceId: `arn:aws:s3:::${word}-bucket`,
      resourceName: `${word}-bucket`,
      sources: ['security-hub'],
      firstImportId: run.id,
      dueAt: at,
      overdue: true,
    })
    await prisma().sighting.create({
      data: {
        accountId: account,
        id: finding.id,
        findingId: finding.id,
        class: 'posture',
        source: 'security-hub',
        product: 'Security Hub',
        control: finding.control,
        nativeId: word,
        result: 'failed',
        severity: 4,
        title: finding.title,
        description: `What ${word} should know`,
        remediationText: 'Block it',
        remediationUrl: 'https://example.com/fix',
        resourceType: finding.resourceType,
        contentHash: 1n,
        observedAt: at,
        importId: run.id,
        rawOffset: 0n,
        rawLength: raw.length,
      },
    })
    const feed = { accountId: account, source: 'security-hub', product: 'Security Hub', firstAt: at, lastAt: at }
    await prisma().feed.create({
      data: { ...feed, lastCompleteAt: at, silentAfter: new Date('2036-01-01'), lastImportId: run.id },
    })
    await pool().query('INSERT INTO control_title VALUES ($1, $2)', [finding.control, finding.title])
    await pool().query(
      `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
       VALUES ($1, $2, $3, 'import', $4, $5, 'severity', '"low"', '"high"')`,
      [account, finding.id, at, String(run.id), word],
    )
    ids.push(`${account}-${finding.id.replaceAll('-', '')}`)
  }
  const [oursFinding = '', theirsFinding = ''] = ids
  const sighting = `${theirsFinding.slice(13, 21)}-${theirsFinding.slice(21, 25)}-${theirsFinding.slice(25, 29)}-${theirsFinding.slice(29, 33)}-${theirsFinding.slice(33)}`
  return { oursFinding, theirsFinding, sighting }
}

/** Many findings that differ in every field that lists sort and filter by, with many ties. */
export async function manyFindings(
  count: number,
  change: (n: number) => Partial<Prisma.FindingUncheckedCreateInput> = () => ({}),
) {
  await pool().query(
    `INSERT INTO account (id, name, environment, origin) VALUES ($1, 'ours', 'production', 'registered'), ($2, 'theirs', 'sandbox', 'registered')
     ON CONFLICT DO NOTHING`,
    [ours, theirs],
  )
  const statuses = ['new', 'acknowledged', 'in_progress', 'resolved', 'accepted', 'false_positive', 'new', 'new']
  for (let n = 0; n < count; n++) {
    const pair = Math.floor(n / 2)
    const day = new Date(Date.UTC(2026, 0, 1 + (pair % 3)))
    await addFinding((n + pair) % 2 === 0 ? ours : theirs, {
      // The same id in both accounts, whatever the order: it is unique only within an account.
      id: `00000000-0000-4000-8000-${String(pair).padStart(12, '0')}`,
      control: `C.${n % 7}`,
      severity: 1 + (pair % 5),
      status: statuses[n % statuses.length] ?? 'new',
      team: ['sre', 'csirt', 'cit'][n % 3] ?? 'sre',
      firstSeenAt: day,
      // Known to its source before, in another order.
      firstObservedAt: new Date(day.getTime() - ((pair * 3) % 7) * 86_400_000),
      dueAt: pair % 4 === 0 ? null : new Date(day.getTime() + (pair % 5) * 86_400_000),
      sources: n % 2 === 0 ? ['prowler'] : ['prowler', 'security-hub'],
      ...change(n),
    })
  }
}

/** The proof of a role's permissions for a person who is in no table. */
export function accessFor(
  role: Role,
  limits: { accounts?: string[]; teams?: ('sre' | 'csirt' | 'cit')[] } = {},
): Access<Permission> {
  const id = '00000000-0000-4000-8000-0000000000aa'
  const granted = permissionsOf(role)
  const actor = {
    kind: 'member' as const,
    id,
    name: 'Reader',
    email: 'reader@example.com',
    role,
    teams: limits.teams ?? ['sre' as const],
  }
  return prove(
    { actor, accounts: limits.accounts ?? 'all', ip: null, granted: new Set(granted) },
    granted,
  ) as Access<Permission>
}
