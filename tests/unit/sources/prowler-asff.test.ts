import { expect, test } from 'vitest'
import { example, outcomeOf } from './support'

const hub = example('asff/security-hub-control.json')
const prowler = example('asff/prowler.asff.json')

test('the requirements that Prowler names are kept with its failing checks', () => {
  const compliance = {
    Status: 'FAILED',
    RelatedRequirements: ['CIS-1.5 2.1.5 2.1.6', 'CIS-1.5 2.1.5', 'SOC2 cc_6_1', 7],
  }
  const frameworks = [
    { name: 'CIS-1.5', ids: ['2.1.5', '2.1.6'] },
    { name: 'SOC2', ids: ['cc_6_1'] },
  ]
  expect(outcomeOf({ ...prowler, Compliance: compliance })).toMatchObject({ facts: { kind: 'check', frameworks } })
  expect(outcomeOf({ ...prowler, Compliance: { ...compliance, Status: 'PASSED' } }).facts).toBeUndefined()
  expect(outcomeOf({ ...hub, Compliance: { ...compliance, SecurityControlId: 'S3.2' } }).facts).toBeUndefined()
})
