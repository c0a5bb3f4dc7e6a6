import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { type Link, linkHash, type RowFields, rowHash } from '../../lib/domain/chain/chain'
import { type ChainedKind, chainedRows } from '../../lib/domain/chain/rows'
import { rowSql } from '../../lib/sql/chain/row-sql'
import { verifyHistory } from '../../scripts/hinomi/verify'
import { ours } from '../support/organisation'
import { decisions, entries, lines, past, reset, rowsOf, sealAll, twoImports, verify } from './support-chain'
import { job } from './support-ingest'

/** Columns without historical meaning: the number of started runs, and the reason why an import waits. */
const UNCOVERED = ['import.attempts', 'import.failures', 'import.waits_for', 'import.retry_at', 'import.alive_at']

beforeEach(async () => {
  await reset()
  await decisions()
  await sealAll()
})
afterAll(closeDatabase)

/** The third line of the histories, and its name in a report. */
async function aLine() {
  const [, , line] = await lines()
  if (!line) throw new Error('there are no lines')
  const { id, accountId, findingId } = line
  return { id, row: { kind: 'event', id: String(id), accountId, findingId } }
}

async function anEntry() {
  const [entry] = await entries()
  if (!entry) throw new Error('there are no entries')
  return { id: entry.id, row: { kind: 'audit', id: String(entry.id), accountId: entry.accountId, findingId: null } }
}

const broken = async () => (await verify()).broken

describe('is named: ', () => {
  test('a changed entry of the audit log', async () => {
    const { id, row } = await anEntry()
    await past([`UPDATE audit_entry SET actor_name = 'Somebody else' WHERE id = $1`, [id]])
    expect(await broken()).toMatchObject({ problem: 'changed', row, link: 1 })
  })

  test('a changed line of a history', async () => {
    const { id, row } = await aLine()
    await past([`UPDATE finding_event SET text = 'I asked for it' WHERE id = $1`, [id]])
    expect(await broken()).toMatchObject({ problem: 'changed', row, link: 1 })
  })

  test('a deleted entry', async () => {
    const { id, row } = await anEntry()
    await past(['DELETE FROM audit_entry WHERE id = $1', [id]])
    expect(await broken()).toMatchObject({ problem: 'missing', row, link: 1 })
  })

  test('a deleted line', async () => {
    const { id, row } = await aLine()
    await past(['DELETE FROM finding_event WHERE id = $1', [id]])
    expect(await broken()).toMatchObject({ problem: 'missing', row, link: 1 })
  })

  test('an entry that was written past the triggers', async () => {
    await past(
      `INSERT INTO audit_entry (actor_kind, actor_id, actor_name, action, target) VALUES ('member', 'm', 'M', 'a.b', 'c')`,
    )
    const added = (await entries()).at(-1)
    expect(await broken()).toMatchObject({
      problem: 'added',
      row: { kind: 'audit', id: String(added?.id) },
      link: null,
    })
  })

  test.each(['member', 'token', 'job'])('a line of a %s that was written past the triggers', async kind => {
    const { row } = await aLine()
    await past([
      `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, text)
       VALUES ($1, $2, now(), $3, 'm', 'M', 'comment', 'I was here first')`,
      [row.accountId, row.findingId, kind],
    ])
    const id = String((await lines()).at(-1)?.id)
    expect(await broken()).toMatchObject({ problem: 'added', row: { ...row, id }, link: null })
  })

  test('an entry in the name of an import that does not exist', async () => {
    const { row } = await aLine()
    await pool().query(
      `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind)
       VALUES ($1, $2, now(), 'import', '4711', 'Security Hub', 'resolved')`,
      [row.accountId, row.findingId],
    )
    const id = String((await lines()).at(-1)?.id)
    expect(await broken()).toMatchObject({ problem: 'added', row: { ...row, id } })
  })

  test('the first of two rows that changed places', async () => {
    const [a, b] = await entries()
    const swap = (from: bigint, to: bigint): [string, unknown[]] => [
      'UPDATE audit_entry SET id = $2 WHERE id = $1',
      [from, to],
    ]
    if (!a || !b) throw new Error('there are no two entries')
    await past(swap(a.id, -1n), swap(b.id, a.id), swap(-1n, b.id))
    expect(await broken()).toMatchObject({ problem: 'changed', row: { kind: 'audit', id: String(a.id) } })
  })

  test('the earliest of several', async () => {
    const { row } = await anEntry()
    await decisions()
    await sealAll()
    await past(`UPDATE audit_entry SET target = 'x'`, 'DELETE FROM finding_event')
    expect(await broken()).toMatchObject({ row, link: 1 })
  })
})

