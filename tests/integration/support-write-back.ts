import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { expect } from 'vitest'
import { pool, prisma } from '../../lib/db'
import { slotsAt } from '../../lib/domain/collection/schedule'
import type { FindingId } from '../../lib/domain/findings/filter'
import { WriteBackLoop } from '../../lib/jobs/write-back/loop'
import { externalIdOf } from '../../lib/store/collection/connections'
import { setWriteBack } from '../../lib/store/write-back/settings'
import { type Emulator, HOME } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { trustHinomi } from '../support/aws/organisation/identities'
import { REGION } from '../support/aws/organisation/organisation'
import { writeBackOf } from '../support/connections'
import { connectAccount, isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

export const account = HOME.account
const place = { account, region: REGION }
export const ROLE = 'HinomiWriteBack'
const PATIENT = { timeout: 30_000, interval: 50 }
/** Days ago, so that what people decide now is later. */
const REPORTED = new Date(Date.now() - 3 * 86_400_000)

/** The connected account with findings of these controls, read once. Its role for writing back exists, but is not used yet. */
export async function connectHub(emulator: Emulator, controls: readonly string[]): Promise<string> {
  const id = await connectAccount(emulator)
  await trustHinomi(emulator, account, await externalIdOf(job, id), ROLE)
  emulator.store.set('securityhub.hub', place, true)
  for (const control of controls) putFinding(emulator, control)
  await skipRounds(id, [account])
  await readHub(id)
  return id
}

/** Says that the scheduled rounds are done, and which accounts are connected, as a first round would. */
export async function skipRounds(id: string, accounts: readonly string[]): Promise<void> {
  await prisma().account.deleteMany()
  await prisma().account.createMany({ data: accounts.map(each => ({ id: each, connectionId: id })) })
  const at = new Date()
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection', createdAt: at }
  const slots = slotsAt(at, 'Asia/Tokyo')
  for (const kind of ['full', 'light'] as const)
    await prisma().collectionRound.create({
      data: { connectionId: id, kind, state: 'done', slot: slots[kind], ...actor },
    })
}

export function putFinding(emulator: Emulator, control: string, change: Partial<AwsSecurityFinding> = {}): void {
  emulator.store.put('securityhub.finding', place, {
    ...securityHubFinding(place, control, 'FAILED', REPORTED),
    ...change,
  })
}

export function takeAway(emulator: Emulator, control: string): void {
  const { Id } = inHub(emulator, control)
  emulator.store.remove('securityhub.finding', place, finding => finding.Id === Id)
}

/** A full round of Security Hub alone. */
export async function readHub(connectionId: string, accounts: readonly string[] = [account]): Promise<void> {
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection', createdAt: new Date() }
  const tasks = { create: accounts.map(accountId => ({ accountId, collector: 'security-hub' })) }
  await prisma().collectionRound.create({
    data: { connectionId, kind: 'full', state: 'running', ...actor, tasks },
  })
  await runUntil(() => isRead(connectionId))
}

export async function switchTo(id: string, enabled: boolean): Promise<void> {
  await setWriteBack(job, { id, enabled, roleName: ROLE, language: 'en', seen: await writeBackOf(id) })
}

/** Runs a worker that writes back until `isDone`, or until nothing is due. */
export async function writeUntil(isDone: () => Promise<boolean> = isWritten): Promise<void> {
  const loop = new WriteBackLoop({ idleMs: 20 })
  loop.start()
  try {
    await expect.poll(isDone, PATIENT).toBe(true)
  } finally {
    await loop.stop()
  }
}

async function isWritten(): Promise<boolean> {
  const checked = await prisma().writeBack.count({ where: { checkedAt: null } })
  return checked === 0 && (await prisma().writeBackQueue.count()) === 0
}

/** A finding of a control as the emulator has it. */
export function inHub(emulator: Emulator, control: string, of = place): AwsSecurityFinding {
  const found = emulator.store
    .list('securityhub.finding', of)
    .find(({ Compliance }) => Compliance?.SecurityControlId === control)
  if (!found) throw new Error(`no finding of ${control}`)
  return found
}

/** Status and note as the emulator has them. */
export function handlingOf(emulator: Emulator, control: string): (string | undefined)[] {
  const { Workflow, Note } = inHub(emulator, control)
  return [Workflow?.Status, Note?.Text]
}

export async function findingOfControl(control: string, accountId = account) {
  const found = await prisma().finding.findFirst({ where: { accountId, control } })
  if (!found) throw new Error(`no finding of ${control}`)
  return { ...found, key: `${accountId}-${found.id.replaceAll('-', '')}` as FindingId }
}

/** Everything about findings that an update which comes back must not change. */
export async function rows(): Promise<Record<string, unknown[]>> {
  const read = async (text: string) => (await pool().query({ text, rowMode: 'array' })).rows
  return {
    findings: await read(
      `SELECT to_jsonb(f) - 'updated_at' - 'changed_import_id' FROM finding f ORDER BY account_id, id`,
    ),
    events: await read(
      'SELECT account_id, finding_id, kind, before, after, text FROM finding_event ORDER BY account_id, finding_id, id',
    ),
    sightings: await read(
      'SELECT account_id, id, result, present, suppression, severity FROM sighting ORDER BY account_id, id',
    ),
    results: await read('SELECT * FROM control_result ORDER BY account_id, source, product, control, severity'),
    exceptions: await read('SELECT id, state, ended_at FROM exception ORDER BY id'),
    written: await read('SELECT * FROM written_record ORDER BY account_id, id'),
    queue: await read('SELECT * FROM write_back_queue'),
  }
}
