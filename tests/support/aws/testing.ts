import { afterAll, test as base, beforeAll } from 'vitest'
import { processClock } from '../../../lib/aws/call/rate'
import type { Emulator } from './emulator'
import { startEmulator } from './start'
import { virtualClock } from './virtual-clock'

/** Installing moto takes a while where it was not there yet. */
export const START_MS = 300_000

let started: ReturnType<typeof startEmulator> | null = null

/**
 * A test on the emulator, which is empty at its beginning, or on `running`: as the test before it left it. Where moto cannot be had it
 * is skipped with the reason.
 */
export const test = base.extend<{ running: Emulator; emulator: Emulator }>({
  running: async ({ skip }, use) => {
    started ??= startEmulator()
    const emulator = await started
    if ('missing' in emulator) return skip(`skipped: ${emulator.missing}`)
    await use(emulator)
  },
  emulator: async ({ running }, use) => {
    await running.reset()
    await use(running)
  },
})

/** Ends the emulator of a file of tests. */
export function stopAtEnd(): void {
  afterAll(async () => {
    const emulator = await started?.catch(() => null)
    started = null
    if (emulator && 'stop' in emulator) await emulator.stop()
  })
}

/** In this file, calls of this process wait neither for limits nor before retries: the emulator has no limits. */
export function skipWaits(): void {
  const real = { ...processClock }
  beforeAll(() => {
    Object.assign(processClock, virtualClock(Date.now()))
  })
  afterAll(() => {
    Object.assign(processClock, real)
  })
}
