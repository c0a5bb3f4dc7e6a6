import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { requireTokenAccess } from '../../lib/access/api/token'
import { CreateToken } from '../../lib/access/member-input'
import { watchPeers } from '../../lib/access/network/peer'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiProblem } from '../../lib/domain/api/schemas'
import { listTokens } from '../../lib/queries/people/tokens'
import { route } from '../../lib/route'
import { createToken, revokeToken } from '../../lib/store/people/tokens'
import { adminAccess } from '../support/people'

beforeEach(async () => {
  await pool().query('TRUNCATE member, api_token, audit_throttle')
})
afterAll(closeDatabase)

function input(more: Partial<CreateToken> = {}): CreateToken {
  const expiresAt = new Date(Date.now() + 86_400_000)
  return { name: 'script', permissions: ['findings:read'], limited: false, accounts: [], expiresAt, ...more }
}
const stored = (id: string) => prisma().apiToken.findUniqueOrThrow({ where: { id } })
const bearing = (token: string) =>
  new Request('http://hinomi.test/api/v1/findings', { headers: { authorization: `Bearer ${token}` } })

const answer = route({ needs: 'findings:read', run: async () => ({ fine: true }) })

/** The answer to a request over a real connection from 127.0.0.1. */
async function asked(token: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  watchPeers()
  const server = createServer(async (incoming, outgoing) => {
    const entries = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)])
    const response = await answer(new Request('http://hinomi.test/api', { headers: entries }), {
      params: Promise.resolve({}),
    })
    outgoing.writeHead(response.status).end(await response.text())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const all = { authorization: `Bearer ${token}`, 'accept-language': 'en', ...headers }
  const result = await new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers: all, agent: false }, async response => {
      let text = ''
      for await (const part of response) text += String(part)
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    }).on('error', reject)
  })
  await new Promise(resolve => server.close(resolve))
  return result
}

describe('a token of some networks', () => {
  const make = async (...networks: string[]) => createToken(await adminAccess(), input({ networks }))

  test('works from there', async () => {
    const { token } = await make('203.0.113.0/24', '127.0.0.0/8')
    expect(await asked(token)).toEqual({ status: 200, body: { fine: true } })
  })

  test.each(['x-forwarded-for', 'x-real-ip', 'x-hinomi-peer', 'forwarded'])(
    'is refused elsewhere, whatever %s says, in words that name no network',
    async header => {
      const { id, token } = await make('203.0.113.0/24')
      const { status, body } = await asked(token, {
        [header]: header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9',
      })
      expect(status).toBe(403)
      const { detail } = ApiProblem.parse(body)
      expect(detail).toContain('network')
      expect(JSON.stringify(body)).not.toContain('203.0.113')
      expect(await stored(id)).toMatchObject({ refusedReason: 'network', lastUsedAt: null })
      const entry = await prisma().auditEntry.findFirst({ where: { target: `token:${id}`, action: 'token.refused' } })
      expect(entry).toMatchObject({ ip: '127.0.0.1', detail: { reason: 'network' } })
    },
  )

  test('is refused if the address is unknown', async () => {
    const { token } = await make('0.0.0.0/0', '::/0')
    await expect(requireTokenAccess(bearing(token))).rejects.toMatchObject({ reason: 'tokenNetwork' })
  })

  test('keeps them without host bits, each once', async () => {
    const { id } = await make('10.1.2.3/8', '10.0.0.0/8', '::ffff:192.0.2.1', '2001:db8::1/32')
    const networks = ['10.0.0.0/8', '192.0.2.1/32', '2001:db8::/32']
    expect(await stored(id)).toMatchObject({ networks })
    expect(await listTokens(await adminAccess())).toMatchObject([{ networks }])
  })

  test('is not created with an invalid network, or with too many', async () => {
    await expect(make('10.0.0.0/8', 'office')).rejects.toMatchObject({
      reason: 'tokenNetworkBroken',
      params: { network: 'office' },
      field: 'networks',
    })
    const many = Array.from({ length: 21 }, (_, n) => `10.0.0.${n}`)
    expect(CreateToken.safeParse(input({ networks: many })).success).toBe(false)
    expect(CreateToken.safeParse(input({ networks: many.slice(1) })).success).toBe(true)
  })
})

describe('a refused use', () => {
  test.each([
    ['expired', (id: string) => prisma().apiToken.update({ where: { id }, data: { expiresAt: new Date(0) } })],
    ['revoked', async (id: string) => revokeToken(await adminAccess(), { id })],
    ['permission', async () => undefined],
  ])('is noted at the token: %s', async (reason, change) => {
    const { id, token } = await createToken(await adminAccess(), input())
    await change(id)
    await expect(requireTokenAccess(bearing(token), 'audit:read')).rejects.toThrow()
    expect(await stored(id)).toMatchObject({ refusedReason: reason, refusedAt: expect.any(Date) })
    const [row] = await listTokens(await adminAccess())
    expect(row).toMatchObject({ refusedReason: reason })
  })

  test('is noted at most once a minute', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    const refused = () => expect(requireTokenAccess(bearing(token), 'audit:read')).rejects.toThrow()
    await refused()
    const first = (await stored(id)).refusedAt
    await refused()
    expect((await stored(id)).refusedAt).toEqual(first)
    const earlier = new Date(Date.now() - 61_000)
    await prisma().apiToken.update({ where: { id }, data: { refusedAt: earlier, refusedReason: 'network' } })
    await refused()
    const next = await stored(id)
    expect(next.refusedReason).toBe('permission')
    expect(next.refusedAt?.getTime()).toBeGreaterThan(earlier.getTime())
  })
})