describe('is named by its link: ', () => {
  beforeEach(async () => {
    for (let n = 0; n < 3; n++) {
      await decisions()
      await sealAll()
    }
  })

  test.each(['at', 'kind', 'subject', 'rows', 'until', 'digest', 'previous', 'hash'])(
    'a change of %s',
    async column => {
      const values: Record<string, string> = {
        at: `at + interval '1 ms'`,
        kind: `'run'`,
        subject: `'7'`,
        rows: 'rows + 1',
        until: 'NULL',
      }
      const value = values[column] ?? `sha256(${column})`
      await past(`UPDATE chain_link SET ${column} = ${value} WHERE seq = 2`)
      expect(await broken()).toMatchObject({ problem: 'linkChanged', link: 2 })
    },
  )

  test('the one after a link that was rewritten with a matching hash', async () => {
    const [link] = await rowsOf<Omit<Link, 'at'>>(
      'SELECT kind, subject, rows, digest, previous FROM chain_link WHERE seq = 2',
    )
    if (!link) throw new Error('there is no second link')
    const at = '2026-01-01T00:00:00.000Z'
    const hash = linkHash({ ...link, seq: 2, at, until: at })
    await past(['UPDATE chain_link SET at = $1, until = $1, hash = $2 WHERE seq = 2', [at, hash]])
    expect(await broken()).toMatchObject({ problem: 'linkLoose', link: 3 })
  })

  test.each([1, 2, 4])('a deletion of link %i', async seq => {
    await past(`DELETE FROM chain_link WHERE seq = ${seq}`)
    expect(await broken()).toMatchObject({ problem: 'linkMissing', link: seq })
  })

  test('a row that was changed together with its stored hash', async () => {
    const { id } = await anEntry()
    await past([`UPDATE audit_entry SET target = 'x' WHERE id = $1`, [id]])
    const [row] = await rowsOf<{ fields: RowFields }>(
      `SELECT ${rowSql('audit', 'a')} AS fields FROM audit_entry a WHERE id = $1`,
      [id],
    )
    const hash = rowHash('audit', row?.fields ?? [])
    await past([`UPDATE chain_seal SET hash = $1 WHERE row_id = $2 AND kind = 'audit'`, [hash, id]])
    expect(await broken()).toMatchObject({ problem: 'sealChanged', link: 1 })
  })

  test.each([
    `UPDATE chain_seal SET hash = sha256('x') WHERE link = 2 AND place = 3`,
    `UPDATE chain_seal SET entered = entered - interval '1 day' WHERE link = 2 AND place = 3`,
    'DELETE FROM chain_seal WHERE link = 2 AND place = 3',
    'UPDATE chain_seal SET place = 100 WHERE link = 2 AND place = 3',
  ])('%s', async statement => {
    await past(statement)
    expect(await broken()).toMatchObject({ problem: 'sealChanged', link: 2 })
  })

  test('a row that was added with its own seal', async () => {
    await past(
      `INSERT INTO audit_entry (id, actor_kind, actor_id, actor_name, action, target) VALUES (-5, 'member', 'm', 'M', 'a.b', 'c')`,
      `INSERT INTO chain_seal SELECT '', 'audit', finding_id, -5, 2, 0, now(), sha256('x') FROM chain_seal WHERE kind = 'audit' LIMIT 1`,
    )
    expect(await broken()).toMatchObject({ problem: 'changed', link: 2, row: { kind: 'audit', id: '-5' } })
  })

  test('a row that was deleted with its seal', async () => {
    const { id } = await anEntry()
    await past(['DELETE FROM audit_entry WHERE id = $1', [id]], ['DELETE FROM chain_seal WHERE row_id = $1', [id]])
    expect(await broken()).toMatchObject({ problem: 'sealChanged', link: 1 })
  })
})

