import { ConfigServiceClient, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service'
import { describe, expect } from 'vitest'
import type { Cursor } from '../../../lib/aws/collect/collector'
import type { CollectorId } from '../../../lib/domain/collection/collectors'
import { readElsewhere } from '../../../lib/domain/collection/findings/read-elsewhere'
import { collectedPages, outcomesIn } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import * as posture from '../../support/aws/examples/posture'
import { securityHubFinding } from '../../support/aws/examples/security-hub'
import { ocsfFinding } from '../../support/aws/examples/security-hub-v2'
import * as threats from '../../support/aws/examples/threats'
import { setUpIn } from '../../support/aws/organisation/connection'
import { startRecorder } from '../../support/aws/organisation/findings'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const region = 'us-east-1'
const place = { account: HOME.account, region }
const member = { account: '222222222222', region }
const COUNT = 230

interface Case {
  readonly id: CollectorId
  /** Switches the service on. */
  readonly on: (emulator: Emulator) => void | Promise<void>
  /** Puts findings in, and some of others that are not to be read here. */
  readonly fill: (emulator: Emulator) => void
  readonly records: number
  readonly pages: number
  /** The action without which it reads nothing. */
  readonly action: string
  /** What the cell is where the service is off. */
  readonly off: 'not_enabled' | 'no_plan'
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
const unused = { ...posture.analyzer(place), arn: `${posture.analyzer(place).arn}-unused` }
const types = ['HCP4007jGY', 'Pfx0RwqBli', '1iG5NDGVre', ...numbers(27).map(n => `check${String(n).padStart(3, '0')}`)]

const cases: Case[] = [
  {
    id: 'security-hub',
    on: ({ store }) => store.set('securityhub.hub', place, true),
    fill({ store }) {
      store.set('securityhub.members', { account: HOME.account }, [member.account])
      store.set(
        'securityhub.linked',
        { account: HOME.account },
        {
          FindingAggregationRegion: region,
          RegionLinkingMode: 'ALL_REGIONS',
          Regions: [],
        },
      )
      const there = { ...place, region: 'ap-northeast-1' }
      store.put('securityhub.finding', there, securityHubFinding(there, 'S3.8'))
      store.put('securityhub.finding', member, securityHubFinding(member, 'S3.8'))
      const own = numbers(COUNT).map(n => securityHubFinding(place, `EC2.${n}`, n % 2 ? 'PASSED' : 'FAILED'))
      const archived = numbers(120).map(n => ({
        ...securityHubFinding(place, `RDS.${n}`, 'FAILED', new Date(Date.now() - (n > 110 ? 8 : 1) * 86_400_000)),
        RecordState: 'ARCHIVED' as const,
      }))
      store.put('securityhub.finding', place, ...own, ...archived)
    },
    records: COUNT + 110,
    pages: 5,
    action: 'securityhub:GetFindings',
    off: 'not_enabled',
  },
  {
    id: 'security-hub-v2',
    on: ({ store }) => store.set('securityhub.hub-v2', place, true),
    fill({ store }) {
      const named = (resource: string, more: object = {}) => ocsfFinding(place, { resource, ...more })
      store.set('securityhub.members', { account: HOME.account }, [member.account])
      store.put('securityhub.finding-v2', member, ocsfFinding(member))
      store.put('securityhub.finding-v2', place, ...numbers(COUNT).map(n => named(`function-${n}`)))
      store.put('securityhub.finding-v2', place, named('scanned', { product: 'example/scanner', name: 'Scanner' }))
      for (const { slug, product } of readElsewhere)
        store.put('securityhub.finding-v2', place, named('known', { product: `aws/${slug}`, name: product }))
    },
    records: COUNT + 1,
    pages: 3,
    action: 'securityhub:GetFindings',
    off: 'not_enabled',
  },
  {
    id: 'inspector',
    on: ({ store }) => store.set('inspector2.status', place, 'ENABLED'),
    fill({ store }) {
      store.set('inspector2.members', { account: HOME.account }, [member.account])
      store.put('inspector2.finding', member, threats.inspectorFinding(member))
      const closed = { ...threats.inspectorFinding(place, 999), status: 'CLOSED' as const }
      store.put('inspector2.finding', place, ...numbers(COUNT).map(n => threats.inspectorFinding(place, n)), closed)
    },
    records: COUNT + 1,
    pages: 3,
    action: 'inspector2:ListFindings',
    off: 'not_enabled',
  },
  {
    id: 'access-analyzer',
    on({ store }) {
      store.put('accessanalyzer.analyzer', place, posture.analyzer(place))
      store.put('accessanalyzer.analyzer', place, { ...unused, type: 'ACCOUNT_UNUSED_ACCESS' })
    },
    fill({ store }) {
      store.put('accessanalyzer.finding', place, ...numbers(COUNT).map(n => posture.accessFinding(place, n)))
      const findingDetails = [{ unusedIamRoleDetails: { lastAccessed: new Date('2026-01-02T00:00:00Z') } }]
      const roles = numbers(21).map(n => {
        return { ...posture.accessFinding(place, 1000 + n), findingType: 'UnusedIAMRole' as const, findingDetails }
      })
      store.put('accessanalyzer.finding', place, ...roles)
    },
    records: COUNT + 21,
    pages: 5,
    action: 'access-analyzer:ListAnalyzers',
    off: 'not_enabled',
  },
  {
    id: 'config',
    on: emulator => startRecorder(emulator, HOME.account, region),
    fill({ store }) {
      for (const [rule, count] of Object.entries({ 'a-rule': COUNT, 'b-rule': 1, 'securityhub-c': 5 })) {
        const evaluations = numbers(count).map(n => posture.evaluation({ account: `${n}`, region }, rule))
        store.put('config.evaluation', place, ...evaluations)
      }
    },
    records: COUNT + 1,
    pages: 4,
    action: 'config:GetComplianceDetailsByConfigRule',
    off: 'not_enabled',
  },
  {
    id: 'macie',
    on: ({ store }) => store.set('macie2.enabled', place, true),
    fill({ store }) {
      store.set('macie2.members', { account: HOME.account }, [member.account])
      store.put('macie2.finding', member, threats.macieFinding(member))
      const archived = { ...threats.macieFinding(place, 999), archived: true }
      store.put('macie2.finding', place, ...numbers(COUNT).map(n => threats.macieFinding(place, n)), archived)
    },
    records: COUNT + 1,
    pages: 5,
    action: 'macie2:ListFindings',
    off: 'not_enabled',
  },
  {
    id: 'trusted-advisor',
    on: ({ store }) => store.set('support.plan', { account: HOME.account }, true),
    fill({ store }) {
      const { account } = place
      store.put('support.check', { account }, ...types.map(id => ({ ...posture.portsCheck, id })))
      const results = types.slice(0, 2).map(checkId => ({ ...posture.portsResult(place, 'sg-1'), checkId }))
      store.put('support.result', { account }, ...results)
    },
    records: types.length,
    pages: 2,
    action: 'support:DescribeTrustedAdvisorCheckSummaries',
    off: 'no_plan',
  },
]

stopAtEnd()

describe.each(cases)('$id', ({ id, on, fill, records, pages: pageCount, action, off }) => {
  test('reads all pages, goes on after each of them, and sources accept everything', { timeout: START_MS }, async ({
    emulator,
  }) => {
    await on(emulator)
    fill(emulator)
    const pages = await collectedPages(emulator, id, { region })
    const all = pages.flatMap(page => page.records)
    expect(all).toHaveLength(records)
    expect(new Set(all.map(record => JSON.stringify(record))).size).toBe(records)
    expect(pages.map(({ next }) => next !== null)).toEqual([...Array(pageCount - 1).fill(true), false])
    for (const [n, { next }] of pages.slice(0, -1).entries()) {
      expect(await collectedPages(emulator, id, { region, from: next })).toEqual(pages.slice(n + 1))
    }
    const [first] = pages
    expect(await collectedPages(emulator, id, { region, from: expired(first?.next ?? null) })).toEqual(pages)
    const outcomes = await outcomesIn(all)
    expect(outcomes.length).toBeGreaterThanOrEqual(records)
    expect(new Set(outcomes.map(({ source, accountId }) => `${source} ${accountId}`))).toEqual(
      new Set([`${id} ${HOME.account}`]),
    )
    expect(emulator.unanswered).toEqual([])
  })

  test('without findings there is nothing to go on with', { timeout: START_MS }, async ({ emulator }) => {
    await on(emulator)
    const pages = await collectedPages(emulator, id, { region })
    expect(pages.flatMap(page => page.records)).toEqual([])
    expect(pages.at(-1)?.next ?? null).toBeNull()
  })

  test('says which permission is missing', { timeout: START_MS }, async ({ emulator }) => {
    await on(emulator)
    fill(emulator)
    emulator.deny({ action })
    await expect(collectedPages(emulator, id, { region })).rejects.toMatchObject({ state: 'denied', action })
  })

  test('says that the service is switched off', { timeout: START_MS }, async ({ emulator }) => {
    await expect(collectedPages(emulator, id, { region })).rejects.toMatchObject({ state: off })
  })
})

/** A cursor whose tokens AWS does not know any more. Trusted Advisor has none, and goes on after its first check. */
function expired(cursor: Cursor): Cursor {
  if (typeof cursor === 'string') return 'expired'
  if (cursor === null || typeof cursor !== 'object') return cursor
  return 'token' in cursor ? { ...cursor, token: 'expired' } : null
}

test('results of a stopped recorder are not read', { timeout: START_MS }, async ({ emulator }) => {
  await startRecorder(emulator, HOME.account, region)
  emulator.store.put('config.evaluation', place, posture.evaluation(place, 'a-rule'))
  const client = new ConfigServiceClient(setUpIn(emulator, HOME.account, region))
  await client.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }))
  await expect(collectedPages(emulator, 'config', { region })).rejects.toMatchObject({
    state: 'not_enabled',
    message: 'The recorder of AWS Config is stopped.',
  })
})

