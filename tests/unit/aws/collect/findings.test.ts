import { describe, expect, test } from 'vitest'
import { accessAnalyzer } from '../../../../lib/aws/collect/findings/access-analyzer'
import { config } from '../../../../lib/aws/collect/findings/config'
import { inspector } from '../../../../lib/aws/collect/findings/inspector'
import { macie } from '../../../../lib/aws/collect/findings/macie'
import { securityHub } from '../../../../lib/aws/collect/findings/security-hub'
import { trustedAdvisor } from '../../../../lib/aws/collect/findings/trusted-advisor'
import { AwsFailure } from '../../../../lib/aws/failure'
import { outcomesIn } from '../../../support/aws/collecting'
import { accessFinding, analyzer, evaluation, portsCheck, portsResult } from '../../../support/aws/examples/posture'
import { type Answers, fakeCalls, pagesOf, refused } from '../../../support/aws/fake-calls'

const place = { account: '111111111111', region: 'eu-west-1' }
const since = new Date('2026-11-26T00:00:00Z')

describe('a window of changes', () => {
  test('of Security Hub is one list with all states', async () => {
    const filters: unknown[] = []
    const answers: Answers = {
      'securityhub:GetFindings': ({ Filters }) => {
        filters.push(Filters)
        return { Findings: [] }
      },
    }
    await pagesOf(securityHub, fakeCalls(answers, { since }))
    expect(filters).toEqual([
      {
        AwsAccountId: [{ Value: place.account, Comparison: 'EQUALS' }],
        Region: [{ Value: place.region, Comparison: 'EQUALS' }],
        UpdatedAt: [{ Start: since.toISOString(), End: '2027-11-26T00:00:00.000Z' }],
      },
    ])
  })

  test('of Inspector and Macie is a filter on the time of update', async () => {
    const asked: unknown[] = []
    const answers: Answers = {
      'inspector2:BatchGetAccountStatus': () => ({ accounts: [] }),
      'inspector2:ListFindings': ({ filterCriteria }) => {
        asked.push(filterCriteria?.updatedAt)
        return { findings: [] }
      },
      'macie2:ListFindings': ({ findingCriteria }) => {
        asked.push(findingCriteria?.criterion?.updatedAt)
        return { findingIds: [] }
      },
    }
    const calls = fakeCalls(answers, { since })
    await pagesOf(inspector, calls)
    await pagesOf(macie, calls)
    expect(asked).toEqual([[{ startInclusive: since }], { gte: since.getTime() }])
    expect(calls.called).not.toContain('macie2:GetFindings')
  })

  test('of Access Analyzer leaves out what is older, and asks for no details of it', async () => {
    const [old, recent] = [accessFinding(place, 1), accessFinding(place, 2, since)]
    const answers: Answers = {
      'accessanalyzer:ListAnalyzers': () => ({ analyzers: [{ ...analyzer(place), type: 'ACCOUNT_UNUSED_ACCESS' }] }),
      'accessanalyzer:ListFindingsV2': () => ({ findings: [old, recent] }),
      'accessanalyzer:GetFindingV2': ({ id }) => ({ ...recent, id, findingDetails: [] }),
    }
    const calls = fakeCalls(answers, { since })
    const pages = await pagesOf(accessAnalyzer, calls)
    expect(pages.flatMap(({ records }) => records)).toMatchObject([{ id: recent.id }])
    expect(calls.called.filter(name => name === 'accessanalyzer:GetFindingV2')).toHaveLength(1)
  })
})

describe('Access Analyzer', () => {
  const active = analyzer(place)
  const { findingDetails: _, ...summary } = accessFinding(place)
  const role = { ...summary, findingType: 'UnusedIAMRole' as const }
  const lastAccessed = new Date('2026-01-02T00:00:00Z')
  const answers: Answers = {
    'accessanalyzer:ListAnalyzers': () => ({
      analyzers: [
        { ...active, arn: 'a' },
        { ...active, arn: 'b', type: 'ORGANIZATION_UNUSED_ACCESS' },
        { ...active, arn: 'c', status: 'DISABLED' },
      ],
    }),
    'accessanalyzer:ListFindings': () => ({
      findings: [
        {
          ...summary,
          resource: 'arn:aws:s3:::uploads',
          resourceType: 'AWS::S3::Bucket',
          isPublic: true,
          principal: { AWS: '*' },
          condition: {},
        },
      ],
    }),
    'accessanalyzer:ListFindingsV2': () => ({
      findings: [role, { ...role, id: 'resolved', status: 'RESOLVED' }, { ...role, id: 'deleted' }],
    }),
    'accessanalyzer:GetFindingV2': ({ id }) => {
      if (id === 'deleted') throw refused('accessanalyzer:GetFindingV2', 'ResourceNotFoundException')
      return { ...role, id, findingDetails: [{ unusedIamRoleDetails: { lastAccessed } }] }
    },
  }

  test('reads who has access, and when access was last used, from active analyzers', async () => {
    const calls = fakeCalls(answers)
    const pages = await pagesOf(accessAnalyzer, calls)
    const outcomes = await outcomesIn(JSON.parse(JSON.stringify(pages.flatMap(({ records }) => records))))
    expect(outcomes).toMatchObject([
      { severity: 'high', region: place.region, facts: { isPublic: true, principals: [{ type: 'AWS', id: '*' }] } },
      { control: 'access-analyzer/UnusedIAMRole', facts: { lastUsed: lastAccessed.toISOString() } },
      { result: 'passed' },
      { result: 'failed', facts: { lastUsed: null } },
    ])
    expect(calls.called.filter(name => name.startsWith('accessanalyzer:ListFindings'))).toHaveLength(2)
  })
})

