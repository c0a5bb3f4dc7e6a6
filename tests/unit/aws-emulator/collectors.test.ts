import { expect, vi } from 'vitest'
import { collectorOf } from '../../../lib/aws/collect/registry'
import { AwsFailure } from '../../../lib/aws/failure'
import { collectors } from '../../../lib/domain/collection/collectors'
import { emulatedAws } from '../../support/aws/collecting'
import { ROLE } from '../../support/aws/organisation/identities'
import { createOrganisation, REGION } from '../../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const EXTERNAL_ID = '0123456789abcdef0123456789abcdef'
/** Services that are switched off in the emulated accounts. */
const OFF = ['not_enabled', 'no_plan']

stopAtEnd()

test('every collector reads the emulated organization over the wire', { timeout: START_MS }, async ({ emulator }) => {
  const { management, payments } = await createOrganisation(emulator, EXTERNAL_ID)
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value)
  const aws = emulatedAws(emulator, REGION)
  const found: Record<string, number> = {}
  const failures: string[] = []
  for (const { id, ofOrganization, regional } of collectors) {
    const account = ofOrganization ? management : payments
    const target = { account, roleName: ROLE, partition: 'aws', sessionName: 'hinomi-test', externalId: EXTERNAL_ID }
    const place = { region: regional ? REGION : 'us-east-1', signal: AbortSignal.timeout(60_000) }
    try {
      for await (const { records } of collectorOf(id)?.collect(aws.asRole(target, place), null) ?? []) {
        found[id] = (found[id] ?? 0) + records.length
      }
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      if (!OFF.includes(error.state)) failures.push(`${id}: ${error.operation}: ${error.message}`)
    }
  }
  aws.close()
  vi.unstubAllEnvs()
  expect(failures).toEqual([])
  expect(emulator.unanswered).toEqual([])
  // An organization, its root and units, and its accounts; what services found in one of them.
  expect(found.organization).toBeGreaterThan(6)
  expect(found).toMatchObject({
    'credential-report': 1,
    'security-hub': 3,
    guardduty: 1,
    inspector: 1,
    'access-analyzer': 1,
    config: 1,
    rds: 1,
  })
})
