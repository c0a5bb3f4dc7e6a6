import { afterAll, afterEach, expect, test } from 'vitest'
import { differencesBetween } from './digest'
import { type Kill, kill, tableOf } from './killer'
import { processesOf, type Role, roles } from './processes'
import { Product } from './product'
import { Random } from './random'
import { reportsOf } from './reports'
import { folderOf, runRounds } from './run'
import type { Plan, Sequence } from './sequence'
import { SmallDisk } from './small-disk'
import { Undisturbed } from './undisturbed'
import { until } from './wait'

const KILLS = Number(process.env.CHAOS_KILLS || 3)
const SEED = Number(process.env.CHAOS_SEED || Date.now() % 1_000_000)
const chosen = process.env.CHAOS_ROLES?.split(',')
const kinds: readonly Role[] = roles.filter(role => chosen?.includes(role) ?? true)
const LEAST_ROUNDS = 2
const STATE_MS = 240_000
const LIMIT_MS = 1_200_000
const plan: Plan = {
  // Due dates are three days away at the earliest, so that no finding becomes overdue while this runs.
  base: new Date(Math.floor(Date.now() / 60_000) * 60_000 - 40 * 3_600_000),
  // The first report is imported in two batches.
  size: { securityHub: 4800, inspector: 500, prowler: 500 },
  changes: 10,
}
const undisturbed = new Undisturbed(plan)
const cleanUp: (() => Promise<void>)[] = []
const noDisk = SmallDisk.missing()

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step().catch(console.error)
})
afterAll(() => undisturbed.remove())

/** Processes are found by /proc. */
test.skipIf(process.platform !== 'linux')(
  'processes killed at random moments leave the same rows as an undisturbed run',
  async () => {
    console.info(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`)
    const random = new Random(SEED)
    const kills: Kill[] = []
    const product = await Product.start('killed')
    cleanUp.push(() => product.remove())
    await survives('killed', product, async ({ doing }) => {
      for (let n = 0; n < KILLS; n++) {
        for (const role of random.shuffle(kinds)) {
          const result = await kill(role, product, doing, random)
          kills.push(result)
          console.info(JSON.stringify(result))
          if (result.seconds === null) throw new Error(`No recovery from the death of ${role}\n${tableOf(kills)}`)
        }
      }
    }).finally(() => console.info(tableOf(kills)))
    expect(kills.filter(({ role, launcherStartedAgain }) => role !== 'launcher' && launcherStartedAgain)).toEqual([])
  },
  LIMIT_MS + KILLS * kinds.length * 60_000,
)

test.skipIf(noDisk)(
  `a full disk and a read-only disk refuse reports and lose none, and everything goes on afterwards ${noDisk ?? ''}`.trim(),
  async () => {
    const disk = SmallDisk.mount()
    cleanUp.push(async () => disk.unmount())
    const product = await Product.start('small-disk', disk.dataDir)
    cleanUp.push(async () => {
      disk.remount('rw')
      disk.free()
      await product.remove()
    })
    await survives('small-disk', product, async sequence => {
      await untilImporting(sequence)
      disk.fill()
      await untilRefused(product, 'disk_full')
      // PostgreSQL cannot even start without space: not a file can be written.
      killDatabase(product)
      await untilSaid(product, 'the disk is full')
      await untilRefused(product, 'disk_full')
      disk.free()
      await product.untilHealthy(STATE_MS)

      await untilImporting(sequence)
      // Linux makes a file system read-only only while no file is open for writing: between the death of PostgreSQL and its next start.
      await until('the disk is read-only', STATE_MS, () => {
        killDatabase(product)
        return disk.remount('ro') ? true : null
      })
      await untilSaid(product, 'the disk or the database is read-only')
      await untilRefused(product, 'read_only')
      disk.remount('rw')
      await product.untilHealthy(STATE_MS)
    })
    expect(product.startedAgain).toBe(0)
  },
  LIMIT_MS,
)

/** Runs rounds while `disturb` goes on, at least as many as the undisturbed run has made, and compares the rows. */
async function survives(name: string, product: Product, disturb: (sequence: Sequence) => Promise<void>): Promise<void> {
  const least = Math.max(LEAST_ROUNDS, undisturbed.rounds)
  const { digests, rounds } = await runRounds(product, plan, { name, least, disturb })
  const refused = [...product.api.refused].map(([status, times]) => `${times} times ${status}`).join(', ')
  console.info(`${name}: ${rounds} rounds; requests refused: ${refused || 'none'}, broken off: ${product.api.broken}`)
  const expected = await undisturbed.after(rounds)
  expect(differencesBetween(folderOf(name), undisturbed.folder)).toEqual([])
  expect(digests).toEqual(expected)
}

/** Waits until an import of a later round than the first is under way. */
async function untilImporting(sequence: Sequence): Promise<void> {
  await until('an import of a later round', LIMIT_MS, () =>
    sequence.rounds > 0 && sequence.doing.imports.size > 0 ? true : null,
  )
}

/** Waits until the launcher has said why the database does not start. */
async function untilSaid(product: Product, words: string): Promise<void> {
  await until(`the launcher says "${words}"`, STATE_MS, () => product.output().includes(words) || null)
}

/** Sends a report that was imported in the first round until it is refused with 507, and the health names the outage. */
async function untilRefused(product: Product, outage: string): Promise<void> {
  const [report] = reportsOf(0, plan.base, plan.size)
  if (!report) throw new Error('The first round has no report')
  await until(`uploads are refused and the health names ${outage}`, STATE_MS, async () => {
    const status = await product.api.uploadOnce(report)
    const health = await product.health()
    if (status !== 507 || !health?.reasons.some(reason => reason === outage))
      throw new Error(`upload ${status}, health ${JSON.stringify(health)}`)
    return true
  })
}

/** Kills every process of PostgreSQL. */
function killDatabase(product: Product): void {
  for (const role of ['postmaster', 'backend', 'writer'] as const) {
    for (const pid of processesOf(role, product.dataDir, product.launcher)) process.kill(pid, 'SIGKILL')
  }
}
