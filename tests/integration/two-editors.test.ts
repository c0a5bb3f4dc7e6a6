import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { initialWriteBack } from '../../lib/domain/collection/write-back/settings'
import { defaultSourceSettings } from '../../lib/domain/feeds/sources'
import { markKey } from '../../lib/store/access-keys/mark'
import { updateConnection } from '../../lib/store/collection/connections'
import { savePrice, saveUnopenedDays } from '../../lib/store/feeds/source-settings'
import { setWriteBack } from '../../lib/store/write-back/settings'
import { addKey } from '../support/access-keys'
import { addConnection, addHubRound, settingsOf } from '../support/connections'
import { accessFor, clear, ours } from '../support/organisation'

const admin = accessFor('admin')
const CONFLICT = { code: 'conflict', reason: 'policyChanged' }
const { unopenedDays } = defaultSourceSettings

beforeEach(async () => {
  await clear()
  await prisma().setting.deleteMany({ where: { key: 'sources' } })
  await prisma().connection.deleteMany()
  await prisma().accessKey.deleteMany()
  await prisma().coverage.deleteMany()
})
afterAll(closeDatabase)

/** Two people who look at the same form: what each of them saves, and what is stored then. */
interface Form {
  first: () => Promise<unknown>
  second: () => Promise<unknown>
  stored: () => Promise<unknown>
}

async function connection(): Promise<string> {
  const id = await addConnection([], { accountId: ours })
  await addHubRound(id, ours)
  return id
}

async function ofConnection(first: object, second: object): Promise<Form> {
  const id = await connection()
  const seen = await settingsOf(id)
  const save = (values: object) => () => updateConnection(admin, { id, ...values, seen })
  return { first: save(first), second: save(second), stored: () => settingsOf(id) }
}

async function ofWriteBack(second: { enabled: boolean; language: 'en' | 'ja' }): Promise<Form> {
  const id = await connection()
  const save = (values: typeof second) => () =>
    setWriteBack(admin, { ...initialWriteBack, id, ...values, seen: initialWriteBack })
  return {
    first: save({ enabled: true, language: 'ja' }),
    second: save(second),
    stored: () => prisma().writeBack.findUniqueOrThrow({ where: { connectionId: id } }),
  }
}

async function ofKey(): Promise<Form> {
  await prisma().account.create({ data: { id: ours, name: 'ours', origin: 'registered' } })
  const key = await addKey(ours)
  const save = (mark: 'pipeline' | 'other') => () => markKey(admin, { account: ours, key, mark, seen: null })
  return { first: save('pipeline'), second: save('other'), stored: () => prisma().accessKey.findMany() }
}

const sources = () => prisma().setting.findUniqueOrThrow({ where: { key: 'sources' } })
const price = (text: string) => () => savePrice(admin, { source: 'guardduty', price: text, seen: '' })
const days = (count: number) => () => saveUnopenedDays(admin, { unopenedDays: count, seen: unopenedDays })

const FORMS: readonly (readonly [string, () => Promise<Form>])[] = [
  ['the name of a connection', () => ofConnection({ name: 'First' }, { name: 'Second' })],
  [
    'the role of a connection',
    () => ofConnection({ roleName: 'First' }, { name: 'Second', roleName: 'HinomiReadOnly' }),
  ],
  ['whether a connection is paused', () => ofConnection({ paused: true }, { paused: false })],
  ['whether findings are written back', () => ofWriteBack({ enabled: false, language: 'ja' })],
  ['the language of notes', () => ofWriteBack({ enabled: true, language: 'en' })],
  ['a price', async () => ({ first: price('USD 1'), second: price('USD 2'), stored: sources })],
  ['the days of neglect', async () => ({ first: days(10), second: days(20), stored: sources })],
  ['the mark of a key', ofKey],
]

test.each(FORMS)('of two people who change %s at once, the second is refused', async (_name, open) => {
  const { first, second, stored } = await open()
  await first()
  const kept = await stored()
  await expect(second()).rejects.toMatchObject(CONFLICT)
  expect(await stored()).toEqual(kept)
})

test.each(FORMS)('who saves %s as somebody else has just saved it is not refused', async (_name, open) => {
  const { first, stored } = await open()
  await first()
  const kept = await stored()
  await first()
  expect(await stored()).toEqual(kept)
})

test('two people may change different settings of a connection, and prices of different sources', async () => {
  const id = await addConnection([])
  const seen = await settingsOf(id)
  await updateConnection(admin, { id, name: 'Renamed', seen })
  await updateConnection(admin, { id, paused: true, seen })
  expect(await settingsOf(id)).toEqual({ ...seen, name: 'Renamed', paused: true })
  await savePrice(admin, { source: 'guardduty', price: 'USD 1', seen: '' })
  await savePrice(admin, { source: 'inspector', price: 'USD 2', seen: '' })
  expect(await sources()).toMatchObject({ value: { prices: { guardduty: 'USD 1', inspector: 'USD 2' } } })
})
