import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Digests, differencesBetween } from './digest'
import { processesOf } from './processes'
import { Product } from './product'
import { folderOf, runRounds } from './run'
import type { Plan, Sequence } from './sequence'
import { SmallDisk } from './small-disk'
import { until } from './wait'

const ROUNDS = 3
const STATE_MS = 240_000
const LIMIT_MS = 1_200_000
const plan: Plan = {
  base: new Date(Math.floor(Date.now() / 60_000) * 60_000 - 40 * 3_600_000),
  size: { securityHub: 1200, inspector: 500, prowler: 500 },
  changes: 6,
}
const disk = SmallDisk.mount()
if (disk instanceof SmallDisk) disk.unmount()
const missing = typeof disk === 'string' ? disk : null
const cleanUp: (() => Promise<void>)[] = []
let undisturbed: Digests = {}

async function cleanUpAll(): Promise<void> {
  const steps = cleanUp.splice(0).reverse()
  for (const step of steps) await step().catch(console.error)
}

afterEach(cleanUpAll)
// No test runs, and none cleans up, where the undisturbed run fails.
afterAll(cleanUpAll)

async function start(name: string, disk?: SmallDisk): Promise<Product> {
  const product = await Product.start(name, disk?.dataDir)
  cleanUp.push(async () => {
    disk?.remount('rw')
    disk?.free()
    await product.remove()
  })
  return product
}

function mount(): SmallDisk {
  const mounted = SmallDisk.mount()
  if (typeof mounted === 'string') throw new Error(mounted)
  cleanUp.push(async () => mounted.unmount())
  return mounted
}

/** Runs the rounds with `disturb` in the second one, and compares with the undisturbed run. */
async function survives(name: string, product: Product, disturb: (sequence: Sequence) => Promise<void>): Promise<void> {
  const { digests } = await runRounds(product, plan, {
    name,
    more: rounds => rounds < ROUNDS,
    disturb: async sequence => {
      await until('an upload of the second round beside an import', LIMIT_MS, () =>
        sequence.rounds > 0 && sequence.doing.imports.size > 0 && sequence.doing.uploading ? true : null,
      )
      await disturb(sequence)
    },
  })
  expect(differencesBetween(folderOf(name), folderOf('roomy'))).toEqual([])
  expect(digests).toEqual(undisturbed)
  expect(product.startedAgain).toBe(0)
}

/** Waits until the upload under way is refused with 507 and the health names one of the reasons. */
async function untilRefused(product: Product, reasons: string[]): Promise<void> {
  product.api.refusedUpload = null
  await until(`uploads answer 507 and the health names ${reasons}`, STATE_MS, async () => {
    const status = product.api.refusedUpload
    const health = await product.health()
    if (status !== 507 || !health?.reasons.some(reason => reasons.includes(reason)))
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

beforeAll(async () => {
  if (missing) return
  const product = await start('roomy')
  undisturbed = (await runRounds(product, plan, { name: 'roomy', more: rounds => rounds < ROUNDS })).digests
}, LIMIT_MS)

test.skipIf(missing)(
  `a full disk refuses reports and loses none, and everything goes on once there is space ${missing ?? ''}`.trim(),
  async () => {
    const disk = mount()
    const product = await start('full', disk)
    await survives('full', product, async () => {
      disk.fill()
      await untilRefused(product, ['disk_full'])
      // It cannot even start without space: not a file can be written.
      killDatabase(product)
      await untilRefused(product, ['disk_full', 'database_away'])
      disk.free()
    })
  },
  LIMIT_MS,
)

test.skipIf(missing)(
  `a disk that turns read-only loses nothing, and everything goes on once it is writable ${missing ?? ''}`.trim(),
  async () => {
    const disk = mount()
    const product = await start('read-only', disk)
    await survives('read-only', product, async () => {
      // Linux makes a file system read-only only while no file is open for writing: between the death of PostgreSQL and its next start.
      await until('the disk is read-only', STATE_MS, () => {
        killDatabase(product)
        return disk.remount('ro') ? true : null
      })
      await untilRefused(product, ['read_only', 'database_away'])
      disk.remount('rw')
    })
  },
  LIMIT_MS,
)
