import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, outcomeOf, read, rejectOf } from './support'

const account = '012345678901'
const evaluation = {
  EvaluationResultIdentifier: {
    OrderingTimestamp: 1_735_000_000.065,
    EvaluationResultQualifier: {
      ConfigRuleName: 'ec2-imdsv2-check',
      ResourceType: 'AWS::EC2::Instance',
      ResourceId: 'i-0011',
    },
  },
  ResultRecordedTime: 1_735_000_001.261,
  ComplianceType: 'NON_COMPLIANT',
  Annotation: 'Version 1 is allowed.',
}
const aggregate = { ...evaluation, AccountId: account, AwsRegion: 'ap-northeast-1' }

describe('an evaluation of AWS Config', () => {
  test('becomes one complete outcome', () => {
    expect(outcomeOf(aggregate)).toMatchObject({
      source: 'config',
      product: 'Config',
      class: 'posture',
      accountId: account,
      region: 'ap-northeast-1',
      control: 'ec2-imdsv2-check',
      result: 'failed',
      severity: 'medium',
      description: 'Version 1 is allowed.',
      resource: { id: 'i-0011', type: 'AwsEc2Instance' },
      updatedAt: new Date(1_735_000_001_261),
    })
  })

  test.each([
    ['COMPLIANT', 'passed'],
    ['NOT_APPLICABLE', 'not_available'],
    ['INSUFFICIENT_DATA', 'not_available'],
  ])('that is %s is %s', (ComplianceType, result) => {
    expect(outcomeOf({ ...aggregate, ComplianceType }).result).toBe(result)
  })

  test('without an account belongs to the account that the importer names', () => {
    expect(rejectOf(evaluation)).toMatchObject({ code: 'no_account' })
    expect(outcomesOf(evaluation, { now, account })[0]).toMatchObject({ accountId: account, region: 'global' })
    expect(outcomesOf(aggregate, { now, account: '999999999999' })[0]).toMatchObject({ accountId: account })
  })

  test('of a rule created by Security Hub is an echo', () => {
    const qualifier = { ConfigRuleName: 'securityhub-s3-bucket-x-0011', ResourceId: 'b' }
    const echo = { ...aggregate, EvaluationResultIdentifier: { EvaluationResultQualifier: qualifier } }
    expect(rejectOf(echo)).toMatchObject({ code: 'echo', accountId: account })
  })

  test('of an unknown kind is refused', () => {
    expect(rejectOf({ ...aggregate, ComplianceType: 'PERHAPS' })).toMatchObject({ code: 'bad_field' })
  })

  test('is read from an event', () => {
    const event = {
      'detail-type': 'Config Rules Compliance Change',
      detail: {
        awsAccountId: account,
        awsRegion: 'ap-northeast-1',
        configRuleName: 'ec2-imdsv2-check',
        resourceType: 'AWS::EC2::Instance',
        resourceId: 'i-0011',
        newEvaluationResult: {
          complianceType: 'NON_COMPLIANT',
          annotation: 'Version 1 is allowed.',
          resultRecordedTime: new Date(1_735_000_001_261).toISOString(),
        },
      },
    }
    expect(outcomeOf(event)).toEqual(outcomeOf(aggregate))
  })

  test.each(['EvaluationResults', 'AggregateEvaluationResults'])('is a separate record in %s', async list => {
    const page = { NextToken: null, [list]: [evaluation, { ...evaluation, ComplianceType: 'COMPLIANT' }], More: true }
    for (const sizes of [[], [1], [13]]) expect((await read(JSON.stringify(page), sizes)).values).toHaveLength(2)
    const pages = `${JSON.stringify(page)}\n${JSON.stringify(page)}\n`
    expect((await read(pages)).values).toHaveLength(4)
    expect((await read(JSON.stringify([page]))).values).toHaveLength(2)
    // The word alone makes no list, and deeper it means something else.
    expect((await read(JSON.stringify({ [list]: 'none' }))).values).toEqual([{ [list]: 'none' }])
    expect((await read(JSON.stringify({ a: { [list]: [1] } }))).values).toEqual([{ a: { [list]: [1] } }])
  })
})

test.each(['__proto__', 'constructor', 'toString'])('a property that every object has is no result: %s', word => {
  expect(rejectOf({ ...aggregate, ComplianceType: word })).toMatchObject({ code: 'bad_field' })
})

test('an evaluation without a Region is in the Region of its resource', () => {
  const ResourceId = `arn:aws:acm:ap-northeast-1:${account}:certificate/1`
  const EvaluationResultQualifier = {
    ...evaluation.EvaluationResultIdentifier.EvaluationResultQualifier,
    ResourceId,
  }
  const { AwsRegion: _, ...unplaced } = aggregate
  const told = outcomeOf({ ...unplaced, EvaluationResultIdentifier: { EvaluationResultQualifier } })
  expect(told).toMatchObject({ region: 'ap-northeast-1' })
})