test('a suspended Inspector is not enabled, whatever it still lists', async () => {
  const state = { status: 'SUSPENDED' as const, errorCode: 'SUSPEND_IN_PROGRESS' as const, errorMessage: '' }
  const calls = fakeCalls({
    'inspector2:BatchGetAccountStatus': () => ({
      accounts: [{ accountId: place.account, state, resourceState: { ec2: state, ecr: state } }],
    }),
  })
  await expect(pagesOf(inspector, calls)).rejects.toMatchObject({ state: 'not_enabled' })
  expect(calls.called).not.toContain('inspector2:ListFindings')
})

test('a rule of AWS Config that was deleted meanwhile ends nothing', async () => {
  const answers: Answers = {
    'config-service:DescribeConfigurationRecorderStatus': () => ({
      ConfigurationRecordersStatus: [{ name: 'default', recording: true }],
    }),
    'config-service:DescribeComplianceByConfigRule': () => ({
      ComplianceByConfigRules: [{ ConfigRuleName: 'deleted' }, { ConfigRuleName: 'kept' }],
    }),
    'config-service:GetComplianceDetailsByConfigRule': ({ ConfigRuleName = '' }) => {
      if (ConfigRuleName === 'deleted') {
        throw refused('config-service:GetComplianceDetailsByConfigRule', 'NoSuchConfigRuleException')
      }
      return { EvaluationResults: [{ ...evaluation(place, ConfigRuleName), ResultToken: 'secret' }] }
    },
  }
  const pages = await pagesOf(config, fakeCalls(answers))
  const records = pages.flatMap(page => page.records)
  expect(records).toMatchObject([{ AccountId: place.account, AwsRegion: place.region }])
  expect(JSON.stringify(records)).not.toContain('secret')
  // A cursor in a rule that is gone goes on with the next one.
  const rest = await pagesOf(config, fakeCalls(answers), { of: 'gone', token: 'old' })
  expect(rest.flatMap(page => page.records)).toEqual(records)
})

test('Trusted Advisor reads details only of checks that found something, and the columns with them', async () => {
  const summary = {
    checkId: 'other',
    timestamp: '2026-11-20T03:00:00Z',
    status: 'ok',
    hasFlaggedResources: false,
    resourcesSummary: portsResult(place, 'sg-1').resourcesSummary,
    categorySpecificSummary: {},
  }
  const calls = fakeCalls({
    'support:DescribeTrustedAdvisorChecks': () => ({
      checks: [{ ...portsCheck, id: 'other' }, { ...portsCheck, id: 'retired' }, portsCheck],
    }),
    'support:DescribeTrustedAdvisorCheckSummaries': ({ checkIds = [] }) => {
      if (checkIds.includes('retired')) {
        throw refused('support:DescribeTrustedAdvisorCheckSummaries', 'InvalidParameterValueException')
      }
      const all = [summary, { ...summary, checkId: portsCheck.id, status: 'error', hasFlaggedResources: true }]
      return { summaries: all.filter(({ checkId }) => checkIds.includes(checkId ?? null)) }
    },
    'support:DescribeTrustedAdvisorCheckResult': () => ({ result: portsResult(place, 'sg-1') }),
  })
  const [page, ...others] = await pagesOf(trustedAdvisor, calls)
  expect(others).toEqual([])
  expect(calls.called.filter(name => name === 'support:DescribeTrustedAdvisorCheckResult')).toHaveLength(1)
  const outcomes = await outcomesIn(page?.records ?? [])
  expect(outcomes).toMatchObject([
    { result: 'failed', region: place.region, resource: { id: 'sg-1' } },
    { result: 'passed', summary: 'ended' },
    { result: 'passed', region: 'global', summary: 'stated' },
  ])
})

test('a resumed list begins anew only where its token was refused', async () => {
  let failure = refused('inspector2:ListFindings', 'ValidationException')
  const answers: Answers = {
    'inspector2:ListFindings': ({ nextToken }) => {
      if (nextToken !== undefined) throw failure
      return { findings: [] }
    },
  }
  expect(await pagesOf(inspector, fakeCalls(answers), 'expired')).toEqual([{ records: [], next: null }])
  failure = new AwsFailure({ reason: 'service_error', operation: 'inspector2:ListFindings', message: 'down' })
  await expect(pagesOf(inspector, fakeCalls(answers), 'token')).rejects.toBe(failure)
})
