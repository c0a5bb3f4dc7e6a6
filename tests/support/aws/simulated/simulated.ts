import { type Emulator, HOME, listen } from '../emulator'
import { emptyOutput } from '../gateway/page-faults'
import type { Role } from '../identity/sts'
import { DEFAULT_REGIONS } from '../services/account'
import { merge, SERVICES } from '../services/registry'
import { toAnswer } from '../wire/answer'
import { simulatedDirectory } from './directory'
import { simulatedFindings } from './findings'
import { simulatedIdentities } from './identities'
import { simulatedResources } from './resources'

export interface Size {
  accounts: number
  regions: readonly string[]
  /** Findings of Security Hub in each account, over all its Regions. */
  findings: number
  /** Resources in each account, over all its Regions. */
  resources: number
  latencyMs: number
  externalId: string
}

export const SIZE: Size = {
  accounts: 100,
  regions: DEFAULT_REGIONS,
  findings: 1000,
  resources: 300,
  latencyMs: 100,
  externalId: '0123456789abcdef0123456789abcdef',
}

/** A large organization without moto: its answers are computed when they are asked for, and are the same each time. */
export async function startSimulated(wanted: Partial<Size> = {}): Promise<Emulator> {
  const size = { ...SIZE, ...wanted }
  const emulator = await listen(
    {
      services: merge(
        SERVICES,
        simulatedDirectory(size),
        simulatedFindings(size),
        simulatedIdentities(),
        simulatedResources(size),
      ),
      directory: { role: async account => roleOf(account, size), organization: async () => 'o-simulated00' },
      // Everything else exists but is empty.
      forward: async ({ protocol, operation }) => toAnswer(protocol, operation, emptyOutput(operation), 'simulated'),
      reset: async () => {},
      stop: async () => {},
    },
    { regions: size.regions },
  )
  Object.assign(emulator.options, { latencyMs: size.latencyMs, enforceLimits: true })
  return emulator
}

/** The role of each account trusts the server with the external id. */
function roleOf(account: string, { externalId }: Size): Role | null {
  if (!/^\d{12}$/.test(account)) return null
  const Principal = { AWS: `arn:aws:iam::${HOME.account}:role/${HOME.role}` }
  const Condition = { StringEquals: { 'sts:ExternalId': externalId } }
  return {
    maxSeconds: 3600,
    trust: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, Condition }] },
  }
}
