import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GET } from '../../app/api/v1/audit/route'
import { newApiToken } from '../../lib/access/api/token'
import { now, setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiAudit } from '../../lib/domain/api/audit'
import { env, parseEnv } from '../../lib/env'
import { sendAudit } from '../../lib/jobs/audit/sink'
import { streamAudit } from '../../lib/jobs/audit/stream'
import { auditAfter } from '../../lib/queries/audit/stream'
import { job } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

afterAll(closeDatabase)
beforeEach(async () => {
  await pool().query(`DELETE FROM setting WHERE key = 'audit-sent'`)
})
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  setClock()
})

const INSERT = `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target, account_id, detail)
  VALUES ($1, 'job', 'test', 'test', $2, 'x', $3, $4) RETURNING id`

async function write(action: string, accountId: string | null = null): Promise<string> {
  const { rows } = await pool().query<{ id: string }>(INSERT, [now(), action, accountId, { note: '改行\n' }])
  return rows[0]?.id ?? ''
}

async function last(): Promise<bigint> {
  const { rows } = await pool().query<{ id: string }>('SELECT coalesce(max(id), 0)::text AS id FROM audit_entry')
  return BigInt(rows[0]?.id ?? 0)
}

describe('reading the audit log from a position', () => {
  test('waits for an entry that is written but not committed', async () => {
    const start = await last()
    const slow = await pool().connect()
    await slow.query('BEGIN')
    await slow.query(INSERT, [now(), 'test.slow', null, {}])
    await write('test.quick')
    expect(await auditAfter(job, start, 100)).toEqual({ entries: [], next: start })
    await slow.query('COMMIT')
    slow.release()
    const { entries, next } = await auditAfter(job, start, 100)
    expect(entries.map(({ action }) => action)).toEqual(['test.slow', 'test.quick'])
    expect(await auditAfter(job, next, 100)).toEqual({ entries: [], next })
  })

  test('continues after a rolled-back entry once it is certain', async () => {
    const start = await last()
    const failed = await pool().connect()
    await failed.query('BEGIN')
    await failed.query(INSERT, [now(), 'test.never', null, {}])
    await failed.query('ROLLBACK')
    failed.release()
    await write('test.after')
    expect((await auditAfter(job, start, 100)).entries).toEqual([])
    setClock(() => new Date(Date.now() + 11 * 60_000))
    expect((await auditAfter(job, start, 100)).entries).toMatchObject([{ action: 'test.after' }])
  })

  test('by API requires the permission, and shows a limited reader no entries of other accounts', async () => {
    const start = await last()
    const call = async (permissions: string[], accounts: string[] | null) => {
      const { token, prefix, tokenHash } = newApiToken()
      const limit = accounts ? { limited: true, accounts } : {}
      await prisma().apiToken.create({ data: { name: 'SIEM', prefix, tokenHash, permissions, ...limit } })
      const headers = { authorization: `Bearer ${token}` }
      return GET(new Request(`http://localhost/api/v1/audit?after=${start}&limit=2`, { headers }), {
        params: Promise.resolve({}),
      })
    }
    await write('account.update', '111111111111')
    await write('account.update', '222222222222')
    const third = await write('member.update')
    expect((await call(['findings:read'], null)).status).toBe(403)
    const all = ApiAudit.parse(await (await call(['audit:read'], null)).json())
    expect(all.entries.map(({ accountId }) => accountId)).toEqual(['111111111111', '222222222222'])
    expect(all.next).toBe(String(BigInt(third) - 1n))
    const limited = ApiAudit.parse(await (await call(['audit:read'], ['222222222222'])).json())
    expect(limited.entries.map(({ accountId }) => accountId)).toEqual(['222222222222'])
  })
})

describe('sending the audit log', () => {
  test('by HTTP repeats unacknowledged entries, and then sends each entry once', async () => {
    const received: { body: string; token: string | undefined }[] = []
    let status = 503
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      received.push({ body, token: request.headers.authorization })
      response.writeHead(status).end()
    }).listen(0, '127.0.0.1')
    await new Promise(listening => server.once('listening', listening))
    closing.push(() => server.close())
    env().HINOMI_AUDIT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`
    env().HINOMI_AUDIT_TOKEN = 'secret of the receiver'
    const id = await write('test.sent')
    setClock(() => new Date(Date.now() + 11 * 60_000))
    await expect(streamAudit()).rejects.toThrow('answered 503')
    status = 204
    const sent = await streamAudit()
    expect(await streamAudit()).toBe(0)
    expect(received).toHaveLength(2)
    expect(received[1]?.token).toBe('Bearer secret of the receiver')
    const lines = (received[1]?.body ?? '').trimEnd().split('\n')
    expect(lines).toHaveLength(sent)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ id, action: 'test.sent', detail: { note: '改行\n' } })
    expect(received[0]?.body).toBe(received[1]?.body)
  })

  test('by HTTP follows no redirect', async () => {
    const visited: (string | undefined)[] = []
    const server = createServer((request, response) => {
      visited.push(request.url)
      response.writeHead(request.url === '/audit' ? 307 : 204, { location: '/elsewhere' }).end()
    }).listen(0, '127.0.0.1')
    await new Promise(listening => server.once('listening', listening))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    await expect(sendAudit(new URL(`http://127.0.0.1:${port}/audit`), [], undefined)).rejects.toThrow('fetch failed')
    expect(visited).toEqual(['/audit'])
  })

  test('by syslog frames each entry by its length', async () => {
    let text = Buffer.alloc(0)
    const server = createTcpServer(socket => {
      socket.on('data', part => {
        text = Buffer.concat([text, part])
      })
    }).listen(0, '127.0.0.1')
    await new Promise(listening => server.once('listening', listening))
    closing.push(() => server.close())
    env().HINOMI_AUDIT_URL = `syslog+tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
    await write('test.syslog')
    setClock(() => new Date(Date.now() + 11 * 60_000))
    const sent = await streamAudit()
    expect(sent).toBeGreaterThan(1)
    const messages: string[] = []
    for (let rest = text; rest.length > 0; ) {
      const space = rest.indexOf(0x20)
      const end = space + 1 + Number(rest.subarray(0, space).toString())
      messages.push(rest.subarray(space + 1, end).toString())
      rest = rest.subarray(end)
    }
    expect(messages).toHaveLength(sent)
    expect(messages.at(-1)).toMatch(/^<110>1 \S+Z \S+ hinomi \d+ test\.syslog - \{"id"/)
  })

  test.each(['http://siem.example/', 'syslog+tcp://192.0.2.1', 'ftp://127.0.0.1', 'nonsense'])(
    'to %s is refused at start',
    url => {
      const settings = { DATABASE_URL: 'postgresql://localhost/x', HINOMI_SECRET: 'a secret that only the tests know' }
      expect(() => parseEnv({ ...settings, NODE_ENV: 'test', HINOMI_AUDIT_URL: url })).toThrow('HINOMI_AUDIT_URL')
    },
  )
})
