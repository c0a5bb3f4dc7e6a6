import type { Emulator } from '../emulator'

/** Settings of an SDK client that prepares an account. */
export function setUpIn(emulator: Emulator, account: string, region: string) {
  return { endpoint: emulator.endpoint, region, credentials: emulator.setUp(account), maxAttempts: 1 }
}
