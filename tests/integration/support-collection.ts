import { expect } from 'vitest'
import { prisma } from '../../lib/db'
import { CollectionLoop } from '../../lib/jobs/collection/loop'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { addConnection, externalIdOf } from '../../lib/store/collection/connections'
import { type Emulator, HOME } from '../support/aws/emulator'
import { trustHinomi } from '../support/aws/organisation/identities'
import { createOrganisation, type Organisation } from '../support/aws/organisation/organisation'
import { setPaused } from '../support/connections'
import { job } from './support-ingest'

const PATIENT = { timeout: 120_000, interval: 100 }

/** Makes this process use the emulator. */
function pointAtEmulator({ env }: Emulator): void {
  Object.assign(process.env, env)
}

/** An organization in the emulator, and the connection that reads it. */
export async function connectOrganisation(emulator: Emulator): Promise<{ id: string; organisation: Organisation }> {
  pointAtEmulator(emulator)
  const { id } = await addConnection(job, {
    name: 'Example',
    kind: 'organization',
    accountId: HOME.account,
    partition: 'aws',
    roleName: 'HinomiReadOnly',
  })
  const organisation = await createOrganisation(emulator, await externalIdOf(job, id))
  await setPaused(job, id, false)
  return { id, organisation }
}

/** The account that Hinomi runs in, connected without its organization. */
export async function connectAccount(emulator: Emulator): Promise<string> {
  pointAtEmulator(emulator)
  const input = { name: 'Example', kind: 'account', accountId: HOME.account } as const
  const { id } = await addConnection(job, { ...input, partition: 'aws', roleName: 'HinomiReadOnly' })
  await trustHinomi(emulator, HOME.account, await externalIdOf(job, id))
  await setPaused(job, id, false)
  return id
}

/** Runs collection and imports, as a worker does, until `isDone`. */
export async function runUntil(isDone: () => Promise<boolean>): Promise<void> {
  const loops = [new CollectionLoop({ idleMs: 50 }), new ImportLoop({ idleMs: 50 })]
  for (const loop of loops) loop.start()
  try {
    await expect.poll(isDone, PATIENT).toBe(true)
  } finally {
    await Promise.all(loops.map(loop => loop.stop()))
  }
}

/** Whether all rounds of a connection have ended, with their imports. */
export async function isRead(connectionId: string): Promise<boolean> {
  const rounds = await prisma().collectionRound.findMany({ where: { connectionId } })
  const open = await prisma().import.count({ where: { state: { in: ['receiving', 'queued', 'running'] } } })
  return rounds.length > 0 && rounds.every(({ state }) => state === 'done') && open === 0
}
