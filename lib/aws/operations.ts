import 'server-only'
import { caller } from './operations/caller'
import { entrances } from './operations/entrances'
import { findings } from './operations/findings'
import { identity } from './operations/identity'
import type { Operation, OperationTable } from './operations/operation'
import { organization } from './operations/organization'
import type { Service } from './operations/packages'
import { push } from './operations/push'
import { settings } from './operations/settings'
import { waf } from './operations/waf'
import { writeBack } from './operations/write-back'

export type { InputOf, OutputOf } from './operations/packages'

/** Operations by the policy that allows them: that of lib/domain/collection/policy with the same subject. */
export const operationsByPolicy = {
  collector: { ...findings, ...identity, ...waf, ...entrances, ...settings },
  organization,
  caller,
  push,
  writeBack,
} as const

const operations = {
  ...operationsByPolicy.collector,
  ...organization,
  ...caller,
  ...push,
  ...writeBack,
} as const satisfies OperationTable

/** Every operation of AWS that Hinomi may call. */
export type OperationName = keyof typeof operations

/** The IAM actions and the rate class of an operation. */
export function operationOf(name: OperationName): Operation {
  return operations[name]
}

/** The package of the client that has an operation. */
export function serviceOf(name: OperationName): Service {
  return name.slice(0, name.indexOf(':')) as Service
}