describe('Trusted Advisor without the API of AWS Support', () => {
  const { account } = place
  /** Recommendations, of which one has two pages of resources, and one is of Security Hub. */
  function advise(emulator: Emulator): void {
    emulator.store.set('support.plan', { account }, true)
    emulator.deny({ action: 'support:*' })
    const arnOf = (id: string) => `arn:aws:trustedadvisor::${account}:recommendation/${id}`
    const of = (id: string) => ({ ...posture.recommendation(place), id, arn: arnOf(id) })
    const ofHub = { ...of('d'), source: 'security_hub' as const }
    emulator.store.put('trustedadvisor.recommendation', { account }, of('a'), of('b'), of('c'), ofHub)
    const resources = numbers(150).map(n => {
      const id = `resource-${n}`
      const arn = `arn:aws:trustedadvisor::${account}:recommendation-resource/b/${id}`
      return { ...posture.recommendedResource(place, `sg-${n}`), id, arn, recommendationArn: arnOf('b') }
    })
    emulator.store.put('trustedadvisor.resource', { account }, ...resources)
  }

  test('reads recommendations with their resources', { timeout: START_MS }, async ({ emulator }) => {
    advise(emulator)
    const pages = await collectedPages(emulator, 'trusted-advisor', { region })
    expect(pages.map(({ records }) => records.length)).toEqual([1, 1, 1, 1])
    for (const [n, { next }] of pages.slice(0, -1).entries()) {
      expect(await collectedPages(emulator, 'trusted-advisor', { region, from: next })).toEqual(pages.slice(n + 1))
    }
    const outcomes = await outcomesIn(pages.flatMap(page => page.records))
    expect(outcomes.filter(({ region: at }) => at === region)).toHaveLength(150)
    expect(new Set(outcomes.map(({ control }) => control))).toEqual(new Set([posture.portsCheck.id]))
  })

  test('says what is missing where both are closed', { timeout: START_MS }, async ({ emulator }) => {
    advise(emulator)
    emulator.deny({ action: 'trustedadvisor:*' })
    await expect(collectedPages(emulator, 'trusted-advisor', { region })).rejects.toMatchObject({
      state: 'denied',
      action: 'support:DescribeTrustedAdvisorChecks',
    })
  })
})
