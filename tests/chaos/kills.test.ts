import { afterEach, expect, test } from 'vitest'
import { differencesBetween } from './digest'
import { type Kill, kill, tableOf } from './killer'
import { type Role, roles } from './processes'
import { Product } from './product'
import { Random } from './random'
import { folderOf, runRounds } from './run'
import type { Plan } from './sequence'

const KILLS = Number(process.env.CHAOS_KILLS || 3)
const SEED = Number(process.env.CHAOS_SEED || Date.now() % 1_000_000)
const chosen = process.env.CHAOS_ROLES?.split(',')
const kinds: readonly Role[] = roles.filter(role => chosen?.includes(role) ?? true)
const plan: Plan = {
  // Fine dates are three days away at the earliest, so that nothing becomes overdue while this runs.
  base: new Date(Math.floor(Date.now() / 60_000) * 60_000 - 40 * 3_600_000),
  size: { securityHub: 3000, inspector: 1500, prowler: 1500 },
  changes: 20,
}
const products: Product[] = []

afterEach(async () => {
  for (const product of products.splice(0)) await product.remove()
})

async function start(name: string): Promise<Product> {
  const product = await Product.start(name)
  products.push(product)
  return product
}

/** Processes are found by /proc, and only SIGKILL leaves no time to clean up. */
test.skipIf(process.platform !== 'linux')(
  'processes killed at random moments leave the same rows as an undisturbed run (Linux only: /proc finds them)',
  async () => {
    console.info(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`)
    const random = new Random(SEED)
    const kills: Kill[] = []
    const disturbed = await start('disturbed')
    const { digests, rounds } = await runRounds(disturbed, plan, {
      name: 'disturbed',
      more: rounds => rounds < 2,
      disturb: async ({ doing }) => {
        for (let n = 0; n < KILLS; n++) {
          for (const role of random.shuffle(kinds)) {
            const result = await kill(role, disturbed, doing, random)
            kills.push(result)
            console.info(JSON.stringify(result))
            if (result.seconds === null) throw new Error(`No recovery from the death of ${role}\n${tableOf(kills)}`)
          }
        }
      },
    })
    const refused = [...disturbed.api.refused].map(([status, times]) => `${times} times ${status}`).join(', ')
    console.info(
      `${tableOf(kills)}\n${rounds} rounds; requests refused: ${refused || 'none'}, broken off: ${disturbed.api.broken}`,
    )

    const undisturbed = await start('undisturbed')
    const expected = await runRounds(undisturbed, plan, { name: 'undisturbed', more: n => n < rounds })
    if (JSON.stringify(digests) !== JSON.stringify(expected.digests)) {
      expect(differencesBetween(folderOf('disturbed'), folderOf('undisturbed'))).toEqual([])
    }
    expect(digests).toEqual(expected.digests)
    expect(kills.filter(({ role, launcherStartedAgain }) => role !== 'launcher' && launcherStartedAgain)).toEqual([])
  },
  (KILLS * kinds.length * 60 + 600) * 1000,
)
