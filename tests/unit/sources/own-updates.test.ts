import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { securityHubFinding } from '../../support/aws/examples/security-hub'

const place = { account: '111111111111', region: 'eu-west-1' }
const context = { now: new Date('2026-11-27T00:00:00Z') }
const UPDATED = '2026-11-20T03:00:00.000Z'
const WRITTEN = '2026-11-21T00:00:00.000Z'

/** A record as Security Hub returns it after an update. */
function updated(status: string, { mark = status, at = UPDATED, text = '' } = {}) {
  const record = securityHubFinding(place, 'S3.1')
  const Note = { Text: text || `x [Hinomi ${mark}]`, UpdatedBy: 'Hinomi', UpdatedAt: WRITTEN }
  return { ...record, Workflow: { Status: status }, Note, UpdatedAt: at }
}

const read = (record: object) => {
  const [outcome] = outcomesOf(record, context)
  if (!outcome) throw new Error('no outcome')
  const { result, suppression = null, echo = false, updatedAt } = outcome
  return { result, suppression, echo, updatedAt: updatedAt?.toISOString() ?? null }
}
const untouched = { result: 'failed', suppression: null, echo: false, updatedAt: UPDATED }

describe('a record that Hinomi updated', () => {
  test.each(['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED'])('with %s says what it said before', status => {
    expect(read(securityHubFinding(place, 'S3.1'))).toEqual(untouched)
    expect(read(updated(status))).toEqual({ ...untouched, echo: true })
    // A service that moves UpdatedAt says nothing by it.
    expect(read(updated(status, { at: WRITTEN }))).toEqual({ ...untouched, echo: true, updatedAt: null })
  })

  test('without a check is not archived by its own RESOLVED', () => {
    const { Compliance: _, ...threat } = updated('RESOLVED')
    expect(read(threat)).toEqual({ ...untouched, echo: true })
    expect(read({ ...threat, Note: undefined }).result).toBe('archived')
  })

  test('is evidence again once its source updates it', () => {
    const later = '2026-11-22T00:00:00.000Z'
    expect(read(updated('RESOLVED', { at: later }))).toEqual({ ...untouched, updatedAt: later })
  })

  test('is suppressed at the source once somebody else suppresses it, who is not Hinomi', () => {
    const found = read(updated('SUPPRESSED', { mark: 'NOTIFIED' }))
    expect(found).toEqual({ ...untouched, result: 'suppressed' })
    const byPerson = read(updated('SUPPRESSED', { text: 'Accepted by Sato' }))
    expect(byPerson).toMatchObject({ result: 'suppressed', suppression: { note: 'Accepted by Sato' } })
  })

  test('in OCSF is not suppressed by it either', () => {
    const ocsf = {
      metadata: { version: '1.5.0', product: { name: 'Security Hub', vendor_name: 'AWS' }, uid: 'u' },
      class_uid: 2003,
      finding_info: { uid: 'f', title: 'T', created_time: 1763600000000 },
      cloud: { account: { uid: place.account }, region: place.region, provider: 'AWS' },
      compliance: { control: 'S3.1', status: 'Fail' },
      resources: [{ uid: 'arn:aws:s3:::bucket', type: 'AWS::S3::Bucket' }],
      severity: 'High',
      severity_id: 4,
      status: 'Suppressed',
    }
    expect(read(ocsf).result).toBe('suppressed')
    expect(read({ ...ocsf, comment: 'x [Hinomi SUPPRESSED]' }).result).toBe('failed')
    expect(read({ ...ocsf, comment: 'x [Hinomi NOTIFIED]' }).result).toBe('suppressed')
  })
})
