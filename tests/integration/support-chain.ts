import { setClock } from '../../lib/clock'
import { pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { verifyChain } from '../../lib/queries/chain/verify'
import { sealNext } from '../../lib/store/chain/chain'
import { addComment, setStatus } from '../../lib/store/findings/triage'
import { clear, ours } from '../support/organisation'
import { accessOf, addFinding, addMember } from '../support/people'
import { asff, complete, importOf, job, newAccount } from './support-ingest'

const TABLES = ['audit_entry', 'finding_event', 'chain_link', 'chain_seal', 'chain_pending', 'import']

/** Runs statements like a user with all database privileges: with triggers disabled. */
export async function past(...statements: (string | [text: string, values: unknown[]])[]): Promise<void> {
  const client = await pool().connect()
  try {
    await client.query('BEGIN')
    for (const table of TABLES) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    for (const statement of statements) {
      const [text, values] = typeof statement === 'string' ? [statement, []] : statement
      await client.query(text, values)
    }
    for (const table of TABLES) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** An empty database with the real clock. */
export async function reset(): Promise<void> {
  setClock()
  await clear()
  await past(`TRUNCATE ${TABLES.join(', ')}`)
}

export async function sealAll(): Promise<number> {
  let links = 0
  while (await sealNext(job)) links += 1
  return links
}

export const verify = (head: string | null = null) => verifyChain(job, head)

/** Three findings that a person comments on and then updates, in two transactions: six history events, two audit entries. */
export async function decisions() {
  const lead = accessOf(await addMember('lead'), 'lead')
  await pool().query('INSERT INTO account (id) VALUES ($1) ON CONFLICT DO NOTHING', [ours])
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push(toFindingId(ours, (await addFinding(ours)).id))
  await addComment(lead, { selection: { ids }, text: 'Who made this public?' })
  await setStatus(lead, { selection: { ids }, status: 'in_progress' })
}

/** Two reports; the second changes a severity and resolves a finding: four history events. Returns the second import. */
export async function twoImports() {
  const account = newAccount()
  const record = (resource: string, severity = 'LOW') => asff({ account, resource, severity, updatedAt: null })
  await complete([record('stays'), record('goes')], ago(90))
  const second = await complete([record('stays', 'HIGH')], ago(80))
  setClock()
  return importOf(second.id)
}

/** One hour after the report, within the allowed difference of times. */
function ago(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000)
}

export async function rowsOf<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await pool().query<Row>(text, values)).rows
}

export const lines = () => prisma().findingEvent.findMany({ orderBy: { id: 'asc' } })
export const entries = () => prisma().auditEntry.findMany({ orderBy: { id: 'asc' } })
