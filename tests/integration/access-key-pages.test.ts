import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ApiAccessKey } from '../../lib/domain/access-keys/api-keys'
import { KeyFilter } from '../../lib/domain/access-keys/filter'
import { NotFoundError } from '../../lib/errors'
import { getKey, listKeys } from '../../lib/queries/access-keys/keys'
import { keyDays, keyProgress } from '../../lib/queries/access-keys/progress'
import { keyReplacement } from '../../lib/queries/access-keys/replacement'
import { addKey } from '../support/access-keys'
import { addCell } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'

const admin = accessFor('admin')
const limited = accessFor('viewer', { accounts: [ours] })
const all = (given: object = {}) => KeyFilter.parse(given)
const first = { cursor: null, limit: 50 }

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE access_key, access_key_period, coverage, asset')
  await prisma().account.create({ data: { id: ours, name: 'ours', origin: 'registered', ownerTeam: 'sre' } })
  await prisma().account.create({ data: { id: theirs, name: 'theirs', origin: 'registered', ownerTeam: 'cit' } })
})
afterAll(closeDatabase)

const day = (n: number) => new Date(Date.now() - n * 86_400_000)

async function asset(type: string, arn: string, data: object) {
  await prisma().asset.create({
    data: {
      accountId: ours,
      id: crypto.randomUUID(),
      collector: 'iam',
      region: 'global',
      type,
      arn,
      name: arn.slice(arn.lastIndexOf('/') + 1),
      data,
      contentHash: 1n,
      firstSeenAt: new Date(),
      changedAt: new Date(),
      importId: 1,
    },
  })
}

