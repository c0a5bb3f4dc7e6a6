import { newEventKey } from '../../../lib/access/api/event-key'
import { pool, prisma } from '../../../lib/db'
import { addConnection, addHubRound, settingsOf, writeBackOf } from '../connections'
import { type ActionTable, ADMIN, LEAD_A, LEAD_B, ORGANISATION } from './action-row'
import { A, B } from './targets'

let count = 0
const account = () => {
  count += 1
  return `9${String(count).padStart(11, '0')}`
}
const connection = () => addConnection([], { accountId: account() })

async function readConnection(): Promise<string> {
  const accountId = account()
  const id = await addConnection([], { accountId })
  await addHubRound(id, accountId)
  return id
}

async function renamed() {
  const id = await connection()
  return { id, name: `New ${account()}`, seen: await settingsOf(id) }
}

async function switchedOn() {
  const id = await readConnection()
  return { id, enabled: true, roleName: 'HinomiWriteBack', language: 'en', seen: await writeBackOf(id) }
}

async function round(): Promise<{ id: number }> {
  const { id } = await prisma().collectionRound.create({
    data: {
      connectionId: await connection(),
      kind: 'full',
      state: 'running',
      actorKind: 'job',
      actorId: 'collection',
      actorName: 'collection',
      createdAt: new Date(),
    },
  })
  return { id }
}

const queueArn = () => `arn:aws:sqs:eu-west-1:${account()}:hinomi-findings`

async function queue(): Promise<{ id: string }> {
  const data = { connectionId: await connection(), arn: queueArn(), createdAt: new Date() }
  const { id } = await prisma().eventQueue.create({ data })
  return { id }
}

async function eventKey(): Promise<{ id: string }> {
  const { prefix, keyHash } = newEventKey()
  const data = { connectionId: await connection(), prefix, keyHash, createdAt: new Date() }
  const { id } = await prisma().eventKey.create({ data })
  return { id }
}

/** A cell of an account that is not being read. */
async function cellOf(id: string) {
  await pool().query('DELETE FROM collection_round')
  return { account: id, collector: 'guardduty', region: 'eu-west-1' }
}

const refused = async () => {
  // Nothing answers there, so that the test of a connection fails at once and says so.
  process.env.HINOMI_AWS_ENDPOINT = 'http://127.0.0.1:1'
  return { id: await connection() }
}

/** Actions of the pages of connections and coverage. */
export const connectionActions: ActionTable = {
  'coverage/retry': {
    cases: {
      'a cell of A': { may: LEAD_A, args: async () => [await cellOf(A)] },
      'a cell of B': { may: LEAD_B, args: async () => [await cellOf(B)] },
    },
  },
  'settings/connections/addQueue': {
    recent: true,
    cases: { queue: { may: ADMIN, args: async () => [{ connection: await connection(), queue: queueArn() }] } },
  },
  'settings/connections/removeQueue': {
    cases: { queue: { may: ADMIN, args: async () => [await queue()] } },
  },
  'settings/connections/addKey': {
    recent: true,
    cases: { key: { may: ADMIN, args: async () => [{ connection: await connection() }] } },
  },
  'settings/connections/removeKey': {
    cases: { key: { may: ADMIN, args: async () => [await eventKey()] } },
  },
  'settings/connections/add': {
    recent: true,
    cases: {
      connection: {
        may: ADMIN,
        args: () => [{ name: 'New', kind: 'account', accountId: account(), partition: 'aws', roleName: 'Reader' }],
      },
    },
  },
  'settings/connections/change': {
    cases: { name: { may: ADMIN, args: async () => [await renamed()] } },
  },
  'settings/connections/remove': {
    cases: { connection: { may: ADMIN, args: async () => [{ id: await connection() }] } },
  },
  'settings/connections/test': {
    effect: 'reads',
    cases: { connection: { may: ADMIN, args: async () => [await refused()] } },
  },
  'settings/connections/setWriteBack': {
    recent: true,
    cases: {
      'switched on': {
        may: ADMIN,
        args: async () => [await switchedOn()],
      },
    },
  },
  'settings/connections/start': {
    cases: { round: { may: ORGANISATION, args: async () => [{ id: await connection() }] } },
  },
  'settings/connections/cancel': {
    cases: { round: { may: ORGANISATION, args: async () => [await round()] } },
  },
}