describe('an end that was cut off', () => {
  const cut = (seq: number) => [
    `DELETE FROM audit_entry a USING chain_seal s WHERE s.kind = 'audit' AND s.row_id = a.id AND s.link >= ${seq}`,
    `DELETE FROM finding_event e USING chain_seal s WHERE s.kind = 'event' AND s.row_id = e.id AND s.link >= ${seq}`,
    `DELETE FROM chain_seal WHERE link >= ${seq}`,
    `DELETE FROM chain_link WHERE seq >= ${seq}`,
  ]

  test('without a trace is found by a stored head', async () => {
    await decisions()
    await sealAll()
    const { head } = await verify()
    await past(...cut(2))
    expect(await verify()).toMatchObject({ links: 1, broken: null })
    expect(await verify(head)).toMatchObject({ headFound: false })
    await decisions()
    await sealAll()
    expect(await verify(head)).toMatchObject({ links: 2, headFound: false, broken: null })
  })

  test('leaves rows without a link', async () => {
    await decisions()
    await sealAll()
    const [first] = (await entries()).slice(2)
    await past('DELETE FROM chain_seal WHERE link = 2', 'DELETE FROM chain_link WHERE seq = 2')
    expect(await broken()).toMatchObject({ problem: 'added', row: { kind: 'audit', id: String(first?.id) } })
  })

  test('is not hidden by the next link', async () => {
    await past('DELETE FROM chain_link')
    await decisions()
    await sealAll()
    expect(await broken()).toMatchObject({ problem: 'sealChanged', link: 1 })
  })
})

describe('of an import', () => {
  let run: number
  beforeEach(async () => {
    run = (await twoImports()).id
    await sealAll()
    expect((await verify()).events).toBe(4)
  })
  const ofRun = () => ({ kind: 'run', id: String(run), accountId: null, findingId: null })
  const oneLine = `id = (SELECT max(id) FROM finding_event WHERE actor_kind = 'import')`

  test.each([
    ['a changed line', 'changed', `UPDATE finding_event SET after = '"low"' WHERE ${oneLine}`],
    ['a deleted line', 'missing', `DELETE FROM finding_event WHERE ${oneLine}`],
    ["a line that is a person's now", 'missing', `UPDATE finding_event SET actor_kind = 'member' WHERE ${oneLine}`],
    [
      'an added line',
      'added',
      `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind)
       SELECT account_id, finding_id, at, actor_kind, actor_id, actor_name, 'title' FROM finding_event WHERE ${oneLine}`,
    ],
  ])('%s names the run', async (_what, problem, statement) => {
    await past(statement)
    expect(await broken()).toMatchObject({ problem, row: ofRun() })
  })

  test('its counts name the import', async () => {
    await past(`UPDATE import SET resolved = 0 WHERE id = ${run}`)
    expect(await broken()).toMatchObject({ problem: 'changed', row: { ...ofRun(), kind: 'import' } })
    await past(`DELETE FROM import WHERE id = ${run}`)
    expect(await broken()).toMatchObject({ problem: 'missing', row: { ...ofRun(), kind: 'import' } })
  })

  test('an invented one is reported', async () => {
    await past(`INSERT INTO import (state, origin, sha256, size_bytes, observed_at, actor_kind, actor_id, actor_name)
      VALUES ('done', 'api', 'x', 1, now(), 'token', 't', 'T')`)
    const [last] = await rowsOf<{ id: number }>('SELECT max(id) AS id FROM import')
    expect(await broken()).toMatchObject({ problem: 'added', row: { kind: 'import', id: String(last?.id) } })
  })

  test.each<ChainedKind>(['audit', 'event', 'import'])('and all else, every column of an %s is covered', async kind => {
    const { table, columns } = chainedRows[kind]
    const types = await rowsOf<{ name: string; type: string }>(
      'SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1',
      [table],
    )
    const uncovered = types.map(({ name }) => name).filter(name => !(name in columns))
    expect(uncovered.map(name => `${table}.${name}`).sort()).toEqual(
      UNCOVERED.filter(name => name.startsWith(`${table}.`)).sort(),
    )
    for (const { name, type } of types.filter(column => column.name in columns)) {
      const [row] = await rowsOf<{ id: string; row: object }>(
        `SELECT id::text AS id, to_jsonb(t) AS row FROM ${table} t WHERE ${kind === 'event' ? "actor_kind <> 'import'" : 'TRUE'} ORDER BY id LIMIT 1`,
      )
      await past([`UPDATE ${table} SET "${name}" = ${otherValue(name, type)} WHERE id = $1`, [row?.id]])
      const found = await broken()
      expect(found, `${table}.${name}`).toMatchObject({ row: { kind, id: row?.id }, link: expect.any(Number) })
      await past([
        `UPDATE ${table} SET "${name}" = o."${name}" FROM jsonb_populate_record(NULL::${table}, $1) AS o
          WHERE ${table}.id = ${name === 'id' ? '-9' : 'o.id'}`,
        [JSON.stringify(row?.row)],
      ])
      expect(await broken(), `${table}.${name} put back`).toBeNull()
    }
  })
})

