import { expect, test } from 'vitest'
import { guardduty } from '../../../../lib/aws/collect/findings/guardduty'
import { guardduty as reader } from '../../../../lib/sources/guardduty/guardduty'
import { type Answers, fakeCalls, pagesOf } from '../../../support/aws/fake-calls'

const tokens: Record<string, string | undefined> = { '': 'a', a: 'b', b: 'c' }
/** Three pages of two, of which the second is empty, and an empty last one. */
const ids: Record<string, string[]> = { '': ['1', '2'], a: [], b: ['3', '4'], c: [] }

const answers: Answers = {
  'guardduty:ListDetectors': () => ({ DetectorIds: ['detector'] }),
  'guardduty:ListFindings': ({ NextToken = '' }) => ({
    FindingIds: ids[NextToken] ?? [],
    NextToken: tokens[NextToken],
  }),
  'guardduty:GetFindings': ({ FindingIds }) => ({
    Findings: (FindingIds ?? []).map(Id => ({
      Id,
      AccountId: '111111111111',
      Arn: `arn:aws:guardduty:eu-west-1:111111111111:detector/d/finding/${Id}`,
      CreatedAt: '2026-01-01T00:00:00Z',
      UpdatedAt: '2026-01-02T00:00:00Z',
      Region: 'eu-west-1',
      Resource: { ResourceType: 'AccessKey', AccessKeyDetails: { UserName: 'ci' } },
      SchemaVersion: '2.0',
      Severity: 8,
      Type: 'UnauthorizedAccess:IAMUser/Test',
    })),
  }),
}

const idsOf = (records: readonly object[]) => records.map(record => ('Id' in record ? record.Id : ''))

test('reads findings page by page, an empty page in between as well, and asks for details only where there are some', async () => {
  const calls = fakeCalls(answers)
  const pages = await pagesOf(guardduty, calls)
  expect(pages.map(({ records }) => idsOf(records))).toEqual([['1', '2'], [], ['3', '4'], []])
  expect(pages.at(-1)?.next).toBeNull()
  expect(calls.called.filter(name => name === 'guardduty:GetFindings')).toHaveLength(2)
})

test('goes on after any page without looking for the detector again', async () => {
  const [, second] = await pagesOf(guardduty, fakeCalls(answers))
  const calls = fakeCalls(answers)
  const rest = await pagesOf(guardduty, calls, JSON.parse(JSON.stringify(second?.next)))
  expect(rest.flatMap(({ records }) => idsOf(records))).toEqual(['3', '4'])
  expect(calls.called).not.toContain('guardduty:ListDetectors')
})

test('without a detector the service is not enabled', async () => {
  const calls = fakeCalls({ ...answers, 'guardduty:ListDetectors': () => ({ DetectorIds: [] }) })
  await expect(pagesOf(guardduty, calls)).rejects.toMatchObject({ state: 'not_enabled', reason: 'service_disabled' })
})

test('a list that repeats its token ends as a failure', async () => {
  const calls = fakeCalls({ ...answers, 'guardduty:ListFindings': () => ({ FindingIds: ['1'], NextToken: 'again' }) })
  await expect(pagesOf(guardduty, calls)).rejects.toMatchObject({ state: 'failed', reason: 'answer' })
})

test('a window is a filter on the time of update', async () => {
  const since = new Date('2026-11-26T00:00:00Z')
  let criterion: unknown
  const calls = fakeCalls(
    {
      ...answers,
      'guardduty:ListFindings': ({ FindingCriteria }) => {
        criterion = FindingCriteria?.Criterion
        return { FindingIds: [] }
      },
    },
    { since },
  )
  await pagesOf(guardduty, calls)
  expect(criterion).toEqual({
    accountId: { Equals: [calls.account] },
    updatedAt: { GreaterThanOrEqual: since.getTime() },
  })
})

test('the reader of GuardDuty recognizes and reads the records', async () => {
  const [page] = await pagesOf(guardduty, fakeCalls(answers))
  const record = JSON.parse(JSON.stringify(page?.records[0]))
  expect(reader.recognises(record)).toBe(true)
  const [outcome] = reader.normalise(reader.parse(record), { now: new Date('2026-11-27T00:00:00Z') })
  expect(outcome).toMatchObject({ accountId: '111111111111', region: 'eu-west-1', severity: 'high', result: 'failed' })
})
