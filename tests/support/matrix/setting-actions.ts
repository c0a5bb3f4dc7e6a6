import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { prisma } from '../../../lib/db'
import { defaultSourceSettings, SourceSettings } from '../../../lib/domain/feeds/sources'
import { defaultDuePolicy } from '../../../lib/domain/policies/due-policy'
import { defaultStandardPolicy, emptyStandardPage } from '../../../lib/domain/standard/settings'
import { shippedKnownExploited } from '../../../lib/domain/vulnerabilities/shipped-known-exploited'
import { env } from '../../../lib/env'
import { addAsset } from '../connections'
import { type ActionTable, ADMIN, LEAD_A, LEAD_B, ORGANISATION } from './action-row'
import { A, addedTeam, B, csvMapping, routingRules, savedMapping, UNKNOWN, versionOf } from './targets'

let count = 0
/** A value that no earlier save had. */
const next = () => {
  count += 1
  return 10 + (count % 900)
}
const duePolicy = () => ({ ...defaultDuePolicy, days: { ...defaultDuePolicy.days, low: next() } })

const accountRule = () => ({ name: `rule ${next()}`, unit: 'Nowhere', environment: 'sandbox' })

/** An address that answers with a list like CISA's, as long as the tests run. */
async function catalogAddress(): Promise<string> {
  const vulnerabilities = [{ cveID: 'CVE-2025-48384', dateAdded: '2025-08-25', dueDate: '2025-09-15' }]
  const body = JSON.stringify({ dateReleased: '2025-09-01T15:00:00.000Z', vulnerabilities })
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/kev.json`
}

async function closed(account: string): Promise<{ id: string }> {
  await prisma().account.update({ where: { id: account }, data: { closedAt: new Date(), closedReason: 'gone' } })
  return { id: account }
}

async function opened(account: string): Promise<{ id: string; reason: string }> {
  await prisma().account.update({ where: { id: account }, data: { closedAt: null, closedReason: '' } })
  return { id: account, reason: 'gone' }
}

/** What AWS says about an account that has a contact. */
async function withContacts(account: string): Promise<{ id: string }> {
  const type = 'AWS::Account::Contacts'
  await prisma().asset.deleteMany({ where: { accountId: account, type } })
  await addAsset(account, { type, arn: account, data: { billing: { name: 'Aiko' }, operations: null, security: null } })
  return { id: account }
}

async function sourceSettings(): Promise<SourceSettings> {
  const stored = await prisma().setting.findUnique({ where: { key: 'sources' } })
  return stored ? SourceSettings.parse(stored.value) : defaultSourceSettings
}

export const settingActions: ActionTable = {
  'accounts/changeAccount': {
    cases: {
      A: { may: LEAD_A, args: () => [{ id: A, name: `ours ${next()}` }] },
      B: { may: LEAD_B, args: () => [{ id: B, name: `theirs ${next()}` }] },
    },
  },
  'accounts/addAccount': {
    cases: {
      'A, which a report named': {
        may: LEAD_A,
        args: async () => {
          await prisma().account.update({ where: { id: A }, data: { origin: 'discovered' } })
          return [{ id: A, name: `ours ${next()}` }]
        },
      },
      'an account outside the scope': {
        may: ORGANISATION,
        args: async () => {
          await prisma().account.deleteMany({ where: { id: UNKNOWN } })
          return [{ id: UNKNOWN, name: 'theirs' }]
        },
      },
    },
  },
  'accounts/closeAccount': {
    cases: {
      A: { may: LEAD_A, args: async () => [await opened(A)] },
      B: { may: LEAD_B, args: async () => [await opened(B)] },
    },
  },
  'accounts/reopenAccount': {
    cases: {
      A: { may: LEAD_A, args: async () => [await closed(A)] },
      B: { may: LEAD_B, args: async () => [await closed(B)] },
    },
  },
  'accounts/confirmContacts': {
    cases: {
      A: { may: LEAD_A, args: async () => [await withContacts(A)] },
      B: { may: LEAD_B, args: async () => [await withContacts(B)] },
    },
  },
  'settings/closing/save': {
    cases: { limit: { may: ORGANISATION, args: () => [{ number: next(), share: 40 }] } },
  },
  'settings/standard/savePolicy': {
    cases: {
      limits: {
        may: ORGANISATION,
        args: async () => {
          const limits = { ...defaultStandardPolicy.limits, logRetentionDays: next() }
          return [{ policy: { limits, off: [] }, seen: await versionOf('standard') }]
        },
      },
    },
  },
  'settings/standard/savePage': {
    cases: {
      text: {
        may: ORGANISATION,
        args: async () => {
          const title = { ja: `${next()}`, en: '' }
          return [{ page: { ...emptyStandardPage, title }, seen: await versionOf('standard-page') }]
        },
      },
    },
  },
  'settings/csv/preview': {
    effect: 'reads',
    cases: { file: { may: ORGANISATION, args: () => [{ mapping: csvMapping, head: 'Resource,Check\na,b\n' }] } },
  },
  'settings/csv/save': {
    cases: {
      'a new mapping': {
        may: ORGANISATION,
        args: () => [{ name: crypto.randomUUID(), mapping: csvMapping, seen: null }],
      },
      'a saved one': {
        may: ORGANISATION,
        args: async () => [{ name: await savedMapping(), mapping: csvMapping, seen: 1 }],
      },
    },
  },
  'settings/csv/drop': {
    cases: { 'a saved one': { may: ORGANISATION, args: async () => [{ name: await savedMapping() }] } },
  },
  'settings/due-dates/preview': {
    effect: 'reads',
    cases: { policy: { may: ORGANISATION, args: () => [duePolicy()] } },
  },
  'settings/due-dates/save': {
    cases: {
      policy: {
        may: ORGANISATION,
        args: async () => [{ policy: duePolicy(), seen: await versionOf('due-policy') }],
      },
    },
  },
  'settings/due-dates/loadKnownExploited': {
    cases: {
      list: { may: ORGANISATION, args: () => [{ list: shippedKnownExploited, from: `kev-${next()}.json` }] },
    },
  },
  'settings/due-dates/downloadKnownExploited': {
    cases: {
      address: {
        may: ORGANISATION,
        args: async () => {
          env().HINOMI_KEV_URL = await catalogAddress()
          return [{}]
        },
      },
    },
  },
  'settings/severities/save': {
    cases: {
      policy: {
        may: ORGANISATION,
        args: async () => [{ severities: { [`A.${next()}`]: 'low' }, seen: await versionOf('control-severity') }],
      },
    },
  },
  'settings/account-rules/preview': {
    effect: 'reads',
    cases: { rules: { may: ORGANISATION, args: () => [[accountRule()]] } },
  },
  'settings/account-rules/tryRule': {
    effect: 'reads',
    cases: { rule: { may: ORGANISATION, args: () => [{ rules: [], at: 0, draft: accountRule() }] } },
  },
  'settings/account-rules/save': {
    cases: {
      rules: {
        may: ORGANISATION,
        args: async () => [{ rules: [accountRule()], seen: await versionOf('account-rules') }],
      },
    },
  },
  'sources/price': {
    cases: {
      price: {
        may: ORGANISATION,
        args: async () => [
          { source: 'guardduty', price: `USD ${next()}`, seen: (await sourceSettings()).prices.guardduty ?? '' },
        ],
      },
    },
  },
  'sources/unopenedDays': {
    cases: {
      days: {
        may: ORGANISATION,
        args: async () => [{ unopenedDays: next() % 300, seen: (await sourceSettings()).unopenedDays }],
      },
    },
  },
  'settings/teams/add': {
    cases: {
      team: {
        may: ORGANISATION,
        args: () => {
          const id = `team-${next()}`
          return [{ id, kind: 'infrastructure', nameEn: id, nameJa: id }]
        },
      },
    },
  },
  'settings/teams/rename': {
    cases: {
      team: {
        may: ORGANISATION,
        args: async () => {
          const name = `name-${next()}`
          return [{ id: await addedTeam(), nameEn: name, nameJa: name }]
        },
      },
    },
  },
  'settings/teams/makeDefault': {
    cases: { team: { may: ORGANISATION, args: async () => [{ id: await addedTeam() }] } },
  },
  'settings/teams/retire': {
    cases: { team: { may: ORGANISATION, args: async () => [{ id: await addedTeam(), successor: 'sre' }] } },
  },
  'settings/teams/restore': {
    cases: { team: { may: ORGANISATION, args: async () => [{ id: await addedTeam({ retired: true }) }] } },
  },
  'settings/routing/preview': {
    effect: 'reads',
    cases: { rules: { may: ORGANISATION, args: () => [routingRules] } },
  },
  'settings/routing/save': {
    cases: {
      rules: {
        may: ORGANISATION,
        args: async () => [
          { rules: routingRules.map(rule => ({ ...rule, name: `Rule ${next()}` })), seen: await versionOf('routing') },
        ],
      },
    },
  },
  'settings/sign-in/savePolicy': {
    recent: true,
    cases: { 'roles that need a second factor': { may: ADMIN, args: () => [{ roles: ['auditor'] }] } },
  },
}