describe('the list of access keys', () => {
  test('has the keys of pipelines first, the oldest first, and what ended last', async () => {
    await addKey(ours, { id: 'other' })
    await addKey(ours, { id: 'ended', judged: 'pipeline', active: false, endedAt: day(1) })
    await addKey(ours, { id: 'young', judged: 'pipeline', createdAt: new Date('2026-05-05T00:00:00Z') })
    await addKey(ours, { id: 'old', judged: 'pipeline', createdAt: new Date('2020-05-05T00:00:00Z') })
    await addKey(ours, { id: 'probable', judged: 'probable' })
    await addKey(ours, { id: 'marked', judged: 'other', mark: 'pipeline', createdAt: new Date('2021-01-01T00:00:00Z') })
    const { rows } = await listKeys(admin, all(), first)
    expect(rows.map(({ id }) => id)).toEqual(['old', 'marked', 'young', 'probable', 'other', 'ended'])
    expect(rows[1]).toMatchObject({ use: 'pipeline', mark: 'pipeline', state: 'active', team: 'sre' })
    expect(rows[5]).toMatchObject({ state: 'inactive' })
    for (const { account, ...key } of rows)
      expect(ApiAccessKey.parse(JSON.parse(JSON.stringify({ account: account.id, ...key })))).toBeDefined()
  })

  test('can be read page by page without a gap, with 2,000 keys', async () => {
    await pool().query(
      `INSERT INTO access_key (account_id, id, user_arn, user_name, user_tags, active, created_at, score, judged, rules, first_seen_at, started_at, import_id)
       SELECT $1, 'K' || n, 'a', 'user-' || n, '{}', TRUE, timestamptz '2025-01-01' + (n % 7) * interval '1 day', 0,
         (ARRAY['pipeline','probable','other'])[1 + n % 3], '[]', now(), now(), 1 FROM generate_series(1, 2000) AS n`,
      [ours],
    )
    const seen = new Set<string>()
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(admin, all(), { cursor, limit: 150 })
      for (const { id } of page.rows) seen.add(id)
      expect(page.total).toBe(2000)
      cursor = page.next
    } while (cursor)
    expect(seen.size).toBe(2000)
    const started = performance.now()
    await listKeys(admin, all({ text: 'user-19' }), first)
    await Promise.all([keyProgress(admin), keyDays(admin)])
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test.each([
    [{ text: 'RELEASE' }, ['a']],
    [{ text: 'web team' }, ['b']],
    [{ text: 'thei' }, ['c']],
    [{ use: ['pipeline'] }, ['b']],
    [{ state: ['gone'] }, ['c']],
    [{ team: ['cit'] }, ['c']],
    [{ account: [ours], use: ['other'] }, ['a']],
    [{ text: '100%' }, []],
  ])('is narrowed by %j', async (filter, expected) => {
    await addKey(ours, { id: 'a', userName: 'release' })
    await addKey(ours, { id: 'b', userTags: { owner: 'Web Team' }, judged: 'pipeline' })
    await addKey(theirs, { id: 'c', judged: 'probable', active: false, endedAt: day(2), goneAt: day(2) })
    const { rows } = await listKeys(admin, all(filter), first)
    expect(rows.map(({ id }) => id)).toEqual(expected)
  })

  test('says whose issuers the account trusts', async () => {
    await asset('AWS::IAM::OIDCProvider', `arn:aws:iam::${ours}:oidc-provider/gitlab.com`, { audiences: ['x'] })
    await asset('AWS::IAM::OIDCProvider', `arn:aws:iam::${ours}:oidc-provider/login.example.com`, { audiences: [] })
    await addKey(ours, { system: 'gitlab' })
    await addKey(theirs, { system: 'gitlab' })
    const { rows } = await listKeys(admin, all(), first)
    expect(rows.map(({ account, trusts }) => [account.id, trusts])).toEqual([
      [ours, ['gitlab']],
      [theirs, []],
    ])
  })

  test('never shows keys of another account, or of a closed one', async () => {
    const [own, foreign] = [await addKey(ours), await addKey(theirs)]
    expect((await listKeys(limited, all(), first)).rows.map(({ id }) => id)).toEqual([own])
    expect((await keyProgress(limited)).active).toBe(1)
    await expect(getKey(limited, theirs, foreign)).rejects.toThrow(NotFoundError)
    await expect(getKey(limited, ours, foreign)).rejects.toThrow(NotFoundError)
    await prisma().account.update({ where: { id: ours }, data: { closedAt: new Date() } })
    expect((await listKeys(admin, all(), first)).rows.map(({ id }) => id)).toEqual([foreign])
  })
})

test('the texts that replace a key have the values of its account', async () => {
  const arn = `arn:aws:iam::${ours}:user/deploy`
  await asset('AWS::IAM::User', arn, { attachedPolicies: ['arn:aws:iam::aws:policy/PowerUserAccess'], groups: [] })
  await asset('AWS::IAM::OIDCProvider', `arn:aws:iam::${ours}:oidc-provider/gitlab.com`, { audiences: ['kestrel'] })
  await asset('AWS::IAM::Role', `arn:aws:iam::${ours}:role/plain`, { trustPolicy: { Statement: [] } })
  const id = await addKey(ours, { userArn: arn, lastUsedAt: day(1), lastUsedRegion: 'eu-west-1' })
  const context = await keyReplacement(admin, await getKey(admin, ours, id))
  expect(context).toMatchObject({
    account: ours,
    region: 'eu-west-1',
    attachedPolicies: ['arn:aws:iam::aws:policy/PowerUserAccess'],
  })
  expect([...context.providers.keys()]).toEqual(['gitlab.com'])
})

describe('progress', () => {
  test('counts keys that were seen active, and accounts that could not be read', async () => {
    await addKey(ours, { judged: 'pipeline' })
    await addKey(ours, { judged: 'pipeline', active: false, endedAt: day(3) })
    await addKey(ours, { judged: 'pipeline', active: false, startedAt: null })
    await addKey(ours, { judged: 'pipeline', mark: 'other' })
    await addKey(theirs, { judged: 'probable' })
    await addCell(theirs, { collector: 'iam', region: 'global', state: 'denied' })
    expect(await keyProgress(admin)).toEqual({ pipeline: 2, replaced: 1, probable: 1, active: 3, unread: 1 })
    expect(await keyProgress(limited)).toEqual({ pipeline: 2, replaced: 1, probable: 0, active: 2, unread: 0 })
  })

  test('by day has each day since the first key, and the days on which keys ended', async () => {
    await addKey(ours, { judged: 'pipeline', startedAt: day(5) })
    await addKey(ours, { judged: 'pipeline', startedAt: day(4), active: false, endedAt: day(2) })
    const again = await addKey(ours, { judged: 'pipeline', startedAt: day(1) })
    await prisma().accessKeyPeriod.create({
      data: { accountId: ours, keyId: again, startedAt: day(4), endedAt: day(3) },
    })
    await addKey(ours, { judged: 'other', startedAt: day(9) })
    const days = await keyDays(admin)
    expect(days.map(({ active, replaced }) => [active, replaced])).toEqual([
      [1, 0],
      [3, 0],
      [2, 0],
      [1, 1],
      [2, 0],
      [2, 0],
    ])
  })

  test('by day is limited to half a year', async () => {
    await addKey(ours, { judged: 'pipeline', startedAt: day(400) })
    const days = await keyDays(admin)
    expect(days).toHaveLength(180)
    expect(days[0]).toMatchObject({ active: 1, replaced: 0 })
  })
})
