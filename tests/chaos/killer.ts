import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, processesOf, type Role } from './processes'
import type { Product } from './product'
import type { Random } from './random'
import type { Doing } from './sequence'
import { until } from './wait'

/** One kill and what came of it. */
export interface Kill {
  role: Role
  state: string
  /** Seconds until the product answered, had the process again and was healthy; null where that took too long. */
  seconds: number | null
  /** Whether the launcher was started again for it. */
  launcherStartedAgain: boolean
}

const MOMENT_MS = 15_000
const ACTIVE_MS = 120_000
const RECOVERED_MS = 120_000
/** A kill comes so long after the sequence was seen at work, at most: as long as the import of a report takes. */
const LONGEST_DELAY_MS = 1500
/** What must run before the product counts as recovered. */
const servers: readonly Role[] = ['web', 'worker', 'postmaster']
const moments = ['upload', 'import', 'import running', 'change'] as const

/** Kills a process of `role` with SIGKILL at a random moment of an import, an upload or a change, and waits for the recovery. */
export async function kill(role: Role, product: Product, doing: Doing, random: Random): Promise<Kill> {
  const moment = random.pick(moments) ?? ''
  // Some moments are short: after a while any other will do.
  await until(`the sequence is at work (${moment})`, MOMENT_MS, () => stateOf(doing).includes(moment) || null).catch(
    () => until('the sequence is at work', ACTIVE_MS, () => stateOf(doing) !== 'idle' || null),
  )
  await sleep(random.below(LONGEST_DELAY_MS))
  const pid = await until(`a process of ${role}`, ACTIVE_MS, () => random.pick(pidsOf(role, product)) ?? null)
  // The launcher's children end with it; until they have, the old web server still answers.
  const ending = role === 'launcher' ? [...pidsOf('web', product), ...pidsOf('worker', product)] : []
  const gone = [pid, ...ending].map(each => ({ pid: each, identity: identityOf(each) }))
  const startedAgain = product.startedAgain
  const state = stateOf(doing)
  process.kill(pid, 'SIGKILL')
  const began = performance.now()
  const recovered = await until(`recovery from the death of ${role}`, RECOVERED_MS, async () => {
    if (gone.some(({ pid, identity }) => identityOf(pid) === identity)) return null
    if ([role, ...servers].some(each => pidsOf(each, product).length === 0)) return null
    return (await product.health())?.status === 'ok' ? true : null
  }).catch(() => false)
  return {
    role,
    state,
    seconds: recovered ? (performance.now() - began) / 1000 : null,
    launcherStartedAgain: product.startedAgain > startedAgain,
  }
}

const pidsOf = (role: Role, product: Product) => processesOf(role, product.dataDir, product.launcher)

function stateOf({ uploading, changing, imports }: Doing): string {
  const states = [...imports.values()]
  const run = ['running', 'queued'].find(state => states.includes(state)) ?? states[0]
  const parts = [uploading && 'upload', run && `import ${run}`, changing && 'change']
  return parts.filter(Boolean).join(' + ') || 'idle'
}

/** A table of the kills for a person: by process how many, how many recovered by themselves, how long it took, and in which states. */
export function tableOf(kills: readonly Kill[]): string {
  const lines = [
    '| process | kills | recovered by itself | median s | max s | state at the kill |',
    '| --- | --: | --: | --: | --: | --- |',
  ]
  for (const role of new Set(kills.map(kill => kill.role))) {
    const of = kills.filter(kill => kill.role === role)
    const alone = of.filter(
      ({ seconds, launcherStartedAgain }) => seconds !== null && (role === 'launcher' || !launcherStartedAgain),
    )
    const seconds = of.flatMap(kill => kill.seconds ?? []).sort((a, b) => a - b)
    const median = seconds[Math.floor(seconds.length / 2)]
    const states = [...new Set(of.map(({ state }) => state))]
      .map(state => `${of.filter(kill => kill.state === state).length} ${state}`)
      .join(', ')
    lines.push(
      `| ${role} | ${of.length} | ${alone.length} | ${median?.toFixed(1)} | ${seconds.at(-1)?.toFixed(1)} | ${states} |`,
    )
  }
  return lines.join('\n')
}
