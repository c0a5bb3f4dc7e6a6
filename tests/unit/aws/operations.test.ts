import { describe, expect, test } from 'vitest'
import { operationsByPolicy } from '../../../lib/aws/operations'
import { loadPackage, packageNames } from '../../../lib/aws/operations/packages'
import { rates } from '../../../lib/aws/operations/rates'
import type { PolicyDocument } from '../../../lib/domain/collection/policy/document'
import {
  callerPolicy,
  collectorPolicy,
  organizationPolicy,
  writeBackPolicy,
} from '../../../lib/domain/collection/policy/policies'
import { principalOf } from '../../../lib/domain/collection/policy/principal'
import { pushTemplate } from '../../../lib/domain/collection/policy/push-template'
import { literal, nodesOf, parse, readSource, sourceFiles } from '../../support/syntax'

const { collector, organization, caller, push, writeBack } = operationsByPolicy

interface Row {
  iam: readonly string[]
  rate: string
}
const rows: Record<string, Row> = { ...collector, ...organization, ...caller, ...push, ...writeBack }
const names = Object.keys(rows)

function allowed({ Statement }: PolicyDocument): string[] {
  return Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action)
    .sort()
}

function needed(operations: Record<string, Row>): string[] {
  return [...new Set(Object.values(operations).flatMap(({ iam }) => iam))].sort()
}

const me = principalOf('arn:aws:iam::111111111111:role/Hinomi')
if (!me) throw new Error('no principal')
const queueActions = JSON.stringify(pushTemplate('HinomiReadOnly')).match(/sqs:(?:Receive|Delete|Get)\w+/g) ?? []

describe('operations and policies', () => {
  test.each([
    ['every account', collector, allowed(collectorPolicy('aws'))],
    ['the organization', organization, allowed(organizationPolicy())],
    ['the caller', caller, allowed(callerPolicy(me, ['HinomiReadOnly']))],
    ['the queue', push, [...queueActions].sort()],
    ['writing back', writeBack, allowed(writeBackPolicy())],
  ])('the policy of %s allows exactly what its operations need', (_name, operations, actions) => {
    expect(actions).toEqual(needed(operations))
  })

  test('an operation is in one table only', () => {
    const tables = [collector, organization, caller, push, writeBack].map(table => Object.keys(table))
    expect(tables.flat().sort()).toEqual(names.sort())
    expect(names.length).toBeGreaterThan(150)
  })

  test('no policy allows a wildcard, or what it also denies', () => {
    for (const policy of [collectorPolicy('aws'), organizationPolicy()]) {
      const denied = collectorPolicy('aws')
        .Statement.filter(({ Effect }) => Effect === 'Deny')
        .flatMap(({ Action }) => Action)
      const forms = denied.map(action => new RegExp(`^${action.replaceAll('*', '.*')}$`, 'i'))
      const wrong = allowed(policy).filter(action => action.includes('*') || forms.some(form => form.test(action)))
      expect(wrong).toEqual([])
    }
  })
})

const READS = /^(Get|List|Describe|BatchGet)[A-Z]/
const NOT_NAMED_AS_READS: Record<string, string> = {
  'iam:GenerateCredentialReport': 'makes the report that GetCredentialReport reads, and changes nothing else',
  'sqs:DeleteMessageBatch': 'takes events that are stored from the queue that exists for them',
  'sqs:ReceiveMessage': 'reads that queue',
  'sts:AssumeRole': 'gives the credentials for everything else',
  'securityhub:BatchUpdateFindings': 'writes back where the organization allows it, with a role of its own',
}

describe('operations', () => {
  test('only read, with named exceptions', () => {
    const others = names.filter(name => !READS.test(name.slice(name.indexOf(':') + 1)))
    expect(others.sort()).toEqual(Object.keys(NOT_NAMED_AS_READS).sort())
  })

  test('exist in the SDK, and every package is needed', () => {
    const missing: string[] = []
    for (const service of packageNames) {
      const { commands } = loadPackage(service)
      const own = names.filter(name => name.startsWith(`${service}:`))
      if (own.length === 0) missing.push(`${service}: no operation`)
      missing.push(...own.filter(name => !(`${name.slice(service.length + 1)}Command` in commands)))
    }
    expect(missing).toEqual([])
    expect(names.filter(name => !packageNames.some(service => name.startsWith(`${service}:`)))).toEqual([])
  })

  test('have a rate of AWS, and every rate is used', () => {
    const used = new Set(Object.values(rows).map(({ rate }) => rate))
    expect([...used].sort()).toEqual(Object.keys(rates).sort())
  })
})

/** Names of operations in string literals of lib/aws, with the files that have them. */
function operationsIn(path: string): string[] {
  const texts = [...nodesOf(parse(path, readSource(path)))].map(literal)
  return texts.filter(text => text !== null && /^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/.test(text)).map(text => text ?? '')
}

describe('operations and code', () => {
  // The table names them, and a test of a connection calls more of them than it reads.
  const others = /^lib\/aws\/operations|^lib\/aws\/collect\/probes\.ts$/
  const called = new Set(
    sourceFiles('lib/aws')
      .filter(path => !others.test(path))
      .flatMap(operationsIn),
  )

  test('code calls only operations of the table', () => {
    expect([...called, ...operationsIn('lib/aws/collect/probes.ts')].filter(name => !(name in rows))).toEqual([])
    expect(called.size).toBeGreaterThan(30)
  })

  test('every operation is called', () => {
    expect([...called].sort()).toEqual(names.sort())
  })
})
