import type { Emulator } from '../emulator'
import { HOME } from '../emulator'
import { createAccounts } from './accounts'
import { createBaseline } from './baseline'
import { createEntrances } from './entrances'
import { createAdvice, createFindings } from './findings'
import { createIdentities, trustHinomi } from './identities'

/** An organization of three accounts as companies have them: the management account, a production account and a sandbox. */
export interface Organisation {
  id: string
  management: string
  payments: string
  sandbox: string
  accounts: readonly string[]
}

export const REGION = 'ap-northeast-1'

/** Builds it through the emulator's own API. Its accounts trust Hinomi with this external id. */
export async function createOrganisation(emulator: Emulator, externalId: string): Promise<Organisation> {
  const organisation = await createAccounts(emulator, HOME.account)
  for (const account of organisation.accounts) {
    await trustHinomi(emulator, account, externalId)
    await createIdentities(emulator, account, account === organisation.payments)
    await createBaseline(emulator, account, account === organisation.management)
    await createFindings(emulator, account)
  }
  await createEntrances(emulator, organisation.payments)
  // The sandbox has no support plan, so that Trusted Advisor says so.
  createAdvice(emulator, organisation.management)
  createAdvice(emulator, organisation.payments)
  return organisation
}
