import { NextRequest } from 'next/server'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { GET as listFindings } from '../../app/api/v1/findings/route'
import { POST } from '../../app/api/v1/imports/route'
import { rates } from '../../lib/access/api/rate-limit'
import { newApiToken } from '../../lib/access/api/token'
import { watchPeers } from '../../lib/access/network/peer'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiQueued } from '../../lib/domain/api/imports'
import { ApiProblem } from '../../lib/domain/api/schemas'
import { everyFinding } from '../../lib/domain/findings/filter'
import { runImport } from '../../lib/ingest/run/run'
import { log } from '../../lib/log'
import { addComment } from '../../lib/store/findings/triage'
import { dropPayloads } from '../../lib/store/imports/retention'
import { proxy } from '../../proxy'
import { asff, at, importOf, job, newAccount, partial, receive } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

// Read once, before the first request.
process.env.HINOMI_TRUST_PROXY = '1'
process.env.HINOMI_MAX_WAITING_REPORTS = '3'
process.env.HINOMI_MAX_WAITING_MB = '2'
log.level = 'silent'
afterAll(closeDatabase)

let token = ''
let address = 0
beforeEach(async () => {
  token = await newToken()
  address += 1
})

async function newToken(networks: string[] = []): Promise<string> {
  const { token, prefix, tokenHash } = newApiToken()
  const permissions = ['imports:write', 'imports:read', 'findings:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions, networks } })
  return token
}

const none = { params: Promise.resolve({}) }
function request(path: string, bearer: string, init: RequestInit = {}, from = `198.51.100.${address}`): Request {
  const headers = {
    authorization: `Bearer ${bearer}`,
    'x-forwarded-for': from,
    'accept-language': 'en',
  }
  return new Request(`http://localhost/api/v1${path}`, { ...init, headers })
}
const search = (bearer: string) => listFindings(request('/findings?limit=1', bearer), none)
const upload = (body: string, bearer = token) => POST(request('/imports', bearer, { method: 'POST', body }), none)

async function refusal(response: Response): Promise<string> {
  expect(response.status).toBe(429)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  const { code, detail } = ApiProblem.parse(await response.json())
  expect(code).toBe('too_many_requests')
  return detail
}

// Before the floods: they empty the bucket that all unknown addresses share.
test('a token of the network of the proxy is refused to callers elsewhere, whatever form the proxy writes', async () => {
  const inside = await newToken(['10.0.0.0/8'])
  watchPeers()
  const from = async (forwarded: string) => {
    const asked = request('/findings', inside, {}, forwarded)
    asked.headers.set('x-hinomi-peer', '10.0.0.5')
    return (await listFindings(asked, none)).status
  }
  for (const forwarded of ['203.0.113.9', '203.0.113.9:51234', '[2001:db8::1]:443', 'unknown', '', '10.0.0.1,'])
    expect([forwarded, await from(forwarded)]).toEqual([forwarded, 403])
  for (const forwarded of ['10.1.2.3', '203.0.113.9, 10.1.2.3:51234'])
    expect([forwarded, await from(forwarded)]).toEqual([forwarded, 200])
})

describe('a flood of requests', () => {
  // The buckets do not fill up again, however slow the machine is.
  beforeEach(() => {
    const start = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(start)
    return () => clock.mockRestore()
  })

  test('by one token is refused with the time to wait, and delays nobody else', async () => {
    const answers = await Promise.all(Array.from({ length: rates.requests.burst + 150 }, () => search(token)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true)
    expect(await refusal(refused[0] ?? new Response())).toContain('Please wait')
    expect((await search(await newToken())).status).toBe(200)
  })

  test('without valid credentials is refused, and does not lock out a token from the same address', async () => {
    const statuses: number[] = []
    for (let n = 0; n < rates.refused.burst + 20; n++)
      statuses.push((await search(`hin_${String(n).padStart(43, 'x')}`)).status)
    expect(statuses[0]).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    expect((await search(token)).status).toBe(200)
  })

  test('without valid credentials and from unknown addresses is refused all the same', async () => {
    const statuses: number[] = []
    for (let n = 0; n < rates.refused.burst + 20; n++) {
      const asked = request('/findings', `hin_${String(n).padStart(43, 'y')}`, {}, n % 2 ? 'unknown' : '')
      statuses.push((await listFindings(asked, none)).status)
    }
    expect(statuses[0]).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    expect((await search(token)).status).toBe(200)
  })

  test('with a token from outside its networks is refused, and not the token itself', async () => {
    const elsewhere = await newToken(['203.0.113.0/24'])
    const answers = await Promise.all(Array.from({ length: rates.refused.burst + 60 }, () => search(elsewhere)))
    expect(answers.every(({ status }) => status === 403 || status === 429)).toBe(true)
    expect(answers.some(({ status }) => status === 429)).toBe(true)
    expect((await search(await newToken(['198.51.100.0/24']))).status).toBe(200)
  })

  test('of uploads is refused before anything is stored', async () => {
    const before = await prisma().import.count()
    const answers = await Promise.all(Array.from({ length: rates.uploads.burst + 50 }, () => upload('[]')))
    expect(answers.some(({ status }) => status === 429)).toBe(true)
    expect((await prisma().import.count()) - before).toBeLessThan(rates.uploads.burst + 50)
  })
})

test('a flood of pages is refused by session and by network', async () => {
  const open = (session: string, from: number) => {
    const headers = {
      cookie: `next-auth.session-token=${session}`,
      'x-forwarded-for': `203.0.113.${from}`,
      'accept-language': 'ja',
    }
    return proxy(new NextRequest('http://localhost/findings', { headers }))
  }
  const answers = await Promise.all(Array.from({ length: rates.pages.burst + 200 }, () => open('one', 1)))
  const last = answers.at(-1)
  expect(answers[0]?.status).toBe(200)
  expect(last?.status).toBe(429)
  expect(last?.headers.get('retry-after')).toBe('1')
  expect(await last?.text()).toContain('リクエストが多すぎます')
  expect((await open('another', 1)).status).toBe(200)
  // It fills again while the flood goes on.
  const most = 10 * rates.network.burst
  let forged = 0
  while (forged < most && (await open(`forged ${forged}`, 2)).status === 200) forged += 1
  expect(forged).toBeGreaterThanOrEqual(rates.network.burst)
  expect(forged).toBeLessThan(most)
  expect((await open('another', 3)).status).toBe(200)
})

describe('the waiting reports of one sender', () => {
  const report = (n: number, size = 0) =>
    JSON.stringify([asff({ account: newAccount(), resource: `r${n}`, description: 'x'.repeat(size) })])

  test('are limited in number; another sender is not blocked, and new ones are accepted once they are read', async () => {
    const ids: number[] = []
    for (let n = 0; n < 3; n++) ids.push(ApiQueued.parse(await (await upload(report(n))).json()).id)
    const stored = await prisma().import.count()
    expect(await refusal(await upload(report(3)))).toContain('You already have 3 reports')
    expect(await prisma().import.count()).toBe(stored)
    expect((await upload(report(4), await newToken())).status).toBe(202)
    await runImport(job, ids[0] ?? 0)
    expect((await upload(report(5))).status).toBe(202)
  })

  test('are limited in bytes', async () => {
    expect((await upload(report(0, 2_200_000))).status).toBe(202)
    expect(await refusal(await upload(report(1)))).toContain('(2 MB)')
  })
})

test('a comment goes to as many findings as its length allows', async () => {
  const account = newAccount()
  await partial(
    Array.from({ length: 1800 }, (_, n) => asff({ account, resource: `c${n}` })),
    at(1),
  )
  const selection = { filter: { ...everyFinding, account: [account] }, except: [] }
  const comment = (length: number) => addComment(job, { selection, confirmed: 1800, text: 'あ'.repeat(length) })
  await expect(comment(4000)).rejects.toMatchObject({ code: 'too_large', reason: 'commentTooLong' })
  expect(await prisma().findingEvent.count({ where: { accountId: account, kind: 'comment' } })).toBe(0)
  expect(await comment(100)).toMatchObject({ changed: 1800, unchanged: 0 })
})

test('a report without a readable record is stored for a week, others longer', async () => {
  const garbage = await receive('no report', { observedAt: at(1) })
  const good = await receive([asff({ account: newAccount() })], { observedAt: at(1) })
  for (const { id } of [garbage, good]) await runImport(job, id)
  expect(await importOf(garbage.id)).toMatchObject({ state: 'failed' })
  const pieces = (importId: number) => prisma().importChunk.count({ where: { importId } })
  while ((await dropPayloads(job, at(1), at(1))) > 0);
  expect(await pieces(garbage.id)).toBe(1)
  while ((await dropPayloads(job, at(1), at(9))) > 0);
  expect([await pieces(garbage.id), await pieces(good.id)]).toEqual([0, 1])
})