/** SQL of another value than a column has. */
function otherValue(name: string, type: string): string {
  if (name === 'id') return '-9'
  if (name === 'state') return `'failed'`
  if (name === 'coverage') return `CASE coverage WHEN 'partial' THEN 'complete' ELSE 'partial' END`
  if (name === 'account_id') return `'999999999999'`
  if (type === 'text') return `coalesce("${name}", '') || 'x'`
  if (type === 'uuid') return 'gen_random_uuid()'
  if (type === 'jsonb') return `'{"other": 1}'`
  if (type === 'ARRAY') return `ARRAY['other']`
  if (type === 'boolean') return `NOT "${name}"`
  return type.startsWith('timestamp') ? `"${name}" + interval '1 ms'` : `coalesce("${name}", 0) + 1`
}

test('a row with another time than its arrival is reported, until a later head was stored', async () => {
  await pool().query(`INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target)
    SELECT now() + step, 'member', 'm', 'M', 'a.b', 'c'
    FROM unnest(ARRAY[interval '-2 hours', '2 hours', '-50 minutes', '50 minutes']) AS step`)
  await sealAll()
  const told = await verify()
  const added = (await entries()).at(2)
  expect(told).toMatchObject({ broken: null, misdated: { count: 2, first: { row: { id: String(added?.id) } } } })
  expect((await verify(told.head)).misdated).toEqual({ count: 0, first: null })
})

describe('the command', () => {
  async function said(head: string | null, locale: 'ja' | 'en') {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    try {
      const code = await verifyHistory(job, head, locale)
      return { code, text: write.mock.calls.map(([text]) => String(text)).join('') }
    } finally {
      write.mockRestore()
    }
  }

  test.each(['en', 'ja'] as const)('the result of a valid chain is printed (%s)', async locale => {
    const { head, until } = await verify()
    const { code, text } = await said(null, locale)
    expect(code).toBe(0)
    for (const part of [head, until, '8', '1']) expect(text).toContain(part)
    expect(text).not.toMatch(/[{}]|undefined|null/)
    expect((await said(head, locale)).code).toBe(0)
    const lost = await said('f'.repeat(64), locale)
    expect(lost.code).toBe(1)
    expect(lost.text).toContain('f'.repeat(64))
  })

  test.each(['en', 'ja'] as const)('the first invalid row is printed in words (%s)', async locale => {
    const { id, row } = await aLine()
    await past(['DELETE FROM finding_event WHERE id = $1', [id]])
    const { code, text } = await said(null, locale)
    expect(code).toBe(1)
    for (const part of ['finding_event', ours, row.findingId, row.id]) expect(text).toContain(part)
    expect(text).toMatch(locale === 'en' ? /missing/ : /削除されています/)
    expect(text).not.toMatch(/[{}]|undefined|null/)
  })
})
